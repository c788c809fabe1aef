"""The verbs prepare and extend: tables that next month's file is added to."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cleaning.kept_rows import KEPT_FOLDER
from clv_core.cli import main
from clv_core.storage.workspace import LOCATION_VARIABLE, Workspace

LAST_MONTH = "2026-09-01"


@pytest.fixture(scope="module")
def months(small_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the small shop's orders as an earlier file and a later one."""
    folder = tmp_path_factory.mktemp("months")
    orders = pd.read_csv(small_shop / "orders.csv", dtype=str, keep_default_na=False)
    is_new = orders["order_time"] >= LAST_MONTH
    for name, rows in (("old", orders[~is_new]), ("new", orders[is_new])):
        rows.to_csv(folder / f"{name}.csv", index=False)
    return folder / "old.csv", folder / "new.csv"


@pytest.fixture(scope="module")
def prepared(months: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return prepared tables of the earlier file."""
    out = tmp_path_factory.mktemp("prepared") / "tables"
    assert main(["prepare", "--orders", str(months[0]), "--out", str(out), "--json"]) == 0
    return out


def test_extended_tables_are_those_of_all_files(
    months: tuple[Path, Path], prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same bytes, an account that tells both files apart, and the old folder as it was."""
    before = {file: file.stat().st_mtime_ns for file in prepared.rglob("*")}
    call = ["extend", "--tables", str(prepared), "--orders", str(months[1])]
    assert main([*call, "--out", str(tmp_path / "extended"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    whole = ["prepare", "--orders", *map(str, months), "--out", str(tmp_path / "whole")]
    assert main(whole) == 0

    assert [file["is_new"] for file in told["files"]] == [False, True]
    for file in told["files"]:
        assert file["rows_kept"] + file["rows_rejected"] == file["rows_read"]
    for name in ("orders", "lines", "customers", "products", "rejected", "order_days"):
        rebuilt = pd.read_parquet(tmp_path / "whole" / f"{name}.parquet")
        extended = pd.read_parquet(tmp_path / "extended" / f"{name}.parquet")
        pd.testing.assert_frame_equal(extended, rebuilt, check_exact=True)
    assert before == {file: file.stat().st_mtime_ns for file in prepared.rglob("*")}


def test_prepared_tables_stand_in_for_files(
    prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is no folder of tables is said, and what belongs to files is refused beside it."""
    nowhere = ["run", "--tables", str(tmp_path), "--out", str(tmp_path / "run")]
    assert main(nowhere) == 2
    assert "There are no prepared tables" in capsys.readouterr().err
    both = ["run", "--tables", str(prepared), "--events", "events.csv", "--out", str(tmp_path)]
    assert main(both) == 2
    assert "add them with extend" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ([], "There is no file to be added."),
        (["--orders", "{new}", "--currency", "EUR"], "by the rules of the data"),
        (["--orders", "{new}"], "need a place of their own"),
        (["--orders", "{broken}", "--out", "{out}"], "customer"),
    ],
)
def test_what_cannot_be_added_is_said(
    months: tuple[Path, Path],
    prepared: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rest: list[str],
    said: str,
) -> None:
    """Nothing is written then."""
    broken = tmp_path / "broken.csv"
    broken.write_text("order_time,amount\n2026-10-01,5\n2026-10-02,6\n")
    places = {"new": months[1], "broken": broken, "out": tmp_path / "out"}
    call = ["extend", "--tables", str(prepared), *(part.format(**places) for part in rest)]

    assert main(call) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_tables_without_kept_rows_ask_for_the_files(
    months: tuple[Path, Path], prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables of an earlier version say what is needed."""
    bare = tmp_path / "bare"
    bare.mkdir()
    for file in prepared.glob("*.*"):
        (bare / file.name).write_bytes(file.read_bytes())
    call = [
        "extend",
        "--tables",
        str(bare),
        "--orders",
        str(months[1]),
        "--out",
        str(tmp_path / "o"),
    ]

    assert main(call) == 2
    assert "Bring their files once more" in capsys.readouterr().err


def test_a_data_set_of_the_workspace_is_extended_by_a_worker(
    months: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A second data set of the same name stands beside the first, and can go on from there."""
    monkeypatch.setenv(LOCATION_VARIABLE, str(tmp_path / "workspace"))
    workspace, small = Workspace.default(), tmp_path / "tables"
    first = tmp_path / "first.csv"
    first.write_text("".join(months[0].read_text().splitlines(keepends=True)[:400]))
    assert main(["prepare", "--orders", str(first), "--out", str(small)]) == 0
    base = workspace.publish_dataset(small, "Small shop")
    capsys.readouterr()

    assert main(["extend", "--dataset", base, "--orders", str(months[1]), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    extended = workspace.dataset(told["dataset"])
    assert {one.title for one in workspace.datasets()} == {"Small shop"}
    assert len(workspace.datasets()) == 2
    assert (extended.folder / KEPT_FOLDER / "files.json").is_file()
    source = json.loads((extended.folder / "source.json").read_text())
    assert (source["extends"], source["added"]) == (base, 1)
