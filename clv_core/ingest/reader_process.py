"""Starting the process that opens files, and looking after it while it does.

What it may use is set by the process itself (:mod:`clv_core.ingest.confined_process`).
From here it is watched: bytes moved, memory, computing time. Its answers are taken
as JSON, never as objects.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Literal, NoReturn

import psutil

from clv_core.faults import ProcessFault
from clv_core.ingest.answers import Answer, receive_answers

__all__ = ["Limits", "ReaderProcess", "StopReason", "Stopped"]

StopReason = Literal["memory", "disk", "computing", "standstill", "time", "crash"]

_TICK_S: Final = 0.2
_OPEN_FILES: Final = 256
_SPARE_BYTES: Final = 1 << 30  # for what the query engine puts aside
_FAULT_STATUS: Final = 1  # of a Python that an exception ended
_HARDLY_S: Final = 1.0  # of processor time: a process that hangs takes less
_WAITING_SHARE: Final = 1 / 3  # of the processor, for one that others keep waiting
_ENDING_PATIENCE_S: Final = 10.0
_SECRETS: Final = "PERENNIAL_DATABASE_"
_CODE: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Limits:
    """What reading files may cost.

    Attributes
    ----------
    memory_bytes : int
        Memory of the process, libraries and query engine included.
    engine_gb : float
        Of it, what the query engine may hold before it spills to disk.
    standstill_s : float
        Longest time in which not a byte is read or written; on a machine so busy
        that the process hardly computes meanwhile it may be longer.
    recognition_s : float
        Time to say what a small file is.
    computing_s : float
        Processor time for reading a small file.
    recognised_per_s, read_per_s : int
        Bytes that a larger file must come forward in each second more.
    unpacked_times, unpacked_bytes : int
        How many times its size, and how far, a packed file may grow.
    """

    memory_bytes: int = 1_900_000_000
    engine_gb: float = 1.0
    standstill_s: float = 60.0
    recognition_s: float = 60.0
    computing_s: float = 60.0
    recognised_per_s: int = 20_000_000
    read_per_s: int = 4_000_000
    unpacked_times: int = 20
    unpacked_bytes: int = 500_000_000

    def recognition_time_s(self, path: Path) -> float:
        """Return how long saying what a file is may take."""
        return self.recognition_s + path.stat().st_size / self.recognised_per_s

    def computing_time_s(self, paths: Sequence[Path]) -> float:
        """Return how much processor time some files may take together."""
        return sum(self.computing_s + self._unpacked(path) / self.read_per_s for path in paths)

    def file_bytes(self, paths: Sequence[Path]) -> int:
        """Return how large a file may become that is written on the way."""
        return _SPARE_BYTES + 2 * max(self._unpacked(path) for path in paths)

    def _unpacked(self, path: Path) -> int:
        size = path.stat().st_size
        return max(size, min(size * self.unpacked_times, self.unpacked_bytes))


class Stopped(Exception):
    """The process was ended, or ended, over the file it had in hand."""

    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason)
        self.reason: StopReason = reason


class ReaderProcess:
    """One process for one batch of files; ends with the ``with`` block, whatever happens.

    Parameters
    ----------
    task : mapping
        What :mod:`clv_core.ingest.confined_process` is to do.
    limits : Limits
    paths : sequence of Path
        The files of the batch: their sizes decide about time and disk.
    """

    def __init__(self, task: Mapping[str, Any], limits: Limits, paths: Sequence[Path]) -> None:
        self._limits = limits
        self._computing_s = limits.computing_time_s(paths)
        self._deadline: float | None = None
        self._has_begun = False
        self._task = {
            **task,
            "parent": os.getpid(),
            "limits": {
                "memory_bytes": limits.memory_bytes,
                "computing_s": int(self._computing_s) + 1,
                "file_bytes": limits.file_bytes(paths),
                "open_files": _OPEN_FILES,
            },
        }
        self._inbox: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()

    def __enter__(self) -> ReaderProcess:
        self._scratch = tempfile.TemporaryDirectory(prefix="perennial-", ignore_cleanup_errors=True)
        scratch = Path(self._scratch.name)
        self._errors = scratch / "errors.txt"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "clv_core.ingest.confined_process"],
                cwd=_CODE,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        stdin, stdout = _pipes(self._process)
        threading.Thread(target=receive_answers, args=(stdout, self._inbox), daemon=True).start()
        task = {**self._task, "scratch": str(scratch)}
        task["folders"] = [*task["folders"], str(scratch)]
        try:
            stdin.write(json.dumps(task).encode() + b"\n")
            stdin.flush()
        except BrokenPipeError:
            pass  # it ended at once; its status says why
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in _pipes(self._process):
            pipe.close()
        self._scratch.cleanup()

    def allow_time(self, seconds: float) -> None:
        """Let what is in hand take so long from now on, by the clock."""
        self._deadline = time.monotonic() + seconds

    def answers(self) -> Iterator[tuple[Answer, int]]:
        """Yield what the process says, and an empty message where it says nothing for a while.

        With each comes how many bytes it has read so far.

        Raises
        ------
        Stopped
            When it went beyond a limit, or ended over a file.
        ProcessFault
            When it ended by a fault of ours.
        """
        watch = _Watch(self._process.pid, self._limits, self._computing_s)
        while (message := self._next()) is not None:
            if "done" in message:
                return
            if "fault" in message:
                raise ProcessFault(message["fault"])
            if "stopped" in message:
                raise Stopped(message["stopped"])
            self._has_begun = self._has_begun or "begins" in message
            watch.look()
            if self._deadline is not None and time.monotonic() > self._deadline:
                raise Stopped("time")
            yield message, watch.bytes_read
        self._judge_ending()

    def _next(self) -> Answer | None:
        try:
            return self._inbox.get(timeout=_TICK_S)
        except queue.Empty:
            return {}

    def _judge_ending(self) -> NoReturn:
        """Raise what an end before all was done means."""
        status = self._process.wait(_ENDING_PATIENCE_S)
        if status == _FAULT_STATUS:
            # Before it had a file in hand it could quote none; later, what libraries print may.
            said = "" if self._has_begun else self._errors.read_text("utf-8", errors="replace")
            raise ProcessFault(said or "the process that opens files ended without a word")
        out_of_time = getattr(signal, "SIGXCPU", None)
        raise Stopped("computing" if out_of_time and status == -out_of_time else "crash")

    def _environment(self) -> dict[str, str]:
        """Return the process's variables: little memory, and none held in advance."""
        told = float(os.environ.get("PERENNIAL_MEMORY_GB") or self._limits.engine_gb)
        # Where databases are, with their passwords, is nothing that a file's reader may know.
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)
        }
        return {
            **inherited,
            "PERENNIAL_MEMORY_GB": str(min(told, self._limits.engine_gb)),
            "OPENBLAS_NUM_THREADS": "1",
            "ARROW_DEFAULT_MEMORY_POOL": "system",
        }


