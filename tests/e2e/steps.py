"""What a person does in the app, step by step, by the words on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import Download, Page, TimeoutError, expect

from tests.e2e.server import settle

PREPARE_PATIENCE_MS: Final = 120_000
TRAIN_PATIENCE_MS: Final = 420_000
DOWNLOAD_PATIENCE_MS: Final = 20_000
HEADINGS: Final = {"Trust": "Can I trust this?"}  # where the page is not headed as in the menu


def take_sample_shop(page: Page) -> None:
    """Put the sample shop's files on the table."""
    page.get_by_role("button", name="Try the sample shop").click()
    page.get_by_role("button", name="Read and clean").wait_for()


def upload_orders(page: Page, file: Path) -> None:
    """Drop one file into the upload zone."""
    page.locator('input[type="file"]').set_input_files(file)
    page.get_by_role("button", name="Read and clean").wait_for(timeout=PREPARE_PATIENCE_MS)


def clean(page: Page) -> None:
    """Have the files read, and see what became of the rows."""
    settle(page)
    page.get_by_role("button", name="Read and clean").click()
    heading = page.get_by_role("heading", name="Review", exact=True)
    expect(heading).to_be_visible(timeout=PREPARE_PATIENCE_MS)
    settle(page)


def open_training(page: Page) -> None:
    """Go on from the review to the training page."""
    page.get_by_role("button", name="Train a forecast").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    settle(page)


def press_train(page: Page) -> None:
    """Start the training with the settings as they are."""
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("button", name="Cancel").wait_for()


def await_verdict(page: Page) -> None:
    """Wait for the training to end and open what it is worth."""
    button = page.get_by_role("button", name="Can it be trusted?")
    button.wait_for(timeout=TRAIN_PATIENCE_MS)
    button.click()
    open_heading(page, HEADINGS["Trust"])


def visit(page: Page, title: str) -> None:
    """Open a page from the menu and wait until it stands."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click()
    open_heading(page, HEADINGS.get(title, title))


def open_heading(page: Page, title: str) -> None:
    """Wait for a page's heading and for its script to end."""
    heading = page.get_by_role("heading", name=title, exact=True, level=1)
    expect(heading).to_be_visible(timeout=60_000)
    settle(page)


def take_download(page: Page, name: str) -> Download:
    """Press a download button and return what the browser was handed.

    A press that reaches the server before the browser has drawn the newest page asks
    for what the page before it offered, which is gone: one presses again.
    """
    settle(page)
    button = page.get_by_role("button", name=name)
    try:
        with page.expect_download(timeout=DOWNLOAD_PATIENCE_MS) as handed:
            button.click()
    except TimeoutError:
        with page.expect_download() as handed:
            button.click()
    return handed.value


def expect_no_fault(page: Page) -> None:
    """See that the page shows neither a traceback nor our own fault."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
