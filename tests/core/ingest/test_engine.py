"""One database per process, nothing shared between threads, nothing outside the folders."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from clv_core.ingest.engine import cursor, scan_parquet

LOCKED = """
import sys, duckdb
from pathlib import Path
from clv_core.ingest import engine
inside, outside = map(Path, sys.argv[1:])
engine.allow(inside)
engine.lock()
engine.lock()
assert engine.is_locked()
engine.cursor().execute("COPY (SELECT 1 AS a) TO $t (FORMAT parquet)", {"t": str(inside / "a")})
assert engine.scan_parquet(inside / "a").collect().shape == (1, 1)
engine.allow(inside / "deeper")
try:
    engine.allow(outside)
except RuntimeError:
    print("no wider")
for statement in ("COPY (SELECT 1) TO $t", "SELECT * FROM read_text($t)"):
    try:
        engine.cursor().execute(statement, {"t": str(outside / "b")})
    except duckdb.PermissionException:
        print("closed")
try:
    engine.cursor().execute("SET threads = 7")
except duckdb.InvalidInputException:
    print("settled")
"""


@pytest.fixture
def numbers(tmp_path):
    """A Parquet file with one column a = 1, 2, 3."""
    path = tmp_path / "num[1]*.parquet"
    cursor().execute(
        "COPY (SELECT unnest([1, 2, 3]) AS a) TO $target (FORMAT parquet)", {"target": str(path)}
    )
    return path


def test_cursor_tells_time_in_utc():
    """Times never depend on where the server stands."""
    assert cursor().execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)


def test_threads_each_see_their_own_rows():
    """Sixteen threads asking at once each get the number they asked for."""

    def ask(number):
        with cursor() as connection:
            connection.execute("CREATE TEMP TABLE mine AS SELECT $n AS n", {"n": number})
            return connection.execute("SELECT n FROM mine").fetchone()[0]

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(200))) == list(range(200))


def test_scans_of_one_thread_join(numbers):
    """Two scans are two lazy frames on one cursor, so they can be joined."""
    joined = scan_parquet(numbers).join(scan_parquet(numbers), on="a").collect()
    assert sorted(joined["a"].to_list()) == [1, 2, 3]


def test_scan_of_a_missing_file_is_loud(tmp_path):
    """A file that is not there is our mistake and raises at once."""
    with pytest.raises(FileNotFoundError):
        scan_parquet(tmp_path / "nothing.parquet")


@pytest.mark.parametrize("name", ["in", "in[1]"])
def test_locked_engine_stays_in_its_folders(tmp_path, name):
    """After the lock nothing outside is read or written and no setting changes."""
    inside, outside = tmp_path / name, tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "b").write_text("secret")
    done = subprocess.run(
        [sys.executable, "-c", LOCKED, str(inside), str(outside)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split("\n") == ["no wider", "closed", "closed", "settled", ""], done.stderr


def test_running_out_of_memory_is_told():
    """Where nothing can be spilled any more, the user hears how much may be used."""
    code = (
        "from clv_core.ingest.engine import cursor, telling_out_of_memory\n"
        "with telling_out_of_memory():\n"
        "    cursor().execute('SELECT list(i) FROM range(10000000) AS t(i)').fetchall()\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PERENNIAL_MEMORY_GB": "0.05"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "These data take more memory than may be used: 0.05 GB." in told.stderr
