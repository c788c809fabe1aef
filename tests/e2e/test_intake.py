"""Messy files in a real browser: a workbook, a table with a value, another rule."""

from __future__ import annotations

import csv
import datetime as dt
import random
import re
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from tests.e2e.server import settle
from tests.e2e.steps import PREPARE_PATIENCE_MS, clean, expect_no_fault, upload_orders

ORDER_COUNT = 400
CUSTOMER_COUNT = 600


def write_workbook(path: Path) -> None:
    """Write a sheet of remarks, and one of orders under a title and a blank row."""
    drawn = random.Random(7)
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    book.add_worksheet("Remarks").write_column(0, 0, ["Made by Ann", "for the board"])
    sheet = book.add_worksheet("All channels")
    sheet.write(0, 0, "Orders of all channels")
    sheet.write_row(2, 0, ["order id", "customer id", "order date", "total"])
    for n in range(ORDER_COUNT):
        sheet.write(n + 3, 0, f"A{n}")
        sheet.write(n + 3, 1, f"C{drawn.randrange(80):03d}")
        when = dt.datetime(2023, 1, 1) + dt.timedelta(days=drawn.randrange(700))
        sheet.write_datetime(n + 3, 2, when, day)
        sheet.write(n + 3, 3, round(drawn.uniform(5, 90), 2))
    book.close()


def write_value_table(path: Path) -> None:
    """Write customers with a value that no header names, and a column that tells it."""
    drawn = random.Random(8)
    with path.open("w", newline="", encoding="utf-8") as target:
        rows = csv.writer(target)
        rows.writerow(["customer_id", "age", "visits", "channel", "churn_reason", "points", "city"])
        for n in range(CUSTOMER_COUNT):
            age, visits = drawn.randint(18, 80), drawn.randint(1, 40)
            reason = drawn.choice(["", "", "price", "moved"])
            points = age * 3 + visits * 20 + drawn.randint(0, 40)
            channel, city = drawn.choice(["web", "shop"]), drawn.choice(["Ulm", "Bonn"])
            rows.writerow([f"K{n}", age, visits, channel, reason, points, city])


def open_part(page: Page, title: str) -> None:
    """Open an expander by its title."""
    page.get_by_test_id("stExpander").get_by_text(title, exact=True).first.click()


@pytest.mark.timeout(300)
def test_a_workbook_with_a_title_row_is_read_from_its_sheet(page: Page, tmp_path: Path) -> None:
    """The sheet of orders is found, its title skipped, and every row accounted for."""
    write_workbook(tmp_path / "board.xlsx")
    upload_orders(page, tmp_path / "board.xlsx")
    expect(page.get_by_text("Excel workbook, sheet All channels")).to_be_visible()
    expect(page.get_by_text("column names in line 3")).to_be_visible()
    page.get_by_role("combobox", name="Sheet of the workbook").click()
    page.get_by_role("option", name="Remarks").click()
    refusal = page.get_by_text(re.compile("one column only")).first
    expect(refusal).to_be_visible(timeout=PREPARE_PATIENCE_MS)
    expect(page.get_by_role("button", name="Read and clean")).to_have_count(0)
    page.get_by_role("combobox", name="Sheet of the workbook").click()
    page.get_by_role("option", name="All channels").click()
    recognised = page.get_by_text("Excel workbook, sheet All channels")
    expect(recognised).to_be_visible(timeout=PREPARE_PATIENCE_MS)
    clean(page)

    expect(page.get_by_text(f"All {ORDER_COUNT} rows were kept")).to_be_visible()
    expect_no_fault(page)


@pytest.mark.timeout(300)
def test_a_table_with_a_value_is_learnt_from_without_its_leaks(page: Page, tmp_path: Path) -> None:
    """The value is chosen by hand, what gives it away is named, the review counts customers."""
    write_value_table(tmp_path / "members.csv")
    upload_orders(page, tmp_path / "members.csv")
    page.get_by_role("radio", name="One row per customer, with a value").click()
    settle(page)
    page.get_by_role("combobox", name="Which column is the value?").click()
    page.get_by_role("option", name=re.compile("^points")).click()
    leak = page.get_by_text(re.compile("^churn_reason: ")).first
    expect(leak).to_be_visible(timeout=PREPARE_PATIENCE_MS)
    expect(page.get_by_text(re.compile("not a forecast in time"))).to_be_visible()
    expect(page.get_by_text("4 of 5 columns are used to learn from.")).to_be_visible()
    clean(page)

    known = page.get_by_test_id("stMetric").filter(has_text="With a known value").first
    expect(known).to_contain_text(str(CUSTOMER_COUNT))
    expect(page.get_by_role("heading", name="Month by month")).to_have_count(0)
    expect_no_fault(page)


@pytest.mark.timeout(300)
def test_another_rule_is_previewed_and_applied(page: Page, tmp_path: Path) -> None:
    """What a rule would do is shown beside what holds; applied, the review shows it."""
    lines = [
        f"{n},C{n % 50},2024-{n % 12 + 1:02d}-{n % 28 + 1:02d},{n % 9 + 2}.50" for n in range(300)
    ]
    repeated = lines[:25]
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(["order_id,customer_id,order_time,amount", *lines, *repeated]))
    upload_orders(page, file)
    clean(page)
    expect(page.get_by_text(re.compile(r"92\.3% of 325 rows were kept"))).to_be_visible()
    open_part(page, "Change the rules")
    page.get_by_text("Count repeated lines once").click()
    settle(page)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("325 of 325 rows would be kept")).to_be_visible(
        timeout=PREPARE_PATIENCE_MS
    )
    expect(page.get_by_text(re.compile(r"92\.3% of 325 rows were kept"))).to_be_visible()
    before = page.url
    page.get_by_role("button", name="Apply").click()

    expect(page.get_by_text("All 325 rows were kept")).to_be_visible(timeout=PREPARE_PATIENCE_MS)
    assert page.url != before
    expect_no_fault(page)
