"""Attributions of boosted trees: exact in the trees' score, carried to money."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clv_core.explain.explanation import Explanation
from clv_core.features.snapshots import Snapshot
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.horizon import HORIZON_RATIO, read_log_ratio


def explain_boosted(
    forecaster: BoostedForecaster, snapshot: Snapshot, background: Snapshot
) -> Explanation:
    """Attribute the boosted trees' forecasts to their features, in money.

    The trees' raw score *F* is the log of money. TreeSHAP splits it exactly;
    the log of the horizon ratio is one more term of the same sum. Against each
    background customer *b* the parts are multiplied by the slope of the secant
    of the exponential link, (exp F - exp F_b) / (F - F_b), and the results are
    averaged over the background: the rescale rule for a series of models of
    Chen, Lundberg and Lee (2022), Nature Communications 13:4512, G-DeepSHAP.
    Trees fitted with the squared error score money itself: every slope is 1.

    Returns
    -------
    Explanation
        ``base_value`` is the mean forecast over the background.
    """
    parts, score = _score_parts(forecaster, snapshot)
    background_parts, background_score = _score_parts(forecaster, background)
    if forecaster.has_log_link_:
        slopes = secant_slopes(score, background_score)
        shares = slopes.shape[1]
        contributions = parts * slopes.mean(axis=1)[:, None] - slopes @ background_parts / shares
        base_value = float(np.exp(background_score).mean())
    else:
        contributions = parts - background_parts.mean(axis=0)
        base_value = float(background_score.mean())
    names = read_by_trees(forecaster, snapshot)
    return Explanation(
        contributions=pd.DataFrame(contributions, snapshot.features.index, names),
        values=snapshot.features[names],
        base_value=base_value,
    )


def read_by_trees(forecaster: BoostedForecaster, snapshot: Snapshot) -> list[str]:
    """Name the snapshot's columns that a forecast of the boosted trees reads."""
    carried = [HORIZON_RATIO] if HORIZON_RATIO in snapshot.features else []
    return [*forecaster.feature_names_, *carried]


def secant_slopes(log_forecast: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Slope of exp between every forecast and every background forecast.

    Parameters
    ----------
    log_forecast : ndarray, shape (customers,)
    background : ndarray, shape (background customers,)

    Returns
    -------
    ndarray, shape (customers, background customers)
        The tangent's slope where the two are equal.
    """
    gap = log_forecast[:, None] - background[None, :]
    apart = np.where(gap == 0.0, 1.0, gap)
    relative = np.where(gap == 0.0, 1.0, np.expm1(apart) / apart)
    return np.asarray(np.exp(background)[None, :] * relative)


def _score_parts(
    forecaster: BoostedForecaster, snapshot: Snapshot
) -> tuple[np.ndarray, np.ndarray]:
    parts, constant = forecaster.attribute_score(snapshot.features)
    log_ratio = read_log_ratio(snapshot, forecaster.training_horizon_days_)
    if HORIZON_RATIO in snapshot.features:
        parts = np.column_stack([parts, log_ratio])
    return parts, parts.sum(axis=1) + constant
