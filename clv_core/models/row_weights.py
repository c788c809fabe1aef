"""How much each training row counts, and customers mixed from two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from clv_core.model_settings import NetworkSettings
from clv_core.models.dense import Array

PAST_SPEND: Final = "net_spend"
GREATEST_WEIGHT: Final = 10.0  # of a buyer against a customer who stays away
LOSSES_THAT_TELL_BUYING: Final = frozenset({"ziln", "signed_ziln", "hurdle", "cross_entropy"})


@dataclass(frozen=True)
class RowWeights:
    """What rows count for in the loss.

    Attributes
    ----------
    weights : ndarray of float32, shape (rows,), or None
        Mean 1; None where all count alike.
    log_odds : float
        What weighing buyers adds to the logit of buying, to be taken off the
        trained network again.
    """

    weights: Array | None = None
    log_odds: float = 0.0


def weigh_rows(features: pd.DataFrame, spend: Array, settings: NetworkSettings) -> RowWeights:
    """Weigh training rows as the settings ask.

    ``buyers`` lets those who bought count as much as those who did not, at most
    ``GREATEST_WEIGHT`` times each. That multiplies the odds of buying by the
    weight, so its logarithm is taken off the logit afterwards: the prior correction
    of King and Zeng, "Logistic Regression in Rare Events Data", 2001, Political
    Analysis 9(2), equation 7. Only for losses that tell buying; others count
    every row alike. ``value`` weighs by the square root of past spend, which all
    losses bear: weights that depend on inputs alone move no mean.

    Parameters
    ----------
    features : DataFrame
    spend : ndarray of float64, shape (rows,)
        Labels.
    settings : NetworkSettings
    """
    if settings.row_weights == "buyers" and settings.loss in LOSSES_THAT_TELL_BUYING:
        bought = spend > 0
        share = bought.mean()
        weight = float(np.clip((1 - share) / share, 1, GREATEST_WEIGHT)) if share else 1.0
        return RowWeights(_to_mean_one(np.where(bought, weight, 1.0)), float(np.log(weight)))
    if settings.row_weights == "value" and PAST_SPEND in features:
        past = features[PAST_SPEND].fillna(0).clip(lower=0).to_numpy(np.float64)
        return RowWeights(_to_mean_one(np.sqrt(past + past.mean() + 1.0)))
    return RowWeights()


def _to_mean_one(weights: Array) -> Array:
    return np.asarray(weights / weights.mean(), dtype=np.float32)
