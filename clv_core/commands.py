"""What each verb of the command line does; ``cli`` only reads its words."""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from clv_core.activation.exports import build_export, export_csv, export_xlsx
from clv_core.activation.formula_guard import guard_cells
from clv_core.activation.marketing_tiers import MARKETING_TIERS
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.cleaning.value_table import ValueTable
from clv_core.columns import TableKind
from clv_core.errors import InvalidSetting, NothingStored
from clv_core.evaluation.gate import find_objection
from clv_core.features.windows import WindowPlan
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import Request, understand_confined
from clv_core.inspection import inspect_files, refuse_absent
from clv_core.pipeline import (
    backtest_shop,
    forecast_tables,
    open_tables,
    prepare_tables,
    prepare_value_table,
)
from clv_core.runs.folder import RunFolder, write_run
from clv_core.runs.result import RunResult
from clv_core.runs.scoring import check_run, score_tables
from clv_core.runs.value_scoring import read_to_score, score_value_table
from clv_core.samples import write_samples
from clv_core.segments.value_tiers import VALUE_TIERS
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings, RunSettings, read_cleaning, read_settings
from clv_core.storage.atomic import (
    discard_folder,
    publish_folder,
    telling_not_writable,
    write_bytes,
)
from clv_core.storage.workspace import Workspace

SAMPLE_CUSTOMERS: Final = 3000
SAMPLE_SEED: Final = 7
EXPORT_FORMATS: Final = ("csv", "xlsx")
KINDS: Final[tuple[TableKind, ...]] = ("orders", "events", "reviews", "customers")


def sample(options: argparse.Namespace) -> dict[str, Any]:
    """Write the sample shop."""
    with telling_not_writable(options.out):
        options.out.mkdir(parents=True, exist_ok=True)
        write_samples(options.out, options.customers, options.seed)
    return {"out": str(options.out), "files": sorted(f.name for f in options.out.glob("*.csv"))}


def inspect(options: argparse.Namespace) -> dict[str, Any]:
    """Say what each file is and account for its rows; one refusal does not end it."""
    requests = [_request(path, None, options) for path in options.files]
    found = inspect_files(requests, _cleaning(options))
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
    settings = _settings(options)
    with _prepared(options) as (tables, quality), _published(options.out) as folder:
        result = forecast_tables(tables, settings)
        write_run(result, tables, quality, folder, keeps_customers=True)
    _warn(find_objection(result.scoreboard))
    return _summary(result, options.out)


def backtest(options: argparse.Namespace) -> dict[str, Any]:
    """Forecast from a past day into a folder."""
    settings = _settings(options)
    with _prepared_logs(options) as (tables, quality), _published(options.out) as folder:
        result = backtest_shop(tables, settings)
        write_run(result, tables, quality, folder, keeps_customers=True)
    _warn(find_objection(result.scoreboard))
    return _summary(result, options.out)


def score(options: argparse.Namespace) -> dict[str, Any]:
    """Apply a saved model to newer files."""
    found = _find_run(options.run)
    if options.table is not None:
        with TemporaryDirectory(prefix="perennial-") as scratch:
            request = _request_table(options)
            newer = read_to_score(found, request, Path(scratch), _cleaning(options))
            forecast = score_value_table(found, newer)
    else:
        with _prepared_logs(options) as (tables, _):
            forecast = score_tables(found, tables)
    _write_out(options.out, guard_cells(forecast).to_csv(index=False).encode("utf-8"))
    return {"out": str(options.out), "customers": len(forecast), "model": found.manifest()["model"]}


def export(options: argparse.Namespace) -> dict[str, Any]:
    """Write the customers of some tiers as a file."""
    found = _find_run(options.run)
    _warn(found.objection())
    forecast, chosen = found.forecast(), _chosen_tiers(options.tier)
    customers = found.customers()
    if customers is None:
        dataset = Workspace.default().dataset_of_run(found.folder.name)
        customers = open_tables(dataset.folder).scan("customers").collect("pandas").to_native()
    kept = forecast[forecast["value_tier"].isin(chosen) | forecast["marketing_tier"].isin(chosen)]
    bundle = build_export(kept, kept["marketing_tier"], customers, file_format=options.format)
    write = export_xlsx if options.format == "xlsx" else export_csv
    _write_out(options.out, write(bundle.frame))
    return {"out": str(options.out), "customers": bundle.row_count}


def _request(path: Path, kind: TableKind | None, options: argparse.Namespace) -> Request:
    """Put what was said about a file in the call into one request."""
    choice = FileChoice.check(
        {
            "kind": kind,
            "mapping": options.map if kind in (None, "orders") else None,
            "has_header": False if options.no_header else None,
            "column_names": options.columns,
            "part": options.part,
            "lead_lines": options.lead_lines,
        }
    )
    return path, path.name.encode(errors="replace").decode(), choice


