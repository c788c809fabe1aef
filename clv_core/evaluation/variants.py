"""What a forecast gains from more to learn from: the same customers, seeds averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np
import pandas as pd

from clv_core.evaluation.bootstrap import draw_metrics
from clv_core.evaluation.metrics import METRICS, Floats
from clv_core.models.forecaster import Prediction
from clv_core.settings import EvaluationSettings

Judgement = Literal["better", "worse", "alike", "unclear"]

COLUMNS: Final = ("variant", "metric", "value", "low", "high", "gain", "gain_low", "gain_high")
READ_ORDERS_ALONE: Final = frozenset({"past_spend", "past_rate", "bg_nbd", "mbg_nbd", "pareto_nbd"})
"""Models whose forecast no other file can change."""
ALIKE: Final = 0.01  # of the value: less than that is nothing to speak of


def compare_variants(
    actual: pd.DataFrame,
    variants: Mapping[str, Sequence[Prediction]],
    references: Mapping[str, str],
    settings: EvaluationSettings,
    seed: int,
) -> pd.DataFrame:
    """Measure what was learnt from more and from less on the same customers.

    A variant is forecast with several seeds; its value of a metric is their mean. All
    are measured on the same resamples of the customers, so gains are paired
    (:mod:`clv_core.evaluation.bootstrap`).

    Parameters
    ----------
    actual : DataFrame, index ``customer_key``
        ``future_spend`` and, where known, ``future_orders``; the customers measured.
    variants : mapping of str to sequence of Prediction
        One forecast per seed, of these customers and perhaps of others.
    references : mapping of str to str
        Which variant a variant's gain is measured from; those without one have none.
    settings : EvaluationSettings
    seed : int

    Returns
    -------
    DataFrame
        ``variant, metric, value, low, high, gain, gain_low, gain_high``; a gain is the
        variant's value less its reference's. Undefined metrics are left out; a gain is
        NaN without a reference.
    """
    predictions = {
        f"{number}:{name}": prediction
        for name, seeds in variants.items()
        for number, prediction in enumerate(seeds)
    }
    measured = draw_metrics(actual, predictions, set(), settings, seed)
    tail = (1 - settings.confidence) / 2
    rows = []
    for metric in METRICS:
        values: dict[str, float] = {}
        draws: dict[str, Floats] = {}
        for name, seeds in variants.items():
            keys = [f"{number}:{name}" for number in range(len(seeds))]
            found = [measured.values[key][metric] for key in keys]
            known = [value for value in found if value is not None]
            if known and len(known) == len(found):
                values[name] = float(np.mean(known))
                draws[name] = np.mean([measured.draws[key][metric] for key in keys], axis=0)
        for name, value in values.items():
            low, high = _interval(draws[name], tail)
            row = [name, metric, value, low, high, np.nan, np.nan, np.nan]
            reference = references.get(name)
            if reference in values:
                gain = _interval(draws[name] - draws[reference], tail)
                row[5:] = [value - values[reference], *gain]
            rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def judge_gain(metric: str, value: float, gain: float, low: float, high: float) -> Judgement:
    """Say whether a gain is one, beyond chance.

    ``better`` or ``worse`` where the interval leaves zero out. Else ``alike`` where all of
    it lies within 1 % of the value, ``unclear`` where chance may hide more than that.

    Parameters
    ----------
    metric : str
    value : float
        Of the variant that the gain is of.
    gain, low, high : float
        The gain with its paired interval.
    """
    if low <= 0 <= high:
        return "alike" if max(-low, high) <= ALIKE * abs(value) else "unclear"
    before = METRICS[metric].badness(value - gain)
    return "better" if METRICS[metric].badness(value) < before else "worse"


def _interval(draws: Floats, tail: float) -> tuple[float, float]:
    if np.isnan(draws).all():
        return float("nan"), float("nan")
    low, high = np.nanquantile(draws, [tail, 1 - tail])
    return float(low), float(high)
