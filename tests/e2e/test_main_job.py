"""The main job in a real browser, without reading anything but the screen."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.steps import (
    await_verdict,
    clean,
    expect_no_fault,
    open_training,
    press_train,
    take_download,
    take_sample_shop,
    upload_orders,
    visit,
)

ONLINE_RETAIL = (
    Path(__file__).resolve().parents[3]
    / "shared/data/online_retail/online_retail_2010-12_2011-05.csv"
)
PAGES = ("Trust", "Overview", "Segments", "Customers", "Reasons", "Tiers", "Export")


@pytest.mark.timeout(900)
def test_from_the_sample_shop_to_an_exported_tier(page: Page, browser: Browser) -> None:
    """Sample shop, trained, trusted, segments, one customer's reasons, exported tier."""
    take_sample_shop(page)
    clean(page)
    expect(page.get_by_text("24,428").first).to_be_visible()  # rows of the sample's orders.csv
    open_training(page)
    press_train(page)

    # Leave and come back by the link alone, as after a closed tab.
    link = page.url
    assert "job=" in link
    elsewhere = browser.new_context(locale="en-US").new_page()
    elsewhere.goto(link)
    expect(elsewhere.get_by_role("button", name="Cancel")).to_be_visible(timeout=30_000)
    elsewhere.close()

    await_verdict(page)
    expect(page.get_by_text(re.compile("ranks your customers best")).first).to_be_visible()
    for title in PAGES:
        visit(page, title)
        expect_no_fault(page)

    visit(page, "Customers")
    expect(page.get_by_text(re.compile(r"(adds|takes) .*\$")).first).to_be_visible()

    visit(page, "Tiers")
    expect(page.get_by_text("Reward").first).to_be_visible()

    visit(page, "Export")
    count = page.get_by_role("heading", name=re.compile(r"^[\d,]+ customers$"))
    everybody = count.inner_text()
    page.get_by_role("button", name="High").click()
    expect(count).not_to_have_text(everybody)
    handed = take_download(page, "Download CSV")
    name, path = handed.suggested_filename, handed.path()
    rows = list(csv.DictReader(io.StringIO(Path(path).read_text("utf-8-sig"))))
    assert re.fullmatch(r"perennial-customers-[0-9a-f]{16}\.csv", name)
    assert rows
    assert {row["value_tier"] for row in rows} == {"high"}
    amounts = [float(row["predicted"]) for row in rows]
    assert amounts == sorted(amounts, reverse=True)


@pytest.mark.timeout(900)
@pytest.mark.skipif(not ONLINE_RETAIL.is_file(), reason="../shared/data is absent on this machine")
def test_a_real_export_goes_through(page: Page) -> None:
    """Online Retail's 209,029 rows are uploaded, accounted for, trained on and judged."""
    upload_orders(page, ONLINE_RETAIL)
    clean(page)
    expect(page.get_by_text(re.compile("209,029")).first).to_be_visible()
    open_training(page)
    press_train(page)
    await_verdict(page)
    expect(page.get_by_text(re.compile("ranks your customers best")).first).to_be_visible()
    for title in PAGES:
        visit(page, title)
        expect_no_fault(page)


@pytest.mark.timeout(300)
def test_a_web_page_is_refused_in_a_sentence(page: Page, tmp_path: Path) -> None:
    """The upload page says what the file is and what to do, and shows no traceback."""
    fake = tmp_path / "orders.csv"
    fake.write_text("<!DOCTYPE html>\n<html><body>Please sign in</body></html>")
    page.locator('input[type="file"]').set_input_files(fake)
    expect(page.get_by_text(re.compile("is a web page")).first).to_be_visible()
    expect_no_fault(page)


@pytest.mark.timeout(300)
def test_the_language_follows_the_browser_and_the_switch(browser: Browser, address: str) -> None:
    """A Chinese browser gets Chinese; the switch to English stays in the URL."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(address)
    expect(page.get_by_role("button", name="试用示例店铺")).to_be_visible()
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("button", name="Try the sample shop")).to_be_visible()
    assert "lang=en" in page.url
    context.close()
