"""What files are and what would become of their rows; nothing is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from clv_core.cleaning.clean import clean_tables
from clv_core.cleaning.judging import account_for_mended
from clv_core.cleaning.report import FileQuality, Rejection
from clv_core.cleaning.rules import READER_REASONS
from clv_core.cleaning.value_table import clean_value_table
from clv_core.databases.reading import Source, read_sources, recognise_sources
from clv_core.errors import NothingStored, UserDataError
from clv_core.ingest.database_table import DatabaseTable
from clv_core.ingest.raw import RawTable
from clv_core.ingest.reading import TextRows
from clv_core.ingest.understand import refuse_missing
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings

__all__ = ["Inspected", "inspect_files", "refuse_absent"]

Account = dict[str, Any]  # the fields of Inspected that accounting fills

_COUNTED: Final = Sentence(
    "The rows were counted, not cleaned: that takes the orders they belong to."
)


@dataclass(frozen=True)
class Inspected:
    """What was found out about one file.

    Attributes
    ----------
    file_name : str
    raw : RawTable or None
        What it is; None where that cannot be told.
    quality : dict or None
        The account of its rows, in the form of a quality report's JSON whose
        ``files`` hold this file alone.
    refusal : UserDataError or None
        Why it cannot be used.
    """

    file_name: str
    raw: RawTable | None = None
    quality: dict[str, Any] | None = None
    refusal: UserDataError | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it for people and programs, English where it is words."""
        if self.raw is None or self.refusal is not None:
            told = {"file": self.file_name, "refused": str(self.refusal)}
            cases = [] if self.refusal is None else [str(case) for case in self.refusal.cases]
            return told | ({"cases": cases} if cases else {})
        raw = self.raw
        return {
            "file": self.file_name,
            "kind": raw.kind,
            "preset": raw.preset,
            "container": raw.container,
            "part": raw.part,
            "parts": list(raw.parts),
            "encoding": raw.dialect.encoding,
            "delimiter": raw.dialect.delimiter,
            "lead_lines": raw.dialect.lead_lines,
            "has_header": raw.dialect.has_header,
            "mapping": dict(raw.mapping),
            "features": list(raw.features),
            "leaks": {column: str(why) for column, why in raw.leaks.items()},
            "notes": [str(note) for note in raw.notes],
            "quality": self.quality,
        }


def inspect_files(requests: Sequence[Source], cleaning: CleaningSettings) -> list[Inspected]:
    """Say what each file is and account for its rows; a refusal does not end it.

    Files with dates are taken for one shop's and cleaned together, as a run would.
    Where that is refused, each file of orders is accounted for alone, each other
    one with those orders; without orders, rows are counted only.

    Parameters
    ----------
    requests : sequence of (Path or DatabaseTable, str, FileChoice)
    cleaning : CleaningSettings
    """
    with TemporaryDirectory(prefix="perennial-") as scratch:
        answers = _recognise(requests, Path(scratch))
        found = [
            _read(name, answer, Path(scratch) / str(number))
            for number, ((_, name, _), answer) in enumerate(zip(requests, answers, strict=True))
        ]
        read = {number: rows for number, (_, rows) in enumerate(found) if rows is not None}
        accounts = _account(read, cleaning)
    return [
        replace(inspected, **accounts.get(number, {}))
        for number, (inspected, _) in enumerate(found)
    ]


def refuse_absent(path: Path | DatabaseTable) -> None:
    """Refuse a path where there is no file, or none that may be read.

    Of a table in a database its own process says so.

    Raises
    ------
    NothingStored
    """
    if isinstance(path, DatabaseTable):
        return
    if not path.is_file():
        raise NothingStored(
            Sentence("There is no file {name}.", name=path.name), Sentence("Check its name.")
        )
    if not os.access(path, os.R_OK):
        raise NothingStored(
            Sentence("You may not read the file {name}.", name=path.name),
            Sentence("Ask its owner, or copy it to where you may."),
        )


def _recognise(requests: Sequence[Source], folder: Path) -> list[RawTable | UserDataError]:
    """Recognise the files that are there, all in one process."""
    answers: dict[int, RawTable | UserDataError] = {}
    for number, (source, _, _) in enumerate(requests):
        try:
            refuse_absent(source)
        except NothingStored as error:
            answers[number] = error
    present = [number for number in range(len(requests)) if number not in answers]
    found = recognise_sources([requests[number] for number in present], folder)
    answers |= dict(zip(present, found, strict=True))
    return [answers[number] for number in range(len(requests))]


def _read(
    name: str, answer: RawTable | UserDataError, folder: Path
) -> tuple[Inspected, TextRows | None]:
    """Read one file into a folder of its own."""
    if isinstance(answer, UserDataError):
        return Inspected(name, refusal=answer), None
    folder.mkdir()
    try:
        refuse_missing(answer)
        (rows,) = read_sources([answer], folder)
    except UserDataError as error:
        return Inspected(name, answer, refusal=error), None
    return Inspected(name, answer), rows


def _account(read: Mapping[int, TextRows], cleaning: CleaningSettings) -> dict[int, Account]:
    """Account for all files that were read, by their numbers."""
    of_kind = {number: rows.raw.kind for number, rows in read.items()}
    tables = [number for number, kind in of_kind.items() if kind == "value_table"]
    orders = [number for number, kind in of_kind.items() if kind == "orders"]
    others = [number for number in of_kind if number not in (*tables, *orders)]
    accounts: dict[int, Account] = {}
    for number in tables:
        accounts |= _clean([number], read, cleaning)
    if not orders:
        return accounts | {number: _count(read[number]) for number in others}
    together = _clean([*orders, *others], read, cleaning)
    if len(together) == 1 or all("refusal" not in account for account in together.values()):
        return accounts | together
    for number in orders:
        accounts |= _clean([number], read, cleaning)
    usable = [number for number in orders if "refusal" not in accounts[number]]
    for number in others:
        with_orders = _clean([*usable, number], read, cleaning) if usable else {}
        accounts[number] = with_orders.get(number) or _count(read[number])
    return accounts


def _clean(
    numbers: Sequence[int], read: Mapping[int, TextRows], cleaning: CleaningSettings
) -> dict[int, Account]:
    """Clean some files together and throw the tables away: each has its account or the refusal."""
    rows = [read[number] for number in numbers]
    try:
        with TemporaryDirectory(prefix="perennial-") as scratch:
            if rows[0].raw.kind == "value_table":
                _, quality = clean_value_table(rows[0], Path(scratch), cleaning)
            else:
                _, quality = clean_tables(rows, Path(scratch), cleaning)
    except UserDataError as error:
        return {number: {"refusal": error} for number in numbers}
    return {
        number: {"quality": json.loads(replace(quality, files=(file,)).to_json())}
        for number, file in zip(numbers, quality.files, strict=True)
    }


def _count(rows: TextRows) -> Account:
    """Count a file's rows where nothing says to which orders they belong."""
    rejected = tuple(
        Rejection(str(code), READER_REASONS[str(code)], len(group))
        for code, group in rows.rejected.groupby("reason")
    )
    kept = rows.rows_read - len(rows.rejected)
    file = FileQuality(
        *(rows.raw.file_name, rows.raw.kind, rows.raw.preset, rows.rows_read, kept, rejected),
        treated=tuple(account_for_mended(rows.mended)),
        summaries=rows.summaries,
    )
    return {"quality": {"files": [file.to_json()], "notes": [_COUNTED.to_json()]}}
