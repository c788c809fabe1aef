"""The whole distribution of what a customer may bring, around what is forecast."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from scipy.special import logit

from clv_core.evaluation.metrics import Flags, Floats

FEWEST_BUYERS: Final = 20  # for a distribution of what they spend to mean something
BUYERS_PER_BIN: Final = 60
MOST_BINS: Final = 8
LEVELS: Final = np.append(np.linspace(0.0, 0.98, 50), [0.985, 0.99, 0.995, 1.0])
_CERTAIN: Final = 1e-4  # kept from chances of 0 and 1, whose logits are infinite


@dataclass(frozen=True)
class Customers:
    """What is forecast of some customers.

    Attributes
    ----------
    predicted : ndarray of float, shape (customers,)
        Expected net revenue.
    p_buy : ndarray of float, shape (customers,)
        Chance of at least one purchase, kept a hair from 0 and 1.
    """

    predicted: Floats
    p_buy: Floats

    @classmethod
    def of(cls, predicted: Floats, p_buy: Floats) -> Customers:
        """Take forecasts and chances as they are given."""
        return cls(
            np.asarray(predicted, float), np.clip(np.asarray(p_buy, float), _CERTAIN, 1 - _CERTAIN)
        )

    @property
    def if_buying(self) -> Floats:
        """Expected net revenue of a customer who does buy, nothing where none is forecast."""
        return np.asarray(np.maximum(self.predicted, 0.0) / self.p_buy)


@dataclass(frozen=True)
class SpendDistribution:
    """Nothing with the chance that is forecast, else the amount expected times a ratio.

    A customer buys with chance p. One who does is expected to bring m = forecast / p,
    and brings m times a ratio. Ratios are those of an earlier window's buyers with
    like chances: who is likelier to buy also orders more often, and several orders
    scatter less around their mean than one. Their quantiles are kept by bins of p and
    joined between bins by straight lines over logit p.

    So the distribution knows the horizon through p and m alone: learnt over a short
    window, it holds for a longer one as far as the forecast does.

    Attributes
    ----------
    knots : tuple of float
        Median logit p of each bin, rising.
    ratios : tuple of tuple of float
        Quantiles of the ratio in each bin at ``LEVELS``, rising.
    refunded : tuple of float
        Share of each bin's ratios below 0: more came back than was bought.
    means, squares : tuple of float
        Means of ratio and squared ratio in each bin.
    """

    knots: tuple[float, ...]
    ratios: tuple[tuple[float, ...], ...]
    refunded: tuple[float, ...]
    means: tuple[float, ...]
    squares: tuple[float, ...]

    @classmethod
    def fit(cls, customers: Customers, actual: Floats) -> SpendDistribution | None:
        """Learn the ratios from a window; None with fewer than ``FEWEST_BUYERS``."""
        stirred = (actual != 0) & (customers.predicted > 0)
        if stirred.sum() < FEWEST_BUYERS:
            return None
        ratio = actual[stirred] / customers.if_buying[stirred]
        chance = logit(customers.p_buy[stirred])
        bins = int(np.clip(len(ratio) // BUYERS_PER_BIN, 1, MOST_BINS))
        edges = np.unique(np.quantile(chance, np.arange(1, bins) / bins))
        place = np.searchsorted(edges, chance, side="right")
        groups = [np.sort(ratio[place == number]) for number in np.unique(place)]
        return cls(
            knots=tuple(float(np.median(chance[place == number])) for number in np.unique(place)),
            ratios=tuple(tuple(_read_quantiles(group).tolist()) for group in groups),
            refunded=tuple(float((group < 0).mean()) for group in groups),
            means=tuple(float(group.mean()) for group in groups),
            squares=tuple(float((group**2).mean()) for group in groups),
        )

    def bounds(self, customers: Customers, share: Floats) -> tuple[Floats, Floats]:
        """Return the bounds between which a share of like customers fall, each its own.

        Half of what may be missed lies below the lower bound, the rest above; where
        more than that bring nothing, the lower bound is 0 and hardly anybody can fall
        below, so that all of it lies above. Both bounds are 0 where nothing is likelier
        than ``share``.
        """
        tail = (1 - share) / 2
        low, is_nothing, below = self._quantile(customers, tail)
        high, _, _ = self._quantile(customers, share + np.where(is_nothing, below, tail))
        return low, high

    def mass_to_forecast(self, customers: Customers) -> Floats:
        """Return each customer's chance to bring nothing or more, up to the forecast."""
        p = customers.p_buy
        reached = self._blend(customers, lambda quantiles: np.interp(p, quantiles, LEVELS))
        return np.asarray(1 - p + p * (reached - self._between(customers, self.refunded)))

    def variance(self, customers: Customers) -> Floats:
        """Return the variance of what each customer brings around its mean."""
        mean, square = (self._between(customers, values) for values in (self.means, self.squares))
        p = customers.p_buy
        return np.asarray(customers.if_buying**2 * (p * square - (p * mean) ** 2))

    def _quantile(self, customers: Customers, level: Floats) -> tuple[Floats, Flags, Floats]:
        """Return the quantiles, whether each lies in the mass at 0, and the mass below 0."""
        p = customers.p_buy
        below = p * self._between(customers, self.refunded)
        is_nothing = (level >= below) & (level <= below + 1 - p)
        rank = np.where(level < below, level / p, (level - (1 - p)) / p)
        ratio = self._blend(customers, lambda quantiles: np.interp(rank, LEVELS, quantiles))
        return np.where(is_nothing, 0.0, customers.if_buying * ratio), is_nothing, below

    def _blend(self, customers: Customers, read: Callable[[tuple[float, ...]], Floats]) -> Floats:
        """Read every bin's quantiles and join them by straight lines between the bins."""
        place = self._between(customers, tuple(map(float, range(len(self.knots)))))
        found = np.zeros(len(place))
        for number, quantiles in enumerate(self.ratios):
            found += np.maximum(1 - np.abs(place - number), 0.0) * read(quantiles)
        return found

    def _between(self, customers: Customers, values: tuple[float, ...]) -> Floats:
        return np.asarray(np.interp(logit(customers.p_buy), self.knots, values))

    def to_json(self) -> str:
        """Return the distribution as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> SpendDistribution:
        """Rebuild what :meth:`to_json` wrote."""
        stored = json.loads(text)
        ratios = tuple(tuple(quantiles) for quantiles in stored.pop("ratios"))
        return cls(ratios=ratios, **{name: tuple(values) for name, values in stored.items()})


def _read_quantiles(ordered: Floats) -> Floats:
    """Return the quantiles at ``LEVELS``: the k-th of n is at k / (n + 1)."""
    ranks = np.arange(1, len(ordered) + 1) / (len(ordered) + 1)
    return np.asarray(np.interp(LEVELS, ranks, ordered))
