"""The page of cohorts: its figures, what it opens, and payback where costs are given."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.economic_settings import EconomicSettings
from clv_core.runs.folder import RunFolder
from clv_core.segments.cohort_outlook import continue_curve, sum_cohorts
from clv_core.segments.cohorts import (
    MEASURES,
    assign_cohorts,
    find_first_purchases,
    measure_cohorts,
)
from clv_core.storage.kept_settings import keep
from clv_core.storage.workspace import Workspace
from pages.parts import cached, charts_cohort_curves, charts_cohorts, derived_cohorts
from pages.parts.subjects import read_subject
from tests.app.conftest import open_page

PAGE = "pages/value/cohorts.py"
UNITS = ("week", "month", "quarter")


def said(app: AppTest) -> str:
    """Return all prose of the page."""
    return "\n".join(element.value for kind in ("markdown", "caption") for element in app.get(kind))


def test_the_page_opens_the_customers_of_a_cell(app: AppTest, run_id: str) -> None:
    """The button names as many customers as the list of customers then shows."""
    open_page(app, PAGE, run=run_id)
    cohorts = derived_cohorts.cohorts(run_id, "month")
    cell = cohorts.cells[(cohorts.cells["period"] == 1) & (cohorts.cells["active"] > 0)].iloc[0]
    at = list(cohorts.sizes.index).index(cell["cohort"])
    app.selectbox(key=f"cohorts_chosen:{run_id}:month").select_index(at).run()
    app.selectbox(key=f"cohorts_period:{run_id}:month:{at}").select(1).run()
    button = next(one for one in app.button if one.label.startswith("Show "))
    assert button.label == f"Show {cell['active']} customers"
    assert button.label.split()[1].isdigit()
    button.click().run()
    assert not app.exception
    assert app.title[0].value == "Customers"
    title, keys = app.session_state["customers_behind"][1:]
    assert title.startswith("Won in ")
    assert len(keys) == cell["active"]


def test_weeks_and_quarters_have_their_figures_too(app: AppTest, run_id: str) -> None:
    """The page renders for every period, with findings in numbers."""
    open_page(app, PAGE, run=run_id)
    for unit in ("week", "quarter"):
        app.segmented_control[0].set_value(unit).run()
        assert not app.exception
        assert "nan" not in said(app).lower()


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_has_its_finding(run_id: str, measure: str) -> None:
    """Each of them is told with a number, and each cell has its text."""
    cohorts, terms = derived_cohorts.cohorts(run_id, "month"), read_subject(run_id).terms
    figure = charts_cohorts.cohort_heatmap(cohorts, measure, terms)
    assert any(sign.isdigit() for sign in figure.layout.title.text)
    for trace in figure.data:
        known = [bool(text) for row in trace.text for text in row]
        assert known == [not np.isnan(value) for row in trace.z for value in row]


def test_without_costs_the_missing_inputs_are_named(app: AppTest, run_id: str) -> None:
    """Margin and cost are asked for, and no payback is drawn."""
    open_page(app, PAGE, run=run_id)
    assert [one.value.split()[1] for one in app.info] == ["margin", "cost"]
    assert "LTV:CAC is" not in said(app)


def test_with_costs_payback_is_told_by_cohort(
    app: AppTest, workspace: Workspace, dataset_id: str, run_id: str
) -> None:
    """A cost of next to nothing is earned back at once by every cohort."""
    keep(workspace, dataset_id, EconomicSettings(margin_rate=0.5, acquisition_cost=0.01))
    open_page(app, PAGE, run=run_id)
    assert not app.info
    table = app.dataframe[-1].value
    assert set(table["Paid back"]) == {"in month 0"}
    size = len(derived_cohorts.cohorts(run_id, "month").sizes)
    assert f"{size} of {size} cohorts have earned back" in said(app)


def test_a_value_table_has_no_cohorts_and_says_so(app: AppTest, value_run_id: str) -> None:
    """One sentence and the way to orders, in place of figures."""
    open_page(app, PAGE, run=value_run_id)
    assert "knows no days" in said(app)
    assert [button.label for button in app.main.button] == ["Bring data in"]


@pytest.mark.parametrize("unit", UNITS)
def test_figures_hold_the_numbers_of_their_tables(
    app: AppTest, run_id: str, found: RunFolder, unit: str
) -> None:
    """A row per cohort, a column per period; the forecast begins where the data end."""
    tables = cached.tables(cached.dataset_of_run(run_id))
    cohorts = measure_cohorts(tables, found.plan().forecast_cutoff, unit)
    assigned = assign_cohorts(find_first_purchases(tables, cohorts.last_day), unit)
    outlook = sum_cohorts(cohorts, assigned, found.forecast(), {})
    subject = read_subject(run_id)
    figure = charts_cohorts.cohort_heatmap(cohorts, "retention", subject.terms)
    assert figure.data[0].z.shape == figure.data[1].z.shape
    assert figure.data[0].z.shape[0] == len(cohorts.sizes)
    chosen = cohorts.sizes.index[0]
    ahead = continue_curve(cohorts, outlook, chosen, subject.days)
    curves = charts_cohort_curves.revenue_curves(
        cohorts, chosen, ahead, subject.days, subject.terms
    )
    assert list(curves.data[-1].y) == list(ahead["value"])
    assert outlook["expected"].sum() == pytest.approx(found.forecast()["predicted"].sum())
