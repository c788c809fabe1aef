"""What kind of values a column of text holds, and the SQL that reads them.

For profiles only, where a wrong guess costs a chart: mapped fields say themselves
what they are, other columns are judged by their headers and first values. Cleaning
reads numbers and times on its own, and strictly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from clv_core.ingest.aliases import ALIASES
from clv_core.ingest.spelling import fold_header, split_words
from clv_core.ingest.values import is_amount, is_masked, is_time, share_that

__all__ = ["SAYS_YES_OR_NO", "ColumnReading", "ColumnType", "judge_column"]

ColumnType = Literal["number", "time", "yes_no", "category", "text", "id", "empty"]

_NUMBERS: Final = frozenset(
    {"amount", "quantity", "unit_price", "refunded_amount", "duration_seconds"}
    | {"rating", "target_value"}
)
_TIMES: Final = frozenset({"order_time", "cancelled_at", "event_time", "review_time"})
_IDS: Final = frozenset({"customer_id", "order_id", "product_id", "session_id"})
_TEXTS: Final = frozenset({"email", "phone", "customer_name", "product_name", "review_text"})

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PERSONAL_WORDS: Final = frozenset(
    {"name", "firstname", "lastname", "fullname", "username", "surname", "nickname", "nick"}
    | {"email", "mail", "phone", "telephone", "tel", "mobile", "fax", "whatsapp", "wechat"}
    | {"address", "addr", "street", "zip", "zipcode", "postcode", "postal", "contact", "ip"}
    | {"passport", "ssn", "vat", "iban", "card", "note", "notes", "comment", "comments"}
    | {"recipient", "receiver", "consignee", "login", "vorname", "nachname", "straße", "strasse"}
    | {"adresse", "anschrift", "plz", "nom", "prénom", "prenom", "nombre", "apellido", "apellidos"}
    | {"dirección", "direccion", "nome", "cognome", "indirizzo", "sobrenome", "endereço", "naam"}
)
# A division's name, a phone service: of the shop, not of a person.
_IMPERSONAL_WORDS: Final = frozenset(
    {"product", "item", "lineitem", "category", "division", "department", "class", "brand"}
    | {"variant", "campaign", "channel", "plan", "service", "type", "model", "segment", "method"}
)
_PERSONAL_SIGNS: Final = (
    *("姓名", "昵称", "电话", "手机", "邮箱", "地址", "收货", "备注", "收件", "联系人", "买家"),
    *("微信", "氏名", "電話", "住所"),
)
_ID_WORDS: Final = frozenset({"id", "ids", "uuid", "guid", "key", "token", "hash", "sku"})
_ID_SIGNS: Final = ("编号", "单号", "账号", "身份证")
# Headers that may mean whom a row belongs to: mapped or not, they are nobody else's business.
_PEOPLE: Final = frozenset(
    fold_header(alias)
    for field in ("customer_id", "email", "phone", "customer_name")
    for alias in (*ALIASES[field], "ship to", "bill to", "sold to")
)

_PLAIN: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LEADING_ZERO: Final = re.compile(r"0\d+")
_LONG_NUMBER: Final = re.compile(r"\+?\d{9,}")  # a phone, an account
_COMMA_DECIMAL: Final = re.compile(r"\d,(?:\d{1,2}|\d{4,})(?!\d|[.,])|\.\d{3},")
_POINT_DECIMAL: Final = re.compile(r"\d\.(?:\d{1,2}|\d{4,})(?!\d|[.,])|,\d{3}\.")
_ISO: Final = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[ T].*)?")
_EPOCH: Final = re.compile(r"1\d{9}(?:\d{3}|\d{6})?")
_MOSTLY: Final = 0.9
SAYS_YES_OR_NO: Final = frozenset(
    {"yes", "no", "y", "n", "true", "false", "t", "f", "0", "1", "是", "否"}
)

_NUMERIC_DAY: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(,? |T)?")
_NAMED_DAYS: Final = ("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
_OTHER_DAYS: Final = (*_NAMED_DAYS, "%Y%m%d", "%Y年%m月%d日")
_CLOCKS: Final = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")


@dataclass(frozen=True)
class ColumnReading:
    """What a column is taken for.

    Attributes
    ----------
    type : {"number", "time", "yes_no", "category", "text", "id", "empty"}
        ``category`` where only counting can tell it from text.
    value : str or None
        For numbers and times: SQL with ``{column}`` in it that gives a DOUBLE or a
        TIMESTAMP, null where a cell cannot be read.
    is_private : bool
        Nothing but counts may be told: an id, a contact field, a free text.
    is_undecided : bool
        The values seen do not say how to read the others; more of them might.
    """

    type: ColumnType
    value: str | None = None
    is_private: bool = False
    is_undecided: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether its values are of use, however many differ."""
        return self.value is not None

    def of(self, column: str) -> str:
        """Return the SQL for one column, which is its text where nothing is read."""
        return (self.value or "{column}").replace("{column}", column)


