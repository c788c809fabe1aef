"""Recognising and reading files in a process that can do little else.

A file from outside is never opened by the server, the worker or the command line
themselves. Whatever it does to the process that opens it (memory, time, a crash)
comes back as one sentence about that file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Final

import numpy as np

from clv_core.errors import NothingStored, UnreadableFile, UserDataError, error_from_json
from clv_core.faults import ProcessFault
from clv_core.ingest.answers import Answer
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.raw import RawTable
from clv_core.ingest.reader_process import Limits, ReaderProcess, Stopped, StopReason
from clv_core.ingest.reading import TextRows
from clv_core.ingest.understand import refuse_missing
from clv_core.sentences import Sentence

__all__ = [
    "Limits",
    "Request",
    "read_confined",
    "recognise_confined",
    "refuse_unusable",
    "understand_confined",
]

Request = tuple[Path, str, FileChoice]
FileReport = Callable[[int, float], None]

_PASSES: Final = 2  # over the bytes of a file that is read as it is: measured, then read
_PASSES_WITH_COPY: Final = 5  # and where it is first unpacked or turned into UTF-8
# Bytes read of all there are -> share of the time: measuring is quick, what follows reads no bytes.
_BYTES_MARKS: Final = ((0.0, 0.5, 1.0), (0.0, 0.1, 0.85))
_CHECK: Final = Sentence("Check that it is the file you mean, and export it again as CSV.")
_SPLIT: Final = Sentence("Export fewer columns, or split it into files of a month or a year each.")


def recognise_confined(
    requests: Sequence[Request], limits: Limits | None = None
) -> list[RawTable | UserDataError]:
    """Say what each file is (:func:`~clv_core.ingest.understand.recognise_file`), confined.

    Parameters
    ----------
    requests : sequence of (Path, str, FileChoice)
        Where the bytes lie, what the user calls the file, what the user says about it.
    limits : Limits, optional

    Returns
    -------
    list of RawTable or UserDataError
        One per request, in order; the error is what reading that file would raise.
        Sample cells are cut to what a screen shows.
    """
    allowed = limits or Limits()
    answers: list[RawTable | UserDataError] = []
    placed = [(path.absolute(), name, choice) for path, name, choice in requests]
    while len(answers) < len(placed):  # a file that ends the process costs the rest a new one
        answers.extend(_recognise_some(placed[len(answers) :], allowed))
    return answers


def understand_confined(
    requests: Sequence[Request], limits: Limits | None = None
) -> list[RawTable]:
    """Say what each file is, and refuse them all where one cannot be used.

    Parameters are those of :func:`recognise_confined`.

    Raises
    ------
    UserDataError
        For the first file that is no table, or in which a needed column is not found.
    """
    return refuse_unusable(recognise_confined(requests, limits))


def refuse_unusable(answers: Iterable[RawTable | UserDataError]) -> list[RawTable]:
    """Return what was recognised, all of it tables with the columns they need.

    Raises
    ------
    UserDataError
        For the first that is none.
    """
    understood = []
    for answer in answers:
        if isinstance(answer, UserDataError):
            raise answer
        refuse_missing(answer)
        understood.append(answer)
    return understood


def read_confined(
    raws: Sequence[RawTable],
    folder: Path,
    report: FileReport | None = None,
    limits: Limits | None = None,
) -> list[TextRows]:
    """Read files into Parquet (:func:`~clv_core.ingest.reading.read_text_rows`), confined.

    Parameters
    ----------
    raws : sequence of RawTable
    folder : Path
        Existing; gets ``0.parquet``, ``1.parquet`` … in the order of ``raws``.
    report : callable of (int, float), optional
        Told the number of the file in hand and the share of it that is done.
    limits : Limits, optional

    Raises
    ------
    UserDataError
        Where a file cannot be read, or was removed meanwhile.
    """
    if any(raw.database is not None for raw in raws):
        raise ValueError("a table of a database is not read here: its file is a sample")
    with _telling_removal(raws):
        return _read_all(raws, folder, report or _tell_nobody, limits or Limits())


def _read_all(
    raws: Sequence[RawTable], folder: Path, tell: FileReport, allowed: Limits
) -> list[TextRows]:
    files = [
        {"raw": raw.to_json(), "out": str(folder / f"{number}.parquet")}
        for number, raw in enumerate(raws)
    ]
    folders = sorted({str(folder), *(str(raw.path.parent) for raw in raws)})
    task = {"task": "read", "files": files, "folders": folders}
    read: list[TextRows] = []
    with ReaderProcess(task, allowed, [raw.path for raw in raws]) as process:
        in_hand = _InHand([_bytes_to_read(raw) for raw in raws], tell)
        try:
            for message, bytes_read in process.answers():
                in_hand.follow(message, bytes_read)
                if "refused" in message:
                    raise error_from_json(message["refused"])
                if "rows" in message:
                    rows = TextRows.from_json(message["rows"])
                    read.append(replace(rows, raw=raws[message["number"]]))
        except Stopped as stopped:
            raise _refusal(stopped.reason, raws[in_hand.number].file_name, allowed) from None
    return read


class _InHand:
    """The file in hand and how far it is: by what is told, or by the bytes read of it."""

    def __init__(self, to_read: Sequence[int], tell: FileReport) -> None:
        self.number = 0
        self._to_read = to_read
        self._tell = tell
        self._share = 1.0  # nothing begun, nothing to tell
        self._read_before = 0

    def follow(self, message: Answer, bytes_read: int) -> None:
        """Take in a message and pass on how far the file is."""
        if "begins" in message:
            self.number, self._share, self._read_before = message["begins"], 0.0, bytes_read
            self._tell(self.number, 0.0)
            return
        by_bytes = (bytes_read - self._read_before) / self._to_read[self.number]
        share = max(message.get("share", 0.0), float(np.interp(by_bytes, *_BYTES_MARKS)))
        if share > self._share:
            self._share = share
            self._tell(self.number, share)


def _recognise_some(
    requests: Sequence[Request], limits: Limits
) -> Iterator[RawTable | UserDataError]:
    """Yield answers until all are given or a file has ended the process, that file's included."""
    requests = list(takewhile(lambda request: request[0].exists(), requests)) or requests[:1]
    files = [
        {"path": str(path), "file_name": name, "choice": choice.model_dump(mode="json")}
        for path, name, choice in requests
    ]
    task = {"task": "recognise", "files": files, "folders": _folders_of(requests)}
    in_hand = 0
    try:
        with ReaderProcess(task, limits, [path for path, _, _ in requests]) as process:
            for message, _ in process.answers():
                if "begins" in message:
                    in_hand = message["begins"]
                    process.allow_time(limits.recognition_time_s(requests[in_hand][0]))
                if "refused" in message:
                    yield error_from_json(message["refused"])
                if "raw" in message:
                    yield RawTable.from_json(message["raw"])
    except Stopped as stopped:
        yield _refusal(stopped.reason, requests[in_hand][1], limits)
    except (FileNotFoundError, ProcessFault):
        if requests[in_hand][0].exists():
            raise
        yield _removed(requests[in_hand][1])


