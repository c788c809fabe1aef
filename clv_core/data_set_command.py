"""What the verbs ``prepare`` and ``extend`` of the command line do."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from clv_core.call_inputs import (
    KINDS,
    QUALITY_FILE,
    published,
    read_cleaning_options,
    request_file,
    sources_of,
)
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.errors import InvalidSetting, UserDataError
from clv_core.ingest.database_table import DatabaseTable
from clv_core.inspection import refuse_absent
from clv_core.jobs.queue import Job, read_job, submit_job, tend_queue
from clv_core.pipeline import extend_files, prepare_tables
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings
from clv_core.storage.workspace import Workspace

_LOOK_AGAIN_S: Final = 0.2
_CHUNK: Final = 1 << 20


def prepare(options: argparse.Namespace) -> dict[str, Any]:
    """Clean files into a folder of tables that later files can be added to."""
    rules = read_cleaning_options(options)
    with published(options.out) as folder, sources_of(options) as files:
        tables, quality = prepare_tables(files, folder, rules, keeps_rows=True)
        _write_facts(tables, quality)
    return _tell(options, {"out": str(options.out)}, tables, quality, len(files))


def extend(options: argparse.Namespace) -> dict[str, Any]:
    """Add files to prepared tables, or to a data set of the workspace."""
    _refuse_other_rules(options)
    if not any(getattr(options, kind) for kind in KINDS):
        raise InvalidSetting(
            Sentence("There is no file to be added."),
            Sentence("Name one with --orders, --events, --reviews or --customers."),
        )
    if options.dataset is not None:
        return _extend_dataset(options)
    if options.out is None:
        raise InvalidSetting(
            Sentence("The extended tables need a place of their own."),
            Sentence("Name a new folder with --out; the old one stays as it is."),
        )
    with published(options.out) as folder, sources_of(options) as files:
        tables, quality = extend_files(options.tables, files, folder, options.date_order)
        _write_facts(tables, quality)
    return _tell(options, {"out": str(options.out)}, tables, quality, len(files))


def _extend_dataset(options: argparse.Namespace) -> dict[str, Any]:
    """Bring the files into the workspace and have a worker add them, as the pages do."""
    named = [(path, kind) for kind in KINDS for path in getattr(options, kind)]
    for path, _ in named:
        if isinstance(path, DatabaseTable):
            raise InvalidSetting(
                Sentence("A table of a database is added to prepared tables only."),
                Sentence("Name their folder with --tables in place of --dataset."),
            )
        refuse_absent(path)
    workspace = Workspace.default()
    base = workspace.dataset(options.dataset)
    requests = [request_file(path, kind, options) for path, kind in named]
    stored = workspace.store_uploads((name, _read_chunks(path)) for path, name, _ in requests)
    files = [
        {"upload": upload.id, "choice": choice.model_dump(mode="json")}
        for upload, (_, _, choice) in zip(stored, requests, strict=True)
    ]
    spec = {
        "dataset": base.id,
        "files": files,
        "cleaning": {"date_order": options.date_order},
    }
    job = _wait(workspace, submit_job(workspace, "prepare", "extend_dataset", spec))
    folder = workspace.dataset(str(job.result_id)).folder
    quality = QualityReport.from_json((folder / QUALITY_FILE).read_text(encoding="utf-8"))
    return _tell(options, {"dataset": job.result_id}, Tables.open(folder), quality, len(files))


def _wait(workspace: Workspace, job_id: str) -> Job:
    """Wait for a worker; what it could not use is said as if it had been found here."""
    while not (job := read_job(workspace, job_id)).has_ended:
        time.sleep(_LOOK_AGAIN_S)
        tend_queue(workspace)
    if job.state == "done":
        return job
    if job.failure is None or job.failure_kind is None:
        raise RuntimeError(f"the job {job_id} ended as {job.state}; its log is in the workspace")
    problem, remedy, *cases = job.failure
    raise UserDataError(problem, remedy, cases)


def _refuse_other_rules(options: argparse.Namespace) -> None:
    """Refuse other rules than those that the earlier rows were cleaned by."""
    rules = read_cleaning_options(options).model_copy(update={"date_order": None})
    if rules != CleaningSettings():
        raise InvalidSetting(
            Sentence("New rows are cleaned by the rules of the data that they are added to."),
            Sentence("Leave out --cleaning and --currency, or prepare all files anew."),
        )


def _write_facts(tables: Tables, quality: QualityReport) -> None:
    tables.write_facts()
    (tables.folder / QUALITY_FILE).write_text(quality.to_json(), encoding="utf-8")


def _tell(
    options: argparse.Namespace,
    place: dict[str, Any],
    tables: Tables,
    quality: QualityReport,
    added: int,
) -> dict[str, Any]:
    """Return what came of it; the last files of the account are those that were added."""
    files = quality.files
    told = {
        **place,
        "files": [
            {
                "file": one.file_name,
                "kind": one.kind,
                "is_new": number >= len(files) - added,
                "rows_read": one.rows_read,
                "rows_kept": one.rows_kept,
                "rows_rejected": one.rows_read - one.rows_kept,
            }
            for number, one in enumerate(files)
        ],
        "customers": tables.customer_count,
        "orders": tables.order_count,
        "first_day": tables.first_day.isoformat(),
        "last_day": tables.last_day.isoformat(),
    }
    if not options.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    return told


def _read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            yield chunk
