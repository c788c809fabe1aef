"""Starting the process that talks to a database, and looking after it while it does."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from clv_core.databases.connections import FILE_VARIABLE, connections_file
from clv_core.errors import UnreadableDatabase, error_from_json
from clv_core.faults import ProcessFault
from clv_core.ingest.answers import Answer, receive_answers
from clv_core.sentences import Sentence

__all__ = ["PATIENCE_S", "fetch"]

PATIENCE_S: Final = 90.0  # for an answer that a connection's own limits say nothing about
_ENGINE_GB: Final = 1.0
_GAP_S: Final = 300.0  # between two batches
_CONNECTING_S: Final = "10"
_CODE: Final = Path(__file__).resolve().parents[2]


def fetch(
    task: Mapping[str, Any], folders: Sequence[Path] = (), patience_s: float = PATIENCE_S
) -> Iterator[Answer]:
    """Have a task done in a process of its own and yield what it tells, the last answer last.

    Parameters
    ----------
    task : mapping
        ``task`` (``list``, ``sample`` or ``read``), ``connection`` by name, and what
        :mod:`clv_core.databases.fetch_process` needs for it. No secret: the process
        looks the address up itself.
    folders : sequence of Path
        Where it may write.
    patience_s : float
        The longest time without an answer.

    Raises
    ------
    UserDataError
        What the process refuses, or that it answers no more.
    ProcessFault
        Where it ended by a fault of ours.
    """
    with tempfile.TemporaryDirectory(prefix="perennial-", ignore_cleanup_errors=True) as scratch:
        told = {**task, "scratch": scratch, "folders": [scratch, *map(str, folders)]}
        process = subprocess.Popen(
            [sys.executable, "-m", "clv_core.databases.fetch_process"],
            cwd=_CODE,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a driver's words may quote an address
        )
        try:
            yield from _answers(process, told, patience_s)
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def _answers(
    process: subprocess.Popen[bytes], task: Mapping[str, Any], patience_s: float
) -> Iterator[Answer]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process was started without pipes")
    inbox: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
    threading.Thread(target=receive_answers, args=(process.stdout, inbox), daemon=True).start()
    try:
        process.stdin.write(json.dumps(task).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # it ended at once, and says nothing more
    while True:
        try:
            answer = inbox.get(timeout=patience_s)
        except queue.Empty:
            raise _standstill(patience_s) from None
        if answer is None:
            raise UnreadableDatabase(
                Sentence("The process that read from the database broke off in the middle of it."),
                Sentence("Try again; if it happens again, ask whoever looks after this server."),
            )
        if "refused" in answer:
            raise error_from_json(answer["refused"])
        if "fault" in answer:
            raise ProcessFault(answer["fault"])
        yield answer
        if "share" not in answer:
            return
        if answer["share"]:  # rows flow: what takes long from now on is a network that is gone
            patience_s = min(patience_s, _GAP_S)


def _environment() -> dict[str, str]:
    """Return the process's variables: memory as for the process that reads files."""
    told = float(os.environ.get("PERENNIAL_MEMORY_GB") or _ENGINE_GB)
    return {
        **os.environ,
        "PERENNIAL_MEMORY_GB": str(min(told, _ENGINE_GB)),
        FILE_VARIABLE: str(connections_file()),
        "PGCONNECT_TIMEOUT": os.environ.get("PGCONNECT_TIMEOUT", _CONNECTING_S),
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # gives memory back between batches
    }


def _standstill(seconds: float) -> UnreadableDatabase:
    return UnreadableDatabase(
        Sentence("The database has not answered for {seconds} seconds.", seconds=round(seconds)),
        Sentence("Check that it runs and can be reached, then try again."),
    )
