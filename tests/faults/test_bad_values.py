"""One defect per file: what is said, word for word, and that nothing is written."""

from __future__ import annotations

import pytest

from clv_core.cleaning.clean import clean_tables
from clv_core.errors import MissingColumns, TooFewCustomers, UnreadableColumn, UserDataError
from clv_core.settings import CleaningSettings
from tests.core.cleaning.uploads import TODAY, clean_orders, sell, write_upload


def refuse(folder, error, *files):
    """Clean into an empty folder and return the error that must come."""
    target = folder / "cleaned"
    target.mkdir()
    with pytest.raises(error) as caught:
        clean_tables(files, target, CleaningSettings(), TODAY)
    assert list(target.iterdir()) == []
    return caught.value


def test_unreadable_dates(tmp_path):
    """A column of words is not the date of the order."""
    file = write_upload(tmp_path, [sell("1", "soon"), sell("2", "later"), sell("3")])
    error = refuse(tmp_path, UnreadableColumn, file)
    assert str(error.problem) == (
        'In shop.csv, column "order_time", 2 of 3 rows hold no date that can be read, '
        "the first in line 2."
    )
    assert str(error.remedy) == (
        "Choose the column with the date of the order, or write the dates as YYYY-MM-DD and "
        "upload the file again."
    )


def test_infinite_amounts(tmp_path):
    """1e309 is larger than any number a computer holds."""
    file = write_upload(tmp_path, [sell("1"), sell("2", amount="1e309"), sell("3", amount="1e309")])
    error = refuse(tmp_path, UnreadableColumn, file)
    assert str(error.problem) == (
        'In shop.csv, column "amount", 2 of 3 rows hold no amount that can be used, the first '
        "in line 3."
    )
    assert str(error.remedy) == (
        "Choose the column with the amount in figures, or correct it and upload the file again."
    )


@pytest.mark.parametrize("written", ["1.03293E+19", "138****8000"])
def test_destroyed_and_masked_ids(tmp_path, written):
    """Ids that a spreadsheet rounded or a platform masked cannot be told apart again."""
    file = write_upload(tmp_path, [sell(written), sell(written, amount="4"), sell("3")])
    error = refuse(tmp_path, UnreadableColumn, file)
    assert str(error.problem) == (
        'In shop.csv, column "customer_id", 2 of 3 rows hold a customer id that a spreadsheet '
        "rounded or a platform masked, the first in line 2."
    )
    assert str(error.remedy) == (
        "Export the file again without opening it in a spreadsheet, or choose a column that "
        "tells customers apart."
    )
    assert written not in str(error)


def test_undecidable_day_and_month(tmp_path):
    """03/04/2024 is two days; nobody guesses which."""
    file = write_upload(tmp_path, [sell("1", "03/04/2024"), sell("2", "9/9/2024")])
    error = refuse(tmp_path, UserDataError, file)
    assert str(error.problem) == (
        'In shop.csv, column "order_time", it cannot be known whether the day or the month comes '
        "first: 1 date(s) can be read both ways."
    )
    assert str(error.remedy) == (
        "Say which one comes first, or write the dates as YYYY-MM-DD and upload the file again."
    )


def test_nothing_left(tmp_path):
    """When every order was cancelled, the reasons are listed."""
    file = write_upload(tmp_path, [sell(cancelled_at="2024-05-02"), sell("", cancelled_at="")])
    error = refuse(tmp_path, TooFewCustomers, file)
    assert str(error) == (
        "No order is left after cleaning. See which rules dropped the rows, correct the file and "
        "upload it again."
    )
    assert [str(case) for case in error.cases] == [
        "shop.csv: 1 row(s): The customer is missing.",
        "shop.csv: 1 row(s): The order was cancelled.",
    ]


def test_no_orders_file(tmp_path):
    """Reviews alone say nothing about spend."""
    review = {"customer_id": "7", "review_time": "2024-05-03", "rating": "4"}
    error = refuse(tmp_path, MissingColumns, write_upload(tmp_path, [review], "reviews"))
    assert str(error) == (
        "None of the files holds orders. Add a file with a customer, a date and an amount in "
        "each row."
    )


def test_a_few_bad_values_cost_only_their_rows(tmp_path):
    """One bad date, amount and id among many good rows are dropped and counted."""
    good = [sell(f"c{number}") for number in range(6)]
    bad = [sell("x", "soon"), sell("y", amount="1e309"), sell("1.03293E+19")]
    cleaned = clean_orders(tmp_path, good + bad)
    assert cleaned.rejected == {"destroyed_id": 1, "unreadable_date": 1, "impossible_amount": 1}
    assert cleaned.report.facts.revenue == 60.0


@pytest.mark.parametrize(
    ("field", "written", "code"),
    [
        ("customer_id", "4.2E+11", "destroyed_id"),
        ("customer_id", "李**", "masked_id"),
        ("order_time", "2024-13-01", "unreadable_date"),
        ("order_time", "1900-01-00", "unreadable_date"),
        ("order_time", "2199-01-01", "impossible_date"),
        ("amount", "#REF!", "unreadable_amount"),
        ("amount", "-", "unreadable_amount"),
        ("amount", "1.2.3,4", "unreadable_amount"),
        ("amount", "1e13", "impossible_amount"),
        ("amount", "∞", "impossible_amount"),
    ],
)
def test_one_bad_value_costs_one_row(tmp_path, field, written, code):
    """Whatever is wrong with a cell, only its row is left out, under the rule that names it."""
    good = [sell(f"c{number}") for number in range(3)]
    cleaned = clean_orders(tmp_path, [*good, {**sell("x"), field: written}])
    assert cleaned.rejected == {code: 1}
    assert cleaned.report.facts.revenue == 30.0


def test_text_in_settings_that_looks_like_a_query_stays_text(tmp_path):
    """What the user types into a rule is compared, never run."""
    hostile = "x'; DROP TABLE orders_dropped; --"
    rows = [
        sell("1", product_id=hostile, email=""),
        sell("2", product_id="tea", email=f"a@{hostile}"),
    ]
    options = {"non_goods_codes": [hostile], "staff_domains": [hostile]}
    cleaned = clean_orders(tmp_path, [*rows, sell("3", product_id="tea", email="")], **options)
    assert cleaned.rejected == {"non_goods": 1, "staff_order": 1}


def test_currency_text_that_looks_like_a_query_stays_text(tmp_path):
    """A currency is compared, and named only where it is a code."""
    hostile = "'; DROP TABLE ORDERS_TEXT; --"
    rows = [sell("1", currency=hostile), sell("2", currency=hostile), sell("3", currency="EUR")]
    cleaned = clean_orders(tmp_path, rows)
    assert cleaned.rejected == {"other_currency": 1}
    assert cleaned.tables.currency == ""


def test_text_that_looks_like_a_query_stays_text(tmp_path):
    """Quotes and semicolons in any cell are data."""
    hostile = "'); DROP TABLE orders_text; --"
    cleaned = clean_orders(tmp_path, [sell(hostile, order_id=hostile, country=hostile)])
    assert cleaned.open("customers")["customer_id"].tolist() == [hostile]
