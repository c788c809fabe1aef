r"""Amounts and quantities as people write them, read in SQL.

Every function returns an SQL expression made of our own constants and the name
of a text column. Known: currency signs and codes before or after, thousands
separated by comma, point, blank or apostrophe, decimal comma or point (``12,-``
has neither cents nor a sign), parentheses and leading or trailing minus,
scientific notation, full-width digits.

``1,234`` and ``1.234`` can be read two ways. Values of the same column that
decide (``12,50``, ``1.234,50``, ``0.5``) settle it; where none decides, the point
is the decimal mark and the comma separates thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb

from clv_core.cleaning.cells import narrow_expression

LARGEST_AMOUNT: Final = 1e12

_BLANK = r"[\s\x{00a0}\x{202f}\x{2009}]"
_SHORT_NAMES = r"kr\.?|zł|Kč|Ft|lei|元|円|圆|Rs\.?|Rp\.?|RM|TL|Fr\.?|лв|đ|р\.?|руб\.?"
_CURRENCY = rf"(?:[A-Z]{{3}}|[A-Z]{{0,3}} ?\p{{Sc}}|{_SHORT_NAMES})"
_GROUPED = r"[0-9]{1,3}(?:[\s\x{00a0}\x{202f}\x{2009}\x27\x{2019}][0-9]{3})+(?:[.,][0-9]+)?"
_PLAIN = r"(?:[0-9][0-9.,]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?"
_SIGNED = (
    rf"^[-+(]?{_BLANK}*(?:{_CURRENCY}{_BLANK}*[-+(]?)?{_BLANK}*"
    rf"({_GROUPED}|{_PLAIN})(?:-{{1,2}})?"
    rf"{_BLANK}*{_CURRENCY}?{_BLANK}*[-)]?$"
)
_NEGATIVE = r"^[^0-9]*\(.*\)$|[^.,-]-$|^[^0-9.,]*-"
_NON_FINITE = r"^[-+]?(?:inf|infinity|nan|∞)$"
_EXPONENT = r"[eE][-+]?[0-9]+$"

# Written with the decimal mark first, the thousands separator second.
_DECIDES = (
    r"^[0-9]{{1,3}}(?:{t}[0-9]{{2,3}})*{t}[0-9]{{3}}{d}[0-9]*$"
    r"|^[0-9]*{d}(?:[0-9]{{0,2}}|[0-9]{{4,}})$"
    r"|^(?:0|[0-9]{{4,}})?{d}[0-9]{{3}}$"
    r"|^[0-9]{{1,3}}(?:{t}[0-9]{{2,3}})+{t}[0-9]{{3}}$"
)
_VALID = r"^(?:[0-9]+|[0-9]{{1,3}}(?:{t}[0-9]{{2,3}})*{t}[0-9]{{3}})?(?:{d}[0-9]*)?$"
_POINT = {"d": r"\.", "t": ","}
_COMMA = {"d": ",", "t": r"\."}


@dataclass(frozen=True)
class MoneyReading:
    """How one column of amounts is written, learnt from the column itself.

    Attributes
    ----------
    decimal_mark : {".", ","}
        For values that could be read both ways.
    is_open : bool
        No value decides, so the mark is a guess.
    """

    decimal_mark: str = "."
    is_open: bool = False


def learn_money_reading(
    cursor: duckdb.DuckDBPyConnection, source: str, column: str
) -> MoneyReading:
    """Let the values that decide say which mark is the decimal one."""
    number = _number(_with_minus(column))
    found = cursor.execute(
        f"""SELECT count(*) FILTER (is_plain AND contains({column}, '.')
                       OR NOT is_plain AND {_decides("number", _POINT)}),
                   count(*) FILTER (NOT is_plain AND {_decides("number", _COMMA)})
            FROM (SELECT {column}, is_plain, CASE WHEN NOT is_plain THEN {number} END AS number
                  FROM (SELECT {column}, {_plain(column)} IS NOT NULL AS is_plain
                        FROM {source} WHERE {column} IS NOT NULL))"""
    ).fetchone()
    point, comma = found or (0, 0)
    return MoneyReading("," if comma > point else ".", is_open=point == comma == 0)


def money_layers(column: str) -> tuple[str, str, str]:
    """Return SQL for three select lists, each around the one before, that prepare an amount.

    They add ``<column>_plain``, ``<column>_signed`` and ``<column>_number``, for
    :func:`layered_money`: what is written in an odd way is taken apart once.
    """
    return (
        f"{_plain(column)} AS {column}_plain",
        f"CASE WHEN {column}_plain IS NULL THEN {_with_minus(column)} END AS {column}_signed",
        f"{_number(f'{column}_signed')} AS {column}_number",
    )


def layered_money(column: str, reading: MoneyReading) -> str:
    """Return SQL for an amount that :func:`money_layers` prepared; see :func:`money_expression`."""
    return _read(f"{column}_plain", f"{column}_signed", f"{column}_number", reading)


def money_expression(column: str, reading: MoneyReading) -> str:
    """Return SQL that reads a text column as DOUBLE.

    Null where it cannot be read; not-a-number where the text says infinite or
    not-a-number; infinite where it is too large for a double.
    """
    signed = _with_minus(column)
    return _read(_plain(column), signed, _number(signed), reading)


def uses_decimal_comma(column: str, reading: MoneyReading, number: str | None = None) -> str:
    """Return SQL that says whether a written amount was read with a decimal comma."""
    number = number or _number(_with_minus(column))
    by_column = (
        f"contains({number}, ',') AND NOT {_decides(number, _POINT)}"
        if reading.decimal_mark == ","
        else "FALSE"
    )
    commas = f"{_decides(number, _COMMA)} OR ({by_column})"
    return f"CASE WHEN contains({column}, ',') THEN coalesce({commas}, FALSE) ELSE FALSE END"


def could_be_thousands(column: str, reading: MoneyReading, number: str | None = None) -> str:
    """Return SQL that says whether ``1.234`` was read as a little more than one by guess."""
    if not reading.is_open:
        return "FALSE"
    number = number or _number(_with_minus(column))
    return f"coalesce(regexp_matches({number}, '^[1-9][0-9]{{0,2}}\\.[0-9]{{3}}$'), FALSE)"


def is_finite(value: str) -> str:
    """Return SQL that says whether a number is one that money can be."""
    return f"(isfinite({value}) AND abs({value}) <= {LARGEST_AMOUNT:.0f})"


def _plain(column: str) -> str:
    """Return SQL that reads what needs no thought, null elsewhere.

    Digits with a point that cannot separate thousands: not three after it.
    """
    point = f"strpos({column}, '.')"
    return (
        f"CASE WHEN {point} = 0 OR {point} <> length({column}) - 3"
        f" THEN TRY_CAST({column} AS DOUBLE) END"
    )


def _read(plain: str, signed: str, number: str, reading: MoneyReading) -> str:
    exponent = f"regexp_extract({signed}, '{_EXPONENT}')"
    value = f"""CASE
        WHEN {_decides(number, _COMMA)} THEN {_cast(number, exponent, _COMMA)}
        WHEN {_decides(number, _POINT)} THEN {_cast(number, exponent, _POINT)}
        ELSE {_cast(number, exponent, _COMMA if reading.decimal_mark == "," else _POINT)}
    END"""
    written = f"""CASE
        WHEN {signed} IS NULL THEN NULL
        WHEN regexp_matches(lower({signed}), '{_NON_FINITE}') THEN 'nan'::DOUBLE
        ELSE CASE WHEN regexp_matches({signed}, '{_NEGATIVE}') THEN -1 ELSE 1 END * ({value})
    END"""
    return f"coalesce({plain}, {written})"


def _with_minus(column: str) -> str:
    """Return SQL for the text in narrow characters, its minus signs hyphens."""
    return f"translate({narrow_expression(column)}, '−–', '--')"


def _number(signed: str) -> str:
    """Digits with their separators, without sign, currency, blanks and exponent."""
    digits = f"regexp_extract({signed}, '{_SIGNED}', 1)"
    bare = f"regexp_replace({digits}, '[^0-9.,eE+-]', '', 'g')"
    return f"nullif(regexp_replace({bare}, '{_EXPONENT}', ''), '')"


def _decides(number: str, marks: dict[str, str]) -> str:
    return f"coalesce(regexp_matches({number}, '{_DECIDES.format(**marks)}'), FALSE)"


def _cast(number: str, exponent: str, marks: dict[str, str]) -> str:
    plain = f"replace({number}, '.', '')" if marks is _COMMA else f"replace({number}, ',', '')"
    if marks is _COMMA:
        plain = f"replace({plain}, ',', '.')"
    valid = f"regexp_matches({number}, '{_VALID.format(**marks)}')"
    return f"CASE WHEN {valid} THEN TRY_CAST({plain} || {exponent} AS DOUBLE) END"
