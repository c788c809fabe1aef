"""A budget divided: optima known by hand, scipy's own solver, what limits do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from clv_core.activation.budget import (
    BREAK_EVEN,
    allocate,
    compare_budgets,
    spread_evenly,
    trace_budgets,
)
from clv_core.activation.budget_risk import measure_sensitivity
from clv_core.activation.spend_response import (
    BudgetSettings,
    SpendResponse,
    TierResponse,
    assume_response,
    fill_in,
)
from clv_core.errors import InvalidSetting
from clv_core.evaluation.totals import TotalInterval
from clv_core.sentences import Sentence


def two_tiers(**limits: list[float]) -> SpendResponse:
    """Return two tiers that may gain 1,600 and 800, half of it for 100."""
    return SpendResponse(
        names=("protect", "grow"),
        greatest=np.array([1600.0, 800.0]),
        half=np.array([100.0, 100.0]),
        least=np.array(limits.get("least", [0.0, 0.0])),
        most=np.array(limits.get("most", [np.inf, np.inf])),
    )


def test_the_optimum_of_two_tiers_is_the_one_by_hand() -> None:
    """Equal slopes ask for one half spend more on the tier that gains twice as much.

    Of 300 that is 200 and 100; gains 1600 x 3/4 and 800 x 1/2; the next unit brings
    1600 ln 2 / 100 / 4.
    """
    plan = allocate(two_tiers(), 300.0)

    assert list(plan.table["spend"]) == pytest.approx([200.0, 100.0])
    assert list(plan.table["gain"]) == pytest.approx([1200.0, 400.0])
    assert plan.net == pytest.approx(1300.0)
    assert plan.marginal == pytest.approx(4 * np.log(2))
    assert plan.break_even == pytest.approx(300 / 1600)


def test_marginal_returns_are_equal_where_no_limit_binds() -> None:
    """Karush-Kuhn-Tucker: at the upper limit the next unit brings more, at the lower less."""
    plan = allocate(two_tiers(least=[0.0, 0.0], most=[150.0, np.inf]), 300.0)
    assert list(plan.table["spend"]) == pytest.approx([150.0, 150.0])
    assert plan.table["marginal"]["grow"] == pytest.approx(plan.marginal)
    assert plan.table["marginal"]["protect"] > plan.marginal

    plan = allocate(two_tiers(least=[0.0, 160.0]), 300.0)
    assert list(plan.table["spend"]) == pytest.approx([140.0, 160.0])
    assert plan.table["marginal"]["protect"] == pytest.approx(plan.marginal)
    assert plan.table["marginal"]["grow"] < plan.marginal


def test_money_that_would_not_come_back_is_not_spent() -> None:
    """With more than enough, each tier gets what brings its next unit down to one."""
    plan = allocate(two_tiers(), 10_000.0)

    wanted = 100 * np.log2(np.array([16.0, 8.0]) * np.log(2))
    assert list(plan.table["spend"]) == pytest.approx(list(wanted))
    assert plan.marginal == BREAK_EVEN
    assert plan.unspent == pytest.approx(10_000 - wanted.sum())


def test_least_amounts_are_spent_even_where_nothing_comes_back() -> None:
    """A tier without value gets its least amount and no more."""
    nothing = SpendResponse(
        ("rest",), np.array([0.0]), np.array([100.0]), np.array([40.0]), np.array([np.inf])
    )
    plan = allocate(nothing, 100.0)

    assert plan.spend == 40.0
    assert plan.net == -40.0
    assert plan.break_even is None


def test_no_budget_buys_nothing() -> None:
    """Of nothing nothing is spent, and the curve of budgets is a point."""
    plan = allocate(two_tiers(), 0.0)
    assert plan.spend == pytest.approx(0.0, abs=1e-9)
    assert plan.marginal == pytest.approx(16 * np.log(2))
    assert trace_budgets(two_tiers(), 0.0)["gain"].abs().max() < 1e-6


def test_a_budget_below_the_least_amounts_is_refused() -> None:
    """The sentence names both amounts."""
    with pytest.raises(InvalidSetting) as refused:
        allocate(two_tiers(least=[200.0, 150.0]), 300.0)
    assert "350.00" in str(refused.value)
    assert "300.00" in str(refused.value)


amounts = st.floats(1.0, 1e5)
lifts = st.lists(st.tuples(amounts, st.floats(1.0, 1e4)), min_size=2, max_size=6)


def draw_response(drawn: list[tuple[float, float]]) -> SpendResponse:
    """Return groups without limits."""
    greatest, half = np.array(drawn).T
    zeros = np.zeros(len(drawn))
    return SpendResponse(
        tuple(map(str, range(len(drawn)))), greatest, half, zeros, np.full(len(drawn), np.inf)
    )


@given(lifts, amounts, amounts)
def test_more_money_never_brings_less(
    drawn: list[tuple[float, float]], budget: float, more: float
) -> None:
    """With a larger budget no group gets less, the net gain does not fall, nothing is overspent."""
    response = draw_response(drawn)
    small, large = allocate(response, budget), allocate(response, budget + more)

    slack = 1e-6 * (budget + more)
    assert small.spend <= budget + slack
    assert (large.table["spend"] >= small.table["spend"] - slack).all()
    assert large.net >= small.net - slack


@given(lifts, amounts)
def test_a_tier_that_gains_more_never_gets_less(
    drawn: list[tuple[float, float]], budget: float
) -> None:
    """Raising the first group's lift does not lower what is spent on it."""
    response = draw_response(drawn)
    raised = response.scale(np.where(np.arange(len(drawn)) == 0, 1.5, 1.0))

    before = allocate(response, budget).table["spend"].iloc[0]
    assert allocate(raised, budget).table["spend"].iloc[0] >= before - 1e-6 * budget


