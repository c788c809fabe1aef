"""A link to any page opens on a server that has served nobody yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.server import running_app, settle


@pytest.mark.timeout(300)
def test_the_very_first_visitor_may_come_by_a_deep_link(tmp_path: Path, browser: Browser) -> None:
    """Streamlit's old page discovery must not claim that the page does not exist."""
    with running_app(tmp_path / "workspace") as address:
        page = browser.new_context(locale="en-US").new_page()
        page.goto(f"{address}/train")
        expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible(timeout=60_000)
        settle(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_text("Page not found")).to_have_count(0)
