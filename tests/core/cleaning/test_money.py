"""Amounts as people write them."""

# ruff: noqa: S608 - the expressions under test are SQL
from __future__ import annotations

import pandas as pd
import pytest

from clv_core.cleaning.money import MoneyReading, money_expression
from clv_core.ingest.engine import cursor
from tests.core.cleaning.uploads import clean_orders, sell


def amounts(folder, *written):
    """Clean one order per written amount and return their amounts in the file's order."""
    rows = [sell(f"c{number}", amount=text) for number, text in enumerate(written)]
    cleaned = clean_orders(folder, rows)
    orders = cleaned.open("orders").merge(cleaned.open("customers"), on="customer_key")
    found = orders.set_index("customer_id")["amount"]
    return [found.get(f"c{number}") for number in range(len(written))], cleaned


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1234.5", 1234.5),
        ("$1,234.50", 1234.5),
        ("1.234,50 €", 1234.5),
        ("EUR 1 234,50", 1234.5),
        ("1\N{NO-BREAK SPACE}234,50", 1234.5),
        ("CHF 1'234.50", 1234.5),
        ("1,23,456.00", 123456.0),
        ("￥12.50", 12.5),
        ("(12.50)", -12.5),
        ("12.50-", -12.5),
        ("-$12.50", -12.5),
        ("$-12.50", -12.5),
        ("\N{MINUS SIGN}12.50", -12.5),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("0", 0.0),
        ("1,234,567", 1234567.0),
        ("1.234.567", 1234567.0),
        ("１２．５０", 12.5),
        ("￥１，２３４．５０", 1234.5),
        ("12,-", 12.0),
        ("12.--", 12.0),
        ("$(12.50)", -12.5),
        ("($12.50)", -12.5),
        ("US $12.50", 12.5),
        ("Rp 150.000,00", 150000.0),
        ("12 руб.", 12.0),
        ("+12.5", 12.5),
        ("free", None),
        ("1,2,3", None),
        ("12 34", None),
        ("5-3", None),
        ("1.2.3,4", None),
        ("--5", None),
    ],
)
def test_known_shapes_are_read(written, expected):
    """Signs, currencies and separators do not change the number; others are none."""
    with cursor() as connection:
        connection.register("texts", pd.DataFrame({"written": [written]}, dtype="object"))
        query = f"SELECT {money_expression('written', MoneyReading('.'))} FROM texts"
        assert connection.execute(query).fetchone() == (expected,)


def test_decimal_commas_elsewhere_make_a_point_separate_thousands(tmp_path):
    """1.234 is a thousand beside 12,50 and a little more than one beside 12.50."""
    assert amounts(tmp_path, "1.234", "12,50")[0] == [1234.0, 12.5]
    assert amounts(tmp_path, "1.234", "12.50")[0] == [1.234, 12.5]


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (("1.234", "2.500", "999"), 2),
        (("1.234", "2.50"), 0),
        (("1.234", "12,50"), 0),
        (("0.234", "1234.567"), 0),
    ],
)
def test_a_guessed_decimal_point_is_told(tmp_path, column, told):
    """A shop of whole thousands would be read a thousand times too small, in silence."""
    assert amounts(tmp_path, *column)[1].treated.get("guessed_point", 0) == told


def test_commas_separate_thousands_unless_a_value_says_otherwise(tmp_path):
    """1,234 is a thousand beside 12.50 and a little more than one beside 12,5."""
    assert amounts(tmp_path, "1,234", "12.50")[0] == [1234.0, 12.5]
    assert amounts(tmp_path, "1,234", "12,5")[0] == [1.234, 12.5]


def test_decimal_commas_are_reported(tmp_path):
    """The report says which amounts were read with a decimal comma."""
    assert amounts(tmp_path, "12,50", "10")[1].treated == {"decimal_comma": 1}


def test_unusable_amounts_are_rejected(tmp_path):
    """What is no number, or no finite one, never reaches a sum."""
    bad = ["", "free", "1e309", "-1e309", "inf", "NaN", "1000000000001"]
    found, cleaned = amounts(tmp_path, *["10"] * 7, *bad)
    assert found == [10.0] * 7 + [None] * 7
    assert cleaned.rejected == {"unreadable_amount": 2, "impossible_amount": 5}
    assert cleaned.report.facts.revenue == 70.0
