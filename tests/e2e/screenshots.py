"""``make screenshots``: the pictures in docs/screenshots, from the sample shop."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from tests.e2e.server import ROOT, find_browser, open_browser, running_app, settle
from tests.e2e.steps import (
    await_verdict,
    clean,
    open_training,
    press_train,
    take_sample_shop,
)

FOLDER = ROOT / "docs" / "screenshots"
PATHS = {
    "upload": "",
    "review": "review",
    "train": "train",
    "search": "search",
    "trust": "trust",
    "overview": "overview",
    "segments": "segments",
    "customers": "customers",
    "explain": "explain",
    "cohorts": "cohorts",
    "tiers": "tiers",
    "lists": "lists",
    "budget": "budget",
    "recommend": "recommend",
    "export": "export",
    "look_back": "look_back",
    "report": "report",
}
LOOKS = (  # name, colour scheme, width, language
    ("light-1440", "light", 1440, "en"),
    ("dark-1440", "dark", 1440, "en"),
    ("light-390", "light", 390, "en"),
    ("dark-390", "dark", 390, "en"),
    ("zh-1440", "light", 1440, "zh"),
)
KEPT = ("light-1440", "dark-390", "zh-1440")  # in the repository; the others are for looking
DRAWN_MS = 900  # Plotly draws after the script has ended and says so to nobody


def main() -> int:
    """Do the main job once, then picture every page in every look."""
    everything = "--all" in sys.argv[1:]
    if find_browser() is None:
        print("No Chromium on this machine: make browser installs Debian's when run as root.")
        return 2
    FOLDER.mkdir(exist_ok=True)
    with (
        TemporaryDirectory(prefix="perennial-pictures-") as scratch,
        running_app(Path(scratch) / "workspace") as address,
        open_browser() as browser,
    ):
        query = _do_main_job(browser, address)
        for look in LOOKS:
            if everything or look[0] in KEPT:
                _picture_pages(browser, f"{address}/{{path}}?{query}&lang={look[3]}", look)
    return 0


def _do_main_job(browser: Browser, address: str) -> str:
    page = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-US", color_scheme="light"
    ).new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    take_sample_shop(page)
    clean(page)
    open_training(page)
    press_train(page)
    page.get_by_role("progressbar").wait_for()
    page.wait_for_timeout(20_000)  # a picture of curves in the making
    page.screenshot(path=FOLDER / "training-light-1440.png", full_page=True)
    await_verdict(page)
    return page.url.partition("?")[2]


def _picture_pages(browser: Browser, link: str, look: tuple[str, str, int, str]) -> None:
    name, scheme, width, language = look
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        locale="zh-CN" if language == "zh" else "en-US",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    for title, path in PATHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(link.format(path=path))
        page.get_by_role("heading", level=1).wait_for()
        settle(page)
        page.wait_for_timeout(DRAWN_MS)
        _stretch(page, width)
        page.screenshot(path=FOLDER / f"{title}-{name}.png")
    context.close()


def _stretch(page: Page, width: int) -> None:
    """Make the window as high as the page: Streamlit scrolls inside it."""
    height = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(int(height) + 20, 900), 6000)})
    page.wait_for_timeout(DRAWN_MS)
    settle(page)


if __name__ == "__main__":
    sys.exit(main())
