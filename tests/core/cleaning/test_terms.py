"""Words found in texts of two languages."""

from __future__ import annotations

import pytest

from clv_core.cleaning.terms import Terms, fold_text


def test_longer_terms_go_first():
    """What a longer term covers is not found again as a shorter one."""
    terms = Terms({"错": "bad", "不错": "good"})
    assert list(terms.find("东西不错")) == [("good", 2, 4)]
    assert list(terms.find("发错")) == [("bad", 1, 2)]


@pytest.mark.parametrize("text", ["relationship", "shipyard", "ship2"])
def test_latin_terms_are_whole_words(text):
    """A term in Latin letters inside another word is none."""
    assert not list(Terms({"ship": 1}).find(text))


@pytest.mark.parametrize("text", ["ship", "to ship.", "请ship给我", "SHIP!"])
def test_latin_terms_end_anywhere_else(text):
    """Blanks, marks, Chinese characters and the ends of the text bound a word."""
    assert len(list(Terms({"ship": 1}).find(fold_text(text)))) == 1


def test_folding_keeps_places():
    """Folding makes letters small and characters simplified, one for one."""
    assert fold_text("GOOD 質量") == "good 质量"
    assert len(fold_text("İSTANBUL")) == len("İSTANBUL")
