"""What a customer spends if they buy at all: their own mean, drawn to the shop's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import numpy as np
import pandas as pd

from clv_core.columns import FREQUENCY, MONETARY
from clv_core.models.dense import Array

STRENGTHS: Final = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # purchase days
LEAST_SHARE: Final = 0.05  # of the shop's mean; a refund is no amount to buy for


@dataclass(frozen=True)
class BuyerAmount:
    """Mean spend of a purchase day, shrunken, times what a buying window holds of it.

    ``factor * (n * own + k * mean) / (n + k)`` with *n* purchase days: the
    credibility estimate of Bühlmann 1967, ASTIN Bulletin 4(3).

    Attributes
    ----------
    mean : float
        Spend of a purchase day over all training rows.
    strength : float
        *k*: purchase days that the shop's mean counts for; of ``STRENGTHS`` the
        one that tells the training rows' buyers best.
    factor : float
        Spend of a label window with a purchase, over that of a purchase day.
    most : float
        The greatest spend of any training row.
    """

    mean: float
    strength: float
    factor: float
    most: float

    @classmethod
    def learn(cls, features: pd.DataFrame, spend: Array) -> Self:
        """Learn from training rows, of which some bought.

        The strength is the one of least gamma deviance (McCullagh and Nelder
        1989, section 8.3): relative errors of large and small amounts alike.
        """
        mean = float(features[MONETARY].mean())
        bought = spend > 0
        buyers, amounts = features[bought], spend[bought]
        drafts = [cls(mean, strength, 1.0, float(amounts.max())) for strength in STRENGTHS]
        fitted = [
            cls(mean, draft.strength, float(amounts.sum() / told.sum()), draft.most)
            for draft in drafts
            for told in [draft._shrink(buyers)]
        ]
        return min(fitted, key=lambda one: one._deviance(buyers, amounts))

    def log_amount(self, features: pd.DataFrame) -> Array:
        """Return the log of what each customer would spend, shape (rows,)."""
        return np.asarray(np.log(np.minimum(self.factor * self._shrink(features), self.most)))

    def to_json(self) -> dict[str, float]:
        """Return a form that :meth:`from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` gave."""
        return cls(**stored)

    def _shrink(self, features: pd.DataFrame) -> Array:
        own = features[MONETARY].to_numpy(np.float64)
        days = features[FREQUENCY].to_numpy(np.float64) + 1
        shrunken = (days * own + self.strength * self.mean) / (days + self.strength)
        return np.asarray(np.maximum(shrunken, LEAST_SHARE * self.mean))

    def _deviance(self, features: pd.DataFrame, amounts: Array) -> float:
        told = np.exp(self.log_amount(features))
        return float(np.mean(np.log(told) + amounts / told))
