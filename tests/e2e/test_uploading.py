"""Files through the drop zone of a real browser: progress, cancelling, a lost connection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.server import settle
from tests.e2e.steps import expect_no_fault

PATIENCE_MS = 60_000  # reading what has come takes its time on a busy machine
PIECES = re.compile(r"/uploads/[0-9a-f]{32}\?at=")
TOO_LARGE_BYTES = 2 * 1024**3 + 1
NARROW = {"width": 390, "height": 844}


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """Write a small file of orders."""
    rows = "".join(f"C{row % 9},2024-01-{row % 28 + 1:02d},{row}.5\n" for row in range(90))
    path = tmp_path / "<b>orders [1].csv"
    path.write_text(f"customer_id,order_time,amount\n{rows}", encoding="utf-8")
    return path


@pytest.fixture
def narrow_page(browser: Browser, address: str) -> Iterator[Page]:
    """Open the app on a phone, in Chinese."""
    context = browser.new_context(viewport=NARROW, locale="zh-CN")
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    opened.goto(address)
    yield opened
    context.close()


def expect_on_table(page: Page, files: int) -> None:
    """Wait until so many files are on the table."""
    remove = page.get_by_role("button", name="Remove", exact=True)
    expect(remove).to_have_count(files, timeout=PATIENCE_MS)


def choose(page: Page, *files: Path) -> None:
    """Hand files to the drop zone."""
    settle(page)
    page.locator('input[type="file"]').set_input_files(list(files))


@pytest.mark.timeout(300)
def test_files_chosen_together_come_to_lie_on_the_table(page: Page, orders: Path) -> None:
    """Both are on the table under their names, and the zone is empty again."""
    other = orders.with_name("events.tsv")
    other.write_text("customer_id\tevent_time\nC1\t2024-01-01\n" * 9, encoding="utf-8")
    choose(page, orders, other)
    expect_on_table(page, 2)
    expect(page.get_by_text(orders.name, exact=True)).to_be_visible()
    expect(page.get_by_role("progressbar", name=orders.name)).to_have_count(0)
    (files,) = parse_qs(urlsplit(page.url).query)["files"]
    assert re.fullmatch(r"[0-9a-f]{32},[0-9a-f]{32}", files)
    expect_no_fault(page)

    choose(page, orders)  # once more: a second drop needs a second ticket
    expect_on_table(page, 3)


@pytest.mark.timeout(300)
def test_a_file_can_be_dropped(page: Page) -> None:
    """What falls onto the zone is taken as if it had been chosen."""
    settle(page)
    zone = page.get_by_role("group", name=re.compile("^Orders, and browsing"))
    held = page.evaluate_handle(
        """() => {
            const held = new DataTransfer()
            held.items.add(new File(["a,b\\n1,2\\n"], "dropped.csv"))
            return held
        }"""
    )
    zone.dispatch_event("drop", {"dataTransfer": held})
    expect_on_table(page, 1)
    expect(page.get_by_text("dropped.csv", exact=True)).to_be_visible()


@pytest.mark.timeout(300)
def test_the_keyboard_alone_will_do(page: Page) -> None:
    """The button takes the focus, and Enter on it asks the system for files."""
    settle(page)
    choice = page.locator('input[type="file"]')
    choice.evaluate(
        "asked => asked.addEventListener('click', click => {"
        " click.preventDefault(); asked.dataset.asked = 'yes' })"
    )
    button = page.get_by_role("button", name="Choose files")
    button.focus()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(choice).to_have_attribute("data-asked", "yes")


@pytest.mark.timeout(300)
def test_one_file_is_cancelled_and_the_other_goes_on(page: Page, orders: Path) -> None:
    """A piece that hangs shows its file's progress; cancelled, it lets the next one through."""
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(PIECES, hold_the_first)
    other = orders.with_name("other.csv")
    other.write_bytes(orders.read_bytes())
    with page.expect_request(PIECES):  # cancelled before it, the other file's would be held
        choose(page, orders, other)
    bar = page.get_by_role("progressbar", name=orders.name)
    expect(bar).to_be_visible()
    expect(page.get_by_role("button", name="Choose files")).to_be_disabled()
    page.get_by_role("button", name=f"Cancel: {orders.name}").click()

    expect_on_table(page, 1)
    expect(page.get_by_text(other.name, exact=True)).to_be_visible()
    expect(bar).to_have_count(0)


@pytest.mark.timeout(300)
def test_cancelling_the_only_file_leaves_the_page_as_it_was(page: Page, orders: Path) -> None:
    """Nothing is on the table, and the zone takes files again."""
    page.route(PIECES, lambda _route: None)
    choose(page, orders)
    page.get_by_role("button", name=f"Cancel: {orders.name}").click()
    expect(page.get_by_role("button", name="Choose files")).to_be_enabled()
    assert "files=" not in page.url

    page.unroute(PIECES)
    choose(page, orders)
    expect_on_table(page, 1)


@pytest.mark.timeout(300)
def test_a_lost_connection_is_taken_up_again(page: Page, orders: Path) -> None:
    """The piece that did not get through is sent again by itself."""
    lost: list[Route] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route)
            route.abort("connectionreset")

    page.route(PIECES, lose_the_first)
    choose(page, orders)
    expect_on_table(page, 1)
    assert len(lost) == 1


@pytest.mark.timeout(300)
def test_a_file_over_the_limit_is_refused_with_all_others(page: Page, orders: Path) -> None:
    """A file with a hole in it is over the limit on no room; nothing of the drop is kept."""
    huge = orders.with_name("huge.csv")
    with huge.open("wb") as handle:
        handle.truncate(TOO_LARGE_BYTES)
    choose(page, orders, huge)
    expect(page.get_by_text("This file is larger than this server takes (2 GB).")).to_be_visible()
    expect(page.get_by_text("None of these files was kept.")).to_be_visible()
    expect(page.get_by_role("button", name="Choose files")).to_be_enabled()
    assert "files=" not in page.url


@pytest.mark.timeout(300)
def test_it_fits_a_phone_and_speaks_chinese(narrow_page: Page, orders: Path) -> None:
    """Nothing sticks out of 390 pixels while a file is on its way."""
    narrow_page.route(PIECES, lambda _route: None)
    choose(narrow_page, orders)
    expect(narrow_page.get_by_role("button", name=f"取消: {orders.name}")).to_be_visible()
    expect(narrow_page.get_by_role("button", name="选择文件")).to_be_disabled()
    assert narrow_page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
