"""Sentences, numbers and days in both languages; user text that cannot do harm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import streamlit as st

from clv_core.sentences import Sentence
from pages.parts import text


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Speak one of the two languages for a test."""
    st.session_state["lang"] = request.param
    yield str(request.param)
    del st.session_state["lang"]


def test_a_sentence_is_filled_in_the_readers_language(language: str) -> None:
    """Numbers, days and sentences inside are written as the locale does."""
    sentence = Sentence(
        "{file}: {rows} row(s): {reason}.",
        file="a.csv",
        rows=12345,
        reason=Sentence("The customer is missing"),
    )

    expected = {
        "en": "a.csv: 12,345 row(s): The customer is missing.",
        "zh": "a.csv：12,345 行：客户缺失。",
    }
    assert text.say(sentence) == expected[language]


def test_amounts_in_a_sentence_are_money(language: str) -> None:
    """Amounts bear the shop's currency where it is known, in sentences inside as well."""
    inner = Sentence("{loss:,.2f}", loss=-9.5)
    sentence = Sentence("{gain:+,.0f} / {inner}", gain=1234.6, inner=inner)

    dollars = {"en": "+$1,235 / -$9.50", "zh": "+US$1,235 / -US$9.50"}
    assert text.say(sentence, "USD") == dollars[language]
    assert text.say(sentence) == "+1,235 / -9.50"


def test_days_and_money_follow_the_locale(language: str) -> None:
    """Cents go from 100 on; the sign and the order of the day are the locale's."""
    expected = {
        "en": ("Mar 4, 2025", "$1,235", "$9.50", "1,235", "12.5%"),
        "zh": ("2025年3月4日", "US$1,235", "US$9.50", "1,235", "12.5%"),
    }

    assert (
        text.day(dt.date(2025, 3, 4)),
        text.money(1234.56, "USD"),
        text.money(9.5, "USD"),
        text.money(1234.56),
        text.percent(0.125, 1),
    ) == expected[language]


@pytest.mark.parametrize(
    "name", ["![x](http://example.com/a.png)", "[a](b) **c** `d` $e$ <f>", ":red[g] # h", "i\n- j"]
)
def test_user_text_stays_text(name: str) -> None:
    """Every sign that Markdown reads is escaped, and lines are joined."""
    escaped = text.safe(name)

    assert "\n" not in escaped
    assert escaped.replace("\\", "") == " ".join(name.split())
    for place, sign in enumerate(escaped):
        if sign in "[]()*`$<>!#:_":
            assert escaped[place - 1] == "\\"
