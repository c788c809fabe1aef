"""A table with one value per customer in a real browser, from the file to the exported list."""

from __future__ import annotations

import csv
import io
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import settle
from tests.e2e.steps import (
    await_verdict,
    clean,
    expect_no_fault,
    open_training,
    press_train,
    take_download,
    upload_orders,
    visit,
)

CUSTOMERS = 400
BLANK_EVERY = 20  # the value of every twentieth customer is to be told
PAGES = ("Trust", "Overview", "Segments", "Customers", "Reasons", "Tiers", "Export")


def write_members(path: Path) -> None:
    """Write customers whose points follow from their visits and their plan."""
    drawn = random.Random(9)
    with path.open("w", newline="", encoding="utf-8") as target:
        rows = csv.writer(target)
        rows.writerow(["customer_id", "visits", "plan *gold*", "age", "points"])
        for n in range(CUSTOMERS):
            visits, plan = drawn.randint(1, 40), drawn.choice(["basic", "plus", "gold"])
            points = visits * 20 + 300 * (plan == "gold") + drawn.randint(0, 60)
            told = "" if n % BLANK_EVERY == 0 else points
            rows.writerow([f"K{n:03d}", visits, plan, drawn.randint(18, 80), told])


@pytest.mark.timeout(900)
def test_from_a_value_table_to_an_exported_list(page: Page, tmp_path: Path) -> None:
    """The value is chosen, learnt, tested, explained, and everybody exported."""
    write_members(tmp_path / "members.csv")
    upload_orders(page, tmp_path / "members.csv")
    page.get_by_role("radio", name="One row per customer, with a value").click()
    settle(page)
    page.get_by_role("combobox", name="Which column is the value?").click()
    page.get_by_role("option", name=re.compile("^points")).click()
    clean(page)
    open_training(page)
    expect(
        page.get_by_text("304 customers to learn from, 76 kept back for the test")
    ).to_be_visible()
    page.get_by_role("radio", name="Quick").click()
    settle(page)
    press_train(page)
    await_verdict(page)
    expect(page.get_by_text(re.compile("orders customers by value best")).first).to_be_visible()
    expect(page.get_by_text(re.compile("not a forecast in time")).first).to_be_visible()
    for title in PAGES:
        visit(page, title)
        expect_no_fault(page)

    visit(page, "Overview")
    given = page.get_by_test_id("stMetric").filter(has_text="Customers with a given value")
    expect(given).to_contain_text("380 of 400")

    visit(page, "Reasons")
    expect(page.get_by_text(re.compile("visits moves predictions most"))).to_be_visible()
    expect(page.get_by_text("plan *gold*").first).to_be_visible()  # the header, letter by letter

    visit(page, "Customers")
    expect(page.get_by_text(re.compile("visits: .* adds")).first).to_be_visible()

    visit(page, "Export")
    expect(page.get_by_role("heading", name="400 customers")).to_be_visible()
    handed = take_download(page, "Download CSV")
    rows = list(csv.DictReader(io.StringIO(Path(handed.path()).read_text("utf-8-sig"))))
    assert {row["customer_id"] for row in rows} == {f"K{n:03d}" for n in range(CUSTOMERS)}
    assert sum(row["known_value"] == "" for row in rows) == CUSTOMERS // BLANK_EVERY
    amounts = [float(row["predicted"]) for row in rows]
    assert amounts == sorted(amounts, reverse=True)
    assert {row["marketing_tier"] for row in rows} == {"reward", "grow", "rest"}
