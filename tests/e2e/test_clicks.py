"""Every chart whose marks can be clicked leads to the customers behind the mark."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.runs.folder import RunFolder
from clv_core.storage.workspace import Workspace
from tests.e2e.server import find_browser, open_browser, running_app, settle
from tests.e2e.steps import open_heading

DRAWN_MS = 30_000


def click_bar(chart: Locator) -> None:
    """Click the middle of the longest bar."""
    bars = chart.locator(".bars .point path")
    bars.first.wait_for(timeout=DRAWN_MS)
    boxes = [bars.nth(at).bounding_box() for at in range(bars.count())]
    sizes = [box["width"] * box["height"] if box else 0.0 for box in boxes]
    bars.nth(sizes.index(max(sizes))).click(force=True)


def click_cell(chart: Locator) -> None:
    """Click the first row's first cell of a heatmap, which holds customers by its making."""
    image = chart.locator(".heatmaplayer image, .hm image").first
    image.wait_for(timeout=DRAWN_MS)
    box = image.bounding_box()
    assert box is not None
    chart.page.mouse.click(box["x"] + 6, box["y"] + 6)


def click_area(chart: Locator) -> None:
    """Click the largest area of a treemap; the first slice is the whole."""
    slices = chart.locator(".slice")
    slices.nth(1).wait_for(timeout=DRAWN_MS)
    slices.nth(1).click()


def click_flow(chart: Locator) -> None:
    """Click a flow between two groups."""
    flow = chart.locator(".sankey-link").first
    flow.wait_for(timeout=DRAWN_MS)
    flow.click(force=True)


def divide_by(view: str) -> Callable[[Page], None]:
    """Choose how the customers are divided."""

    def choose(page: Page) -> None:
        page.get_by_role("radio", name=view).click()
        settle(page)

    return choose


def give_costs(page: Page) -> None:
    """Say what is left of the revenue and what a customer costs, where it is not known yet."""
    page.get_by_text("Margin and acquisition costs").first.wait_for()
    margin = page.get_by_role("spinbutton", name=re.compile("^Margin"))
    drawn = page.locator(".st-key-clicks_cohorts_payback, .st-key-clicks_budget_bars")
    margin.or_(drawn).filter(visible=True).first.wait_for()
    if not margin.is_visible():
        return  # kept for these data by the test before
    for name, amount in (("Margin", "40"), ("Cost of winning one", "15")):
        page.get_by_role("spinbutton", name=re.compile(f"^{name}")).fill(amount)
    page.get_by_role("button", name="Keep for these data").click()
    page.get_by_text("Kept for these data.").wait_for()
    settle(page)


def work_out_products(page: Page) -> None:
    """Have recommendations and demand worked out, and wait for the chart."""
    page.get_by_role("button", name="Work out recommendations and demand").click()
    page.locator(".st-key-clicks_products_demand").wait_for(timeout=120_000)
    settle(page)


def do_nothing(page: Page) -> None:
    """Take the page as it opens."""
    settle(page)


Step = Callable[[Page], None]
CLICKS: list[tuple[str, str, Step, str, Callable[[Locator], None]]] = [
    ("segments", "Segments", do_nothing, "segments_tiers", click_bar),
    ("segments", "Segments", divide_by("RFM groups"), "segments_rfm", click_area),
    ("segments", "Segments", divide_by("RFM groups"), "segments_rfm_tiers", click_cell),
    ("segments", "Segments", divide_by("Lifecycle"), "segments_lifecycle", click_bar),
    ("segments", "Segments", divide_by("Personas"), "segments_personas", click_area),
    ("segments", "Segments", divide_by("Personas"), "segments_distinctions", click_cell),
    ("tiers", "Tiers", do_nothing, "tiers_bars", click_bar),
    ("tiers", "Tiers", do_nothing, "tiers_map", click_area),
    ("cohorts", "Cohorts", do_nothing, "cohorts_heatmap", click_cell),
    ("cohorts", "Cohorts", do_nothing, "cohorts_outlook", click_bar),
    ("cohorts", "Cohorts", give_costs, "cohorts_payback", click_bar),
    ("budget", "Budget", give_costs, "budget_bars", click_bar),
    ("recommend", "Products", work_out_products, "products_demand", click_bar),
    ("compare", "Compare", do_nothing, "compare_flow", click_flow),
    ("explain", "Reasons", do_nothing, "explain_features", click_bar),
    ("explain", "Reasons", do_nothing, "explain_families", click_bar),
]


@pytest.fixture(scope="module")
def shop(
    small_tables: tuple[Tables, QualityReport],
    small_run: RunFolder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Serve a workspace with a small shop and two results on it."""
    if find_browser() is None:
        pytest.skip("no Chromium on this machine: make test installs Debian's when run as root")
    root = tmp_path_factory.mktemp("clicks") / "workspace"
    publish_shop(Workspace(root), small_tables, small_run)
    with running_app(root) as served:
        yield served


def publish_shop(
    workspace: Workspace, prepared: tuple[Tables, QualityReport], run: RunFolder
) -> None:
    """Put a cleaned shop and its result, twice, into a workspace."""
    tables, quality = prepared
    folder = workspace.root / "partial" / "dataset"
    shutil.copytree(tables.folder, folder)
    Tables(**{**tables.__dict__, "folder": folder}).write_facts()
    (folder / "quality.json").write_text(quality.to_json(), "utf-8")
    dataset = workspace.publish_dataset(folder, "Small shop")
    for name in ("first", "second"):
        shutil.copytree(run.folder, workspace.root / "partial" / name)
        workspace.publish_run(workspace.root / "partial" / name, dataset)


@pytest.fixture(scope="module")
def window(shop: str) -> Iterator[tuple[Browser, str]]:
    """Open a browser beside the served shop."""
    with open_browser() as opened:
        yield opened, shop


@pytest.fixture
def page(window: tuple[Browser, str]) -> Iterator[Page]:
    """Open a window of its own for each test."""
    browser, _ = window
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    context.close()


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("path", "title", "prepare", "chart", "click"), CLICKS)
def test_a_click_opens_the_customers_behind_it(
    page: Page,
    shop: str,
    path: str,
    title: str,
    prepare: Step,
    chart: str,
    click: Callable[[Locator], None],
) -> None:
    """The list of customers says whom it is narrowed to, and can be widened again."""
    page.goto(f"{shop}/{path}?lang=en")
    open_heading(page, title)
    prepare(page)
    box = page.locator(f".st-key-clicks_{chart}")
    box.scroll_into_view_if_needed()
    click(box)
    open_heading(page, "Customers")
    found = page.get_by_text(re.compile(r"\d+ customers fit"))
    expect(found.first).to_be_visible()
    narrowed = found.first.inner_text()
    page.get_by_role("button", name="Show all customers").click()
    settle(page)
    expect(found.first).not_to_have_text(narrowed)
