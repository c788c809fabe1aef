"""Which rows are dropped, under which rule, and what that comes to.

``<kind>_dropped`` holds a line per dropped row. Rules are tried one after the
other, and each looks only at rows that no earlier one dropped, so a row counts
once and the account adds up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import pandas as pd

from clv_core.cleaning.report import FileQuality, Rejection
from clv_core.cleaning.rules import MENDED_ROWS, READER_REASONS, Rule
from clv_core.cleaning.staging import StagedFile
from clv_core.columns import TableKind

__all__ = [
    "RuleBook",
    "account_for",
    "account_for_mended",
    "drop_rows",
    "judge_file",
    "keep_rows",
    "list_reader_rejections",
    "open_ledger",
]

_EXAMPLES: Final = 5


@dataclass(frozen=True)
class RuleBook:
    """The rules of one file.

    Attributes
    ----------
    rejecting : tuple of Rule
        In the order they are tried.
    treating : tuple of Rule
        What is said about rows that are kept.
    """

    rejecting: tuple[Rule, ...]
    treating: tuple[Rule, ...]


def open_ledger(cursor: duckdb.DuckDBPyConnection, kind: TableKind) -> None:
    """Make an empty ``<kind>_dropped``."""
    cursor.execute(
        f"CREATE TEMP TABLE {kind}_dropped (row_id BIGINT, file_number INTEGER,"
        " source_row BIGINT, code VARCHAR, money DOUBLE)"
    )


def drop_rows(
    cursor: duckdb.DuckDBPyConnection, kind: TableKind, rows: str, rule: Rule, condition: str
) -> None:
    """Drop the rows of one of our tables that meet a condition and are still there.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    kind : {"orders", "events", "reviews", "customers"}
    rows : str
        Table or view with ``row_id``, ``file_number``, ``source_row`` and ``money``.
    rule : Rule
    condition : str
        SQL over its columns.
    """
    cursor.execute(
        f"INSERT INTO {kind}_dropped SELECT row_id, file_number, source_row, '{rule.code}', money"
        f" FROM {rows} ANTI JOIN {kind}_dropped USING (row_id) WHERE {condition}"
    )


def judge_file(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, rows: str, rules: Sequence[Rule]
) -> None:
    """Drop the rows of one file under the first rule whose condition they meet.

    Parameters as for :func:`drop_rows`; rules without condition look at several
    rows at once and are tried elsewhere.
    """
    cases = " ".join(
        f"WHEN {rule.condition} THEN '{rule.code}'" for rule in rules if rule.condition
    )
    cursor.execute(
        f"""INSERT INTO {file.kind}_dropped
        SELECT row_id, file_number, source_row, code, money
        FROM (SELECT row_id, file_number, source_row, money, CASE {cases} END AS code
              FROM {rows} ANTI JOIN {file.kind}_dropped USING (row_id)
              WHERE file_number = {file.number})
        WHERE code IS NOT NULL"""
    )


def keep_rows(cursor: duckdb.DuckDBPyConnection, kind: TableKind, rows: str) -> None:
    """Call what is left ``<kind>_kept``."""
    cursor.execute(
        f"CREATE TEMP VIEW {kind}_kept AS SELECT * FROM {rows} ANTI JOIN {kind}_dropped"
        " USING (row_id)"
    )


def account_for(cursor: duckdb.DuckDBPyConnection, file: StagedFile, book: RuleBook) -> FileQuality:
    """Count a file's rows by outcome, from ``<kind>_dropped`` and ``<kind>_kept``."""
    rejected = _count_dropped(cursor, file, book.rejecting)
    raw = file.rows.raw
    return FileQuality(
        file_name=raw.file_name,
        kind=raw.kind,
        preset=raw.preset,
        rows_read=file.rows.rows_read,
        rows_kept=file.readable_rows - sum(case.rows for case in rejected),
        rejected=(*list_reader_rejections(file), *rejected),
        treated=(
            *account_for_mended(_keep_mended(cursor, file)),
            *_count_treated(cursor, file, book.treating),
        ),
        columns=dict(raw.mapping),
        summaries=file.rows.summaries,
    )


def account_for_mended(mended: pd.DataFrame) -> list[Rejection]:
    """Count rows that the reader mended, by what was amiss.

    Parameters
    ----------
    mended : DataFrame
        Like :attr:`~clv_core.ingest.reading.TextRows.mended`, of kept rows only.
    """
    return [
        Rejection(
            MENDED_ROWS[str(code)].code,
            MENDED_ROWS[str(code)].reason,
            len(group),
            tuple(int(row) for row in sorted(group["source_row"])[:_EXAMPLES]),
        )
        for code, group in mended.groupby("reason", sort=True)
    ]


def _keep_mended(cursor: duckdb.DuckDBPyConnection, file: StagedFile) -> pd.DataFrame:
    """Return the rows that the reader mended and no rule dropped."""
    mended = file.rows.mended
    if mended.empty:
        return mended
    dropped = cursor.execute(
        f"SELECT source_row FROM {file.kind}_dropped WHERE file_number = {file.number}"
    ).fetchnumpy()["source_row"]
    return mended[~mended["source_row"].isin(dropped)]


def _count_dropped(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, rules: Iterable[Rule]
) -> list[Rejection]:
    found = cursor.execute(
        f"""SELECT code, count(*), min(source_row, {_EXAMPLES}),
                   sum(money ORDER BY source_row)
            FROM {file.kind}_dropped WHERE file_number = {file.number} GROUP BY code"""
    ).fetchall()
    by_code = {code: (rows, examples, money) for code, rows, examples, money in found}
    return [_rejection(rule, *by_code[rule.code]) for rule in _once(rules) if rule.code in by_code]


def _count_treated(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, rules: Sequence[Rule]
) -> Iterable[Rejection]:
    """Count first, and look for examples only where there are any."""
    kept = f"{file.kind}_kept WHERE file_number = {file.number}"
    counts = ", ".join(f"count(*) FILTER ({rule.condition})" for rule in rules)
    found = cursor.execute(f"SELECT {counts} FROM {kept}").fetchone() or ()
    for rule, rows in zip(rules, found, strict=True):
        if rows:
            answer = cursor.execute(
                f"SELECT min(source_row, {_EXAMPLES}), {_sum(rule)} FROM {kept}"
                f" AND ({rule.condition})"
            ).fetchone()
            examples, money = answer or ([], None)
            yield _rejection(rule, rows, examples, money)


def _sum(rule: Rule) -> str:
    return f"sum({rule.money})" if rule.money else "NULL"


def _rejection(rule: Rule, rows: int, examples: list[int], money: float | None) -> Rejection:
    return Rejection(rule.code, rule.reason, rows, tuple(examples), money)


def _once(rules: Iterable[Rule]) -> Iterable[Rule]:
    return {rule.code: rule for rule in rules}.values()


def list_reader_rejections(file: StagedFile) -> list[Rejection]:
    """Count the rows of a file that the reader could not read, by reason."""
    return [
        Rejection(
            str(code),
            READER_REASONS[str(code)],
            len(group),
            tuple(int(row) for row in sorted(group["source_row"])[:_EXAMPLES]),
        )
        for code, group in file.rows.rejected.groupby("reason", sort=True)
    ]
