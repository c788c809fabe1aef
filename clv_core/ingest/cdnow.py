"""CDNOW's purchases, known by their values: ids, YYYYMMDD, a count, dollars.

The data set goes round with and without header, with and without the sample's
own ids, separated by blanks or commas, so that headers cannot tell it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from clv_core.ingest.dialect import WHITE_SPACE, Sample
from clv_core.ingest.presets import PRESETS
from clv_core.ingest.values import is_amount, is_time, share_that

__all__ = ["is_cdnow", "map_cdnow", "name_cdnow_columns"]

_WIDTHS: Final = (5, 4)
_FIRST_DAY, _LAST_DAY = "19970101", "19980630"
_ALL_SHARE: Final = 0.98
_NAMES: Final = PRESETS["cdnow"].column_names


def is_cdnow(sample: Sample) -> bool:
    """Say whether a file holds CDNOW's purchases.

    With a header or commas only its own months count: other shops write
    ids, days, pieces and amounts, too.
    """
    if sample.column_count not in _WIDTHS or not sample.rows:
        return False
    rows = [row for row in sample.rows if len(row) == sample.column_count]
    days = [row[-3].strip() for row in rows]
    rest = [cell for row in rows for cell in row]
    bare = sample.header is None and sample.dialect.delimiter == WHITE_SPACE
    return (
        share_that(is_amount, rest) >= _ALL_SHARE
        and share_that(lambda day: len(day) == len(_LAST_DAY) and is_time(day), days) >= _ALL_SHARE
        and (bare or all(_FIRST_DAY <= day <= _LAST_DAY for day in days))
    )


def name_cdnow_columns(count: int) -> tuple[str, ...]:
    """Name CDNOW's columns; the full data set has no sample id."""
    return _NAMES if count == len(_NAMES) else (_NAMES[0], *_NAMES[2:])


def map_cdnow(column_names: Sequence[str]) -> dict[str, str]:
    """Map the columns by their place, whatever they are called."""
    return {
        "customer_id": column_names[0],
        "order_time": column_names[-3],
        "amount": column_names[-1],
        "quantity": column_names[-2],
    }
