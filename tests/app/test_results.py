"""Pages that show a result: what they say, and what they never give away."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.models.titles import MODEL_TITLES
from clv_core.runs.folder import RunFolder
from clv_core.storage.workspace import Workspace
from pages.parts.text import money, safe
from tests.app.conftest import open_page

TRUST = "pages/model/trust.py"
OVERVIEW = "pages/value/overview.py"
SEGMENTS = "pages/value/segments.py"
CUSTOMERS = "pages/value/customers.py"
EXPLAIN = "pages/value/explain.py"
TIERS = "pages/act/tiers.py"
EXPORT = "pages/act/export.py"


def said(app: AppTest) -> str:
    """Return all prose of a page."""
    return "\n".join(element.value for kind in ("markdown", "caption") for element in app.get(kind))


def test_the_overview_says_what_value_means_with_its_numbers(
    app: AppTest, run_id: str, found: RunFolder
) -> None:
    """Days, dates and customers of this result stand in the sentence, its total in the metric."""
    open_page(app, OVERVIEW, run=run_id)
    plan, forecast = found.plan(), found.forecast()
    assert f"in the {plan.horizon_days} days after" in said(app)
    assert f"the {len(forecast)} customers who had bought by then" in said(app)
    metrics = {metric.label: metric.value for metric in app.metric}
    shown = metrics[f"Expected net revenue, {plan.horizon_days} days"]
    assert shown == safe(money(float(forecast["predicted"].sum()), "USD"))
    assert safe(str(found.verdict().worth))[:40] in said(app)


def test_trust_names_the_winner_whoever_it_is(app: AppTest, run_id: str, found: RunFolder) -> None:
    """The first sentence is the verdict's, every model is on the board, the one in use marked."""
    open_page(app, TRUST, run=run_id)
    board = found.scoreboard()
    table = app.dataframe[0].value
    assert str(MODEL_TITLES[board.winner]) in app.main.markdown[1].value.replace("\\", "")
    assert set(table["Model"]) == {str(MODEL_TITLES[model]) for model in board.models}
    marked = table.loc[table["Note"].str.contains("in use"), "Model"]
    assert list(marked) == [str(MODEL_TITLES[board.recommended])]


def test_a_measure_that_needs_amounts_shows_rankings_as_undefined(
    app: AppTest, run_id: str
) -> None:
    """Past spend has no mean absolute error, and the table says so instead of a number."""
    open_page(app, TRUST, run=run_id)
    app.selectbox(key="trust_metric").select("mae").run()
    assert not app.exception
    table = app.dataframe[0].value.set_index("Model")
    assert table.loc["Past spend (ranking)", "Measured"] == "–"
    assert table["Measured"].iloc[0].startswith("$")


def test_cutoffs_move_the_tiers_on_every_page(app: AppTest, run_id: str) -> None:
    """A smaller share for high leaves fewer customers in it, there and on the next page."""
    open_page(app, SEGMENTS, run=run_id)
    before = app.dataframe[0].value.set_index("Tier")["Customers"]
    app.slider[0].set_range(10, 30).run()
    after = app.dataframe[0].value.set_index("Tier")["Customers"]
    assert after["High"] < before["High"]
    assert after.sum() == before.sum()

    app.switch_page(CUSTOMERS).run()
    assert "moved on the page Segments" in said(app)
    app.pills(key="customers_value").set_value(["high"]).run()
    assert len(app.dataframe[0].value) == after["High"]


def test_equal_cutoffs_are_refused_in_words(app: AppTest, run_id: str) -> None:
    """High and middle ending at the same place is told, with nothing broken."""
    open_page(app, SEGMENTS, run=run_id)
    app.slider[0].set_range(40, 40).run()
    assert not app.exception
    assert len(app.error) == 1


def test_customers_are_found_by_part_of_their_id(
    app: AppTest, run_id: str, found: RunFolder
) -> None:
    """The search narrows the table, and the id never reaches the URL or any prose."""
    wanted = str(pd.read_csv(found.folder / "forecast.csv", dtype=str)["customer_id"].iloc[7])
    open_page(app, CUSTOMERS, run=run_id)
    app.text_input(key="customers_search").set_value(wanted.lower()).run()
    assert not app.exception
    assert list(app.dataframe[0].value["customer_id"]) == [wanted]
    assert wanted not in json.dumps(dict(app.query_params))
    assert wanted not in said(app)


def test_a_search_without_a_match_says_so(app: AppTest, run_id: str) -> None:
    """Signs of regular expressions are no error, just no match."""
    open_page(app, CUSTOMERS, run=run_id)
    app.text_input(key="customers_search").set_value("(((").run()
    assert not app.exception
    assert app.info[0].value.startswith("No customer fits")


def test_reasons_carry_the_currency_and_claim_no_cause(app: AppTest, run_id: str) -> None:
    """One customer's reasons are in money; the page says what they are not."""
    open_page(app, CUSTOMERS, run=run_id)
    reasons = [text.value for text in app.markdown if text.value.startswith("- ")]
    assert reasons
    assert all("\\$" in reason for reason in reasons)
    open_page(app, EXPLAIN)
    assert app.info[0].value.startswith("These are associations, not causes.")
    assert "largest gap" in said(app)


def test_a_tier_leads_to_its_export(app: AppTest, run_id: str, found: RunFolder) -> None:
    """The export opens with that tier chosen and lists exactly its customers."""
    open_page(app, TIERS, run=run_id)
    app.button(key="export:rest").click().run()
    assert not app.exception
    assert app.title[0].value == "Export"
    assert app.pills(key="export_marketing").value == ["rest"]
    customers = found.customers()
    assert customers is not None
    forecast = found.forecast()
    agreed = customers["consent"].reindex(forecast.index).astype("boolean").fillna(False)
    size = int((agreed & (forecast["marketing_tier"] == "rest")).sum())
    assert app.subheader[0].value == f"{size} customers"


@pytest.fixture
def bare_run(workspace: Workspace, run_id: str) -> str:
    """Return a result without test, ranges, chances of buying or currency."""
    folder = workspace.run(run_id).folder
    (folder / "scoreboard.json").unlink()
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest |= {"total": None, "coverage": None, "interval": None, "currency": ""}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    forecast = pd.read_parquet(folder / "forecast.parquet")
    unknown = ["low", "high", "p_buy", "expected_orders"]
    forecast[unknown] = float("nan")
    forecast.to_parquet(folder / "forecast.parquet")
    return run_id


@pytest.mark.parametrize("page", [TRUST, OVERVIEW, SEGMENTS, CUSTOMERS, EXPLAIN, TIERS, EXPORT])
def test_what_is_not_known_is_left_out_or_told(app: AppTest, bare_run: str, page: str) -> None:
    """A short history gives no test and no ranges; every page says so or does without."""
    open_page(app, page, run=bare_run)
    assert not re.search(r"\bnan\b", said(app).lower())
    assert not any("nan" in str(metric.value).lower() for metric in app.metric)
    assert "$" not in "".join(str(metric.value) for metric in app.metric)
    if page in (TRUST, OVERVIEW):
        told = said(app) + "".join(info.value for info in app.info)
        assert "was not tested" in told
