"""The verb ``export``: every format, counts as JSON, what a workspace remembers."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clv_core.activation.platforms.registry import TARGETS
from clv_core.cleaning.tables import Tables
from clv_core.cli import main
from clv_core.runs.folder import RunFolder
from clv_core.storage.exports import list_exports, read_members
from clv_core.storage.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def call(
    small_run: RunFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    """Return a function that exports the small run and returns what was told."""
    monkeypatch.setenv("PERENNIAL_WORKSPACE", str(tmp_path / "none"))

    def export(*options: str) -> dict[str, Any]:
        out = ["--out", str(tmp_path / "list"), "--json"]
        assert main(["export", "--run", str(small_run.folder), *out, *options]) == 0
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told

    return export


@pytest.mark.parametrize("name", list(TARGETS))
def test_every_format_accounts_for_everyone(call: Any, small_run: RunFolder, name: str) -> None:
    """Chosen = rows + controls left out + dropped by reason; no workspace is made."""
    told = call("--format", name, "--consented-only")
    assert told["chosen"] == len(small_run.forecast())
    dropped = sum(told["dropped"].values())
    assert told["customers"] + told["controls_left_out"] + dropped == told["chosen"]
    assert told["dropped"]["no_consent"] > 0
    assert told["controls"] > 0
    assert told["without_consent"] == 0
    assert not Path(os.environ["PERENNIAL_WORKSPACE"]).exists()


def test_whoever_a_file_names_is_left_out(call: Any, small_run: RunFolder, tmp_path: Path) -> None:
    """By id and by address; the file is read and not kept."""
    customers = small_run.customers()
    assert customers is not None
    named = customers.loc[small_run.forecast().index]
    first, second = named.iloc[0], named[named["email"].notna()].iloc[5]
    listed = tmp_path / "never.csv"
    text = f"person\n{first['customer_id']}\n{second['email'].upper()}\n"
    listed.write_bytes(text.encode("utf-16"))  # as spreadsheets save text
    told = call("--suppress", str(listed))
    assert told["dropped"] == {"suppressed": 2}


def test_the_draw_and_its_absence_are_the_users(call: Any) -> None:
    """The seed is told; without a control group the notes say what is lost."""
    drawn = call("--control-share", "0.2", "--seed", "9", "--leave-controls-out")
    assert (drawn["seed"], drawn["controls"]) == (9, drawn["controls_left_out"])
    none = call("--control-share", "0")
    assert none["controls"] == 0
    assert "nobody will be able to say" in none["notes"][0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--default-country", "Atlantis"], "default_country"),
        (["--control-share", "0.9"], "control_share"),
        (["--suppress", "nowhere.txt"], "nowhere.txt cannot be read."),
    ],
)
def test_a_wrong_call_is_told(
    small_run: RunFolder,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    said: str,
) -> None:
    """Status 2 and a sentence; no file is written."""
    out = tmp_path / "list.csv"
    assert main(["export", "--run", str(small_run.folder), "--out", str(out), *options]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_run_of_the_workspace_is_remembered_and_put_on_record(
    small_run: RunFolder, tmp_path: Path
) -> None:
    """A second export spares the controls of the first; the trail names nobody."""
    workspace = Workspace(tmp_path / "workspace")
    dataset = workspace.begin_folder("dataset")
    contacts = pd.read_parquet(small_run.folder / "customers.parquet").reset_index()
    contacts.to_parquet(dataset / "customers.parquet")
    Tables(dataset, dt.date(2024, 1, 1), dt.date(2024, 1, 2), len(contacts), 1).write_facts()
    run = workspace.root / "partial" / "run"
    shutil.copytree(small_run.folder, run)
    workspace.publish_run(run, workspace.publish_dataset(dataset, "shop"))
    told = []
    controls = tmp_path / "controls.csv"
    for more in (
        ["--controls-out", str(controls)],
        ["--spare-earlier-controls", "--seed", "5"],
    ):
        asked = ["export", "--run", "run", "--out", str(tmp_path / "list.csv"), "--json", *more]
        done = subprocess.run(
            [sys.executable, "-m", "clv_core", *asked],
            cwd=ROOT,
            env={**os.environ, "PERENNIAL_WORKSPACE": str(workspace.root)},
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(json.loads(done.stdout))
    second, first = list_exports(workspace, "dataset")
    assert read_members(workspace, first.id)["is_control"].sum() == told[0]["controls"]
    assert told[1]["dropped"] == {"earlier_control": told[0]["controls"]}
    assert second.filters["spares_earlier_controls"]
    entries = [entry for entry in workspace.audit() if entry["action"] == "export"]
    assert [entry["rows"] for entry in entries] == [told[1]["customers"], told[0]["customers"]]
    (apart,) = [entry for entry in workspace.audit() if entry["action"] == "export_controls"]
    assert apart["rows"] == told[0]["controls"] == len(pd.read_csv(controls))
    assert apart["sha256"] == hashlib.sha256(controls.read_bytes()).hexdigest()
    assert "@" not in json.dumps([*entries, apart])
