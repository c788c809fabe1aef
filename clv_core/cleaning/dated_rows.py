"""What events and reviews share: dated rows of customers who are known from orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import duckdb

from clv_core.cleaning import dates, refusals, rules
from clv_core.cleaning.rules import Rule
from clv_core.cleaning.staging import StagedFile, judge_rows


def judge_dated_rows(
    cursor: duckdb.DuckDBPyConnection,
    kind: Literal["events", "reviews"],
    files: Sequence[StagedFile],
    typed_queries: Sequence[str],
    today: dt.date,
    judged_by: Sequence[Rule],
) -> None:
    """Join typed rows with the known customers and judge them.

    Needs ``<kind>_text`` and ``customers_known``; writes ``<kind>_judged``.

    Raises
    ------
    UnreadableColumn
        When most dates of a file cannot be read.
    """
    cursor.execute(
        f"CREATE TEMP TABLE {kind}_typed AS SELECT typed.*, customers_known.customer_key"
        f" FROM ({' UNION ALL '.join(typed_queries)}) AS typed"
        f" LEFT JOIN customers_known USING (customer)"
    )
    usable = dates.in_range("row_time", today)
    field = {"events": "event_time", "reviews": "review_time"}[kind]
    for file in files:
        refusals.refuse_unreadable_times(cursor, file, field, f"NOT coalesce({usable}, FALSE)")
    judge_rows(cursor, kind, files, lambda _: tuple(judged_by))


def dated_rules(today: dt.date) -> tuple[Rule, ...]:
    """Return the rules that reject dated rows, in the order they are tried."""
    return (
        rules.reject_repeated_lines(),
        rules.reject_missing_customers(),
        rules.reject_destroyed_ids(),
        rules.reject_masked_ids(),
        rules.reject_unreadable_times(),
        rules.reject_impossible_times(today),
        rules.reject_customers_without_orders(),
    )


def dated_treatments() -> tuple[Rule, ...]:
    """Return what is said about kept dated rows."""
    return (
        rules.note_decimal_ids(),
        rules.note_day_first(),
        rules.note_month_first(),
        rules.note_offsets(),
        rules.note_epochs(),
    )
