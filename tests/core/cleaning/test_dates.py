"""Dates as shops write them."""

# ruff: noqa: S608 - the expressions under test are SQL
from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from clv_core.cleaning.dates import TimeReading, time_expression
from clv_core.errors import UserDataError
from clv_core.ingest.engine import cursor
from tests.core.cleaning.uploads import clean_orders, sell

NEW_YEAR = dt.datetime(2024, 1, 31)
MORNING = dt.datetime(2024, 1, 31, 8, 26)


def times(folder, *written, **options):
    """Clean one order per written date and return their times in the file's order."""
    rows = [sell(f"c{number}", text) for number, text in enumerate(written)]
    cleaned = clean_orders(folder, rows, **options)
    orders = cleaned.open("orders").merge(cleaned.open("customers"), on="customer_key")
    found = orders.set_index("customer_id")["order_time"]
    return [found.get(f"c{number}") for number in range(len(written))], cleaned


def read(reading, *written):
    """Read texts as times, as one column that was learnt before."""
    with cursor() as connection:
        frame = pd.DataFrame({"written": written}, dtype="object")
        connection.register("texts", frame)
        return connection.execute(
            f"SELECT {time_expression('written', reading)} FROM texts"
        ).fetchall()


DAY_FIRST = TimeReading("day_first", spreadsheet_days=False)
MONTH_FIRST = TimeReading("month_first", spreadsheet_days=False)


@pytest.mark.parametrize(
    ("reading", "written", "expected"),
    [
        (DAY_FIRST, "2024-01-31", NEW_YEAR),
        (DAY_FIRST, "2024/1/31", NEW_YEAR),
        (DAY_FIRST, "2024年1月31日", NEW_YEAR),
        (DAY_FIRST, "20240131", NEW_YEAR),
        (DAY_FIRST, "20240131082600", MORNING),
        (DAY_FIRST, "31/01/2024", NEW_YEAR),
        (DAY_FIRST, "31.1.2024 08:26", MORNING),
        (DAY_FIRST, "31/01/24", NEW_YEAR),
        (DAY_FIRST, "31/01/99", dt.datetime(1999, 1, 31)),
        (MONTH_FIRST, "1/31/2024 8:26 AM", MORNING),
        (MONTH_FIRST, "1/31/2024 8:26:00 pm", dt.datetime(2024, 1, 31, 20, 26)),
        (MONTH_FIRST, "01/31/24", NEW_YEAR),
        (DAY_FIRST, "2024-01-31T08:26:00", MORNING),
        (DAY_FIRST, "2024-01-31 8:26", MORNING),
        (DAY_FIRST, "31 Jan 2024", NEW_YEAR),
        (DAY_FIRST, "January 31, 2024", NEW_YEAR),
        (DAY_FIRST, "31-Jan-24", NEW_YEAR),
        (DAY_FIRST, "31-Jan-2024", NEW_YEAR),
        (DAY_FIRST, "2024-01-31 08:26:00 +0200", MORNING),
        (DAY_FIRST, "2024-01-31T08:26:00Z", MORNING),
        (DAY_FIRST, "2024-01-31T08:26:00.000-05:00", MORNING),
        (DAY_FIRST, "2024-01-31 08:26:00 UTC", MORNING),
        (DAY_FIRST, "1706689560", MORNING),
        (DAY_FIRST, "1706689560000", MORNING),
        (DAY_FIRST, "1706689560000000", MORNING),
        (DAY_FIRST, "45322", None),
        (TimeReading(None, spreadsheet_days=True), "45322", NEW_YEAR),
        (TimeReading(None, spreadsheet_days=True), "45322.351388889", MORNING),
        (DAY_FIRST, "soon", None),
        (DAY_FIRST, "2024-02-30", None),
        (DAY_FIRST, "0000-00-00", None),
        (DAY_FIRST, "01/31/2024", None),
        (MONTH_FIRST, "31/01/2024", None),
        (DAY_FIRST, "2024-01-31 nonsense", None),
        (DAY_FIRST, "2024-01-31 25:00", None),
    ],
)
def test_known_shapes_are_read(reading, written, expected):
    """Each way of writing 31 January 2024 gives that day and clock; others give none."""
    assert read(reading, written) == [(expected,)]


