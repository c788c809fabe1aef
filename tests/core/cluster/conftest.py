"""One local Spark for all tests of the cluster."""

from __future__ import annotations

import importlib.util
import shutil
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cluster.engines import require_spark
from clv_core.ingest.raw import RawTable
from clv_core.ingest.understand import understand_file
from clv_core.settings import CleaningSettings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from clv_core.cluster.ingest import DividedTables

ENGINE = "local[2]"
KINDS = ("orders", "events", "reviews", "customers")
needs_spark = pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or shutil.which("java") is None,
    reason="pyspark (requirements-spark.txt) or Java is not installed",
)


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Return a Spark session of two threads on this machine."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("pyspark (requirements-spark.txt) or Java is not installed")
    require_spark(ENGINE)
    from clv_core.cluster.session import open_session

    with ExitStack() as held:
        with warnings.catch_warnings():
            # Starting Java forks, which JAX warns of where earlier tests of this process loaded it.
            warnings.filterwarnings("ignore", r"os.fork\(\) was called", RuntimeWarning)
            session = held.enter_context(open_session(ENGINE))
        session.conf.set("spark.sql.shuffle.partitions", "2")
        yield session


@pytest.fixture(scope="session")
def small_files(small_shop: Path) -> list[RawTable]:
    """Return the small shop's four files, understood."""
    return [understand_file(small_shop / f"{kind}.csv") for kind in KINDS]


@pytest.fixture(scope="session")
def divided(
    spark: SparkSession, small_files: list[RawTable], tmp_path_factory: pytest.TempPathFactory
) -> tuple[DividedTables, QualityReport]:
    """Return the small shop cleaned in parts, with its account."""
    from clv_core.cluster.ingest import prepare_divided

    folder = tmp_path_factory.mktemp("divided")
    return prepare_divided(spark, small_files, folder, CleaningSettings())


def account_of(report: QualityReport) -> pd.DataFrame:
    """Return the account of the rows with its amounts rounded far below a cent."""
    table = report.to_table().assign(reason=lambda one: one["reason"].map(str))
    return table.round({"amount": 6})
