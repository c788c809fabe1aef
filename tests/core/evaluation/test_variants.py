"""What more to learn from gains, on the same customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.bootstrap import compare
from clv_core.evaluation.variants import compare_variants, judge_gain
from clv_core.models.forecaster import Prediction
from clv_core.settings import EvaluationSettings

CUSTOMERS = 300
SETTINGS = EvaluationSettings(bootstrap_samples=200)
RANDOM = np.random.default_rng(5)
KEYS = pd.RangeIndex(1, CUSTOMERS + 1, name="customer_key")
SPEND = pd.Series(RANDOM.gamma(0.5, 100.0, CUSTOMERS), KEYS)
ACTUAL = pd.DataFrame({"future_spend": SPEND, "future_orders": (SPEND > 20).astype(int)})


def guess(noise: float, seed: int) -> Prediction:
    """Return a forecast that misses by so much."""
    random = np.random.default_rng(seed)
    return Prediction((SPEND + random.normal(0, noise, CUSTOMERS)).clip(lower=0.0))


def test_seeds_are_averaged_and_gains_are_paired() -> None:
    """The value is the mean of the seeds' own; one seed's gain is the paired difference."""
    vague, sharp = [guess(80.0, 1), guess(80.0, 2)], [guess(5.0, 3), guess(5.0, 4)]
    table = compare_variants(ACTUAL, {"a": vague, "b": sharp}, {"b": "a"}, SETTINGS, 7)
    rows = table[table["metric"] == "mae"].set_index("variant")
    errors = [(guess.spend - SPEND).abs().mean() for guess in vague]
    assert rows.loc["a", "value"] == pytest.approx(np.mean(errors))
    assert np.isnan(rows.loc["a", "gain"])
    assert rows.loc["b", "gain"] == pytest.approx(rows.loc["b", "value"] - rows.loc["a", "value"])
    assert rows.loc["b", "gain_low"] < rows.loc["b", "gain"] < rows.loc["b", "gain_high"] < 0
    single = compare_variants(ACTUAL, {"a": vague[:1], "b": sharp[:1]}, {"b": "a"}, SETTINGS, 7)
    row = single[(single["metric"] == "mae") & (single["variant"] == "b")].iloc[0]
    paired = compare(ACTUAL, sharp[0], vague[0], "mae", SETTINGS, 7)
    assert paired is not None
    assert (row["gain"], row["gain_low"], row["gain_high"]) == pytest.approx(
        (paired.value, paired.low, paired.high)
    )


def test_metrics_that_a_forecast_has_not_are_left_out() -> None:
    """No chances of buying, so nothing is said of log-loss."""
    table = compare_variants(ACTUAL, {"a": [guess(9.0, 1)]}, {}, SETTINGS, 7)
    assert "log_loss" not in set(table["metric"])
    assert "spearman" in set(table["metric"])


@pytest.mark.parametrize(
    ("metric", "gain", "low", "high", "expected"),
    [
        ("mae", -5.0, -8.0, -3.0, "better"),
        ("mae", 5.0, 3.0, 8.0, "worse"),
        ("mae", -1.0, -3.0, 1.0, "unclear"),
        ("mae", -0.1, -0.4, 0.2, "alike"),  # within 1 % of 50
        ("mae", -0.2, -0.3, -0.1, "better"),  # a little, but beyond chance
        ("normalised_gini", 0.1, 0.05, 0.2, "better"),
        ("bias", -0.1, -0.2, -0.05, "better"),  # from 0.2 to 0.1: closer to nothing
    ],
)
def test_a_gain_is_judged_by_its_interval(
    metric: str, gain: float, low: float, high: float, expected: str
) -> None:
    """Beyond chance and in the metric's direction; surely small, or not to be told."""
    value = {"mae": 50.0, "normalised_gini": 0.7, "bias": 0.1}[metric]
    assert judge_gain(metric, value, gain, low, high) == expected
