"""Weeks, months and quarters: their numbers, their ends, and which of them suit a history."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import narwhals as nw
import pandas as pd
import pytest

from clv_core.ingest.engine import scan_parquet
from clv_core.segments.periods import (
    UNITS,
    Unit,
    choose_unit,
    close_period,
    count_reached,
    number_day,
    number_times,
    open_period,
)


@pytest.mark.parametrize(
    ("unit", "opens", "closes"),
    [
        ("week", dt.date(2024, 2, 26), dt.date(2024, 3, 3)),
        ("month", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("quarter", dt.date(2024, 1, 1), dt.date(2024, 3, 31)),
    ],
)
def test_a_day_lies_in_its_period_of_the_calendar(
    unit: Unit, opens: dt.date, closes: dt.date
) -> None:
    """Weeks begin on Mondays; February of a leap year has 29 days."""
    number = number_day(dt.date(2024, 2, 28), unit)
    assert (open_period(number, unit), close_period(number, unit)) == (opens, closes)
    assert number_day(opens, unit) == number_day(closes, unit) == number


@pytest.mark.parametrize("unit", UNITS)
def test_tables_and_days_are_numbered_alike(tmp_path: Path, unit: Unit) -> None:
    """The expression on a table gives what the function gives, from one second to the next."""
    written = ["2023-12-31 23:59:59", "2024-01-01", "1997-03-30 12:00", "1969-12-31"]
    times = pd.to_datetime(written, format="ISO8601")
    pd.DataFrame({"time": times}).to_parquet(tmp_path / "times.parquet")
    frame = scan_parquet(tmp_path / "times.parquet")
    numbered = frame.select("time", number_times(nw.col("time"), unit).alias("number"))
    for time, number in numbered.collect("pandas").to_native().itertuples(index=False):
        assert number == number_day(time.date(), unit)


@pytest.mark.parametrize(
    ("last_day", "unit"),
    [
        (dt.date(2024, 6, 30), "week"),
        (dt.date(2024, 7, 1), "month"),
        (dt.date(2026, 12, 31), "month"),
        (dt.date(2027, 2, 1), "quarter"),
    ],
)
def test_the_longer_the_history_the_longer_the_periods(last_day: dt.date, unit: Unit) -> None:
    """Up to 26 weeks in weeks, up to three years in months, then in quarters."""
    assert choose_unit(dt.date(2024, 1, 1), last_day) == unit


@pytest.mark.parametrize(
    ("last_day", "reached"),
    [(dt.date(2024, 4, 30), 3.0), (dt.date(2024, 4, 15), 2.5), (dt.date(2024, 1, 31), 0.0)],
)
def test_the_last_day_lies_between_the_ends_of_periods(last_day: dt.date, reached: float) -> None:
    """For who was won in January, the end of April is 3.0 and the middle of April 2.5."""
    january = number_day(dt.date(2024, 1, 10), "month")
    assert count_reached(january, last_day, "month") == pytest.approx(reached)
