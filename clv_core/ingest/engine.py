"""The one in-memory DuckDB of this process, and cursors on it.

No database file is ever made: a second process could not open it. Tables lie in
Parquet and are scanned where they are needed. A connection shared by threads
hands one thread another one's rows, so :func:`cursor` gives a new cursor per
call, and :func:`scan_parquet` keeps one per thread, because DuckDB joins lazy
frames of one cursor only.

Limits come from the environment: ``PERENNIAL_THREADS`` (default: two, or the
processors there are) and ``PERENNIAL_MEMORY_GB`` (default: 1.25, which keeps a process
below 2 GB, because DuckDB counts only a part of what it takes); what does not fit
is spilled to a temporary folder that ends with the process.

The file system is closed in two steps: a program that knows its folders names
each with :func:`allow` and then calls :func:`lock`; from then on DuckDB opens
nothing outside them and no setting can be changed. DuckDB cannot widen the list
afterwards.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import narwhals as nw

from clv_core.errors import UserDataError
from clv_core.sentences import Sentence

__all__ = [
    "allow",
    "cursor",
    "is_locked",
    "literal_path",
    "lock",
    "quoted_path",
    "scan_parquet",
    "telling_out_of_memory",
]

_MOST_THREADS = 2
_MEMORY_GB = 1.25


@dataclass
class _Engine:
    """What this process holds: the database, its folders and whether it is locked."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    by_thread: threading.local = field(default_factory=threading.local)
    database: duckdb.DuckDBPyConnection | None = None
    folders: tuple[Path, ...] = ()
    locked: bool = False


_ENGINE = _Engine()


def cursor() -> duckdb.DuckDBPyConnection:
    """Return a fresh cursor of this process's database.

    Times are in UTC, nothing is downloaded or loaded on demand. Close it, or let
    it go, when the call is done; never hand it to another thread.
    """
    with _ENGINE.guard:
        if _ENGINE.database is None:
            _ENGINE.database = _open_database()
        return _ENGINE.database.cursor()


def scan_parquet(path: Path) -> nw.LazyFrame[duckdb.DuckDBPyRelation]:
    """Return a Parquet file as a lazy frame on this thread's cursor.

    Frames scanned in one thread can be joined with each other; frames of two
    threads cannot.

    Parameters
    ----------
    path : Path
        One file, taken literally: ``*`` and ``[`` are not patterns.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(path)
    return nw.from_native(_thread_cursor().read_parquet(literal_path(path)))


def literal_path(path: Path) -> str:
    """Return a path as DuckDB is to be told it for reading: ``*``, ``?`` and ``[`` are letters.

    A file called ``orders[1].csv`` would otherwise be looked for as ``orders1.csv``.
    """
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def quoted_path(path: Path) -> str:
    """Return a path of ours as an SQL literal for reading; its folder may have an apostrophe."""
    return "'" + literal_path(path).replace("'", "''") + "'"


@contextmanager
def telling_out_of_memory() -> Iterator[None]:
    """Turn what DuckDB raises where it can neither hold nor spill more into one error.

    Raises
    ------
    UserDataError
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise UserDataError(
            Sentence(
                "These data take more memory than may be used: {limit} GB.",
                limit=round(_memory_gb(), 2),
            ),
            Sentence(
                "Bring fewer months at once, or let more be used: set PERENNIAL_MEMORY_GB and "
                "start again."
            ),
        ) from None


def allow(folder: Path) -> None:
    """Let DuckDB read and write in a folder after :func:`lock`.

    Raises
    ------
    RuntimeError
        When the engine is locked and the folder lies outside what was allowed.
    """
    wanted = folder.resolve()
    with _ENGINE.guard:
        if any(wanted.is_relative_to(known) for known in _ENGINE.folders):
            return
        if _ENGINE.locked:
            raise RuntimeError("a folder was allowed after the engine was locked")
        _ENGINE.folders = (*_ENGINE.folders, wanted)


def lock() -> None:
    """Close the file system but for the allowed folders, and all settings.

    Locking twice is locking once.
    """
    cursor().close()
    with _ENGINE.guard:
        if _ENGINE.locked or _ENGINE.database is None:
            return
        # What is asked for and what is found are both checked, so both spellings are listed.
        spelt = (spell(folder) for folder in _ENGINE.folders for spell in (str, literal_path))
        folders = list(dict.fromkeys(spelt))
        _ENGINE.database.execute("SET allowed_directories = ?", [folders])
        _ENGINE.database.execute("SET enable_external_access = false")
        _ENGINE.database.execute("SET lock_configuration = true")
        _ENGINE.locked = True


def is_locked() -> bool:
    """Say whether :func:`lock` was called in this process."""
    return _ENGINE.locked


def _thread_cursor() -> duckdb.DuckDBPyConnection:
    held: duckdb.DuckDBPyConnection | None = getattr(_ENGINE.by_thread, "cursor", None)
    if held is None:
        held = cursor()
        _ENGINE.by_thread.cursor = held
    return held


def _open_database() -> duckdb.DuckDBPyConnection:
    spill = Path(tempfile.mkdtemp(prefix="perennial-"))
    atexit.register(shutil.rmtree, spill, ignore_errors=True)
    database = duckdb.connect(
        ":memory:",
        config={
            "threads": str(_thread_count()),
            "memory_limit": _memory_limit(),
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    database.execute("SET GLOBAL TimeZone = 'UTC'")
    return database


def _thread_count() -> int:
    given = os.environ.get("PERENNIAL_THREADS")
    return max(1, int(given)) if given else min(_MOST_THREADS, os.cpu_count() or 1)


def _memory_limit() -> str:
    return f"{_memory_gb():.2f}GB"


def _memory_gb() -> float:
    return float(os.environ.get("PERENNIAL_MEMORY_GB") or _MEMORY_GB)
