"""A workspace with a real run in it, to lay views out of."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.runs.folder import RunFolder
from clv_core.storage.workspace import Workspace
from clv_core.views.source import Source


@pytest.fixture(scope="module")
def source(
    tmp_path_factory: pytest.TempPathFactory,
    small_tables: tuple[Tables, QualityReport],
    small_run: RunFolder,
) -> Source:
    """Return the run of the small shop in a workspace of its own."""
    workspace = Workspace(tmp_path_factory.mktemp("views") / "workspace")
    data, run = (workspace.root / "partial" / name for name in ("dataset", "run"))
    shutil.copytree(small_tables[0].folder, data)
    Tables(**{**small_tables[0].__dict__, "folder": data}).write_facts()
    dataset = workspace.publish_dataset(data, "Small shop")
    shutil.copytree(small_run.folder, run)
    return Source(workspace, workspace.publish_run(run, dataset))


@pytest.fixture(scope="module")
def customers(source: Source) -> Path:
    """Return where the customers of its data set lie."""
    return source.workspace.dataset(source.dataset).folder / "customers.parquet"
