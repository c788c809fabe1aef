"""What events and reviews share: dated rows of customers who are known from orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import duckdb

from clv_core.cleaning import dates, identity, refusals, rules
from clv_core.cleaning.duplicates import find_copies
from clv_core.cleaning.identity import IdReading
from clv_core.cleaning.judging import drop_rows, judge_file, keep_rows, open_ledger
from clv_core.cleaning.rules import Rule
from clv_core.cleaning.staging import StagedFile, row_hash, store_typed
from clv_core.cleaning.time_reading import TimeReading, learn_time_reading
from clv_core.settings import CleaningSettings

__all__ = ["DatedRows", "dated_rules", "dated_treatments", "judge_dated_rows", "open_dated_rows"]

DatedKind = Literal["events", "reviews"]
_TIME_FIELDS: Final[dict[DatedKind, str]] = {"events": "event_time", "reviews": "review_time"}


@dataclass(frozen=True)
class DatedRows:
    """One file of dated rows, and how the columns that all such files have are written."""

    kind: DatedKind
    file: StagedFile
    customers: IdReading
    time: TimeReading

    def typed_query(self, columns: str) -> str:
        """Return SQL that types the shared columns and, beside them, those of the kind."""
        inner, middle, outer = dates.time_layers(_TIME_FIELDS[self.kind], self.time)
        written = identity.id_expression("customer_id", self.customers)
        return f"""SELECT file_number, source_row, {row_hash(self.kind)} AS row_hash,
            {identity.customer_columns(written, self.customers)},
            {self.customers.has_decimals} AS decimal_id, {outer}, {columns}
        FROM (SELECT *, {middle} FROM (SELECT *, {inner} FROM {self.file.source}))"""


def open_dated_rows(
    cursor: duckdb.DuckDBPyConnection,
    kind: DatedKind,
    file: StagedFile,
) -> DatedRows:
    """Learn how one file's dates and customers are written.

    Raises
    ------
    AmbiguousDates
        When day and month cannot be told apart.
    """
    field = _TIME_FIELDS[kind]
    return DatedRows(
        kind=kind,
        file=file,
        customers=file.learn(
            "customers", lambda: identity.learn_id_reading(cursor, file.source, "customer_id")
        ),
        time=file.learn(
            "time",
            lambda: learn_time_reading(
                cursor, file.source, field, file.date_order, file.locate(field)
            ),
        ),
    )


def judge_dated_rows(
    cursor: duckdb.DuckDBPyConnection,
    kind: DatedKind,
    typed: Sequence[tuple[StagedFile, str]],
    scratch: Path,
    settings: CleaningSettings,
    today: dt.date,
    judged_by: Sequence[Rule],
) -> None:
    """Join typed rows with the known customers and judge them.

    Needs ``customers_known``; writes ``<kind>_dropped`` and ``<kind>_kept``.

    Raises
    ------
    UnreadableColumn
        When most dates of a file cannot be read.
    """
    store_typed(cursor, kind, typed, scratch)
    usable = dates.in_range("row_time", today)
    for file, _ in typed:
        if not file.earlier:
            refusals.refuse_unreadable_times(
                cursor, file, _TIME_FIELDS[kind], f"NOT coalesce({usable}, FALSE)"
            )
    cursor.execute(
        f"CREATE TEMP VIEW {kind}_named AS SELECT typed.*, customers_known.customer_key,"
        f" CAST(NULL AS DOUBLE) AS money FROM {kind}_typed AS typed"
        " LEFT JOIN customers_known USING (customer)"
    )
    named = f"{kind}_named"
    open_ledger(cursor, kind)
    sources = {file.number: file.source for file, _ in typed}
    if settings.repeated_lines == "drop" and find_copies(cursor, kind, named, sources):
        copies = f"row_id IN (SELECT row_id FROM {kind}_copies)"
        drop_rows(cursor, kind, named, rules.reject_repeated_lines(), copies)
    for file, _ in typed:
        judge_file(cursor, file, named, judged_by)
    keep_rows(cursor, kind, named)


def dated_rules(kind: DatedKind, today: dt.date) -> tuple[Rule, ...]:
    """Return the rules that reject dated rows, in the order they are tried."""
    return (
        rules.reject_repeated_lines(),
        rules.reject_missing_customers(),
        rules.reject_destroyed_ids(),
        rules.reject_masked_ids(),
        rules.reject_unreadable_times(_TIME_FIELDS[kind]),
        rules.reject_impossible_times(_TIME_FIELDS[kind], today),
        rules.reject_customers_without_orders(),
    )


def dated_treatments() -> tuple[Rule, ...]:
    """Return what is said about kept dated rows."""
    return (rules.note_decimal_ids(), *rules.note_times())
