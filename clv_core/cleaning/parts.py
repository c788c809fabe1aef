"""An upload cleaned in parts, a customer's rows in one of them, by the same rules.

What rules need to know of all rows (how columns are written, the shop's currency,
what is no goods) is learnt once from the whole text (:func:`learn_upload`) and goes
with every part as ``StagedFile.learnt``. A part is cleaned as if it were the upload
(:func:`clean_part`), and :mod:`.part_accounts` makes one account of the parts'.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from clv_core.cleaning import customers, events, refusals, reviews
from clv_core.cleaning.clean import clean_kinds, number_products, write_tables
from clv_core.cleaning.facts import measure_months, measure_orders
from clv_core.cleaning.judging import account_for
from clv_core.cleaning.lines import OrderLines, open_lines
from clv_core.cleaning.non_goods import NON_GOODS, find_non_goods, note_non_goods
from clv_core.cleaning.order_judging import are_only_tests
from clv_core.cleaning.orders import name_currencies
from clv_core.cleaning.part_accounts import PartAccount
from clv_core.cleaning.part_texts import write_part_texts
from clv_core.cleaning.staging import StagedFile, count_rows, stage_file
from clv_core.columns import TableKind
from clv_core.ingest.engine import cursor as open_cursor
from clv_core.settings import CleaningSettings

__all__ = ["clean_part", "learn_upload"]

_ROWS_PER_FILE: Final = 10**12


def learn_upload(
    cursor: duckdb.DuckDBPyConnection,
    staged: Sequence[StagedFile],
    settings: CleaningSettings,
    scratch: Path,
) -> None:
    """Fill ``learnt`` of files whose rows are all here, for those who clean parts of them.

    Parameters
    ----------
    cursor : DuckDBPyConnection
        The files stay staged on it.
    staged : sequence of StagedFile
        ``learnt`` is an empty dict in each.
    settings : CleaningSettings
    scratch : Path

    Raises
    ------
    AmbiguousDates
        When day and month cannot be told apart.
    """
    for file in staged:
        stage_file(cursor, file)
    of_kind: dict[TableKind, Any] = {
        "events": events.type_rows,
        "reviews": reviews.type_rows,
        "customers": customers.type_rows,
    }
    for file in staged:
        if file.kind in of_kind:
            of_kind[file.kind](cursor, file)
    orders = [file for file in staged if file.kind == "orders"]
    opened = [open_lines(cursor, file, settings, scratch) for file in orders]
    if opened:
        _learn_orders(cursor, opened, settings)


def _learn_orders(
    cursor: duckdb.DuckDBPyConnection, opened: Sequence[OrderLines], settings: CleaningSettings
) -> None:
    """Learn what is true of all order lines together; only the columns that it takes are typed."""
    typed = " UNION ALL ".join(f"({lines.typed_query})" for lines in opened)
    cursor.execute(
        f"CREATE TEMP VIEW orders_seen AS SELECT *,"
        f" file_number * {_ROWS_PER_FILE} + source_row AS row_id FROM ({typed})"
    )
    name_currencies(cursor, opened, "orders_seen", settings)
    are_only_tests(cursor, opened, "orders_seen", settings)
    for lines in opened:
        names_products = lines.file.has("product_id") or lines.file.has("product_name")
        if settings.non_goods == "drop" and names_products and lines.file.learnt is not None:
            find_non_goods(cursor, lines, "orders_seen", settings)
            lines.file.learnt[NON_GOODS] = note_non_goods(cursor, lines)


def clean_part(
    staged: Sequence[StagedFile], folder: Path, settings: CleaningSettings, today: dt.date
) -> PartAccount:
    """Clean one part of an upload into a folder of tables; keys count from 0 in each part.

    Parameters
    ----------
    staged : sequence of StagedFile
        All files of the upload with the rows of this part, ``is_part`` and ``learnt``.
    folder : Path
        Exists; gets the tables of ``columns.TABLES`` where an order is left.
    settings : CleaningSettings
    today : date
    """
    with open_cursor() as cursor, TemporaryDirectory(dir=folder, prefix="typed-") as scratch:
        for file in staged:
            stage_file(cursor, file)
        books, ordered = clean_kinds(cursor, staged, Path(scratch), settings, today)
        qualities = tuple(account_for(cursor, file, books[file.number]) for file in staged)
        facts, monthly = None, measure_months(cursor)
        if count_rows(cursor, "orders_numbered"):
            facts = measure_orders(cursor, "")
            number_products(cursor, staged)
            write_tables(cursor, staged, ordered, folder)
            write_part_texts(cursor, staged, folder)
    return PartAccount(
        files=qualities,
        rules=tuple(
            tuple(
                rule.code for rule in (*books[file.number].rejecting, *books[file.number].treating)
            )
            for file in staged
        ),
        facts=facts,
        monthly=monthly,
        unusable=tuple(_unusable(file) for file in staged),
    )


def _unusable(file: StagedFile) -> dict[str, Any]:
    known = file.learnt or {}
    return {name: counts for name, counts in known.items() if name.startswith(refusals.UNUSABLE)}
