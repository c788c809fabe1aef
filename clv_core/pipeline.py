"""The whole flow, readable in one screen.

``prepare_files`` turns files into cleaned tables and an account of every row;
``forecast_tables`` turns tables into a forecast that was tested on what it had not
seen. There are two ways through: dated rows (orders, browsing, reviews) and one
row per customer with a value. All of it only puts the rooms in order; every room
does its own part.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from clv_core.cleaning.clean import clean_tables
from clv_core.cleaning.extension import extend_tables
from clv_core.cleaning.kept_rows import KeptRows
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.cleaning.value_table import FACTS_FILE, ValueTable, clean_value_table
from clv_core.databases.reading import read_sources
from clv_core.errors import InvalidSetting
from clv_core.features.day_appending import append_day_tables
from clv_core.features.day_table import write_day_tables
from clv_core.features.windows import plan_backtest, plan_windows
from clv_core.ingest.raw import RawTable
from clv_core.models.forecaster import Report, ignore_report
from clv_core.runs.automatic_steps import AutomaticSteps
from clv_core.runs.progress import FileSteps, Progress
from clv_core.runs.result import RunResult
from clv_core.runs.search_folder import SearchFolder
from clv_core.runs.search_run import search_settings
from clv_core.runs.value_steps import ValueSteps
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings, DateOrder, RunSettings, SearchSettings

CLEANING_WEIGHT: Final = 2.0  # of the time that reading takes, measured on 22 million lines


def prepare_files(
    files: Sequence[RawTable],
    folder: Path,
    cleaning: CleaningSettings | None = None,
    report: Report = ignore_report,
    keeps_rows: bool = False,
) -> tuple[Tables | ValueTable, QualityReport]:
    """Read and clean files of whatever kind; parameters as :func:`prepare_tables`.

    Raises
    ------
    InvalidSetting
        Where a table with one value per customer comes with other files.
    UserDataError
        Where a file or column cannot be read.
    """
    if not any(raw.kind == "value_table" for raw in files):
        return prepare_tables(files, folder, cleaning, report, keeps_rows)
    if len(files) > 1:
        raise InvalidSetting(
            Sentence(
                "A table with one value per customer is a data set of its own; here it comes with"
                " {count} other file(s).",
                count=len(files) - 1,
            ),
            Sentence("Read it alone, or leave it out and forecast from the orders."),
        )
    return prepare_value_table(files[0], folder, cleaning, report)


def open_tables(folder: Path) -> Tables | ValueTable:
    """Open the cleaned tables of a data set, of either kind."""
    return ValueTable.open(folder) if (folder / FACTS_FILE).is_file() else Tables.open(folder)


def forecast_tables(
    tables: Tables | ValueTable, settings: RunSettings, report: Report = ignore_report
) -> RunResult:
    """Forecast from cleaned tables of either kind."""
    if isinstance(tables, ValueTable):
        return forecast_value_table(tables, settings, report)
    return forecast_shop(tables, settings, report)


def search_tables(
    tables: Tables | ValueTable,
    settings: RunSettings,
    asked: SearchSettings,
    folder: SearchFolder,
    report: Report = ignore_report,
) -> None:
    """Search better settings of one family, without a look at the holdout.

    Raises
    ------
    UserDataError
        Where the data cannot carry a search; says what is missing.
    """
    search_settings(tables, settings, asked, folder, report)


def prepare_tables(
    files: Sequence[RawTable],
    folder: Path,
    cleaning: CleaningSettings | None = None,
    report: Report = ignore_report,
    keeps_rows: bool = False,
) -> tuple[Tables, QualityReport]:
    """Read and clean files into typed Parquet tables.

    Parameters
    ----------
    files : sequence of RawTable
        Understood and, where the user did so, corrected.
    folder : Path
        Existing, empty; gets the tables.
    cleaning : CleaningSettings, optional
        What becomes of doubtful rows.
    report : Report
    keeps_rows : bool, default False
        Whether files can be added later (:func:`extend_files`).

    Raises
    ------
    UserDataError
        Where a file or column cannot be read; nothing usable is left in ``folder``.
    """
    sizes = [raw.size_bytes for raw in files]
    progress = Progress(report, [*sizes, CLEANING_WEIGHT * sum(sizes)])
    with TemporaryDirectory(prefix="perennial-") as scratch:
        texts = read_sources(files, Path(scratch), FileSteps(progress, len(files)))
        progress.step(Sentence("Cleaning the rows and accounting for each of them"))
        rules = cleaning or CleaningSettings()
        tables, quality = clean_tables(texts, folder, rules, keeps_rows=keeps_rows)
        write_day_tables(tables)
    progress.finish(Sentence("All rows are accounted for"))
    return tables, quality


def extend_files(
    base: Path,
    files: Sequence[RawTable],
    folder: Path,
    date_order: DateOrder | None = None,
    report: Report = ignore_report,
) -> tuple[Tables, QualityReport]:
    """Add files to prepared tables; the earlier files are not opened again.

    What is in ``folder`` afterwards is what :func:`prepare_tables` gives for all files
    together, the earlier ones first.

    Parameters
    ----------
    base : Path
        Prepared tables whose rows were kept; stays as it is.
    files : sequence of RawTable
        Those to be added.
    folder : Path
        Existing, empty; gets the tables of all files.
    date_order : {"day_first", "month_first"}, optional
        How 03/04/2024 is meant in ``files``.
    report : Report

    Raises
    ------
    UserDataError
        As for :func:`prepare_tables`, and where no file can be added to ``base``.
    """
    refuse_to_extend(base, files)
    sizes = [raw.size_bytes for raw in files]
    progress = Progress(report, [*sizes, CLEANING_WEIGHT * sum(sizes)])
    with TemporaryDirectory(prefix="perennial-") as scratch:
        texts = read_sources(files, Path(scratch), FileSteps(progress, len(files)))
        progress.step(Sentence("Judging the new rows together with those from before"))
        extended = extend_tables(base, texts, folder, date_order)
        if extended.is_behind:
            append_day_tables(Tables.open(base), extended.tables)
        else:
            write_day_tables(extended.tables)
    progress.finish(Sentence("All rows are accounted for"))
    return extended.tables, extended.report


def refuse_to_extend(base: Path, files: Sequence[RawTable]) -> None:
    """Refuse what cannot be added to.

    Raises
    ------
    InvalidSetting
        Where ``base`` or one of the files has one row per customer with a value.
    NothingStored
        Where the rows of ``base`` were not kept.
    """
    if (base / FACTS_FILE).is_file() or any(raw.kind == "value_table" for raw in files):
        raise InvalidSetting(
            Sentence("A table with one value per customer is read as a whole."),
            Sentence("Bring the new table in place of the old one."),
        )
    KeptRows.open(base)


def prepare_value_table(
    file: RawTable,
    folder: Path,
    cleaning: CleaningSettings | None = None,
    report: Report = ignore_report,
) -> tuple[ValueTable, QualityReport]:
    """Read and clean a table with one row per customer and a value.

    Parameters and what is raised as for :func:`prepare_tables`.
    """
    size = file.size_bytes
    progress = Progress(report, [size, CLEANING_WEIGHT * size])
    with TemporaryDirectory(prefix="perennial-") as scratch:
        (rows,) = read_sources([file], Path(scratch), FileSteps(progress, 1))
        progress.step(Sentence("Cleaning the rows and accounting for each of them"))
        table, quality = clean_value_table(rows, folder, cleaning or CleaningSettings())
    progress.finish(Sentence("All rows are accounted for"))
    return table, quality


def forecast_value_table(
    table: ValueTable, settings: RunSettings, report: Report = ignore_report
) -> RunResult:
    """Tell the value of every customer, tested on customers that were kept back.

    Raises
    ------
    UserDataError
        Where the table cannot be learnt from; says what is missing.
    """
    if settings.automatic_minutes is not None:
        raise InvalidSetting(
            Sentence("A table with one value per customer has no automatic mode."),
            Sentence("Leave automatic_minutes out, and search the settings of one model instead."),
        )
    steps = ValueSteps(table, settings, report)
    tried = steps.cross_validate()
    model = steps.choose_model(tried)
    holdout = steps.rehearse_holdout()
    final = steps.rehearse_all()
    return steps.conclude(model, tried, holdout, final)


def forecast_shop(
    tables: Tables, settings: RunSettings, report: Report = ignore_report
) -> RunResult:
    """Forecast every customer as of the last day of the data, tested before.

    Raises
    ------
    UserDataError
        Where the data cannot carry a tested forecast; says what is missing.
    """
    plan = plan_windows(tables, settings.window, settings.seed)
    steps = AutomaticSteps(tables, plan, settings, report, rehearsals=3)
    validation = steps.validate()
    validation = steps.tune(validation, (plan.holdout_cutoff, plan.forecast_cutoff))
    model = steps.choose_model(validation)
    holdout = steps.rehearse("holdout", plan.holdout_cutoff)
    final = steps.rehearse("forecast", plan.forecast_cutoff)
    return steps.conclude(model, validation, holdout, final, is_outcome_known=True)


def backtest_shop(
    tables: Tables, settings: RunSettings, report: Report = ignore_report
) -> RunResult:
    """Forecast from a past cutoff for everyone who had bought by then.

    Rows after the cutoff are read only to report what happened; where the data
    end before the window closes, there is a forecast and no scoreboard.
    """
    cutoff, horizon_days = settings.window.cutoff, settings.window.horizon_days
    if cutoff is None or horizon_days is None:
        raise ValueError("a backtest needs a cutoff and a horizon")
    plan = plan_backtest(tables, cutoff, horizon_days, settings.window, settings.seed)
    # A quiet last day is still a day that was lived through: windows may close on it.
    lived = replace(tables, last_day=max(tables.last_day, cutoff))
    steps = AutomaticSteps(lived, plan, settings, report, rehearsals=2)
    validation = steps.validate()
    validation = steps.tune(validation, (cutoff,))
    model = steps.choose_model(validation)
    holdout = steps.rehearse("holdout", cutoff)
    closes = cutoff + dt.timedelta(days=horizon_days)
    return steps.conclude(model, validation, holdout, holdout, tables.last_day >= closes)
