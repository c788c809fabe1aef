"""A Spark session as Perennial needs it: UTC, this Python on the workers, no page of its own."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

import clv_core
from clv_core.cluster.engines import is_local, require_spark
from clv_core.errors import UserDataError
from clv_core.sentences import Sentence

__all__ = ["open_session"]

_PANDAS: Final = "PySpark does not yet fully support pandas"
_SETTINGS: Final = {
    "spark.sql.session.timeZone": "UTC",  # days are cut in UTC, as DuckDB cuts them
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
    "spark.log.level": "ERROR",
}
_SETTINGS_HERE: Final = {
    "spark.driver.bindAddress": "127.0.0.1",  # nobody but this machine's own processes
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
}


@contextmanager
def open_session(engine: str) -> Iterator[SparkSession]:
    """Give a Spark session, and end it where nobody held one before.

    The workers run this Python (``sys.executable``) and must find it, with Perennial's
    packages, under the same path; local engines always do.

    Parameters
    ----------
    engine : str
        ``local[*]``, ``local[2]``, ``spark://host:7077``: a master as Spark names it.

    Raises
    ------
    UserDataError
        As :func:`require_spark`, and when no cluster answers there.
    """
    require_spark(engine)
    held = SparkSession.getActiveSession()
    if held is not None and held.sparkContext.master == engine:
        yield held
        return
    session = _start(engine)
    try:
        yield session
    finally:
        session.stop()


def _start(engine: str) -> SparkSession:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    settings = dict(_SETTINGS)
    if is_local(engine):
        settings |= _SETTINGS_HERE
    builder = SparkSession.builder.master(engine).appName("Perennial")
    for name, value in settings.items():
        builder = builder.config(name, value)
    # What the workers import lies where this process found it.
    builder = builder.config("spark.executorEnv.PYTHONPATH", _own_path())
    # A task has one processor; Spark runs as many at once as there are.
    builder = builder.config("spark.executorEnv.PERENNIAL_THREADS", "1")
    if "PERENNIAL_MEMORY_GB" in os.environ:
        limit = os.environ["PERENNIAL_MEMORY_GB"]
        builder = builder.config("spark.executorEnv.PERENNIAL_MEMORY_GB", limit)
    # Only Arrow and plain rows go to and from Spark, never a pandas frame.
    warnings.filterwarnings("ignore", _PANDAS, FutureWarning)
    logging.getLogger("py4j").setLevel(logging.ERROR)
    try:
        return builder.getOrCreate()
    except (Py4JJavaError, RuntimeError):
        raise UserDataError(
            Sentence("No Spark cluster answers at {engine}.", engine=engine),
            Sentence("Check the address, and that the cluster runs the Spark of this pyspark."),
        ) from None


def _own_path() -> str:
    return str(Path(clv_core.__file__).resolve().parents[1])
