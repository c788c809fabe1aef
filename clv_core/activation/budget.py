"""A budget divided among groups of customers, where each unit of money brings most.

Maximised is what the money adds less the money itself, under the budget and under
each group's limits. The gains are concave and the groups do not touch each other, so
the optimum is known by one number (Karush, Kuhn and Tucker): the marginal return λ.
Every group between its limits gets as much as makes its next unit return λ, a group
at its upper limit returns more, one at its lower limit less; λ is 1 where the budget
is not used up, since nobody should spend what comes back as less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from clv_core.activation.spend_response import FloatArray, SpendResponse, to_table
from clv_core.errors import InvalidSetting
from clv_core.sentences import Sentence

BREAK_EVEN = 1.0
_POINTS = 60  # of the curve of budgets


@dataclass(frozen=True)
class BudgetPlan:
    """A budget divided.

    Attributes
    ----------
    budget : float
    table : DataFrame, index tier
        ``spend``, ``gain`` (margin added), ``net`` (gain less spend), ``marginal`` (what
        the next unit of money adds), ``least``, ``most``.
    marginal : float
        λ: what the last unit of the budget adds; 1 where money is left.
    """

    budget: float
    table: pd.DataFrame
    marginal: float

    @property
    def spend(self) -> float:
        """What is spent in total."""
        return float(self.table["spend"].sum())

    @property
    def unspent(self) -> float:
        """What is left of the budget, since more of it would not come back."""
        if self.marginal > BREAK_EVEN:  # all is spent, but for the last bits of sums
            return 0.0
        return max(self.budget - self.spend, 0.0)

    @property
    def gain(self) -> float:
        """Margin added in total."""
        return float(self.table["gain"].sum())

    @property
    def net(self) -> float:
        """Margin added less what was spent."""
        return self.gain - self.spend

    @property
    def break_even(self) -> float | None:
        """Share of the assumed lifts at which the plan pays for itself; None if nothing gains."""
        return self.spend / self.gain if self.gain > 0 else None


def allocate(response: SpendResponse, budget: float) -> BudgetPlan:
    """Divide a budget.

    Raises
    ------
    InvalidSetting
        When the groups' least amounts exceed the budget.
    """
    needed = float(response.least.sum())
    if needed > budget:
        raise InvalidSetting(
            Sentence(
                "The groups' least amounts add up to {needed:,.2f}, more than the budget of"
                " {budget:,.2f}.",
                needed=needed,
                budget=budget,
            ),
            Sentence("Lower some of them or raise the budget."),
        )
    marginal = _find_marginal(response, budget)
    spend = response.invert_slope(marginal)
    return BudgetPlan(budget, _lay_out(response, spend), marginal)


def _find_marginal(response: SpendResponse, budget: float) -> float:
    """Find the marginal return at which the budget is used up; 1 where it never is."""

    def left_over(log_slope: float) -> float:
        return budget - float(response.invert_slope(float(np.exp(log_slope))).sum())

    if left_over(0.0) >= 0:
        return BREAK_EVEN
    is_open = response.most > response.least
    steepest = float(response.slope(response.least)[is_open].max())  # there all get the least
    highest = float(np.log(steepest))
    if left_over(highest) <= 0:
        return steepest
    root = optimize.brentq(left_over, 0.0, highest, xtol=1e-14, rtol=1e-14, maxiter=500)
    return float(np.exp(root))


def spread_evenly(response: SpendResponse, customers: FloatArray, money: float) -> float:
    """Return the net gain of the same money given evenly to every customer, limits apart."""
    spend = money * customers / customers.sum()
    return float(response.gain(spend).sum() - money)


def trace_budgets(response: SpendResponse, budget: float) -> pd.DataFrame:
    """Return what budgets up to twice the given one bring at best.

    Returns
    -------
    DataFrame with ``budget``, ``spend``, ``gain``, ``net``, ``marginal``
        From the groups' least amounts on.
    """
    lowest = float(response.least.sum())
    budgets = np.linspace(lowest, max(2 * budget, lowest), _POINTS)
    return compare_budgets(response, budgets)


def compare_budgets(response: SpendResponse, budgets: FloatArray) -> pd.DataFrame:
    """Return what some budgets bring at best; those below the least amounts are left out."""
    lowest = float(response.least.sum())
    plans = [allocate(response, float(budget)) for budget in budgets if budget >= lowest]
    return pd.DataFrame(
        {
            "budget": [plan.budget for plan in plans],
            "spend": [plan.spend for plan in plans],
            "gain": [plan.gain for plan in plans],
            "net": [plan.net for plan in plans],
            "marginal": [plan.marginal for plan in plans],
        }
    )


def _lay_out(response: SpendResponse, spend: FloatArray) -> pd.DataFrame:
    gain = response.gain(spend)
    return to_table(
        response,
        spend=spend,
        gain=gain,
        net=gain - spend,
        marginal=response.slope(spend),
        least=response.least,
        most=response.most,
    )
