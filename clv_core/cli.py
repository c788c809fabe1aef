"""The command line: the same flow without a browser.

Results are files, plus one JSON object on standard output with ``--json``.
Exit status: 0 done; 2 wrong call or unusable input, one sentence on standard
error; 1 our fault.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from clv_core.command_words import build_parser
from clv_core.errors import AmbiguousDates, UserDataError
from clv_core.ingest.engine import allow, lock, telling_out_of_memory
from clv_core.models.backend import use_compilation_cache
from clv_core.storage.atomic import telling_disk_full
from clv_core.storage.scratch import own_scratch
from clv_core.storage.workspace import Workspace

USAGE_ERROR = 2
SIGNALLED = 128  # the shell's convention for a process that a signal ended
DATE_ORDER_HINT = " Here: --date-order day_first or --date-order month_first."


def main(arguments: Sequence[str] | None = None, *, closes_engine: bool = False) -> int:
    """Run one verb and return the exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.
    closes_engine : bool
        Whether the query engine is closed to all folders but those named in the
        call; for a process that does nothing else afterwards.
    """
    options = build_parser().parse_args(arguments)
    verb: Callable[[argparse.Namespace], dict[str, Any]] = options.verb
    if closes_engine:
        own_scratch()
        _close_engine(options)
        _end_orderly()
    try:
        with telling_disk_full(), telling_out_of_memory(), _compiling_once(closes_engine):
            told = verb(options)
    except UserDataError as error:
        hint = DATE_ORDER_HINT if isinstance(error, AmbiguousDates) else ""
        cases = "".join(f"\n  {case}" for case in error.cases)
        print(f"{error.problem} {error.remedy}{hint}{cases}", file=sys.stderr)
        return USAGE_ERROR
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    return 0


def _close_engine(options: argparse.Namespace) -> None:
    """Let the query engine see the folders of the named files, and nothing else."""
    named = [path for value in vars(options).values() for path in _paths(value)]
    for path in named:
        allow(path.parent)
    if "run" in options:  # an id leads into the workspace
        allow(Workspace.default_root())
    allow(Path(tempfile.gettempdir()))
    lock()


@contextmanager
def _compiling_once(is_own_process: bool) -> Iterator[None]:
    """Compile each network once in a process that fits it many times and then ends."""
    if not is_own_process:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="perennial-compiled-") as folder:
        use_compilation_cache(Path(folder))
        yield


def _end_orderly() -> None:
    """Let a stopped process remove its temporary tables: they hold contact fields."""
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _leave)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(SIGNALLED + number)


def _paths(value: object) -> list[Path]:
    if isinstance(value, Path):
        return [value]
    return [part for part in value if isinstance(part, Path)] if isinstance(value, list) else []
