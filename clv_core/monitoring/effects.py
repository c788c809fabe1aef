"""Customers who were on a list against those who were kept out of it by lot.

Intention to treat: whoever was on the file counts as treated, whatever became of the
mail or the advertisement. Controls were drawn within each marketing tier, so tiers are
compared one by one and put together by their sizes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from clv_core.evaluation.metrics import Floats

Verdict = Literal["more", "less", "no_difference", "too_few", "no_control"]

CONFIDENCE: Final = 0.95
POWER: Final = 0.8  # of seeing a difference that is there
WORTH_SEEING: Final = 0.1  # difference ÷ what the controls did, which should not go unseen
FEWEST_EACH: Final = 30  # customers, treated and kept out, below which nothing is told
FEWEST_BUYERS: Final = 20  # of both together; the mean of a handful of orders tells nothing
ALL_TIERS: Final = "all"
MEASURES: Final = ("revenue", "bought")
EFFECT_COLUMNS: Final = (
    *("measure", "tier", "treated_customers", "control_customers"),
    *("treated", "control", "difference", "low", "high"),
)


@dataclass(frozen=True)
class Effect:
    """What a list changed, by one measure.

    Attributes
    ----------
    measure : {"revenue", "bought"}
        Net revenue per customer, or the share of customers who bought.
    verdict : {"more", "less", "no_difference", "too_few", "no_control"}
        ``more`` and ``less``: the interval leaves zero out. ``no_difference``: it does
        not, and a difference of ``WORTH_SEEING`` would hardly have gone unseen.
        ``too_few``: it might well have.
    table : DataFrame with ``EFFECT_COLUMNS``
        All tiers together first (``ALL_TIERS``), then each; NaN where a tier cannot be
        compared.
    smallest : float or None
        Difference that this many customers show with a chance of ``POWER``; None where
        it cannot be reckoned.
    needed : int or None
        Customers, in lists with the same share of controls, who would show a difference
        of ``WORTH_SEEING`` with that chance; None where it cannot be reckoned.
    """

    measure: str
    verdict: Verdict
    table: pd.DataFrame
    smallest: float | None
    needed: int | None


def measure_effects(members: pd.DataFrame, actual: pd.DataFrame) -> tuple[Effect, ...]:
    """Compare who was on a list with who was kept out of it.

    The difference is the stratified one, Σ w (mean treated − mean control) over the
    tiers with their shares w of the customers, its variance Σ w² (s²/n treated + s²/n
    control) (Imbens and Rubin 2015, "Causal Inference", chapter 9), or that of drawing
    controls anew if the list changes nothing, Σ w² s² (1/n treated + 1/n control) with
    the s² of both as one group, where it is larger: three controls of a small tier who
    all bought nothing are no proof that none ever does. The interval is Student's, with
    the degrees of freedom of Welch (1947) and Satterthwaite (1946).

    Parameters
    ----------
    members : DataFrame, index ``customer_key``
        ``tier`` and ``is_control``.
    actual : DataFrame, index holds that of ``members``
        ``future_spend`` and ``future_orders`` since the list was made.

    Returns
    -------
    tuple of Effect
        One of each of ``MEASURES``.
    """
    came = actual.loc[members.index]
    outcomes = {
        "revenue": came["future_spend"],
        "bought": (came["future_orders"] > 0).astype(float),
    }
    buyers = int(outcomes["bought"].sum())
    return tuple(_measure(name, members, outcomes[name], buyers) for name in MEASURES)


def _measure(measure: str, members: pd.DataFrame, outcome: pd.Series, buyers: int) -> Effect:
    tiers = [
        (str(tier), _Arms.read(outcome[own.index], own["is_control"]))
        for tier, own in members.groupby("tier", sort=True)
    ]
    comparable = [arms for _, arms in tiers if arms.is_comparable]
    whole = _put_together(comparable)
    rows = [(measure, ALL_TIERS, *whole.row())]
    rows += [(measure, tier, *_put_together([arms]).row()) for tier, arms in tiers]
    table = pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))
    if measure == "bought":  # no share lies further from another one
        table[["low", "high"]] = table[["low", "high"]].clip(-1.0, 1.0)
    counts = (sum(arms.sizes[place] for arms in comparable) for place in (0, 1))
    quantiles = float(stats.norm.isf((1 - CONFIDENCE) / 2) + stats.norm.isf(1 - POWER))
    smallest, worth = quantiles * whole.error, WORTH_SEEING * abs(whole.control)
    needed = None
    if smallest > 0 and worth > 0:
        needed = math.ceil(sum(whole.sizes) * (smallest / worth) ** 2)
    return Effect(
        measure,
        _judge(whole, min(counts), buyers, smallest, worth)
        if members["is_control"].any()
        else "no_control",
        table,
        None if math.isnan(smallest) else smallest,
        needed,
    )


def _judge(whole: _Compared, fewest: int, buyers: int, smallest: float, worth: float) -> Verdict:
    if fewest < FEWEST_EACH or buyers < FEWEST_BUYERS:
        return "too_few"
    if whole.low > 0:
        return "more"
    if whole.high < 0:
        return "less"
    return "no_difference" if smallest <= worth else "too_few"


@dataclass(frozen=True)
class _Arms:
    """Size, mean and variance of those treated and those kept out, in this order.

    ``together`` is the variance of all of them as one group.
    """

    sizes: tuple[int, int]
    means: Floats
    variances: Floats
    together: float

    @classmethod
    def read(cls, outcome: pd.Series, is_control: pd.Series) -> _Arms:
        parts = [outcome[is_control == kept].to_numpy(float) for kept in (False, True)]
        return cls(
            (len(parts[0]), len(parts[1])),
            np.array([part.mean() if len(part) else np.nan for part in parts]),
            np.array([part.var(ddof=1) if len(part) > 1 else np.nan for part in parts]),
            float(outcome.var(ddof=1)),
        )

    @property
    def is_comparable(self) -> bool:
        return min(self.sizes) > 1


@dataclass(frozen=True)
class _Compared:
    sizes: tuple[int, int]
    treated: float
    control: float
    error: float
    freedom: float

    @property
    def difference(self) -> float:
        return self.treated - self.control

    @property
    def low(self) -> float:
        return self.difference - self._margin

    @property
    def high(self) -> float:
        return self.difference + self._margin

    @property
    def _margin(self) -> float:
        return float(stats.t.isf((1 - CONFIDENCE) / 2, self.freedom)) * self.error

    def row(self) -> tuple[float, ...]:
        return (*self.sizes, self.treated, self.control, self.difference, self.low, self.high)


def _put_together(tiers: list[_Arms]) -> _Compared:
    """Weigh tiers by their customers; NaN where none can be compared."""
    sizes = np.array([arms.sizes for arms in tiers]).reshape(-1, 2)
    comparable = bool(tiers) and all(arms.is_comparable for arms in tiers)
    counts = (int(sizes[:, 0].sum()), int(sizes[:, 1].sum()))
    if not comparable:
        means = tiers[0].means if len(tiers) == 1 else np.full(2, np.nan)
        return _Compared(counts, float(means[0]), float(means[1]), np.nan, np.nan)
    weights = sizes.sum(axis=1) / sizes.sum()
    own = weights[:, None] ** 2 * np.array([arms.variances for arms in tiers]) / sizes
    together = np.array([arms.together for arms in tiers])
    drawn = weights**2 * together * (1 / sizes).sum(axis=1)
    variance, freedom = max(
        _sum_up(own, sizes - 1), _sum_up(drawn, sizes.sum(axis=1) - 2), key=lambda one: one[0]
    )
    treated, control = weights @ np.array([arms.means for arms in tiers])
    return _Compared(counts, float(treated), float(control), math.sqrt(variance), freedom)


def _sum_up(parts: Floats, freedoms: Floats) -> tuple[float, float]:
    """Return the sum of independent variances, and its degrees of freedom."""
    variance = float(parts.sum())
    return variance, variance**2 / float((parts**2 / freedoms).sum()) if variance > 0 else 1.0
