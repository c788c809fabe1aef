"""A data set and the files behind it: what is known of them on the way to their tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from clv_core.cleaning.judging import RuleBook
from clv_core.cleaning.kept_rows import KEPT_FOLDER
from clv_core.cleaning.lines import OrderLines
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.staging import StagedFile
from clv_core.cleaning.tables import Tables
from clv_core.columns import TableKind
from clv_core.settings import CleaningSettings

__all__ = ["Addition", "Base", "of_kind"]


@dataclass(frozen=True)
class Base:
    """The data set that files are put behind.

    Attributes
    ----------
    tables : Tables
    report : QualityReport
    files : int
        How many it was made of; the numbers of the new ones follow.
    """

    tables: Tables
    report: QualityReport
    files: int

    def kept(self, name: str) -> Path:
        """Return where something lies that was kept."""
        return self.tables.folder / KEPT_FOLDER / name


@dataclass
class Addition:
    """All files, and what is found out about them one step after the other.

    Attributes
    ----------
    cursor : DuckDBPyConnection
    base : Base
    staged : sequence of StagedFile
    scratch : Path
    settings : CleaningSettings
    today : date
    unclean : dict of int to frozenset of str
        Fields with blanks to trim, by the file's number.
    opened : list of OrderLines
        How the files of orders are written.
    books : dict of int to RuleBook
        The rules of each file, by its number.
    currency : str
        ISO code that the orders name, empty where they name none.
    """

    cursor: duckdb.DuckDBPyConnection
    base: Base
    staged: Sequence[StagedFile]
    scratch: Path
    settings: CleaningSettings
    today: dt.date
    unclean: dict[int, frozenset[str]] = field(default_factory=dict)
    opened: list[OrderLines] = field(default_factory=list)
    books: dict[int, RuleBook] = field(default_factory=dict)
    currency: str = ""

    @property
    def new(self) -> str:
        """SQL that is true of the rows of new files."""
        return f"file_number >= {self.base.files:d}"

    @property
    def earlier(self) -> str:
        """SQL that is true of the rows of earlier files."""
        return f"file_number < {self.base.files:d}"


def of_kind(staged: Sequence[StagedFile], kind: TableKind) -> list[StagedFile]:
    """Return the files that hold the same."""
    return [file for file in staged if file.kind == kind]
