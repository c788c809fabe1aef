"""The command line's search, begun, gone on with, and run with what it found."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cli import main
from clv_core.settings import RunSettings
from tests.conftest import QUICK_SETTINGS


@pytest.fixture
def call(small_shop: Path, tmp_path: Path) -> list[str]:
    """Return a call that searches one small tree."""
    settings = tmp_path / "settings.json"
    settings.write_text(QUICK_SETTINGS.to_json())
    return [
        *("search", "--orders", str(small_shop / "orders.csv"), "--settings", str(settings)),
        *("--model", "decision_tree", "--minutes", "5", "--windows", "1", "--json"),
        *("--out", str(tmp_path / "search")),
    ]


def test_a_search_is_begun_and_gone_on_with(
    call: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files lie in --out after each call; the second one adds to the first one's trials."""
    assert main([*call, "--trials", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["model"], told["method"], told["trials"]) == ("decision_tree", "bayesian", 2)
    assert main([*call, "--trials", "2", "--resume"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["trials"] == 3
    out = tmp_path / "search"
    assert len(pd.read_csv(out / "history.csv")) == 3
    assert (out / "journal.log").is_file()
    found = RunSettings.from_json((out / "settings.json").read_text("utf-8"))
    assert found.families == ("decision_tree",)
    assert found.window == QUICK_SETTINGS.window


def test_places_that_do_not_fit_are_refused(
    call: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written over, and nothing is gone on with where nothing was begun."""
    assert main([*call, "--resume"]) == 2
    assert "no search to go on with" in capsys.readouterr().err
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "mine.txt").write_text("keep")
    assert main(call) == 2
    assert "--resume" in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "search").iterdir()] == ["mine.txt"]


def test_a_refused_search_leaves_its_place_free(
    call: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a slip of the hand the same folder can be named again."""
    assert main([*call, "--searched", "leaf_salad"]) == 2
    assert "leaf_salad" in capsys.readouterr().err
    assert list((tmp_path / "search").iterdir()) == []


def test_an_unknown_model_is_refused(call: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the setting."""
    wrong = [word if word != "decision_tree" else "oracle" for word in call]
    assert main(wrong) == 2
    assert "model" in capsys.readouterr().err