@contextmanager
def _telling_removal(raws: Sequence[RawTable]) -> Iterator[None]:
    """Say that a file was removed before it was read: its user did that, not we."""
    try:
        yield
    except (FileNotFoundError, ProcessFault):
        for raw in raws:
            if not raw.path.exists():
                raise _removed(raw.file_name) from None
        raise


def _removed(file_name: str) -> NothingStored:
    return NothingStored(
        Sentence("{file} was removed before it was read.", file=file_name),
        Sentence("Bring it again."),
    )


def _folders_of(requests: Sequence[Request]) -> list[str]:
    return sorted({str(path.parent) for path, _, _ in requests})


def _bytes_to_read(raw: RawTable) -> int:
    """Return about how many bytes reading a file moves, copies of it included."""
    as_is = raw.container == "plain" and raw.dialect.encoding.startswith("utf-8")
    return max(1, raw.path.stat().st_size) * (_PASSES if as_is else _PASSES_WITH_COPY)


def _refusal(reason: StopReason, file_name: str, limits: Limits) -> UnreadableFile:
    if reason == "memory":
        return UnreadableFile(
            Sentence(
                "Reading {file} was stopped: it would take more than {limit} GB of memory.",
                file=file_name,
                limit=round(limits.memory_bytes / 1e9, 1),
            ),
            _SPLIT,
        )
    if reason in ("standstill", "time"):
        seconds = limits.standstill_s if reason == "standstill" else limits.recognition_s
        return UnreadableFile(
            Sentence(
                "Reading {file} was stopped: it came no further in {seconds} seconds.",
                file=file_name,
                seconds=round(seconds),
            ),
            _CHECK,
        )
    if reason == "computing":
        return UnreadableFile(
            Sentence(
                "Reading {file} was stopped: it takes more computing than a file of its size may.",
                file=file_name,
            ),
            _CHECK,
        )
    if reason == "disk":
        return UnreadableFile(
            Sentence(
                "Reading {file} was stopped: it grows far beyond its size when it is unpacked.",
                file=file_name,
            ),
            _CHECK,
        )
    return UnreadableFile(
        Sentence("The process that read {file} broke off in the middle of it.", file=file_name),
        _CHECK,
    )


def _tell_nobody(_number: int, _share: float) -> None:
    """Stand in for a listener."""
