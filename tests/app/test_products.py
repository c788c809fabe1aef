"""The Products page: empty states, the job, what was found, and the way to customers."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.economic_settings import EconomicSettings
from clv_core.jobs.queue import list_jobs
from clv_core.runs.folder import RunFolder
from clv_core.runs.product_advice import advise_on_products
from clv_core.runs.product_folder import ADVICE_FILE, FOLDER, ProductAdvice, ProductFolder
from clv_core.storage.kept_settings import keep
from clv_core.storage.workspace import Workspace
from pages.parts import charts_products
from pages.parts.terms import name_days_to_come
from tests.app.conftest import open_page

PAGE = "pages/act/recommend.py"
MARKUP = "![x](http://example.org/x.png) <b>Tea</b>"
TERMS = name_days_to_come("EUR")


@pytest.fixture(scope="session")
def advised(small_run, small_tables, tmp_path_factory) -> Path:
    """Return a folder with real advice on the small run."""
    folder = tmp_path_factory.mktemp("advised")
    advise_on_products(small_run, small_tables[0], ProductFolder(folder))
    return folder


@pytest.fixture
def advice(advised: Path, found: RunFolder) -> ProductAdvice:
    """Put the advice beside the open result."""
    shutil.copytree(advised / FOLDER, found.folder / FOLDER)
    read = ProductFolder(found.folder).advice()
    assert read is not None
    return read


def prose(app: AppTest) -> str:
    """Return all prose of a page as it is meant, escapes taken out."""
    told = (element.value for kind in ("markdown", "caption") for element in app.get(kind))
    return "\n".join(told).replace("\\", "")


def test_it_is_one_press_and_is_followed(app: AppTest, workspace: Workspace, run_id: str) -> None:
    """The job is of this run, and can be cancelled there."""
    open_page(app, PAGE, run=run_id)
    app.button(key="recommend").click().run()
    assert not app.exception
    (job,) = list_jobs(workspace, "train")
    assert (job.kind, job.spec["run"]) == ("recommend_products", run_id)
    assert not any(button.key == "recommend" for button in app.button)
    app.button(key=f"cancel_{job.id}").click().run()
    assert not app.exception
    assert any(button.key == "recommend" for button in app.button)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_was_found_is_shown(
    app: AppTest, found: RunFolder, advice: ProductAdvice, lang: str
) -> None:
    """Lists, demand and the test of both are told, in either language."""
    open_page(app, PAGE, run=found.folder.name, lang=lang)
    assert not app.exception
    tables = [frame.value for frame in app.dataframe]
    assert any(len(table) == 10 for table in tables)
    assert advice.demand_test is not None
    if lang == "en":
        told = prose(app)
        assert "In use:" in told or "Bestsellers" in told
        assert " off. " in told
        assert "Most will be asked for in" in told


def test_customers_of_a_category_are_opened(
    app: AppTest, found: RunFolder, advice: ProductAdvice
) -> None:
    """The button opens those who bring most of what is expected, on the page Customers."""
    open_page(app, PAGE, run=found.folder.name)
    category = app.selectbox(key="products_category").value
    app.button(key="products_category_behind").click().run()
    assert not app.exception
    run, title, keys = app.session_state["customers_behind"]
    assert run == found.folder.name
    assert category in title
    shares = ProductFolder(found.folder).shares()[category]
    expected = (found.forecast()["predicted"] * shares).clip(lower=0)
    part = expected.loc[keys].sum() / expected.sum()
    assert 0.8 <= part < 0.9
    assert expected.drop(keys).max() <= expected.loc[keys].min()


def test_offers_ask_for_the_margin_first(
    app: AppTest, workspace: Workspace, found: RunFolder, dataset_id: str
) -> None:
    """Without a margin nothing is guessed; with one, depths stay below it and fairness is told."""
    open_page(app, PAGE, run=found.folder.name)
    assert "nothing is guessed" in prose(app)
    keep(workspace, dataset_id, EconomicSettings(margin_rate=0.4))
    open_page(app, PAGE, run=found.folder.name)
    table = next(frame.value for frame in app.dataframe if "Discount up to" in frame.value.columns)
    depths = table["Discount up to"].str.rstrip("%").replace("–", np.nan).astype(float)
    assert depths.max() <= 40
    assert "everybody in a tier is offered the same" in prose(app)


def test_a_value_table_says_what_to_bring(app: AppTest, value_run_id: str) -> None:
    """One value per customer names no products."""
    open_page(app, PAGE, run=value_run_id)
    assert "names no products" in prose(app)


@pytest.mark.parametrize(
    ("gone", "says"), [("lines", "column for the product"), ("products", "Read the files again")]
)
def test_data_without_products_say_what_is_missing(
    app: AppTest, workspace: Workspace, run_id: str, dataset_id: str, gone: str, says: str
) -> None:
    """No product column, or an older data set: one sentence and one thing to do."""
    (workspace.dataset(dataset_id).folder / f"{gone}.parquet").unlink()
    open_page(app, PAGE, run=run_id)
    assert says in prose(app)
    assert not any(button.key == "recommend" for button in app.button)


def test_damaged_advice_is_told_and_offered_anew(
    app: AppTest, found: RunFolder, advice: ProductAdvice
) -> None:
    """A file that cannot be read is no fault of the page."""
    del advice
    (found.folder / FOLDER / ADVICE_FILE).write_text("{", "utf-8")
    open_page(app, PAGE, run=found.folder.name)
    assert [error.value for error in app.error]
    assert any(button.key == "recommend" for button in app.button)


def test_one_customer_s_products(app: AppTest, found: RunFolder, advice: ProductAdvice) -> None:
    """The block on the customer's page lists ten, or says where they are worked out."""
    del advice
    key = int(found.forecast().index[0])

    def page(run_id: str, key: int) -> None:
        from pages.parts.recommended import show_recommended  # noqa: PLC0415

        show_recommended(run_id, key)

    block = AppTest.from_function(page, kwargs={"run_id": found.folder.name, "key": key}).run()
    assert not block.exception
    assert len(block.dataframe[0].value) == 10
    shutil.rmtree(found.folder / FOLDER)
    block.run()
    assert [button.key for button in block.button] == ["recommended_go"]


def demand_of(*names: str) -> pd.DataFrame:
    """Return demand of some categories, with ranges."""
    rows = {
        name: {
            "known_money": 80.0 - place,
            "known_pieces": 8.0,
            "new_money": 20.0,
            "new_pieces": 2.0,
            "money": 100.0 - place,
            "pieces": 10.0,
            "price": 10.0,
            "low_money": 70.0,
            "high_money": 140.0,
        }
        for place, name in enumerate(names)
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("category")


def test_demand_bars_disarm_names_and_show_ranges() -> None:
    """Markup in a category's name stays text; whiskers end where the range does."""
    figure = charts_products.demand_bars(demand_of(MARKUP, "", " "), "money", 90, TERMS)
    labels = list(figure.data[0].y)
    assert "<b>" not in "".join(labels)
    assert labels[1:] == ["No category", "All smaller categories"]
    assert figure.data[1].error_x.array[0] == 40.0
    assert figure.data[1].error_x.arrayminus[0] == 30.0
    assert "90 days" in figure.layout.title.text


def test_demand_of_nothing_is_told_as_that() -> None:
    """Where what comes back outweighs what is sold there is no largest share."""
    demand = demand_of("Tea").assign(known_money=-50.0, money=-30.0)
    title = charts_products.demand_bars(demand, "money", 90, TERMS).layout.title.text
    assert title == "No more is expected to be sold than comes back."