_PRIVATE_ID: Final = ColumnReading("id", is_private=True)
_PRIVATE_TEXT: Final = ColumnReading("text", is_private=True)
_CATEGORY: Final = ColumnReading("category")
_CAST: Final = "TRY_CAST({column} AS DOUBLE)"
_EPOCH_VALUE: Final = (
    "make_timestamp(TRY_CAST(rpad({column}, 16, '0') AS BIGINT))"  # microseconds since 1970
)
_PLAIN_NUMBER: Final = ColumnReading("number", f"CASE WHEN isfinite({_CAST}) THEN {_CAST} END")


def judge_column(header: str, field: str | None, head: Sequence[str]) -> ColumnReading:
    """Say what a column is taken for.

    Parameters
    ----------
    header : str
        The user's own.
    field : str or None
        Canonical field that it is mapped to.
    head : sequence of str
        Its first values, blank ones left out.
    """
    if field in _IDS:
        return _PRIVATE_ID
    if field in _TEXTS:
        return _PRIVATE_TEXT
    if field in _NUMBERS:
        return _read_numbers(head)
    if field in _TIMES:
        return _read_times(head)
    return _judge_unmapped(header, head) if field is None else _CATEGORY


def _judge_unmapped(header: str, head: Sequence[str]) -> ColumnReading:
    words = {word.lower() for word in _WORD.findall(header)} | set(split_words(header))
    is_personal = words & _PERSONAL_WORDS and not words & _IMPERSONAL_WORDS
    is_personal = is_personal or any(sign in header for sign in _PERSONAL_SIGNS)
    if is_personal or any("@" in value or is_masked(value) for value in head):
        return _PRIVATE_TEXT
    is_id = words & _ID_WORDS or any(sign in header for sign in _ID_SIGNS)
    if is_id or fold_header(header) in _PEOPLE:
        return _PRIVATE_ID
    return _judge_values(head) if head else replace(_PLAIN_NUMBER, is_undecided=True)


def _judge_values(head: Sequence[str]) -> ColumnReading:
    if _share(_LEADING_ZERO, head) > 0 or _share(_LONG_NUMBER, head) > 1 - _MOSTLY:
        return _PRIVATE_ID
    if share_that(is_time, head) >= _MOSTLY and not _share(_PLAIN, head):
        return _read_times(head)
    return _read_numbers(head) if share_that(is_amount, head) >= _MOSTLY else _CATEGORY


def _share(pattern: re.Pattern[str], head: Sequence[str]) -> float:
    return share_that(lambda value: pattern.fullmatch(value.strip()) is not None, head)


def _read_numbers(head: Sequence[str]) -> ColumnReading:
    """Read plain numbers by a cast; others bare of signs and separators first."""
    if not head or _share(_PLAIN, head) == 1.0:
        return _PLAIN_NUMBER
    commas = sum(_COMMA_DECIMAL.search(value) is not None for value in head)
    points = sum(_POINT_DECIMAL.search(value) is not None for value in head)
    bare = "regexp_replace(replace({column}, '−', '-'), '[^0-9.,eE+-]', '', 'g')"
    bare = f"regexp_replace({bare}, '[-+]+$|^[eE]+|[eE]+$', '')"
    digits = (
        f"replace(replace({bare}, '.', ''), ',', '.')"
        if commas > points
        else f"replace({bare}, ',', '')"
    )
    is_negative = "regexp_matches({column}, '^\\(.*\\)$|^[^0-9]*[-−]|-$')"
    size = f"abs(TRY_CAST({digits} AS DOUBLE))"
    value = (
        f"CASE WHEN isfinite({size}) THEN CASE WHEN {is_negative} THEN -{size} ELSE {size} END END"
    )
    return ColumnReading("number", value)


def _read_times(head: Sequence[str]) -> ColumnReading:
    """Read ISO times by a cast, others by the formats that the first values are in.

    Where day and month cannot be told apart nothing is read: a range that may be
    wrong is none.
    """
    if _share(_EPOCH, head) == 1.0 and head:
        return ColumnReading("time", _EPOCH_VALUE)
    found = [match for value in head if (match := _NUMERIC_DAY.match(value.strip()))]
    if not found:
        named = _list_formats(_OTHER_DAYS, [" "])
        iso = "TRY_CAST(left({column}, 19) AS TIMESTAMP)"
        is_iso = not head or _share(_ISO, head) >= _MOSTLY
        return ColumnReading("time", iso if is_iso else f"try_strptime({{column}}, {named})")
    day_first = any(int(match[1]) > 12 for match in found)
    month_first = any(int(match[3]) > 12 for match in found)
    if day_first == month_first:
        return ColumnReading("time", "NULL::TIMESTAMP", is_undecided=True)
    order = "%d{0}%m{0}" if day_first else "%m{0}%d{0}"
    shapes = dict.fromkeys((match[2], "%Y" if len(match[4]) == 4 else "%y") for match in found)
    days = [order.format(sign) + year for sign, year in shapes]
    gaps = list(dict.fromkeys(match[5] or " " for match in found))
    return ColumnReading("time", f"try_strptime({{column}}, {_list_formats(days, gaps)})")


def _list_formats(days: Sequence[str], gaps: Sequence[str]) -> str:
    """Return an SQL list of formats, days alone and with each clock."""
    clocks = ["", *(gap + clock for gap in gaps for clock in _CLOCKS)]
    return "[" + ", ".join(f"'{day}{clock}'" for clock in clocks for day in days) + "]"