def _cleaning(options: argparse.Namespace) -> CleaningSettings:
    """Return the cleaning settings of the file, single flags laid over them."""
    said = {"currency": options.currency, "date_order": options.date_order}
    settings = CleaningSettings() if options.cleaning is None else read_cleaning(options.cleaning)
    told = {name: value for name, value in said.items() if value}
    return CleaningSettings.check({**settings.model_dump(), **told})


@contextmanager
def _prepared(
    options: argparse.Namespace,
) -> Iterator[tuple[Tables | ValueTable, QualityReport]]:
    """Clean the orders, or the table with one value per customer, into a folder for the call."""
    if options.table is None and (options.target or options.features):
        raise InvalidSetting(
            Sentence("--target and --features belong to a table with one value per customer."),
            Sentence("Give that table with --table."),
        )
    if options.table is not None:
        with _prepared_table(options) as prepared_table:
            yield prepared_table
    else:
        with _prepared_logs(options) as prepared:
            yield prepared


@contextmanager
def _prepared_table(
    options: argparse.Namespace,
) -> Iterator[tuple[ValueTable, QualityReport]]:
    (file,) = understand_confined([_request_table(options)])
    with TemporaryDirectory(prefix="perennial-") as scratch:
        yield prepare_value_table(file, Path(scratch), _cleaning(options))


def _request_table(options: argparse.Namespace) -> Request:
    """Put what was said about a table with one value per customer into a request."""
    if options.events or options.reviews or options.customers:
        raise InvalidSetting(
            Sentence("A table with one value per customer is used alone."),
            Sentence("Leave out --events, --reviews and --customers."),
        )
    refuse_absent(options.table)
    path, name, choice = _request(options.table, "value_table", options)
    mapping = dict(options.map)
    if options.target is not None:
        mapping["target_value"] = options.target
    features = None if options.features is None else tuple(options.features)
    return path, name, choice.model_copy(update={"mapping": mapping, "features": features})


@contextmanager
def _prepared_logs(options: argparse.Namespace) -> Iterator[tuple[Tables, QualityReport]]:
    named = [(path, kind) for kind in KINDS for path in getattr(options, kind)]
    for path, _ in named:
        refuse_absent(path)
    files = understand_confined([_request(path, kind, options) for path, kind in named])
    with TemporaryDirectory(prefix="perennial-") as scratch:
        yield prepare_tables(files, Path(scratch), _cleaning(options))


@contextmanager
def _published(out: Path) -> Iterator[Path]:
    """Give a folder to write in that gets its name only when all went well."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InvalidSetting(
            Sentence("{name} is there already and is not an empty folder.", name=out.name),
            Sentence("Name a new folder with --out."),
        )
    # A name of its own: a second call with the same --out must not write into the first one's.
    prepared = out.with_name(f".{out.name}.{uuid.uuid4().hex}.partial")
    with telling_not_writable(out):
        prepared.mkdir(mode=0o700, parents=True)
    try:
        yield prepared
        with telling_not_writable(out):
            if out.exists():
                out.rmdir()
            publish_folder(prepared, out)
    finally:
        discard_folder(prepared)


def _write_out(out: Path, content: bytes) -> None:
    with telling_not_writable(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(out, content)


def _settings(options: argparse.Namespace) -> RunSettings:
    settings = RunSettings() if options.settings is None else read_settings(options.settings)
    told = settings.model_dump()
    if options.cutoff is not None:
        told["window"]["cutoff"] = options.cutoff
    if options.horizon_days is not None:
        told["window"]["horizon_days"] = options.horizon_days
    if options.model is not None:
        told["model"] = options.model
    return RunSettings.check(told)


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
        "left_out": {name: str(why) for name, why in result.final.left_out.items()},
        "verdict": None
        if verdict is None
        else [str(verdict.headline), str(verdict.network), str(verdict.worth)]
        + ([] if days else [str(verdict.meaning), *map(str, verdict.cautions)]),
    }


def _find_run(wanted: str) -> RunFolder:
    folder = Path(wanted)
    if not (folder / "manifest.json").is_file():
        folder = Workspace.default().run(wanted).folder
    found = RunFolder(folder)
    try:
        check_run(found)
    except (ValueError, KeyError, TypeError):
        raise NothingStored(
            Sentence("The manifest of this run was changed or is damaged."),
            Sentence("Train again, or restore the run from a copy."),
        ) from None
    return found


def _chosen_tiers(named: Sequence[str]) -> list[str]:
    known = (*VALUE_TIERS, *MARKETING_TIERS)
    for name in named:
        if name not in known:
            raise InvalidSetting(
                Sentence("There is no tier named {name}.", name=name),
                Sentence("Choose one of: {names}.", names=", ".join(known)),
            )
    return list(named) or list(VALUE_TIERS)
