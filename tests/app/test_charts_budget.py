"""Figures of a budget: built from a plan, they say what it says."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.activation.budget import BudgetPlan, allocate, trace_budgets
from clv_core.activation.budget_risk import measure_sensitivity
from clv_core.activation.spend_response import SpendResponse
from pages.parts.charts_budget import allocation_bars, marginal_curve, tornado
from pages.parts.terms import name_days_to_come


@pytest.fixture
def response() -> SpendResponse:
    """Return two tiers that may gain 1,600 and 800, half of it for 100."""
    return SpendResponse(
        ("protect", "grow"),
        np.array([1600.0, 800.0]),
        np.array([100.0, 100.0]),
        np.zeros(2),
        np.full(2, np.inf),
    )


@pytest.fixture
def plan(response: SpendResponse) -> BudgetPlan:
    """Divide 300: 200 and 100."""
    return allocate(response, 300.0)


def test_bars_stand_in_the_order_of_the_plan(plan: BudgetPlan) -> None:
    """A click's place is the plan's row; the title names the largest part."""
    figure = allocation_bars(plan, name_days_to_come("USD"))
    spent, gained = figure.data
    assert list(spent.y) == ["Protect", "Grow"]
    assert list(spent.x) == pytest.approx([200.0, 100.0])
    assert list(gained.x) == pytest.approx([1200.0, 400.0])
    assert figure.layout.title.text == "Protect gets the most: $200 of $300"


def test_a_plan_that_spends_nothing_says_so(response: SpendResponse) -> None:
    """Where no money comes back there is no largest part."""
    hopeless = response.scale(np.array([0.01, 0.01]))
    figure = allocation_bars(allocate(hopeless, 300.0), name_days_to_come(""))
    assert figure.layout.title.text.startswith("Nothing is spent")


def test_the_curve_marks_the_budget(response: SpendResponse, plan: BudgetPlan) -> None:
    """The mark lies at 300 and 4 ln 2; beyond break-even the title says where to stop."""
    terms = name_days_to_come("USD")
    figure = marginal_curve(trace_budgets(response, 300.0), plan, terms)
    assert (figure.data[2].x[0], figure.data[2].y[0]) == pytest.approx((300.0, 4 * np.log(2)))
    assert "adds 2.77 of margin" in figure.layout.title.text

    plenty = allocate(response, 5000.0)
    figure = marginal_curve(trace_budgets(response, 5000.0), plenty, terms)
    assert figure.layout.title.text.startswith("Beyond $594")


def test_the_tornado_reaches_to_both_nets(response: SpendResponse, plan: BudgetPlan) -> None:
    """Bars begin at the plan's net of 1,300 and end at the nets of either side."""
    figure = tornado(measure_sensitivity(response, plan, {}), name_days_to_come("USD"))
    down, up = figure.data
    assert down.base == pytest.approx(1300.0)
    assert down.base + down.x[0] == pytest.approx(980.0)
    assert up.base + up.x[0] == pytest.approx(1620.0)
    assert "between $980 and $1,620" in figure.layout.title.text


def test_last_bits_of_sums_are_no_money_left(response: SpendResponse) -> None:
    """Below break-even every budget is spent, and no figure says that more brings less."""
    for budget in np.linspace(1.0, 590.0, 120):
        planned = allocate(response, float(budget))
        assert planned.marginal > 1
        assert planned.unspent == 0.0
    assert allocate(response, 5000.0).unspent == pytest.approx(5000 - 594.27, abs=0.5)
