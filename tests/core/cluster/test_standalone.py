"""The command line against a real cluster of this machine: a master, a worker, an executor."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.runs.folder import RunFolder
from clv_core.runs.scoring import score_tables
from tests.core.cluster.conftest import KINDS, needs_spark

ROOT = Path(__file__).resolve().parents[3]
_AT = re.compile(r"Starting Spark master at (spark://\S+:\d+)")
_READY = re.compile(r"Successfully registered with master")


@contextmanager
def started(log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start one of Spark's own programs and stop it at the end."""
    import pyspark

    home = Path(pyspark.__file__).parent
    # Named as the processes find it: SPARK_LOCAL_IP keeps all of them on this machine.
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    program = [str(home / "bin" / "spark-class"), *words]
    with log.open("wb") as written:
        process = subprocess.Popen(
            program, stdout=written, stderr=written, env=environment, cwd=log.parent
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(pattern: re.Pattern[str], log: Path, process: subprocess.Popen[bytes]) -> str:
    """Return what a program says of itself once it is up; fail where it ends before."""
    while process.poll() is None:
        if found := pattern.search(log.read_text("utf-8", errors="replace")):
            return found.group(found.lastindex or 0)
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
    pytest.fail(log.read_text("utf-8", errors="replace"))


@needs_spark
def test_a_cluster_scores_as_one_machine(
    small_shop: Path,
    small_run: RunFolder,
    small_tables: tuple[Tables, QualityReport],
    tmp_path: Path,
) -> None:
    """`score --engine spark://…` writes what `score` writes."""
    master, worker = (
        "org.apache.spark.deploy.master.Master",
        "org.apache.spark.deploy.worker.Worker",
    )
    ports = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
    out, log = tmp_path / "forecast.csv", tmp_path / "master.log"
    with started(log, master, *ports) as first:
        address = wait_for(_AT, log, first)
        log = tmp_path / "worker.log"
        words = (*ports, "--cores", "2", "--memory", "1g", address)
        with started(log, worker, *words) as second:
            wait_for(_READY, log, second)
            named = [
                word for kind in KINDS for word in (f"--{kind}", str(small_shop / f"{kind}.csv"))
            ]
            call = ["score", "--run", str(small_run.folder), *named, "--out", str(out)]
            told = subprocess.run(
                [sys.executable, "-m", "clv_core", *call, "--engine", address],
                cwd=ROOT,
                env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"},
                capture_output=True,
                text=True,
                check=False,
            )
    assert told.returncode == 0, told.stderr
    expected = tmp_path / "expected.csv"
    score_tables(small_run, small_tables[0]).to_csv(expected, index=False)
    pd.testing.assert_frame_equal(pd.read_csv(out), pd.read_csv(expected), rtol=1e-6, atol=1e-6)
    assert not [left for left in tmp_path.iterdir() if left.name.startswith(".perennial-")]
