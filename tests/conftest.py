"""What several kinds of test share: a small shop and one real run on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the machine is shared by the test's own processes

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.ingest.understand import understand_file
from clv_core.pipeline import forecast_shop, prepare_tables
from clv_core.runs.folder import RunFolder, write_run
from clv_core.samples import write_samples
from clv_core.settings import RunSettings
from tests.postgres_server import PostgresServer, running_server

SMALL_CUSTOMERS = 400
SMALL_SEED = 3
KINDS = ("orders", "events", "reviews", "customers")
QUICK_SETTINGS = RunSettings.check(
    {
        "window": {"horizon_days": 90, "max_snapshots": 3},
        "network": {"hidden_units": [8], "epochs": 3, "batch_size": 64},
        "boosted": {"trees": 30},
        "evaluation": {"bootstrap_samples": 50},
    }
)


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the four files of a 400-customer sample shop."""
    folder = tmp_path_factory.mktemp("small_shop")
    write_samples(folder, SMALL_CUSTOMERS, SMALL_SEED)
    return folder


@pytest.fixture(scope="session")
def small_tables(
    small_shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Tables, QualityReport]:
    """Return its cleaned tables and their account."""
    raws = [understand_file(small_shop / f"{kind}.csv") for kind in KINDS]
    return prepare_tables(raws, tmp_path_factory.mktemp("small_tables"))


@pytest.fixture(scope="session")
def small_run(
    small_tables: tuple[Tables, QualityReport], tmp_path_factory: pytest.TempPathFactory
) -> RunFolder:
    """Return a real run on it, with settings that train in seconds."""
    tables, quality = small_tables
    folder = tmp_path_factory.mktemp("small_run")
    result = forecast_shop(tables, QUICK_SETTINGS)
    write_run(result, tables, quality, folder, keeps_customers=True)
    return RunFolder(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Return a real PostgreSQL, empty but for what tests put there."""
    with running_server() as server:
        yield server
