"""A server and a browser for the whole session; a fresh page for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.server import find_browser, open_browser, running_app

PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the app on a fresh workspace."""
    if find_browser() is None:
        pytest.skip("no Chromium on this machine: make test installs Debian's when run as root")
    with running_app(tmp_path_factory.mktemp("e2e") / "workspace") as served:
        yield served


@pytest.fixture(scope="session")
def browser(address: str) -> Iterator[Browser]:
    """Open one headless browser."""
    with open_browser() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Open the app in an English browser of its own session."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    opened.goto(address)
    yield opened
    context.close()
