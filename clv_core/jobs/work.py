"""What workers can be asked to do: one function per kind of job.

Each returns the id of what it published.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from clv_core.cleaning.kept_rows import are_rows_kept
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.cleaning.value_table import ValueTable
from clv_core.databases.reading import AS_WRITTEN
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import understand_confined
from clv_core.ingest.database_table import DatabaseTable
from clv_core.ingest.raw import RawTable
from clv_core.jobs.extending import are_files_there, join_sources
from clv_core.jobs.queue import Job
from clv_core.models.backend import use_compilation_cache
from clv_core.models.forecaster import Report
from clv_core.monitoring.in_workspace import look_back_with
from clv_core.pipeline import (
    extend_files,
    forecast_tables,
    open_tables,
    prepare_files,
    search_tables,
)
from clv_core.runs.folder import RunFolder, write_run
from clv_core.runs.product_advice import advise_on_products
from clv_core.runs.product_folder import ProductFolder
from clv_core.runs.proof import prove_run
from clv_core.runs.proof_folder import ProofFolder
from clv_core.runs.proof_plan import ProofSettings
from clv_core.runs.search_folder import SearchFolder
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings, RunSettings, SearchSettings
from clv_core.storage.handed_files import begin_handed, publish_handed
from clv_core.storage.kept_settings import inherit_kept
from clv_core.storage.previews import store_preview
from clv_core.storage.searches import begin_search
from clv_core.storage.table_samples import find_source
from clv_core.storage.workspace import Workspace
from clv_core.views.exporting import write_asked
from clv_core.views.registry import work_out
from clv_core.views.source import Source


def prepare_dataset(workspace: Workspace, job: Job, report: Report) -> str:
    """Clean uploaded files into a data set.

    ``spec``: ``title``, ``cleaning`` (settings) and ``files``, each with ``upload`` and
    ``choice`` as the user confirmed it; kept beside the tables as ``source.json``.
    """
    files = _understand(workspace, job, report)
    folder = workspace.begin_folder(job.id)
    cleaning = CleaningSettings.check(job.spec["cleaning"])
    tables, quality = prepare_files(files, folder, cleaning, report, keeps_rows=True)
    return _publish(workspace, folder, tables, quality, job.spec)


def extend_dataset(workspace: Workspace, job: Job, report: Report) -> str:
    """Add uploaded files to a data set; what comes of it is a new one, of the same name.

    ``spec``: ``dataset``, ``files`` as for :func:`prepare_dataset`, and ``cleaning``, of which
    the order of day and month holds for those files. Data sets of earlier versions kept
    no rows: their files are read once more while they are there.
    """
    base = workspace.dataset(job.spec["dataset"])
    source = join_sources(base, job.spec)
    earlier = {**source, "files": source["files"][: -source["added"]]}
    folder = workspace.begin_folder(job.id)
    tables: Tables | ValueTable
    if are_rows_kept(base.folder) or not are_files_there(workspace, earlier):
        added = _understand(workspace, job, report)
        date_order = CleaningSettings.check(job.spec["cleaning"]).date_order
        tables, quality = extend_files(base.folder, added, folder, date_order, report)
    else:
        files = _understand(workspace, replace(job, spec=source), report)
        source["read_again"] = True
        cleaning = CleaningSettings.check(source["cleaning"])
        tables, quality = prepare_files(files, folder, cleaning, report, keeps_rows=True)
    extended = _publish(workspace, folder, tables, quality, source)
    inherit_kept(workspace, base.id, extended)
    return extended


def preview_dataset(workspace: Workspace, job: Job, report: Report) -> str:
    """Clean uploaded files and keep nothing but the account of their rows.

    ``spec`` as for :func:`prepare_dataset`; the account is found by the job's id
    (``storage.previews``).
    """
    files = _understand(workspace, job, report)
    cleaning = CleaningSettings.check(job.spec["cleaning"])
    with TemporaryDirectory(prefix="perennial-") as scratch:
        _, quality = prepare_files(files, Path(scratch), cleaning, report)
    store_preview(workspace, job.id, quality.to_json())
    return job.id


def train_run(workspace: Workspace, job: Job, report: Report) -> str:
    """Train, test and forecast on a data set.

    ``spec``: ``dataset``, ``settings`` and, where a search found them, ``searched``: what
    was told of it.
    """
    use_compilation_cache(workspace.root / "cache")
    dataset = workspace.dataset(job.spec["dataset"])
    tables = open_tables(dataset.folder)
    quality = QualityReport.from_json((dataset.folder / "quality.json").read_text(encoding="utf-8"))
    result = forecast_tables(tables, RunSettings.check(job.spec["settings"]), report)
    searched = tuple(map(Sentence.from_json, job.spec.get("searched", ())))
    result = replace(result, tuning=(*searched, *result.tuning))
    folder = workspace.begin_folder(job.id)
    write_run(result, tables, quality, folder)
    return workspace.publish_run(folder, dataset.id)


def search_settings(workspace: Workspace, job: Job, report: Report) -> str:
    """Search better settings of one family on a data set.

    ``spec``: ``dataset``, ``settings`` to compare with, ``search`` (settings of it) and,
    to go on with a search, ``continues``: the id of the job that began it.
    """
    use_compilation_cache(workspace.root / "cache")
    search_id = str(job.spec.get("continues") or job.id)
    search_tables(
        open_tables(workspace.dataset(job.spec["dataset"]).folder),
        RunSettings.check(job.spec["settings"]),
        SearchSettings.check(job.spec["search"]),
        SearchFolder(begin_search(workspace, search_id)),
        report,
    )
    return search_id


def retest_run(workspace: Workspace, job: Job, report: Report) -> str:
    """Test a finished run on more windows and seeds, with less to learn from.

    ``spec``: ``dataset``, ``run`` and ``proof`` (how many of them). What comes of it lies
    in the run's folder; parts that an earlier job finished are not done again.
    """
    use_compilation_cache(workspace.root / "cache")
    run = workspace.run(job.spec["run"])
    prove_run(
        RunFolder(run.folder),
        Tables.open(workspace.dataset_of_run(run.id).folder),
        ProofSettings.check(job.spec["proof"]),
        ProofFolder(run.folder),
        report,
    )
    return run.id


def look_back(workspace: Workspace, job: Job, report: Report) -> str:
    """Compare a finished run with a data set of later days.

    ``spec``: ``run`` and ``dataset``, the newer one. What is found lies in the run's folder.
    """
    look_back_with(workspace, job.spec["run"], job.spec["dataset"], report)
    return str(job.spec["run"])


def recommend_products(workspace: Workspace, job: Job, report: Report) -> str:
    """Find out about products for a finished run: what to recommend, what will be asked for.

    ``spec``: ``dataset`` and ``run``. What comes of it lies in the run's folder.
    """
    run = workspace.run(job.spec["run"])
    tables = Tables.open(workspace.dataset_of_run(run.id).folder)
    advise_on_products(RunFolder(run.folder), tables, ProductFolder(run.folder), report)
    return run.id


def lay_out_view(workspace: Workspace, job: Job, report: Report) -> str:
    """Work out what a page shows of a large run.

    ``spec``: ``dataset``, ``run``, ``view`` (its name) and ``asked``. What comes of it lies in
    the run's folder.
    """
    work_out(workspace, job.spec["run"], job.spec["view"], job.spec["asked"], report)
    return str(job.spec["run"])


def write_list(workspace: Workspace, job: Job, report: Report) -> str:
    """Write a list of customers that is too long to be written while a page waits.

    ``spec``: ``dataset``, ``run`` and ``asked`` (``views.exporting.write_asked``). The file is
    found by the job's id (``storage.handed_files``) and deleted after a day.
    """
    folder = begin_handed(workspace, job.id)
    write_asked(Source(workspace, job.spec["run"]), job.spec["asked"], folder, report)
    publish_handed(workspace, folder)
    return job.id


def _publish(
    workspace: Workspace,
    folder: Path,
    tables: Tables | ValueTable,
    quality: QualityReport,
    source: dict[str, Any],
) -> str:
    tables.write_facts()
    (folder / "quality.json").write_text(quality.to_json(), encoding="utf-8")
    (folder / "source.json").write_text(json.dumps(source), encoding="utf-8")
    return workspace.publish_dataset(folder, source["title"])


def _understand(workspace: Workspace, job: Job, report: Report) -> list[RawTable]:
    report({"share": 0.0, "left_s": None, "message": Sentence("Looking at the files")})
    requests, sources = [], []
    for file in job.spec["files"]:
        upload = workspace.upload(file["upload"])
        choice = FileChoice.model_validate(file["choice"])
        sources.append(find_source(workspace, upload.id))
        if sources[-1] is not None:
            choice = choice.model_copy(update=dict(AS_WRITTEN))
        requests.append((upload.path, upload.file_name, choice))
    return [
        raw if source is None else replace(raw, database=DatabaseTable.from_json(source))
        for raw, source in zip(understand_confined(requests), sources, strict=True)
    ]


WORK: Final[dict[str, Callable[[Workspace, Job, Report], str]]] = {
    "prepare_dataset": prepare_dataset,
    "extend_dataset": extend_dataset,
    "preview_dataset": preview_dataset,
    "train_run": train_run,
    "search_settings": search_settings,
    "retest_run": retest_run,
    "recommend_products": recommend_products,
    "look_back": look_back,
    "lay_out_view": lay_out_view,
    "write_list": write_list,
}
