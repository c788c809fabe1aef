"""The drop zone as the page sets it up; what it sends is tried in ``test_receiving.py``."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.receiving import REFUSALS
from pages.parts.tickets import OFFICE
from tests.app.conftest import open_page

UPLOAD = "pages/prepare/upload.py"


def zone_data(app: AppTest) -> dict:
    """Return what the page tells the drop zone."""
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_each_session_gets_a_ticket_of_its_own(app: AppTest) -> None:
    """The ticket is good, and stays the same while the page is used."""
    first = zone_data(open_page(app, UPLOAD))["ticket"]
    assert zone_data(app.run())["ticket"] == first
    other = AppTest.from_file(app._script_path, default_timeout=60)
    second = zone_data(open_page(other, UPLOAD))["ticket"]
    assert first != second
    assert OFFICE.find(first) is not None
    assert OFFICE.find(second) is not None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_zone_has_words_for_every_refusal(app: AppTest, language: str) -> None:
    """Whatever the server answers, the reader is told in their language."""
    words = zone_data(open_page(app, UPLOAD, lang=language))["words"]
    assert set(REFUSALS) <= set(words["refusals"]) | {"out_of_place"}
    told = [words["choose"], *words["refusals"].values()]
    assert all(text.isascii() for text in told) == (language == "en")


def test_the_limit_is_the_servers(app: AppTest) -> None:
    """2048 MB are told as 2 GB."""
    data = zone_data(open_page(app, UPLOAD))
    assert data["largest"] == 2048 * 1024**2
    assert "up to 2 GB each" in data["words"]["limits"]
