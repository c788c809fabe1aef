"""The command line: verbs, files, one JSON object, exit status."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cleaning.tables import Tables
from clv_core.cli import main
from clv_core.runs.folder import RunFolder
from clv_core.storage.workspace import Workspace
from tests.conftest import QUICK_SETTINGS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    """Return settings that train in seconds, as a file."""
    path = tmp_path / "settings.json"
    path.write_text(QUICK_SETTINGS.to_json())
    return path


def told_by(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """Read the one JSON object on standard output."""
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_inspect_accounts_for_every_row(
    small_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is kept and what is rejected by reason add up to what was read."""
    assert main(["inspect", str(small_shop / "orders.csv"), "--json"]) == 0
    (file,) = told_by(capsys)["files"]  # type: ignore[misc]
    (quality,) = file["quality"]["files"]
    rejected = sum(reason["rows"] for reason in quality["rejected"])
    with (small_shop / "orders.csv").open(encoding="utf-8") as handle:
        assert quality["rows_read"] == sum(1 for _ in handle) - 1
    assert quality["rows_kept"] + rejected == quality["rows_read"]


def test_backtest_writes_a_forecast_for_everyone_known_by_then(
    small_shop: Path,
    settings_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One row per customer with an order by the cutoff, and the scoreboard of what came."""
    out = tmp_path / "backtest"
    call = ["backtest", "--orders", str(small_shop / "orders.csv"), "--cutoff", "2026-06-30"]
    call += ["--horizon-days", "90", "--settings", str(settings_file), "--out", str(out), "--json"]
    assert main(call) == 0
    told = told_by(capsys)
    assert told["objection"] is None or "past spend" in str(told["objection"])
    orders = pd.read_csv(small_shop / "orders.csv", dtype=str)
    bought = orders[orders["amount"].astype(float) >= 0].dropna(subset="customer_id")
    known = bought[bought["order_time"].str[:10] <= "2026-06-30"]["customer_id"].nunique()
    assert told["customers"] == known
    assert len(pd.read_csv(out / "forecast.csv")) == known
    assert RunFolder(out).scoreboard() is not None
    assert told["verdict"]


def test_a_backtest_does_not_see_what_came_after(
    small_shop: Path, settings_file: Path, tmp_path: Path
) -> None:
    """Cutting the file at the cutoff leaves every forecast as it was, to the last bit."""
    orders = pd.read_csv(small_shop / "orders.csv", dtype=str, keep_default_na=False)
    cut = tmp_path / "cut.csv"
    orders[orders["order_time"].str[:10] <= "2026-06-30"].to_csv(cut, index=False)
    forecasts = []
    for name, source in (("whole", small_shop / "orders.csv"), ("cut", cut)):
        call = ["backtest", "--orders", str(source), "--cutoff", "2026-06-30"]
        call += ["--horizon-days", "90", "--settings", str(settings_file)]
        # Each in a process of its own: two trainings in one share a random state.
        subprocess.run(
            [sys.executable, "-m", "clv_core", *call, "--out", str(tmp_path / name)],
            cwd=ROOT,
            check=True,
        )
        forecasts.append((tmp_path / name / "forecast.csv").read_bytes())
    assert forecasts[0] == forecasts[1]
    assert not (tmp_path / "cut" / "scoreboard.json").exists()


def test_export_writes_the_customers_of_a_tier(
    small_run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the named tier is in the file, with the contacts that a list is for."""
    out = tmp_path / "high.csv"
    call = ["export", "--run", str(small_run.folder), "--tier", "high", "--out", str(out), "--json"]
    assert main(call) == 0
    expected = small_run.forecast()["value_tier"].eq("high").sum()
    assert told_by(capsys)["customers"] == expected
    written = pd.read_csv(out)
    assert set(written["value_tier"]) == {"high"}
    assert written["email"].dropna().str.endswith("@example.com").all()
    assert written["email"].notna().mean() > 0.5  # a few customers gave none


def test_a_list_no_better_than_past_spend_is_exported_with_a_warning(
    small_run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence of the pages stands on standard error; the file is written all the same."""
    folder, out = tmp_path / "run", tmp_path / "high.csv"
    shutil.copytree(small_run.folder, folder)
    board, manifest = folder / "scoreboard.json", folder / "manifest.json"
    stored = json.loads(board.read_text("utf-8"))
    for row in stored["differences"]:
        row |= {"value": 0.0, "low": -0.1, "high": 0.1}
    board.write_text(json.dumps(stored), "utf-8")
    told = json.loads(manifest.read_text("utf-8"))
    told["checksums"]["scoreboard.json"] = hashlib.sha256(board.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(told), "utf-8")
    assert main(["export", "--run", str(folder), "--tier", "high", "--out", str(out)]) == 0
    warned = capsys.readouterr().err
    assert warned == f"Warning: {RunFolder(folder).objection()}\n"
    assert "did not beat past spend" in warned
    assert out.is_file()


def test_score_applies_the_saved_model(
    small_run: RunFolder, small_shop: Path, tmp_path: Path
) -> None:
    """Newer files get a forecast file without training."""
    out = tmp_path / "scores.csv"
    files = [f"--{kind}={small_shop / kind}.csv" for kind in ("orders", "events", "reviews")]
    assert main(["score", "--run", str(small_run.folder), *files, "--out", str(out)]) == 0
    assert len(pd.read_csv(out)) == len(small_run.forecast())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["inspect", "missing.csv"], "There is no file missing.csv"),
        (["export", "--run", "nowhere", "--out", "x.csv"], "There is no run in nowhere"),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Status 2, the sentence on standard error, nothing on standard output."""
    monkeypatch.setenv("PERENNIAL_WORKSPACE", str(tmp_path / "workspace"))
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_an_unknown_tier_names_those_there_are(
    small_run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The remedy lists every tier."""
    call = [
        "export",
        "--run",
        str(small_run.folder),
        "--tier",
        "gold",
        "--out",
        str(tmp_path / "x"),
    ]
    assert main(call) == 2
    assert "high, middle, low" in capsys.readouterr().err


def test_results_never_overwrite_what_is_there(
    small_shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with something in it is refused and left alone."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep me")
    call = ["run", "--orders", str(small_shop / "orders.csv"), "--out", str(out)]
    assert main(call) == 2
    assert "not an empty folder" in capsys.readouterr().err
    assert (out / "mine.txt").read_text() == "keep me"


def test_a_refused_file_leaves_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing half-made stays beside the data."""
    orders = tmp_path / "orders.csv"
    orders.write_text("customer_id,order_time,amount\nA,2024-01-01,5\n")
    assert main(["run", "--orders", str(orders), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv"]


def test_a_run_of_the_workspace_is_exported_by_its_id(small_run: RunFolder, tmp_path: Path) -> None:
    """The closed engine sees the workspace too, wherever it lies."""
    workspace = Workspace(tmp_path / "workspace")
    dataset = workspace.begin_folder("dataset")
    contacts = pd.read_parquet(small_run.folder / "customers.parquet").reset_index()
    contacts.to_parquet(dataset / "customers.parquet")
    facts = Tables(dataset, dt.date(2024, 1, 1), dt.date(2024, 1, 2), len(contacts), 1)
    facts.write_facts()
    run = workspace.root / "partial" / "run"
    shutil.copytree(small_run.folder, run)
    (run / "customers.parquet").unlink()
    manifest = json.loads((run / "manifest.json").read_text())
    del manifest["checksums"]["customers.parquet"]
    (run / "manifest.json").write_text(json.dumps(manifest))
    workspace.publish_run(run, workspace.publish_dataset(dataset, "shop"))
    scratch, out = tmp_path / "scratch", tmp_path / "out" / "list.csv"
    scratch.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "clv_core", "export", "--run", "run", "--out", str(out)],
        cwd=ROOT,
        env={**os.environ, "PERENNIAL_WORKSPACE": str(workspace.root), "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(pd.read_csv(out)) == len(contacts)


@pytest.mark.parametrize("manifest", ["{", "{}", "[]"])
def test_a_damaged_manifest_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], manifest: str
) -> None:
    """A run folder that a hand has touched is refused in a sentence."""
    (tmp_path / "manifest.json").write_text(manifest)
    assert main(["export", "--run", str(tmp_path), "--out", str(tmp_path / "list.csv")]) == 2
    assert capsys.readouterr().err.startswith("The manifest of this run was changed")


def test_a_place_that_cannot_be_written_is_told(
    small_run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file where a folder is needed, a folder where a file is."""
    (tmp_path / "file").write_text("")
    for call in (
        ["sample", "--customers", "5", "--out", str(tmp_path / "file")],
        ["export", "--run", str(small_run.folder), "--out", str(tmp_path)],
        ["export", "--run", str(small_run.folder), "--out", str(tmp_path / "file" / "list.csv")],
    ):
        assert main(call) == 2
        assert "cannot be written" in capsys.readouterr().err
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_the_findings_behind_a_refusal_come_below_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence stays the first line, so that programs can go by it."""
    orders = tmp_path / "orders.csv"
    rows = "".join(f"{n},c{n},2024-01-0{n},5,unpaid\n" for n in range(1, 4))
    orders.write_text("order_id,customer_id,order_date,amount,status\n" + rows)
    assert main(["inspect", str(orders)]) == 2
    problem, *cases = capsys.readouterr().err.splitlines()
    assert problem.startswith("No order is left after cleaning.")
    assert cases == ["  orders.csv: 3 row(s): The order was not paid."]


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking")
def test_a_stopped_call_leaves_no_tables_behind(tmp_path: Path) -> None:
    """Contact fields in temporary tables go when the process is asked to end."""
    rows = "".join(f"c{i % 5000},2024-01-{i % 28 + 1:02d},5,a@b.c\n" for i in range(400_000))
    orders, scratch = tmp_path / "orders.csv", tmp_path / "scratch"
    orders.write_text("customer_id,order_date,amount,email\n" + rows)
    scratch.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "clv_core", "inspect", str(orders)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        # os.walk passes over folders that go while it looks.
        while process.poll() is None and not any(
            ".parquet" in name for _, _, names in os.walk(scratch) for name in names
        ):
            time.sleep(0.01)  # between two looks
        process.terminate()
        assert process.wait(60) != 0
    assert list(scratch.iterdir()) == []
