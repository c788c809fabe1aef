"""The process that opens files of unknown origin: ``python -m clv_core.ingest.confined_process``.

It takes one task as a line of JSON on standard input and answers in lines of JSON
on standard output; :mod:`clv_core.ingest.reader_process` is at the other end. Before
it touches a file it gives up what reading does not need: memory and computing time
beyond a limit, the network, other programs, folders that are not in the task.

Where the platform has no such limits (Windows; macOS for memory), the process at
the other end looks on and ends this one.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from clv_core.faults import describe_fault

if sys.platform != "win32":
    import resource

__all__ = ["end_with_pipe", "forbid_leaving", "limit_resources", "main"]

_NEW_USER: Final = 0x10000000  # CLONE_NEWUSER, linux/sched.h
_NEW_NETWORK: Final = 0x40000000  # CLONE_NEWNET
_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG, linux/prctl.h
_MUCH: Final = 0.5  # of the memory: a library is loaded in large pieces
_FORBIDDEN: Final = (
    *("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn"),
    *("os.startfile", "os.fork", "pty.spawn", "ftplib.", "http.client.", "urllib.Request"),
)


def main() -> int:
    """Do the task that standard input names."""
    task = json.loads(sys.stdin.buffer.readline())
    channel = _take_channel()

    def tell(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    def tell_fault(
        _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        tell({"fault": describe_fault(error)})

    sys.excepthook = tell_fault
    _leave_network()  # only possible while there is one thread
    _end_with(task["parent"])
    limit_resources(task["limits"])
    forbid_leaving()
    tempfile.tempdir = task["scratch"]
    try:
        # Imported late: the limits hold while libraries are loaded.
        from clv_core.ingest.confined_work import do_task  # noqa: PLC0415

        do_task(task, tell)
    except MemoryError:
        tell({"stopped": "memory"})
    except ImportError:  # so does a library answer that gets no memory while it is loaded
        if not _has_used_up(task["limits"]["memory_bytes"]):
            raise
        tell({"stopped": "memory"})
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        tell({"stopped": "disk"})
    return 0


def forbid_leaving() -> None:
    """Refuse sockets and other programs for the rest of the process's life.

    Audit hooks cannot be removed. They see what Python does, not what a library in
    C does by itself; that is what the network namespace and DuckDB's lock are for.
    """
    sys.addaudithook(_refuse_leaving)


def _refuse_leaving(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is refused where files are read")


def _take_channel() -> IO[str]:
    """Keep standard output for answers; what anybody prints goes where errors go."""
    channel = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    return channel


def _leave_network() -> None:
    """Move to a network namespace of our own, with nothing in it, where we may.

    Root needs no user namespace and would lose its way to others' files in one.
    """
    if sys.platform != "linux":
        return
    spaces = _NEW_NETWORK if os.geteuid() == 0 else _NEW_NETWORK | _NEW_USER
    ctypes.CDLL(None).unshare(spaces)  # refused in many containers: the audit hook stays


def _end_with(parent: int) -> None:
    """End when the process that asked is gone, even while a library holds the interpreter."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
    end_with_pipe()


def end_with_pipe() -> None:
    """End when the other end of standard input is closed."""
    threading.Thread(target=_wait_for_end, daemon=True).start()


def _wait_for_end() -> None:
    os.read(0, 1)
    os._exit(0)


def limit_resources(limits: dict[str, int]) -> None:
    """Set what the platform can limit; only Linux counts memory that is really asked for.

    Parameters
    ----------
    limits : dict
        ``memory_bytes``, ``computing_s``, ``file_bytes``, ``open_files``.
    """
    if sys.platform == "win32":
        return
    computing, memory = limits["computing_s"], limits["memory_bytes"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (computing, computing + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"], limits["file_bytes"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits["open_files"], limits["open_files"]))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _has_used_up(memory_bytes: int) -> bool:
    """Say whether much has been taken of the memory that may be asked for."""
    if sys.platform != "linux":
        return False
    data_pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    return data_pages * resource.getpagesize() > _MUCH * memory_bytes


if __name__ == "__main__":
    sys.exit(main())
