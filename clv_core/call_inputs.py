"""What a call of the command line names: files, settings, the place for results."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import FACTS_FILE, Tables
from clv_core.cleaning.value_table import ValueTable
from clv_core.columns import TableKind
from clv_core.databases.reading import Source, understand_sources
from clv_core.errors import InvalidSetting, NothingStored
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import Request, understand_confined
from clv_core.ingest.database_table import DatabaseTable
from clv_core.ingest.raw import RawTable
from clv_core.inspection import refuse_absent
from clv_core.pipeline import prepare_tables, prepare_value_table
from clv_core.runs.folder import RunFolder
from clv_core.runs.scoring import check_run
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings, RunSettings, read_cleaning, read_settings
from clv_core.storage.atomic import (
    discard_folder,
    publish_folder,
    telling_not_writable,
    write_bytes,
)
from clv_core.storage.workspace import Workspace

QUALITY_FILE: Final = "quality.json"
KINDS: Final[tuple[TableKind, ...]] = ("orders", "events", "reviews", "customers")


def request_file(path: Path, kind: TableKind | None, options: argparse.Namespace) -> Request:
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


def request_source(
    source: Path | DatabaseTable, kind: TableKind | None, options: argparse.Namespace
) -> Source:
    """Put what was said about a file or a table of a database into one request."""
    if isinstance(source, Path):
        return request_file(source, kind, options)
    mapping = options.map if kind in (None, "orders") else None
    since = None if kind == "customers" else options.since
    choice = FileChoice.check({"kind": kind, "mapping": mapping})
    return replace(source, since=since), source.title, choice


def _refuse_since(sources: Sequence[Source], options: argparse.Namespace) -> None:
    if options.since is not None and all(isinstance(source[0], Path) for source in sources):
        raise InvalidSetting(
            Sentence("--since says from which day on a table of a database is read."),
            Sentence("Leave it out: a file is read as a whole."),
        )


def read_cleaning_options(options: argparse.Namespace) -> CleaningSettings:
    """Return the cleaning settings of the file, single flags laid over them."""
    said = {"currency": options.currency, "date_order": options.date_order}
    settings = CleaningSettings() if options.cleaning is None else read_cleaning(options.cleaning)
    told = {name: value for name, value in said.items() if value}
    return CleaningSettings.check({**settings.model_dump(), **told})


@contextmanager
def prepared(
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
        with prepared_logs(options) as prepared:
            yield prepared


@contextmanager
def _prepared_table(
    options: argparse.Namespace,
) -> Iterator[tuple[ValueTable, QualityReport]]:
    (file,) = understand_confined([request_table(options)])
    with TemporaryDirectory(prefix="perennial-") as scratch:
        yield prepare_value_table(file, Path(scratch), read_cleaning_options(options))


def request_table(options: argparse.Namespace) -> Request:
    """Put what was said about a table with one value per customer into a request."""
    if options.events or options.reviews or options.customers:
        raise InvalidSetting(
            Sentence("A table with one value per customer is used alone."),
            Sentence("Leave out --events, --reviews and --customers."),
        )
    refuse_absent(options.table)
    path, name, choice = request_file(options.table, "value_table", options)
    mapping = dict(options.map)
    if options.target is not None:
        mapping["target_value"] = options.target
    features = None if options.features is None else tuple(options.features)
    return path, name, choice.model_copy(update={"mapping": mapping, "features": features})


@contextmanager
def prepared_logs(options: argparse.Namespace) -> Iterator[tuple[Tables, QualityReport]]:
    """Clean orders and what comes with them into a folder for the call, or open prepared ones."""
    if options.tables is not None:
        yield _open_prepared(options)
        return
    with sources_of(options) as files, TemporaryDirectory(prefix="perennial-") as scratch:
        yield prepare_tables(files, Path(scratch), read_cleaning_options(options))


@contextmanager
def sources_of(options: argparse.Namespace) -> Iterator[list[RawTable]]:
    """Understand the orders that a call names, and what comes with them."""
    named = [(path, kind) for kind in KINDS for path in getattr(options, kind)]
    for path, _ in named:
        refuse_absent(path)
    sources = [request_source(source, kind, options) for source, kind in named]
    _refuse_since(sources, options)
    with TemporaryDirectory(prefix="perennial-") as samples:
        yield understand_sources(sources, Path(samples))


def _open_prepared(options: argparse.Namespace) -> tuple[Tables, QualityReport]:
    """Open what the verbs ``prepare`` and ``extend`` wrote."""
    if options.events or options.reviews or options.customers:
        raise InvalidSetting(
            Sentence("Prepared tables hold browsing, reviews and customers already."),
            Sentence("Leave out --events, --reviews and --customers, or add them with extend."),
        )
    folder: Path = options.tables
    if not (folder / FACTS_FILE).is_file() or not (folder / QUALITY_FILE).is_file():
        raise NothingStored(
            Sentence("There are no prepared tables in {name}.", name=folder.name),
            Sentence("Make them with the verb prepare, and name the folder of its --out."),
        )
    quality = QualityReport.from_json((folder / QUALITY_FILE).read_text(encoding="utf-8"))
    return Tables.open(folder), quality


@contextmanager
def published(out: Path) -> Iterator[Path]:
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


def write_out(out: Path, content: bytes) -> None:
    """Write one file, its folders made where they are missing."""
    with telling_not_writable(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(out, content)


def read_run_settings(options: argparse.Namespace) -> RunSettings:
    """Return the settings of the file, single flags laid over them."""
    settings = RunSettings() if options.settings is None else read_settings(options.settings)
    told = settings.model_dump()
    if options.cutoff is not None:
        told["window"]["cutoff"] = options.cutoff
    if options.horizon_days is not None:
        told["window"]["horizon_days"] = options.horizon_days
    if options.model is not None:
        told["model"] = options.model
    if getattr(options, "automatic_minutes", None) is not None:
        told["automatic_minutes"] = options.automatic_minutes
    return RunSettings.check(told)


@contextmanager
def tables_of_run(options: argparse.Namespace, run: RunFolder) -> Iterator[Tables]:
    """Read the files that are named; a run of the workspace knows its data."""
    named = (options.orders, options.events, options.reviews, options.customers, options.tables)
    if any(named):
        with prepared_logs(options) as (tables, _):
            yield tables
    else:
        yield Tables.open(Workspace.default().dataset_of_run(run.folder.name).folder)


def find_run(wanted: str) -> RunFolder:
    """Return a whole run, named by its folder or by its id in the workspace."""
    folder = Path(wanted)
    if not (folder / "manifest.json").is_file():
        folder = _run_of_workspace(wanted)
    found = RunFolder(folder)
    try:
        check_run(found)
    except (ValueError, KeyError, TypeError):
        raise NothingStored(
            Sentence("The manifest of this run was changed or is damaged."),
            Sentence("Train again, or restore the run from a copy."),
        ) from None
    return found


def _run_of_workspace(wanted: str) -> Path:
    try:
        return Workspace.default().run(wanted).folder
    except NothingStored:
        raise NothingStored(
            Sentence(
                "There is no run in {name}, nor one of that id in the workspace.",
                name=Path(wanted).name,
            ),
            Sentence("Name the folder of a run with --run, or its id."),
        ) from None