@pytest.mark.parametrize("seed", range(5))
def test_scipys_general_solver_finds_nothing_better(seed: int) -> None:
    """SLSQP, told the same gains and limits, ends at the same net gain."""
    random = np.random.default_rng(seed)
    least = random.uniform(0, 20, 5)
    response = SpendResponse(
        tuple("abcde"),
        random.uniform(100, 3000, 5),
        random.uniform(50, 400, 5),
        least,
        least + random.uniform(10, 500, 5),
    )
    budget = float(least.sum() + random.uniform(50, 600))
    plan = allocate(response, budget)

    found = optimize.minimize(
        lambda spend: -(response.gain(spend).sum() - spend.sum()) / 1000,
        least,
        jac=lambda spend: -(response.slope(spend) - 1) / 1000,
        method="SLSQP",
        bounds=list(zip(response.least, response.most, strict=True)),
        constraints={"type": "ineq", "fun": lambda spend: budget - spend.sum()},
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert found.success
    assert plan.net == pytest.approx(-found.fun * 1000, rel=1e-5)
    assert list(plan.table["spend"]) == pytest.approx(list(found.x), abs=0.5)


def test_budgets_are_compared_and_traced() -> None:
    """Twenty per cent more brings more; the curve begins where the least amounts end."""
    response = two_tiers(least=[50.0, 0.0])
    compared = compare_budgets(response, np.array([40.0, 240.0, 300.0, 360.0]))
    assert list(compared["budget"]) == [240.0, 300.0, 360.0]
    assert compared["net"].is_monotonic_increasing
    assert compared["marginal"].is_monotonic_decreasing

    curve = trace_budgets(response, 300.0)
    assert curve["budget"].iloc[[0, -1]].tolist() == [50.0, 600.0]


def test_the_optimum_beats_spreading_evenly() -> None:
    """300 on 100 and 200 customers is 100 and 200: 1600 / 2 + 800 x 3/4 - 300."""
    even = spread_evenly(two_tiers(), np.array([100.0, 200.0]), 300.0)
    assert even == pytest.approx(1100.0)
    assert allocate(two_tiers(), 300.0).net > even


def test_sensitivity_keeps_the_spending() -> None:
    """A fifth off every lift takes a fifth of the gain; ranges move the forecast to their ends."""
    response = two_tiers()
    plan = allocate(response, 300.0)
    half = TotalInterval(100.0, 50.0, 150.0, 0.8, 1.0, Sentence("x"))
    table = measure_sensitivity(response, plan, {"protect": half, "grow": half}).table

    rows = table.set_index(["assumption", "tier"])
    assert rows.loc[("factors", ""), "net_down"] == pytest.approx(0.8 * 1600 - 300)
    assert rows.loc[("factors", ""), "net_up"] == pytest.approx(1.2 * 1600 - 300)
    assert rows.loc[("tier_lift", "grow"), "net_down"] == pytest.approx(1600 - 0.2 * 400 - 300)
    assert rows.loc[("value_range", ""), "net_down"] == pytest.approx(0.5 * 1600 - 300)
    assert rows.loc[("half_spend", ""), "net_down"] > plan.net
    assert table["assumption"].iloc[0] == "value_range"


PROFILE = pd.DataFrame(
    {"tier": ["reward", "grow", "rest"], "customers": [10, 40, 0], "value": [5000.0, -10.0, 0.0]}
)


def test_the_response_follows_from_the_assumptions() -> None:
    """Margin x value x lift, customers x half spend; refunds gain nothing; the empty are out."""
    settings = {
        "reward": TierResponse(max_lift=0.2, half_spend=4.0, most=90.0),
        "grow": TierResponse(max_lift=0.1, half_spend=2.0, least=5.0),
    }
    response = assume_response(PROFILE, 0.3, settings)

    assert response.names == ("reward", "grow")
    assert list(response.greatest) == pytest.approx([300.0, 0.0])
    assert list(response.half) == [40.0, 80.0]
    assert list(response.least) == [0.0, 5.0]
    assert list(response.most) == [90.0, np.inf]


def test_starting_values_favour_no_tier() -> None:
    """What was never said is the same for every tier, and rounded to two figures."""
    total, tiers = fill_in(BudgetSettings(), PROFILE, 0.3)
    assert total == 15.0
    assert {tier.half_spend for tier in tiers.values()} == {0.75}
    assert {tier.max_lift for tier in tiers.values()} == {0.05}

    own = TierResponse(max_lift=0.5, half_spend=3.0)
    total, tiers = fill_in(BudgetSettings(total=7.0, tiers={"grow": own}), PROFILE, 0.3)
    assert total == 7.0
    assert tiers["grow"] == own


def test_limits_the_wrong_way_round_are_refused() -> None:
    """The most below the least is told as a setting that cannot be used."""
    with pytest.raises(InvalidSetting):
        TierResponse.check({"half_spend": 1.0, "least": 5.0, "most": 4.0})
