"""Files added to a data set: its kept rows and theirs, judged together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from clv_core.cleaning.appending import append_tables
from clv_core.cleaning.clean import clean_staged
from clv_core.cleaning.kept_rows import KeptRows
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.staging import StagedFile
from clv_core.cleaning.tables import Tables
from clv_core.ingest.reading import TextRows
from clv_core.settings import DateOrder

__all__ = ["Extended", "extend_tables"]


class Extended(NamedTuple):
    """What came of adding files.

    Attributes
    ----------
    tables : Tables
    report : QualityReport
    is_behind : bool
        Whether orders and lines begin with those from before, all of earlier days.
    """

    tables: Tables
    report: QualityReport
    is_behind: bool


def extend_tables(
    base: Path,
    files: Sequence[TextRows],
    folder: Path,
    date_order: DateOrder | None = None,
    today: dt.date | None = None,
) -> Extended:
    """Clean the rows that a data set kept together with those of further files.

    What comes of it is what cleaning all the files together gives, the earlier ones
    first: a repeated order, a return of goods sold last year, a customer's first
    purchase are found over all of them.

    Parameters
    ----------
    base : Path
        Folder of a data set whose rows were kept; stays as it is.
    files : sequence of TextRows
        Those to be added, of any kinds.
    folder : Path
        Existing, empty; gets the tables and the rows of all files.
    date_order : {"day_first", "month_first"}, optional
        What is said of the dates in ``files``; all other rules are those of the data set.
    today : date, optional
        As for :func:`~clv_core.cleaning.clean.clean_tables`.

    Raises
    ------
    NothingStored
        When the data set's rows were not kept.
    UserDataError
        As there; ``base`` is untouched.
    """
    kept = KeptRows.open(base)
    said = date_order or kept.settings.date_order
    staged = [file.stage(number) for number, file in enumerate(kept.files)]
    staged += [
        StagedFile(number, rows, date_order=said) for number, rows in enumerate(files, len(staged))
    ]
    today = today or dt.datetime.now(tz=dt.UTC).date()
    appended = append_tables(base, staged, len(files), folder, kept.settings, today)
    if appended is not None:
        return Extended(*appended, is_behind=True)
    judged = clean_staged(staged, folder, kept.settings, today, keeps_rows=True)
    return Extended(*judged, is_behind=False)
