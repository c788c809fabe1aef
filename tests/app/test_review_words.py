"""What the review says of files and facts before anybody looks at a table."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from clv_core.cleaning.report import FileQuality, OrderFacts, QualityReport, ValueFacts
from clv_core.columns import TableKind
from pages.parts.data_facts import describe_facts
from pages.parts.row_account import name_files

FACTS = OrderFacts(
    customers=2,
    orders=3,
    returns=0,
    revenue=30.0,
    repeat_customers=1,
    frequent_customers=0,
    first_day=dt.date(2024, 1, 1),
    last_day=dt.date(2024, 1, 31),
    history_days=31,
    currency="",
)


def report_of(*files: tuple[str, TableKind]) -> QualityReport:
    """Return an account of empty files with these names and kinds."""
    told = tuple(FileQuality(name, kind, None, 0, 0) for name, kind in files)
    return QualityReport(told, FACTS, pd.DataFrame())


def test_files_are_told_apart_by_what_is_in_them() -> None:
    """The sheets of one workbook share its name, so kinds that differ are named."""
    report = report_of(("shop.xlsx", "orders"), ("shop.xlsx", "customers"))

    assert name_files(report) == ["1 · Orders", "2 · Customers"]


def test_files_of_one_kind_are_told_apart_by_name() -> None:
    """Of three monthly exports the kind would say the same; long names keep both ends."""
    long = "export_of_the_whole_shop_for_the_month_2024-02.csv"
    report = report_of(("a.csv", "orders"), (long, "orders"), ("c.csv", "customers"))

    assert name_files(report) == ["1 · a.csv", "2 · export_of_the_w…th_2024-02.csv", "3 · c.csv"]


@pytest.mark.parametrize(("returns", "told"), [(0, "31 days."), (2, "2 orders gave money back.")])
def test_returns_are_named_where_there_are_any(returns: int, told: str) -> None:
    """A shop whose refunds stand in a column of their own would wonder about none."""
    assert describe_facts(dataclasses.replace(FACTS, returns=returns)).endswith(told)


@pytest.mark.parametrize(("blank", "is_named"), [(0, False), (7, True)])
def test_customers_without_value_are_named_where_there_are_any(blank: int, is_named: bool) -> None:
    """Nobody is told what becomes of none."""
    facts = ValueFacts(
        customers=100,
        known_values=100 - blank,
        blank_values=blank,
        total_value=1.0,
        mean_value=1.0,
        currency="",
    )

    assert ("have no value yet" in describe_facts(facts)) is is_named
