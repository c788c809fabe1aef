"""What the confined process does with files: recognise them or read them, one after the other."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from clv_core.errors import UserDataError
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.engine import allow, lock
from clv_core.ingest.raw import RawTable
from clv_core.ingest.reading import read_text_rows
from clv_core.ingest.understand import recognise_file
from clv_core.storage.atomic import telling_disk_full

__all__ = ["do_task"]

Tell = Callable[[dict[str, Any]], None]

_SAMPLE_LETTERS: Final = 200  # of a cell that is shown; a line may hold a megabyte


def do_task(task: Mapping[str, Any], tell: Tell) -> None:
    """Do a task with all its files, telling about each.

    Parameters
    ----------
    task : mapping
        ``task`` (``recognise`` or ``read``), ``folders`` that the query engine may
        see, ``files``.
    tell : callable of dict
        Told ``begins`` and the number of each file; then its number with ``raw``,
        ``rows`` or ``refused``; in between the ``share`` that is read; ``done`` at last.

    Raises
    ------
    MemoryError
        When a file needs more memory than there may be.
    OSError
        With ``EFBIG`` when it needs more disk.
    """
    for folder in task["folders"]:
        allow(Path(folder))
    lock()
    work = _recognise if task["task"] == "recognise" else _read
    for number, file in enumerate(task["files"]):
        tell({"begins": number})
        try:
            with _telling_limits(), telling_disk_full():
                answer = work(file, tell)
        except UserDataError as error:
            answer = {"refused": error.to_json()}
        tell({"number": number, **answer})
    tell({"done": True})


@contextmanager
def _telling_limits() -> Iterator[None]:
    """Turn what DuckDB raises at a limit into what Python does."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise MemoryError from None
    except duckdb.IOException as error:
        if os.strerror(errno.EFBIG) not in str(error):
            raise
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG)) from None


def _recognise(file: Mapping[str, Any], _tell: Tell) -> dict[str, Any]:
    choice = FileChoice.model_validate(file["choice"])
    found = recognise_file(Path(file["path"]), file["file_name"], choice).to_json()
    shown = [[cell[:_SAMPLE_LETTERS] for cell in row] for row in found["samples"]]
    return {"raw": {**found, "samples": shown}}


def _read(file: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    raw = RawTable.from_json(file["raw"])
    rows = read_text_rows(raw, Path(file["out"]), lambda share: tell({"share": share}))
    return {"rows": rows.to_json()}
