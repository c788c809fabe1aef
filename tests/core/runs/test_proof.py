"""A run tested anew: what is tested, that nothing later is seen, and that parts are kept."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.cli import main
from clv_core.errors import InvalidSetting
from clv_core.evaluation.proof_words import tell_files
from clv_core.features.windows import WindowPlan
from clv_core.models.backend import use_compilation_cache
from clv_core.models.forecaster import ignore_report
from clv_core.runs.folder import RunFolder
from clv_core.runs.proof import prove_run
from clv_core.runs.proof_findings import Findings
from clv_core.runs.proof_folder import ProofFolder
from clv_core.runs.proof_plan import ProofSettings, Unit, plan_proof
from clv_core.runs.proof_units import Known, Part, Workbench
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings
from tests.conftest import KINDS, QUICK_SETTINGS
from tests.core.runs.conftest import lay_out

Prepared = tuple[Tables, QualityReport]
LEAST_SETTINGS = RunSettings.check(  # what is learnt does not matter where bits are compared
    QUICK_SETTINGS.model_dump()
    | {
        "window": {"horizon_days": 90, "max_snapshots": 1},
        "network": {"hidden_units": [4], "epochs": 1, "batch_size": 256},
        "boosted": {"trees": 10},
    }
)


@pytest.fixture(scope="module", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compile each network once for all tests here, as a worker does."""
    use_compilation_cache(tmp_path_factory.mktemp("compiled"))


def change_later(tables: Tables, cutoff: dt.date, folder: Path) -> Tables:
    """Return the same shop with every row after a day altered."""
    shutil.copytree(tables.folder, folder)
    later = pd.Timestamp(cutoff) + pd.Timedelta(days=1)
    for name, column in (("orders", "order_time"), ("events", "event_time")):
        frame = pd.read_parquet(folder / f"{name}.parquet")
        hit = frame[column] >= later
        assert hit.any()
        if name == "orders":
            frame.loc[hit, "amount"] = frame.loc[hit, "amount"] * 3 + 7
        frame.loc[hit, "customer_key"] = frame.loc[hit, "customer_key"].to_numpy()[::-1]
        frame.to_parquet(folder / f"{name}.parquet")
    return replace(tables, folder=folder)


def test_a_test_sees_nothing_after_its_cutoff(
    tables: Tables, newest: WindowPlan, tmp_path: Path
) -> None:
    """Rows after the newest cutoff altered: choice and forecast are the same to the last bit."""
    plan = lay_out(tables, replace(newest, max_snapshots=1), 1, 2)
    unit = next(unit for unit in plan.units() if unit.kind == "window")
    altered = change_later(tables, newest.holdout_cutoff, tmp_path / "altered")
    one, other = (
        Workbench(each, LEAST_SETTINGS, plan).do(unit, Known("ensemble"), ignore_report)
        for each in (tables, altered)
    )
    assert one.table is not None
    assert other.table is not None
    assert one.table.to_numpy().tobytes() == other.table.to_numpy().tobytes()
    assert one.facts["scoreboard"] != other.facts["scoreboard"]  # what happened was altered


@pytest.fixture
def interrupted(tmp_path: Path) -> ProofFolder:
    """Return a place for a proof."""
    return ProofFolder(tmp_path)


