"""Words, numbers and days in the reader's language.

English is written where it is used; Chinese comes from ``locale/zh``. The
language belongs to one session and is asked for at every call.
"""

from __future__ import annotations

import datetime as dt
import gettext
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

import streamlit as st
from babel.dates import format_date, format_interval, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

from clv_core.errors import UserDataError
from clv_core.sentences import Sentence

LANGUAGES: Final = {"en": "English", "zh": "简体中文"}
LOCALES: Final = {"en": "en_US", "zh": "zh_Hans_CN"}
CATALOGUE: Final = Path(__file__).parent / "locale/zh/LC_MESSAGES/perennial.po"
WHOLE_MONEY_FROM: Final = 100  # from here on cents say nothing

_SPOKEN: Final[ContextVar[str | None]] = ContextVar("spoken", default=None)
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&^=])")
_AMOUNT_SPEC: Final = re.compile(r"(\+?),\.(\d)f")
_PERCENT_SPEC: Final = re.compile(r"\.(\d)%")


def language() -> str:
    """Return the reader's language: chosen, else the browser's."""
    spoken = _SPOKEN.get()
    if spoken is not None:
        return spoken
    chosen = st.session_state.get("lang")
    if chosen in LANGUAGES:
        return str(chosen)
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak another language than the reader's for a while, to somebody else who will read."""
    before = _SPOKEN.set(chosen)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def locale() -> str:
    """Return the locale that numbers and days are written in."""
    return LOCALES[language()]


def _(message: str) -> str:
    """Translate a string of the pages."""
    return _translations(language()).gettext(message)


def say(sentence: Sentence, currency: str = "") -> str:
    """Return a sentence of the core as plain text; see :func:`safe` for Markdown widgets.

    Facts written ``:,.0f`` or ``:,.2f`` are amounts, in the shop's currency where given.
    """
    return _Filler(currency).vformat(_(sentence.template), (), sentence.facts)


def safe(text: str) -> str:
    """Escape text for widgets that read Markdown, whatever user text is in it."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def show_error(error: UserDataError) -> None:
    """Say what is wrong, what to do about it, and every single finding."""
    st.error(safe(say(error.remedy)), title=safe(say(error.problem)), icon=":material/error:")
    for case in error.cases:
        st.text(say(case))


def number(value: float, decimals: int = 0) -> str:
    """Write a number with the locale's separators."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(value, format=pattern, locale=locale()))


def percent(share: float, decimals: int = 0) -> str:
    """Write a share (0 to 1) as a percentage."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
    return str(format_percent(share, format=pattern, locale=locale()))


def money(amount: float, currency: str = "", decimals: int | None = None) -> str:
    """Write an amount; without cents from 100 on, without sign where the currency is unknown."""
    if decimals is None:
        decimals = 0 if abs(amount) >= WHOLE_MONEY_FROM else 2
    if not currency:
        return number(amount, decimals)
    pattern = "¤#,##0" + ("." + "0" * decimals if decimals else "")
    return str(
        format_currency(amount, currency, format=pattern, locale=locale(), currency_digits=False)
    )


def day(date: dt.date | dt.datetime) -> str:
    """Write a day with its year."""
    return str(format_date(date, format="medium", locale=locale()))


def day_of(iso: str) -> str:
    """Write a day that is given as ISO text."""
    return day(dt.date.fromisoformat(iso))


def days_between(first: dt.date, last: dt.date) -> str:
    """Write a stretch of days of the year to come, as short as can be: without the year."""
    return str(format_interval(first, last, "MMMd", locale=locale()))


def moment(time: dt.datetime) -> str:
    """Write a day of this year or so with its time, short."""
    return f"{format_skeleton('MMMd', time, locale=locale())}, {time:%H:%M}"


def month(date: dt.date | dt.datetime) -> str:
    """Write a month with its year."""
    return str(format_skeleton("yMMMM", date, locale=locale()))


def listed(names: Iterable[str]) -> str:
    """Write one name after the other."""
    return ("、" if language() == "zh" else ", ").join(names)


def duration(seconds: float) -> str:
    """Write a time span in the largest sensible unit."""
    if seconds < 90:
        return _("{count} s").format(count=round(seconds))
    return _("{count} min").format(count=round(seconds / 60))


class _Filler(Formatter):
    """Fills facts into a template the way the reader's locale writes them."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Sentence):
            return say(value, self.currency)
        if isinstance(value, str):
            is_day = not format_spec and _ISO_DAY.fullmatch(value)
            return day(dt.date.fromisoformat(value)) if is_day else format(value, format_spec)
        if isinstance(value, bool) or value is None:
            return str(value)
        share = _PERCENT_SPEC.fullmatch(format_spec)
        if share:
            return percent(value, int(share[1]))
        amount = _AMOUNT_SPEC.fullmatch(format_spec)
        if amount:
            sign = amount[1] if value > 0 else ""
            return sign + money(value, self.currency, int(amount[2]))
        plain = (
            format(value, format_spec) if format_spec else format_decimal(value, locale=locale())
        )
        return str(plain)


def _translations(wanted: str) -> gettext.NullTranslations:
    if wanted != "zh":
        return gettext.NullTranslations()
    return _read_catalogue(CATALOGUE.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read_catalogue(_changed_at: int) -> gettext.GNUTranslations:
    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="zh")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
