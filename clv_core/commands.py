"""What each verb of the command line does; ``cli`` only reads its words."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from clv_core.activation.formula_guard import guard_cells
from clv_core.call_inputs import (
    find_run,
    prepared,
    prepared_logs,
    published,
    read_cleaning_options,
    read_run_settings,
    request_source,
    request_table,
    sources_of,
    write_out,
)
from clv_core.cluster.engines import require_spark
from clv_core.errors import InvalidSetting
from clv_core.evaluation.gate import find_objection
from clv_core.features.windows import WindowPlan
from clv_core.inspection import inspect_files
from clv_core.pipeline import (
    backtest_shop,
    forecast_tables,
)
from clv_core.runs.folder import RunFolder, write_run
from clv_core.runs.result import RunResult
from clv_core.runs.scoring import score_tables
from clv_core.runs.value_scoring import read_to_score, score_value_table
from clv_core.samples import write_order_lines, write_samples
from clv_core.sentences import Sentence
from clv_core.storage.atomic import (
    telling_not_writable,
)

SAMPLE_CUSTOMERS: Final = 3000
SAMPLE_SEED: Final = 7


def sample(options: argparse.Namespace) -> dict[str, Any]:
    """Write the sample shop, or order lines of one as large as asked for."""
    with telling_not_writable(options.out):
        options.out.mkdir(parents=True, exist_ok=True)
        if options.lines is None:
            write_samples(options.out, options.customers, options.seed)
        else:
            write_order_lines(options.out / "orders.csv", options.lines, options.seed)
    return {"out": str(options.out), "files": sorted(f.name for f in options.out.glob("*.csv"))}


def inspect(options: argparse.Namespace) -> dict[str, Any]:
    """Say what each file is and account for its rows; one refusal does not end it."""
    requests = [request_source(source, None, options) for source in options.files]
    found = inspect_files(requests, read_cleaning_options(options))
    refusals = [file.refusal for file in found if file.refusal is not None]
    if len(refusals) == len(found):
        raise refusals[0]
    told = [file.to_json() for file in found]
    if not options.json:
        for facts in told:
            print(json.dumps(facts, ensure_ascii=False, indent=2))
    return {"files": told}


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Do the whole flow into a folder."""
    settings = read_run_settings(options)
    with prepared(options) as (tables, quality), published(options.out) as folder:
        result = forecast_tables(tables, settings)
        write_run(result, tables, quality, folder, keeps_customers=True)
    _warn(find_objection(result.scoreboard))
    return _summary(result, options.out)


def backtest(options: argparse.Namespace) -> dict[str, Any]:
    """Forecast from a past day into a folder."""
    settings = read_run_settings(options)
    with prepared_logs(options) as (tables, quality), published(options.out) as folder:
        result = backtest_shop(tables, settings)
        write_run(result, tables, quality, folder, keeps_customers=True)
    _warn(find_objection(result.scoreboard))
    return _summary(result, options.out)


def score(options: argparse.Namespace) -> dict[str, Any]:
    """Apply a saved model to newer files."""
    found = find_run(options.run)
    if options.engine is not None:
        return _score_on_cluster(options, found)
    if options.table is not None:
        with TemporaryDirectory(prefix="perennial-") as scratch:
            request = request_table(options)
            newer = read_to_score(found, request, Path(scratch), read_cleaning_options(options))
            forecast = score_value_table(found, newer)
    else:
        with prepared_logs(options) as (tables, _):
            forecast = score_tables(found, tables)
    write_out(options.out, guard_cells(forecast).to_csv(index=False).encode("utf-8"))
    return {"out": str(options.out), "customers": len(forecast), "model": found.manifest()["model"]}


def _score_on_cluster(options: argparse.Namespace, found: RunFolder) -> dict[str, Any]:
    """Apply it on the workers of a cluster; Spark is not loaded where it is not asked for."""
    require_spark(options.engine)
    from clv_core.cluster.scoring import score_on_cluster  # noqa: PLC0415

    if options.table is not None or options.tables is not None:
        raise InvalidSetting(
            Sentence("--engine reads the files of orders themselves."),
            Sentence("Give them with --orders, or leave --engine out."),
        )
    cleaning = read_cleaning_options(options)
    with sources_of(options) as files, telling_not_writable(options.out):
        customers = score_on_cluster(options.engine, found, files, cleaning, options.out)
    return {"out": str(options.out), "customers": customers, "model": found.manifest()["model"]}


def _warn(objection: Sentence | None) -> None:
    """Say on standard error that the forecast should not be relied on, if so."""
    if objection is not None:
        print(f"Warning: {objection}", file=sys.stderr)


def _summary(result: RunResult, out: Path) -> dict[str, Any]:
    verdict, plan, objection = result.verdict, result.plan, find_objection(result.scoreboard)
    days: dict[str, Any] = {}
    if isinstance(plan, WindowPlan):
        days = {
            "cutoff": result.final.snapshot.day.isoformat(),
            "horizon_days": plan.horizon_days,
            "training_horizon_days": plan.training_horizon_days,
        }
    return {
        "out": str(out),
        "customers": len(result.forecast),
        "model": result.model,
        "predicted_total": float(result.forecast["predicted"].sum()),
        **days,
        "objection": None if objection is None else str(objection),
        "tuning": [str(sentence) for sentence in result.tuning],
        "left_out": {name: str(why) for name, why in result.final.left_out.items()},
        "verdict": None
        if verdict is None
        else [str(verdict.headline), str(verdict.network), str(verdict.worth)]
        + ([] if days else [str(verdict.meaning), *map(str, verdict.cautions)]),
    }