@pytest.fixture
def least_run(small_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Return the run as if it had been told to learn as little as can be."""
    folder = tmp_path_factory.mktemp("least") / "run"
    shutil.copytree(small_run.folder, folder)
    manifest = small_run.manifest()
    manifest["settings"] = LEAST_SETTINGS.model_dump(mode="json")
    manifest["plan"]["max_snapshots"] = 1
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return RunFolder(folder)


class Stopped(Exception):
    """The job was cancelled."""


def stop_at(part: str) -> Any:
    """Return a report that ends the work where a part begins."""

    def report(row: dict[str, Any]) -> None:
        if part in str(row.get("message", "")):
            raise Stopped

    return report


def test_a_proof_goes_on_where_it_was_stopped(
    least_run: RunFolder, tables: Tables, newest: WindowPlan, interrupted: ProofFolder
) -> None:
    """Parts that were finished stay as they are; the run's own files are not touched."""
    before = {file: file.read_bytes() for file in least_run.folder.rglob("*") if file.is_file()}
    wanted = ProofSettings(windows=1, seeds=1)
    units = list(lay_out(tables, newest, 1, 1).units())
    for unit in (units[0], *(unit for unit in units if unit.kind == "files")):
        interrupted.write(unit, {"failure": Sentence("Too few customers.").to_json()})
    with pytest.raises(Stopped):
        prove_run(least_run, tables, wanted, interrupted, stop_at("Part 2 of"))
    parts = [file for file in (interrupted.folder / "proof").rglob("*") if file.is_file()]
    done = {file: file.stat().st_mtime_ns for file in parts}
    assert interrupted.proof() is None
    assert len([file for file in done if file.suffix == ".parquet"]) == 1
    proof = prove_run(least_run, tables, wanted, interrupted)
    assert all(file.stat().st_mtime_ns == time for file, time in done.items())
    kept = interrupted.proof()
    assert kept is not None
    assert kept.to_json() == proof.to_json()
    board = least_run.scoreboard()
    assert board is not None
    assert len(proof.scores) == board.table["value"].notna().sum()
    assert sorted(set(proof.history["days"]))[-1] == (board.cutoff - tables.first_day).days
    assert proof.stability is None  # one seed has nothing to differ from
    assert {file: file.read_bytes() for file in before} == before


def test_other_data_are_refused(
    small_run: RunFolder, tables: Tables, interrupted: ProofFolder
) -> None:
    """A run is tested anew on what it was made from."""
    fewer = replace(tables, order_count=tables.order_count - 1)
    with pytest.raises(InvalidSetting, match="not the data that the run was made from"):
        prove_run(small_run, fewer, ProofSettings(), interrupted)


@pytest.fixture
def finished(
    small_run: RunFolder, tables: Tables, newest: WindowPlan, interrupted: ProofFolder
) -> Findings:
    """Return findings of two seeds whose parts are written by hand from the run's own test."""
    model = str(small_run.manifest()["model"])
    plan = plan_proof(tables, newest, QUICK_SETTINGS, model, ProofSettings(windows=1, seeds=2))
    plan = replace(plan, present=("events",))
    held, board = small_run.holdout(), small_run.scoreboard()
    assert board is not None
    whole = held[[f"predicted_{model}"]].set_axis(["predicted"], axis=1)
    vague = whole.assign(predicted=whole["predicted"].mean())
    forecast = small_run.forecast()[["predicted", "value_tier"]]
    parts = {
        "window": Part({"scoreboard": board.to_json()}, whole),
        "forecast": Part({"model": model}, forecast.assign(predicted=forecast["predicted"] * 1.1)),
        "history": Part({"model": model}, vague.iloc[::2]),
        "files": Part({"model": model}, vague),
    }
    for unit in plan.units():
        part = parts[unit.kind]
        interrupted.write(unit, part.facts, part.table)
    return Findings(small_run, plan, interrupted)


def test_parts_add_up_to_a_proof(finished: Findings, small_run: RunFolder) -> None:
    """Two equal tests, a tenth more in the forecast, less order from less to learn from."""
    proof = finished.conclude()
    assert list(proof.tests["seed"]) == list(proof.seeds)
    assert proof.stability is not None
    assert proof.stability.moved_share == 0
    assert proof.stability.total_change == pytest.approx(0.1 / 1.05)
    assert proof.history_customers == (len(small_run.holdout()) + 1) // 2
    files = proof.files[proof.files["metric"] == "r2"].set_index("variant")
    assert list(files.index) == ["orders", "orders+events"]
    assert files.loc["orders+events", "gain"] == pytest.approx(
        files.loc["orders+events", "value"] - files.loc["orders", "value"]
    )
    history = proof.history[proof.history["metric"] == "mae"].set_index("days").sort_index()
    assert history["gain"].iloc[0] == pytest.approx(
        history["value"].iloc[-1] - history["value"].iloc[0]
    )


def test_the_command_line_finds_finished_parts(
    finished: Findings,
    small_run: RunFolder,
    small_shop: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same files are known as the run's data; what is there already is not done again."""
    call = ["prove", "--run", str(small_run.folder), "--windows", "1", "--seeds", "2"]
    for kind in KINDS:
        call += [f"--{kind}", str(small_shop / f"{kind}.csv")]
    assert main([*call, "--out", str(finished.folder.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["seeds"] == list(finished.plan.seeds)
    assert told["standings"]["mae"]["tests"] == 2
    assert told["scores"]["mae"]["past_rate"]["deviation"] == 0
    proof = finished.folder.proof()
    assert proof is not None
    assert proof.stability is not None
    assert told["stability"] == proof.stability.to_json() | {"models": list(proof.stability.models)}
    fewer = call[: call.index("--events")]
    assert main([*fewer, "--out", str(finished.folder.folder)]) == 2
    assert "not the data that the run was made from" in capsys.readouterr().err


def test_a_run_that_is_nowhere_is_told_as_on_a_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence names what was asked for and the flag, not links and lists of a page."""
    assert main(["prove", "--run", str(tmp_path / "nowhere")]) == 2
    said = capsys.readouterr().err
    assert "There is no run in nowhere" in said
    assert "--run" in said


def test_what_could_not_be_tested_is_said(finished: Findings) -> None:
    """A history too short for any model is left out, with the reason."""
    shortest = finished.plan.histories[0]
    failed = {"failure": Sentence("Only few customers have bought.").to_json()}
    for seed in finished.plan.seeds:
        unit = Unit("history", shortest.isoformat(), seed)
        finished.folder.write(unit, failed)
        for file in (finished.folder.folder / "proof").rglob(f"{unit.name}.parquet"):
            file.unlink()
    proof = finished.conclude()
    assert (finished.plan.newest.holdout_cutoff - shortest).days not in set(proof.history["days"])
    assert any("is too short: Only few customers" in str(reason) for reason in proof.reasons)


def test_what_makes_the_tests_kinder_or_unlike_is_said(finished: Findings, tmp_path: Path) -> None:
    """Searched settings have seen earlier windows; another version may have fitted otherwise."""
    run = RunFolder(tmp_path / "run")
    shutil.copytree(finished.run.folder, run.folder)
    note = Sentence("The time was up before any settings but the defaults were tried.")
    manifest = run.manifest() | {"perennial": "0.0.1", "tuning": [note.to_json()]}
    (run.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    told = " ".join(map(str, replace(finished, run=run).conclude().reasons))
    assert "made by version 0.0.1" in told
    assert "kinder than life" not in told  # of the newest window alone nothing was searched
    assert "made by version" not in " ".join(map(str, finished.conclude().reasons))


def test_files_that_could_not_be_left_out_are_not_called_missing(finished: Findings) -> None:
    """The data hold browsing; only that nothing can be said of it is said."""
    for unit in list(finished.plan.units()):
        if unit.kind == "files":
            finished.folder.write(unit, {"failure": Sentence("Too few customers.").to_json()})
            for file in (finished.folder.folder / "proof").rglob(f"{unit.name}.parquet"):
                file.unlink()
    proof = finished.conclude()
    assert set(proof.files["variant"]) == {"orders+events"}
    assert proof.files["gain"].isna().all()
    (told,) = map(str, tell_files(replace(proof, model="ensemble"), "mae"))
    assert told == "By this measure nothing can be said of fewer files."


def test_a_place_holds_the_proof_of_one_run(
    least_run: RunFolder, tables: Tables, interrupted: ProofFolder, tmp_path_factory: Any
) -> None:
    """Parts of another run are never taken for this one's."""
    with pytest.raises(Stopped):
        prove_run(least_run, tables, ProofSettings(windows=1, seeds=1), interrupted, stop_at("1"))
    other = RunFolder(tmp_path_factory.mktemp("other") / "run")
    shutil.copytree(least_run.folder, other.folder)
    manifest = other.manifest() | {"made_at": "2020-01-01T00:00:00+00:00"}
    (other.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(InvalidSetting, match="of another run"):
        prove_run(other, tables, ProofSettings(windows=1, seeds=1), interrupted)