def test_what_was_set_aside_or_assumed_is_reported(tmp_path):
    """The report counts dropped zones, universal times and the order of day and month."""
    _, cleaned = times(
        tmp_path, "2024-01-31 08:26:00 +0200", "1706689560", "31/01/2024", "2024-01-31"
    )
    assert cleaned.treated == {"day_first": 1, "time_zone": 1, "epoch": 1}


def test_a_column_of_day_numbers_comes_from_a_spreadsheet(tmp_path):
    """45322 days after 1899-12-30 is 31 January 2024."""
    assert times(tmp_path, "45322", "45322.351388889")[0] == [NEW_YEAR, MORNING]


def test_one_day_above_twelve_decides_the_file(tmp_path):
    """03/04 follows 31/01 in one file and 01/31 in another."""
    assert times(tmp_path, "03/04/2024", "31/01/2024")[0][0] == dt.datetime(2024, 4, 3)
    assert times(tmp_path, "03/04/2024", "01/31/2024")[0][0] == dt.datetime(2024, 3, 4)


def test_the_user_decides_where_no_row_does(tmp_path):
    """A stated order is used, and the report says how dates were read."""
    found, cleaned = times(tmp_path, "03/04/2024", date_order="month_first")
    assert found == [dt.datetime(2024, 3, 4)]
    assert cleaned.treated == {"month_first": 1}


def test_equal_day_and_month_need_no_decision(tmp_path):
    """9/9/2013 is the same day either way."""
    assert times(tmp_path, "9/9/2013")[0] == [dt.datetime(2013, 9, 9)]


def test_files_that_mix_both_orders_are_questioned(tmp_path):
    """31/01 beside 01/31 leaves 03/04 undecided."""
    with pytest.raises(UserDataError, match="whether the day or the month"):
        times(tmp_path, "31/01/2024", "01/31/2024", "03/04/2024")


def test_each_separator_is_decided_by_its_own_rows(tmp_path):
    """28-02 says day first with hyphens, 02/28 month first with slashes."""
    found, cleaned = times(tmp_path, "28-02-2014", "03-04-2014", "02/28/2014", "03/04/2014")
    assert [time.strftime("%m-%d") for time in found] == ["02-28", "04-03", "02-28", "03-04"]
    assert cleaned.treated == {"day_first": 2, "month_first": 2}


def test_a_separator_that_nothing_decides_follows_the_others(tmp_path):
    """A spreadsheet wrote 9-10-2013 as 9/10/2013 and could not read 28-02-2014."""
    found, cleaned = times(tmp_path, "28-02-2014", "9/10/2013", "9/9/2013")
    assert found[1:] == [dt.datetime(2013, 10, 9), dt.datetime(2013, 9, 9)]
    assert cleaned.treated == {"day_first": 3, "borrowed_order": 1}


def test_separators_that_contradict_each_other_decide_no_third(tmp_path):
    """Hyphens say one thing and slashes another; points are asked about."""
    with pytest.raises(UserDataError, match=r"1 date\(s\) can be read both ways"):
        times(tmp_path, "28-02-2014", "02/28/2014", "3.4.2014")


def test_full_width_digits_are_digits(tmp_path):
    """As typed on a Chinese or Japanese keyboard."""
    assert times(tmp_path, "２０２４－０１－３１", "２０２４年１月３１日")[0] == [NEW_YEAR] * 2


def test_one_column_may_hold_several_shapes(tmp_path):
    """Whatever the usual shape is, the others are read one by one."""
    written = [*["2024-01-31 08:26:00"] * 5, "2024-01-31T08:26:00Z", "31/01/2024", "1706689560"]
    found, _ = times(tmp_path, *written)
    assert found == [MORNING] * 6 + [NEW_YEAR, MORNING]


def test_years_of_two_digits_are_not_of_the_first_century(tmp_path):
    """13/01/24 among 13/01/2024 is the same day."""
    found, _ = times(tmp_path, "13/01/2024", "14/01/2024", "13/01/24")
    assert found[2] == found[0]


def test_unusable_dates_are_rejected(tmp_path):
    """Nothing, nonsense, the distant past and the far future have no place in time."""
    bad = ["", "soon", "1899-12-31", "2101-01-01", "2027-06-01"]
    found, cleaned = times(tmp_path, *["2024-01-31"] * 5, *bad)
    assert found == [NEW_YEAR] * 5 + [None] * 5
    assert cleaned.rejected == {"unreadable_date": 2, "impossible_date": 3}
