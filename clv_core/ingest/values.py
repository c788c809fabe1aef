"""What a cell's text looks like; quick looks for mapping, not the parsing itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

__all__ = ["is_amount", "is_masked", "is_time", "share_that"]

_LONGEST: Final = 64  # letters of a time or number; blanks by the million would take hours
_AMOUNT: Final = re.compile(
    r"^\(?[-+]?\s*(?:[A-Z]{3}|[^\w\s.,()+-]{1,2})?\s*[-+]?"  # sign, currency
    r"(?:\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3})+|\d+)?(?:[.,]\d+)?(?:[eE][-+]?\d+)?"
    r"\s*(?:[A-Z]{3}|[^\w\s.,()+-]{1,2}|元)?\s*-?\)?$"
)
_DIGIT: Final = re.compile(r"\d")
_ZONE: Final = r"(?:Z|UTC|GMT|[A-Z]{3,4}|[-+]\d{2}:?\d{2})"
_CLOCK: Final = (
    r"(?:[ T,]+\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?"
    rf"\s*(?:[AaPp]\.?[Mm]\.?)?\s*{_ZONE}?)?"
)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY: Final = "|".join(
    (
        r"(?:18|19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}",  # year first
        r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日?",
        r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})",
        r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])",  # YYYYMMDD
        rf"\d{{1,2}}[ -]{_MONTH}[ ,-]+\d{{2,4}}",
        rf"{_MONTH} \d{{1,2}},? \d{{4}}",
        rf"{_MONTH}-\d{{1,2}}-(?:\d{{4}}|\d{{2}})",
    )
)
_TIME: Final = re.compile(rf"^(?:{_DAY}){_CLOCK}$", re.IGNORECASE)
_EPOCH: Final = re.compile(r"^1[0-9]{9}(?:\d{3}|\d{6})?$")  # seconds, milli- or microseconds
# 138****8000, t***6, 张*, 138xxxx8000
_MASKED: Final = re.compile(r"[*＊•●×]{2,}|^[^*＊]+[*＊]$|^\d{2,4}[xX]{3,}\d{2,4}$")


def is_time(text: str) -> bool:
    """Say whether a cell could be a day or a moment."""
    plain = text.strip()
    return len(plain) <= _LONGEST and bool(_TIME.match(plain) or _EPOCH.match(plain))


def is_amount(text: str) -> bool:
    """Say whether a cell could be a number, with or without currency and separators."""
    plain = text.strip()
    return len(plain) <= _LONGEST and bool(_DIGIT.search(plain) and _AMOUNT.match(plain))


def is_masked(text: str) -> bool:
    """Say whether a cell hides part of itself, like ``138****8000``."""
    return bool(_MASKED.search(text))


def share_that(check: Callable[[str], bool], cells: Iterable[str]) -> float:
    """Return the share of non-blank cells that pass; 1.0 where all are blank."""
    filled = [cell for cell in cells if cell.strip()]
    return sum(map(check, filled)) / len(filled) if filled else 1.0
