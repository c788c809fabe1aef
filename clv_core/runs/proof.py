"""Testing a finished run anew: on earlier windows, with other seeds, with less to learn from."""

from __future__ import annotations

from typing import Any, Final

from clv_core.cleaning.tables import TIME_COLUMNS, Tables
from clv_core.errors import InvalidSetting
from clv_core.evaluation.proof import Proof
from clv_core.features.windows import WindowPlan
from clv_core.models.forecaster import Report, ignore_report
from clv_core.runs.folder import RunFolder
from clv_core.runs.progress import LEAST_ADVANCE, Progress
from clv_core.runs.proof_findings import Findings
from clv_core.runs.proof_folder import ProofFolder
from clv_core.runs.proof_plan import ProofSettings, Unit, plan_proof
from clv_core.runs.proof_units import Workbench
from clv_core.sentences import Fact, Sentence

CONCLUSION_WEIGHT: Final = 0.3  # of a rehearsal


def prove_run(
    run: RunFolder,
    tables: Tables,
    wanted: ProofSettings,
    folder: ProofFolder,
    report: Report = ignore_report,
) -> Proof:
    """Test a run on more windows and seeds, with shorter histories and fewer files.

    Every part is kept in ``folder`` as soon as it is finished; parts found there are
    not done again. The run itself is the newest window and the first seed.

    Parameters
    ----------
    run : RunFolder
    tables : Tables
        Those the run was made from.
    wanted : ProofSettings
    folder : ProofFolder
        Gets the parts and the proof.
    report : Report

    Raises
    ------
    InvalidSetting
        When the run was made from a value table, was not tested, or from other data;
        when ``folder`` holds parts of another run.
    """
    newest = _check(run, tables)
    folder.keep_run(run)
    settings = run.settings()
    plan = plan_proof(tables, newest, settings, run.manifest()["model"], wanted)
    pending, findings = folder.pending(plan), Findings(run, plan, folder)
    progress = Progress(report, [*(unit.weight for unit in pending), CONCLUSION_WEIGHT])
    bench = Workbench(tables, settings, plan)
    for number, unit in enumerate(pending, start=1):
        progress.step(_tell_unit(unit, number, len(pending)))
        part = bench.do(unit, findings.known(unit.seed), _Inside(progress))
        folder.write(unit, part.facts, part.table)
    progress.step(Sentence("Comparing the tests"))
    proof = findings.conclude()
    folder.write_proof(proof)
    progress.finish(Sentence("Done"))
    return proof


def _tell_unit(unit: Unit, number: int, count: int) -> Sentence:
    facts: dict[str, Fact] = {"number": number, "count": count, "seed": unit.seed}
    if unit.kind == "window":
        return Sentence(
            "Part {number} of {count}: the test that starts after {day}, seed {seed:d}",
            day=unit.label,
            **facts,
        )
    if unit.kind == "forecast":
        return Sentence("Part {number} of {count}: the forecast in use, seed {seed:d}", **facts)
    if unit.kind == "history":
        return Sentence(
            "Part {number} of {count}: the test with history from {day} on, seed {seed:d}",
            day=unit.label,
            **facts,
        )
    return Sentence("Part {number} of {count}: the test with fewer files, seed {seed:d}", **facts)


def _check(run: RunFolder, tables: Tables) -> WindowPlan:
    """Return how the run's days were cut, where it can be tested anew with these data."""
    plan = run.plan()
    if not isinstance(plan, WindowPlan) or run.scoreboard() is None:
        raise InvalidSetting(
            Sentence("This run cannot be tested anew: it knows no days, or what came after them."),
            Sentence("Choose a run on orders that was tested on days it had not seen."),
        )
    check_same_data(run, tables)
    return plan


def check_same_data(run: RunFolder, tables: Tables) -> None:
    """Hold tables to being those that a run was made from.

    Raises
    ------
    InvalidSetting
    """
    data = run.manifest()["data"]
    found = {
        "customers": tables.customer_count,
        "orders": tables.order_count,
        "first_day": tables.first_day.isoformat(),
        "last_day": tables.last_day.isoformat(),
    }
    kinds = {f"{name}.parquet" for name in TIME_COLUMNS if tables.has(name)}
    given = {f"{name}.parquet" for name in TIME_COLUMNS} & set(data["checksums"])
    is_same = found == {name: data[name] for name in found} and kinds == given
    if not is_same or not _has_same_keys(run, tables):
        raise InvalidSetting(
            Sentence("These are not the data that the run was made from."),
            Sentence("Give the same files, read and cleaned in the same way."),
        )


def _has_same_keys(run: RunFolder, tables: Tables) -> bool:
    """Say whether customers bear the keys they had, as far as the run's folder can tell."""
    kept = run.customers()
    if kept is None:
        return True
    now = tables.scan("customers").collect("pandas").to_native().set_index("customer_key")
    return bool(now["customer_id"].reindex(kept.index).equals(kept["customer_id"]))


class _Inside:
    """Passes on how far a part is, not what its models report."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._told = progress, 0.0

    def __call__(self, row: dict[str, Any]) -> None:
        share = float(row["share"])
        if share >= self._told + 5 * LEAST_ADVANCE:
            self._told = share
            self._progress.advance(share)
