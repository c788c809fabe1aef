"""A later file put behind a data set, where it changes nothing of what was made of it before.

Most months are like that: their orders are of days after the last one, no earlier
order stands in them again, and what they return does not undo a purchase of an
earlier file on its own day. Then the keys of customers and orders stay, new ones follow,
and the tables of orders and lines are the earlier ones with the new ones behind. Only
the new rows are judged, with those earlier ones that have a say in it: equal lines, and
the same customer's purchases and returns of the same goods.

Whatever speaks against it is looked for, not supposed: :func:`append_tables` then
answers None and nothing is lost but the time of looking. The earlier rows that were
asked must come out as they did before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from clv_core.cleaning import orders
from clv_core.cleaning.addition import Addition, Base, of_kind
from clv_core.cleaning.appended_tables import write_appended
from clv_core.cleaning.currencies import as_code
from clv_core.cleaning.kept_rows import DROPPED_FILE, KNOWN_FILE
from clv_core.cleaning.lines import open_lines
from clv_core.cleaning.order_judging import are_only_tests, judge_orders
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.staging import (
    StagedFile,
    count_rows,
    open_parquet,
    scan_parquets,
    stage_file,
    store_typed,
    write_scratch,
)
from clv_core.cleaning.tables import Tables
from clv_core.ingest.engine import cursor as open_cursor
from clv_core.settings import CleaningSettings

__all__ = ["append_tables"]

_BACKWARDS: Final = ("reversed_pair", "unmatched_return")  # rules that look at purchases before


def append_tables(
    base: Path,
    staged: Sequence[StagedFile],
    added: int,
    folder: Path,
    settings: CleaningSettings,
    today: dt.date,
) -> tuple[Tables, QualityReport] | None:
    """Put files behind a data set, or answer None where they are not simply behind it.

    Parameters
    ----------
    base : Path
        Folder of the data set.
    staged : sequence of StagedFile
        All files, the last ``added`` of which are new.
    added : int
    folder : Path
        Existing, empty; gets the tables, and stays empty where the answer is None.
    settings : CleaningSettings
    today : date

    Raises
    ------
    UserDataError
        Where a new file cannot be read.
    """
    before = _open_base(base, staged, added, settings)
    if before is None:
        return None
    with open_cursor() as cursor, TemporaryDirectory(dir=folder, prefix="typed-") as scratch:
        files = _ask_once(staged)
        work = Addition(cursor, before, files, Path(scratch), settings, today)
        return write_appended(work, folder) if _judge(work) else None


def _open_base(
    base: Path, staged: Sequence[StagedFile], added: int, settings: CleaningSettings
) -> Base | None:
    """Return the data set, where its rules judge rows one by one or per customer and goods."""
    earlier, new = staged[: len(staged) - added], staged[len(staged) - added :]
    learns = settings.outliers != "keep" or settings.missing_amounts != "drop"
    if learns or settings.guests != "drop" or not all(file.earlier for file in earlier):
        return None
    if not of_kind(new, "orders") or _name_goods(earlier) != _name_goods(staged):
        return None
    if of_kind(new, "reviews") and not of_kind(earlier, "reviews"):
        return None
    report = QualityReport.from_json((base / "quality.json").read_text(encoding="utf-8"))
    return Base(Tables.open(base), report, len(earlier))


def _ask_once(staged: Sequence[StagedFile]) -> list[StagedFile]:
    """Have what is asked of all rows known when a few of them are judged."""
    first = next(file for file in staged if file.kind == "orders")
    return [replace(file, learnt={}) if file is first else file for file in staged]


def _judge(work: Addition) -> bool:
    """Judge the new order lines; False where earlier ones would have to be judged anew."""
    cursor, files = work.cursor, of_kind(work.staged, "orders")
    work.unclean = {file.number: stage_file(cursor, file) for file in work.staged}
    work.opened = [open_lines(cursor, file, work.settings, work.scratch) for file in files]
    typed = [(lines.file, lines.typed_query) for lines in work.opened]
    store_typed(cursor, "orders", typed, work.scratch)
    for lines in work.opened:
        if not lines.file.earlier:
            orders.refuse(cursor, lines, work.today)
    rows, currencies = orders.value_rows(cursor, work.opened, "orders_typed", work.settings)
    work.currency = as_code(next(iter(currencies), ""))
    if len(currencies) > 1 or are_only_tests(cursor, work.opened, rows, work.settings):
        return False
    if _is_superseding(work, rows) or not _are_keys_whole(work):
        return False
    _ask_earlier_rows(work, rows)
    work.books = judge_orders(cursor, work.opened, "orders_asked", False, work.settings, work.today)
    return _is_as_before(work) and _is_later(work)


def _is_superseding(work: Addition, rows: str) -> bool:
    """Say whether an order of an earlier file stands in a new one as well."""
    if work.settings.repeated_orders != "drop":
        return False
    told = "order_id IS NOT NULL AND row_time IS NOT NULL"
    found = f"""SELECT 1 FROM {rows} AS old
        JOIN (SELECT DISTINCT order_id, row_time, customer FROM {rows}
              WHERE {work.new} AND {told}) AS new
          ON new.order_id = old.order_id AND new.row_time = old.row_time
         AND new.customer IS NOT DISTINCT FROM old.customer
        WHERE {work.earlier} LIMIT 1"""
    return count_rows(work.cursor, f"({found})") > 0


def _are_keys_whole(work: Addition) -> bool:
    """Say whether keys run without a gap, as they do until somebody is erased."""
    places = {
        "customer_key": work.base.kept(KNOWN_FILE),
        "order_key": work.base.tables.folder / "orders.parquet",
    }
    return all(
        count_rows(
            work.cursor,
            f"(SELECT count(*) AS rows, max({key}) AS last FROM {scan_parquets([path])})",
            "rows = last + 1",
        )
        for key, path in places.items()
    )


def _ask_earlier_rows(work: Addition, rows: str) -> None:
    """Write ``orders_asked``: the new rows, and earlier ones that have a say in them."""
    cursor = work.cursor
    open_parquet(cursor, "orders_dropped_before", work.base.kept(DROPPED_FILE))
    backwards = ", ".join(f"'{code}'" for code in _BACKWARDS)
    cursor.execute(
        f"""CREATE TEMP TABLE earlier_asked AS
        SELECT row_id, code FROM (
            SELECT row_id,
                   row_hash IN (SELECT row_hash FROM {rows} WHERE {work.new}) AS is_like,
                   (customer, product) IN (SELECT (customer, product) FROM {rows}
                       WHERE {work.new} AND product IS NOT NULL) AS is_same_goods
            FROM {rows} WHERE {work.earlier})
        LEFT JOIN orders_dropped_before USING (row_id)
        WHERE coalesce(code, '') <> 'repeated_order'
          AND (is_like OR is_same_goods AND coalesce(code IN ({backwards}), TRUE))"""
    )
    asked = f"SELECT * FROM {rows} WHERE {work.new}"
    if count_rows(cursor, "earlier_asked"):
        path = work.scratch / "earlier_asked.parquet"
        earlier = f"SELECT * FROM {rows} SEMI JOIN earlier_asked USING (row_id)"
        write_scratch(cursor, earlier, path)
        asked = f"SELECT * FROM {scan_parquets([path])} UNION ALL {asked}"
    cursor.execute(f"CREATE TEMP VIEW orders_asked AS {asked}")


def _is_as_before(work: Addition) -> bool:
    """Say whether the earlier rows that were asked come out as they did before."""
    changed = """earlier_asked AS before LEFT JOIN orders_dropped AS now USING (row_id)
        WHERE before.code IS DISTINCT FROM now.code"""
    if count_rows(work.cursor, f"(SELECT 1 FROM {changed} LIMIT 1)"):
        return False
    work.cursor.execute(f"DELETE FROM orders_dropped WHERE {work.earlier}")
    work.cursor.execute(
        f"""CREATE OR REPLACE TEMP VIEW orders_kept AS
        SELECT * FROM orders_asked ANTI JOIN orders_dropped USING (row_id) WHERE {work.new}"""
    )
    return True


def _is_later(work: Addition) -> bool:
    """Say whether the new rows that are kept, if any, are of days after the last one."""
    found = work.cursor.execute("SELECT min(row_time)::DATE FROM orders_kept").fetchone()
    first = found[0] if found else None
    return first is not None and first > work.base.tables.last_day


def _name_goods(staged: Sequence[StagedFile]) -> bool:
    """Say whether any file of orders names products."""
    sold = of_kind(staged, "orders")
    return any(file.has("product_id") or file.has("product_name") for file in sold)
