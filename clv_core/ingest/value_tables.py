"""One row per customer with a value: how such a table is told, and what to learn from.

The value is found by its header (``CLTV``, ``lifetime_value`` …); a table of
numbers without any known header proposes its last column. Where customers have
totals but no column is named a value, the user is asked, with candidates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from clv_core.ingest.columns_seen import SeenColumn
from clv_core.ingest.headers import name_target
from clv_core.ingest.spelling import fold_header, split_words
from clv_core.sentences import Sentence

__all__ = ["choose_features", "is_value_table", "list_candidates", "propose_target"]

_TOTALS: Final = frozenset(
    {
        *("total", "totals", "lifetime", "ever", "frequency", "recency", "monetary", "spend"),
        *("spent", "spending", "revenue", "orders", "purchases", "transactions", "visits", "value"),
        *(
            "umsatz",
            "bestellungen",
            "gesamt",
            "累计消费",
            "消费总额",
            "消费次数",
            "总消费",
            "订单数",
        ),
    }
)
_MONEY: Final = frozenset(
    {
        *("value", "revenue", "spend", "spent", "spending", "amount", "monetary", "profit"),
        *("margin", "sales", "umsatz", "消费金额", "消费总额", "总消费", "金额"),
    }
)
_SPAN_WORDS: Final = frozenset({"first", "last", "latest", "earliest", "since", "birth", "dob"})
_PLACE_CODES: Final = frozenset(
    {"zip", "zipcode", "postcode", "postalcode", "plz", "postleitzahl", "codepostal", "邮编"}
)
_CONTACTS: Final = ("email", "phone", "customer_name")
_FEWEST_TOTALS: Final = 2
_FEWEST_WIDE: Final = 5
_FEWEST_WIDE_WITH_ID: Final = 10
_FEWEST_BESIDE_CONTACTS: Final = 2
_FEWEST_ROWS: Final = 20  # with fewer, different texts may be chance
_MOST_TEXTS: Final = 50
_MOST_TEXT_SHARE: Final = 0.2
_CANDIDATES_NAMED: Final = 12
_LEFT_OUT_NAMED: Final = 20


def is_value_table(
    seen: Mapping[str, SeenColumn],
    orders: Mapping[str, str],
    mapping: Mapping[str, str],
) -> bool:
    """Say whether a table holds one row per customer and a value to learn.

    A log is none, whatever its columns are called: in a log customers come
    again, and rows have a number and a day.

    Parameters
    ----------
    seen : mapping of str to SeenColumn
    orders, mapping : mapping of str to str
        What was matched for orders and for a value table.
    """
    customer = seen.get(mapping.get("customer_id", ""))
    if customer is not None and customer.is_repeated:
        return False
    dated = "order_time" in orders and seen[orders["order_time"]].is_time
    if dated and "order_id" in orders:
        return False
    has_contacts = any(field in mapping for field in _CONTACTS)
    if "target_value" in mapping and seen[mapping["target_value"]].is_number:
        beside = len([name for name in seen if name not in mapping.values()])
        enough = beside >= (_FEWEST_BESIDE_CONTACTS if has_contacts else 1)
        return enough and (customer is not None or not dated)
    return not has_contacts and (_is_wide(seen, mapping) or _has_totals(seen, mapping))


def propose_target(seen: Mapping[str, SeenColumn], mapping: Mapping[str, str]) -> str | None:
    """Return the last column of a table of numbers whose headers say nothing, else None."""
    if "target_value" in mapping or not _is_wide(seen, mapping):
        return None
    return list(seen)[-1]


def list_candidates(seen: Mapping[str, SeenColumn]) -> list[str]:
    """Return columns of numbers that could be the value, the likeliest first."""
    numbers = [name for name, column in seen.items() if _may_be_value(column)]
    ranked = sorted(numbers, key=lambda name: -_likeness_to_value(name))
    return ranked[:_CANDIDATES_NAMED]


def choose_features(
    seen: Mapping[str, SeenColumn],
    mapping: Mapping[str, str],
    leaks: Mapping[str, Sentence],
    is_whole: bool,
) -> tuple[tuple[str, ...], tuple[Sentence, ...]]:
    """Choose the columns to learn from.

    Parameters
    ----------
    seen : mapping of str to SeenColumn
    mapping : mapping of str to str
    leaks : mapping of str to Sentence
    is_whole : bool
        Whether all rows were seen: a file sorted by country has one country in
        its first rows, so that only cleaning can tell a constant column.

    Returns
    -------
    features : tuple of str
        All but the mapped ones, leaks, and those that cannot teach anything.
    notes : tuple of Sentence
        Which were left out for what they hold.
    """
    free = [name for name in seen if name not in mapping.values() and name not in leaks]
    constant = [name for name in free if is_whole and seen[name].is_constant]
    names = [name for name in free if name not in constant and _is_name_of_row(seen[name])]
    left_out = {*constant, *names}
    notes = []
    if constant:
        notes.append(
            Sentence(
                "Not learnt from, the same in all rows: {columns}.",
                columns=", ".join(constant[:_LEFT_OUT_NAMED]),
            )
        )
    if names:
        notes.append(
            Sentence(
                "Not learnt from, names of single rows or places rather than properties: "
                "{columns}.",
                columns=", ".join(names[:_LEFT_OUT_NAMED]),
            )
        )
    return tuple(name for name in free if name not in left_out), tuple(notes)


def _is_wide(seen: Mapping[str, SeenColumn], mapping: Mapping[str, str]) -> bool:
    """Say whether all columns are numbers, but for a customer id."""
    customer = mapping.get("customer_id")
    rest = [column for name, column in seen.items() if name != customer]
    fewest = _FEWEST_WIDE if customer is None else _FEWEST_WIDE_WITH_ID
    return len(rest) >= fewest and all(column.is_number for column in rest if column.cells)


def _has_totals(seen: Mapping[str, SeenColumn], mapping: Mapping[str, str]) -> bool:
    """Say whether known customers have totals, and days that only span their history."""
    if "customer_id" not in mapping:
        return False
    totals = [name for name, column in seen.items() if column.is_number and _words(name) & _TOTALS]
    times = [name for name, column in seen.items() if column.is_time]
    return len(totals) >= _FEWEST_TOTALS and all(_words(name) & _SPAN_WORDS for name in times)


def _may_be_value(column: SeenColumn) -> bool:
    return column.is_number and not column.is_constant and not _is_name_of_row(column)


def _likeness_to_value(name: str) -> int:
    words = _words(name)
    return 3 * name_target(name) + 2 * bool(words & _MONEY) + bool(words & _TOTALS)


def _is_name_of_row(column: SeenColumn) -> bool:
    """Say whether a column names rows, places or texts: nothing repeats that could be learnt."""
    words = split_words(column.name)
    if fold_header(column.name) in _PLACE_CODES:
        return True
    if column.is_time or column.rows < _FEWEST_ROWS:
        return False
    if column.is_number:
        counted = _is_counter(column.cells)
        return counted or ("id" in words and not column.is_repeated)
    return column.distinct > max(_MOST_TEXTS, _MOST_TEXT_SHARE * len(column.cells)) or (
        not column.is_repeated
    )


def _is_counter(cells: Sequence[str]) -> bool:
    """Say whether cells count the rows: 1, 2, 3 …"""
    if not re.fullmatch(r"[0-9]{1,9}", cells[0]):
        return False
    first = int(cells[0])
    return all(cell == str(first + offset) for offset, cell in enumerate(cells))


def _words(name: str) -> set[str]:
    return {*split_words(name), fold_header(name)}
