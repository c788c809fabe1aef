"""Ranges of single customers: a share of all of them should fall inside their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

from clv_core.evaluation.chances import find_shift
from clv_core.evaluation.metrics import Floats
from clv_core.evaluation.spread import Customers, SpendDistribution

MOST_GIVEN_UP: Final = 0.15  # of the share, by customers of little value
VALUE_IN_FULL: Final = 0.5  # who carry this share of the value, highest first, give up nothing
VALUE_IN_PART: Final = 0.8  # who carry the rest beyond this, as much as is needed


@dataclass(frozen=True)
class Ranges:
    """Bounds between which a stated share of all customers should fall.

    Bounds are quantiles of :class:`~clv_core.evaluation.spread.SpendDistribution`,
    widened to include the forecast, made to hold a customer at a *level*.

    Who buys nothing with a chance above the share falls inside any range from 0 more
    often than that, and nothing narrower holds less. The share is meant of all
    customers together, so that others may fall inside less often: ranges then are as
    narrow as the share allows (Sadinle, Lei and Wasserman 2019, "Least ambiguous
    set-valued classifiers with bounded error levels"). Those whose forecasts carry the
    first half of the value keep a level of the share itself. From there it falls, with
    the log of the forecast, to ``least_level`` for those who carry the last fifth: the
    level at which as many of all customers should be inside as the share says, but no
    more than ``MOST_GIVEN_UP`` below it. Where that does not make up for those who buy
    nothing, more customers than the share fall inside.

    Attributes
    ----------
    share : float
        Of all customers that should fall inside.
    least_level : float
    full_from, part_from : float
        Forecast from which the level is ``share``, and up to which it is ``least_level``.
    distribution : SpendDistribution
    """

    share: float
    least_level: float
    full_from: float
    part_from: float
    distribution: SpendDistribution

    @classmethod
    def make(
        cls, distribution: SpendDistribution, predicted: pd.Series, p_buy: pd.Series, share: float
    ) -> Ranges:
        """Make ranges for the customers of a forecast; what they do later is not asked.

        Parameters
        ----------
        distribution : SpendDistribution
        predicted, p_buy : Series of float, index ``customer_key``
            Some of the forecasts are above nothing.
        share : float
            Of these customers that should fall inside, between 0 and 1.
        """
        customers = read_customers(predicted, p_buy)
        lines = _find_lines(customers.predicted)
        at_least = distribution.mass_to_forecast(customers)

        def excess(level: float) -> float:
            levels = cls(share, level, *lines, distribution)._levels(customers.predicted)
            return float(np.maximum(levels, at_least).mean()) - share

        lowest = share - MOST_GIVEN_UP
        if excess(lowest) >= 0:
            level = lowest
        elif excess(share) <= 0:  # nobody falls inside more often; less by a rounding error
            level = share
        else:
            level = float(brentq(excess, lowest, share))
        return cls(share, level, *lines, distribution)

    def bounds(self, predicted: pd.Series, p_buy: pd.Series) -> pd.DataFrame:
        """Return ``low`` and ``high`` of each forecast, on its index; it lies inside."""
        customers = read_customers(predicted, p_buy)
        low, high = self.distribution.bounds(customers, self._levels(customers.predicted))
        return pd.DataFrame(
            {
                "low": np.minimum(low, customers.predicted),
                "high": np.maximum(high, customers.predicted),
            },
            index=predicted.index,
        )

    def variance(self, predicted: pd.Series, p_buy: pd.Series) -> pd.Series:
        """Return the variance of what each customer brings, on the index."""
        found = self.distribution.variance(read_customers(predicted, p_buy))
        return pd.Series(found, index=predicted.index)

    def _levels(self, predicted: Floats) -> Floats:
        logs = np.log(np.maximum(predicted, self.part_from))
        ends = np.log([self.part_from, max(self.full_from, self.part_from * (1 + 1e-9))])
        return np.asarray(np.interp(logs, ends, [self.least_level, self.share]))

    def to_json(self) -> str:
        """Return the ranges as JSON text."""
        return json.dumps({**self.__dict__, "distribution": self.distribution.to_json()})

    @classmethod
    def from_json(cls, text: str) -> Ranges:
        """Rebuild what :meth:`to_json` wrote."""
        stored = json.loads(text)
        distribution = SpendDistribution.from_json(stored["distribution"])
        return cls(**{**stored, "distribution": distribution})


def learn_distribution(
    predicted: pd.Series, p_buy: pd.Series, actual: pd.Series
) -> SpendDistribution | None:
    """Learn on a window that has closed how customers scatter around their forecasts.

    What the window was off in all (how many bought, what came in) is taken out first:
    over many windows it told little of the next one's.

    Parameters
    ----------
    predicted, p_buy, actual : Series of float, index ``customer_key``
        Forecast, chance of buying and net revenue of the same customers.

    Returns
    -------
    SpendDistribution or None
        None where too few bought to learn from, or nothing was forecast or came in.
    """
    customers, came = read_customers(predicted, p_buy), actual.loc[predicted.index].to_numpy(float)
    expected, stirred = customers.predicted.sum(), float((came != 0).mean())
    if expected <= 0 or came.sum() <= 0 or stirred == 1:
        return None
    logits = logit(customers.p_buy)
    chances = expit(logits + find_shift(logits, stirred))
    return SpendDistribution.fit(
        Customers.of(customers.predicted * came.sum() / expected, chances), came
    )


def read_customers(predicted: pd.Series, p_buy: pd.Series) -> Customers:
    """Take forecasts and the chances of the same customers, in the order of the former."""
    return Customers.of(predicted.to_numpy(float), p_buy.loc[predicted.index].to_numpy(float))


def _find_lines(predicted: Floats) -> tuple[float, float]:
    """Return the lowest forecasts that still carry the first shares of all value."""
    ordered = np.sort(np.maximum(predicted, 0.0))[::-1]
    before = np.cumsum(ordered) - ordered
    full, part = (
        float(ordered[before < share * ordered.sum()].min())
        for share in (VALUE_IN_FULL, VALUE_IN_PART)
    )
    return full, part