class _Watch:
    """Looks at a process from outside: what it has read, what it takes."""

    def __init__(self, pid: int, limits: Limits, computing_s: float) -> None:
        self._pid = pid
        self._limits = limits
        self._computing_s = computing_s
        self._moved = -1.0
        self._moved_at = time.monotonic()
        self._computed_s = 0.0  # until the last byte that moved
        self.bytes_read = 0

    def look(self) -> None:
        """Raise :class:`Stopped` where a limit is passed."""
        try:
            process = psutil.Process(self._pid)
            with process.oneshot():
                memory = process.memory_info().rss
                computing_s = sum(process.cpu_times()[:2])
                moved = self._count_bytes(process, computing_s)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return  # it has just ended: its status says how
        if memory > self._limits.memory_bytes:
            raise Stopped("memory")
        if computing_s > self._computing_s:
            raise Stopped("computing")
        if moved > self._moved:
            self._moved, self._moved_at = moved, time.monotonic()
            self._computed_s = computing_s
        elif self._stands_still(computing_s - self._computed_s):
            raise Stopped("standstill")

    def _stands_still(self, computed_s: float) -> bool:
        """Say whether it hangs or runs in circles, and is not just kept waiting by others."""
        patience_s = self._limits.standstill_s
        kept_waiting = _HARDLY_S < computed_s < _WAITING_SHARE * patience_s
        return time.monotonic() - self._moved_at > patience_s and not kept_waiting

    def _count_bytes(self, process: psutil.Process, computing_s: float) -> float:
        """Return bytes read and written; macOS does not tell, there computing has to do."""
        if not hasattr(process, "io_counters"):
            return computing_s
        counted = process.io_counters()
        # What came from the system's memory counts too; only Linux keeps that apart.
        self.bytes_read = getattr(counted, "read_chars", counted.read_bytes)
        return float(self.bytes_read + getattr(counted, "write_chars", counted.write_bytes))


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process was started without pipes")
    return process.stdin, process.stdout
