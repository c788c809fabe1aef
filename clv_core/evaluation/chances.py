"""Chances of buying that mean what they say: learnt on one window, told for the next.

Of customers given a chance of 30 %, 30 % should buy. How far apart a model's chances
lie, too far or not far enough, is a property of the model that the validation window
shows. How many buy in all is a property of the season, and is not learnt from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold

from clv_core.evaluation.metrics import BINS, Flags, Floats

IN_USE: Final = "in_use"  # chances as they are told, and as the model gave them
AS_GIVEN: Final = "as_given"
FEWEST_OF_EACH: Final = 30  # buyers and others, to learn a slope from
FOLDS: Final = 5
_CERTAIN: Final = 1e-6  # kept from 0 and 1, whose logits are infinite


@dataclass(frozen=True)
class ChanceCalibration:
    """A rule from the chance that a model gives to the one that holds.

    ``logit p' = slope · logit p + offset``: Platt (1999), "Probabilistic outputs for
    support vector machines", with the offset that leaves the mean chance of the window
    it was learnt on as it was.

    Attributes
    ----------
    slope, offset : float
        1 and 0 leave every chance as it is.
    """

    slope: float = 1.0
    offset: float = 0.0

    def apply(self, p_buy: pd.Series) -> pd.Series:
        """Return the chances that hold, on the index of those given."""
        if self == ChanceCalibration():
            return p_buy
        told = expit(self.slope * _logit(p_buy.to_numpy(float)) + self.offset)
        return pd.Series(told, index=p_buy.index, name=p_buy.name)

    def to_json(self) -> str:
        """Return the rule as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ChanceCalibration:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(**json.loads(text))


def learn_chances(p_buy: pd.Series, bought: pd.Series, seed: int) -> ChanceCalibration:
    """Learn how far apart chances should lie; keep them where that is not known to help.

    The slope is fitted on four fifths of the customers and judged on the fifth that it
    has not seen, in turn, against the chances as given with their level set right on
    the same four fifths. It is kept where it lowers the log-loss by more than one
    standard error of the customers' paired differences: what a redraw of the same
    customers would undo is no rule.

    Parameters
    ----------
    p_buy : Series of float, index ``customer_key``
        Chances given for the window.
    bought : Series of bool, same index
        Who bought in it.
    seed : int
        Divides the customers.
    """
    given = _logit(p_buy.to_numpy(float))
    came = bought.loc[p_buy.index].to_numpy(bool)
    if min(came.sum(), (~came).sum()) < FEWEST_OF_EACH:
        return ChanceCalibration()
    gain = np.empty(len(given))
    for learns, told in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(given, came):
        level, slope = float(came[learns].mean()), _fit_slope(given[learns], came[learns])
        tilted = slope * given[learns]
        with_slope = slope * given[told] + find_shift(tilted, level)
        without = given[told] + find_shift(given[learns], level)
        gain[told] = _surprise(with_slope, came[told]) - _surprise(without, came[told])
    if gain.mean() >= -gain.std() / np.sqrt(len(gain)):
        return ChanceCalibration()
    slope = _fit_slope(given, came)
    return ChanceCalibration(slope, find_shift(slope * given, float(expit(given).mean())))


def find_shift(logits: Floats, mean: float) -> float:
    """Return what must be added to all logits for the mean of the chances to be ``mean``.

    Wherever the logits lie: with the greatest moved to that of ``mean`` no chance lies
    above it, with the least moved there none below.
    """
    middle = logit(mean)
    ends = (float(middle - logits.max()) - 1.0, float(middle - logits.min()) + 1.0)
    found = brentq(lambda shift: float(expit(logits + shift).mean()) - mean, *ends)
    return float(found)


def compare_chances(chances: Mapping[str, pd.Series], bought: pd.Series) -> pd.DataFrame:
    """Measure several chances of the same customers by what happened.

    Returns
    -------
    DataFrame with ``name``, ``log_loss``, ``brier``
        In the order given, as in ``metrics.METRICS``.
    """
    rows = []
    for name, p_buy in chances.items():
        came, told = bought.loc[p_buy.index].to_numpy(bool), p_buy.to_numpy(float)
        loss = float(log_loss(came, told, labels=[False, True]))
        rows.append((name, loss, float(np.mean((told - came) ** 2))))
    return pd.DataFrame(rows, columns=["name", "log_loss", "brier"])


def trace_reliability(
    p_buy: pd.Series, bought: pd.Series, confidence: float = 0.95
) -> pd.DataFrame:
    """Compare chance and frequency in ten groups of customers by chance.

    Equal chances stay in one group, so that there may be fewer.

    Returns
    -------
    DataFrame with ``p_mean``, ``bought_share``, ``low``, ``high``, ``customers``
        Lowest chances first; ``low`` and ``high`` are Wilson's interval of the share.
    """
    told = p_buy.to_numpy(float)
    edges = np.unique(np.quantile(told, np.arange(1, BINS) / BINS))
    place = np.searchsorted(edges, told, side="right")
    rows = []
    for number in np.unique(place):
        came = bought.loc[p_buy.index].to_numpy(bool)[place == number]
        ends = stats.binomtest(int(came.sum()), len(came)).proportion_ci(confidence, "wilson")
        mean = told[place == number].mean()
        rows.append((mean, came.mean(), float(ends.low), float(ends.high), len(came)))
    return pd.DataFrame(rows, columns=["p_mean", "bought_share", "low", "high", "customers"])


def _logit(p_buy: Floats) -> Floats:
    return np.asarray(logit(np.clip(p_buy, _CERTAIN, 1 - _CERTAIN)))


def _fit_slope(given: Floats, came: Flags) -> float:
    fitted = LogisticRegression(C=np.inf).fit(given[:, None], came)
    return max(float(fitted.coef_[0, 0]), 0.0)  # never turns the order round


def _surprise(logits: Floats, bought: Flags) -> Floats:
    """Return each customer's part of the log-loss."""
    return np.asarray(np.logaddexp(0.0, np.where(bought, -logits, logits)))
