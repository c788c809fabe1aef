"""Files added to a data set: its kept rows and theirs, judged together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from clv_core.cleaning.clean import clean_staged
from clv_core.cleaning.kept_rows import read_kept_files
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.staging import StagedFile
from clv_core.cleaning.tables import Tables
from clv_core.ingest.reading import TextRows
from clv_core.settings import CleaningSettings

__all__ = ["extend_tables"]


def extend_tables(
    base: Path,
    files: Sequence[TextRows],
    folder: Path,
    settings: CleaningSettings,
    today: dt.date | None = None,
) -> tuple[Tables, QualityReport]:
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
    settings : CleaningSettings
        Those that the data set was cleaned with; ``date_order`` is about ``files`` alone.
    today : date, optional
        As for :func:`~clv_core.cleaning.clean.clean_tables`.

    Raises
    ------
    UserDataError
        As there; ``base`` is untouched.
    """
    kept = read_kept_files(base)
    staged = [file.stage(number) for number, file in enumerate(kept)]
    staged += [
        StagedFile(number, rows, date_order=settings.date_order)
        for number, rows in enumerate(files, len(kept))
    ]
    return clean_staged(staged, folder, settings, today, keeps_rows=True)
