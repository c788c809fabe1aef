"""The bootstrap: equal to measuring written-out resamples, and covering what it should."""

import time

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.bootstrap import bootstrap_metrics, compare, draw_metrics
from clv_core.evaluation.metrics import METRICS, measure
from clv_core.evaluation.resamples import Resamples
from clv_core.models.forecaster import Prediction
from clv_core.settings import EvaluationSettings


def make_shop(customers, seed, models=1):
    """Simulate buyers with gamma rates, and models that know those rates with noise."""
    rng = np.random.default_rng(seed)
    index = pd.RangeIndex(100, 100 + customers, name="customer_key")
    rate = rng.gamma(0.7, 1.5, customers)
    orders = rng.poisson(rate)
    spend = orders * rng.gamma(3, 10, customers)
    actual = pd.DataFrame({"future_spend": spend, "future_orders": orders}, index=index)
    predictions = {
        f"model_{number}": Prediction(
            pd.Series(30 * rate * rng.lognormal(0, 0.3 + 0.2 * number, customers), index),
            pd.Series(-np.expm1(-rate), index),
        )
        for number in range(models)
    }
    return actual, predictions


@pytest.mark.parametrize("ties", [False, True])
def test_weighted_metrics_equal_measuring_the_drawn_rows(ties):
    """Each resample's every metric is what measure() says of its rows written out."""
    rng = np.random.default_rng(3)
    actual, predictions = make_shop(211, 3)
    spend = actual["future_spend"].to_numpy().copy()
    spend[:5] = -20.0
    bought = actual["future_orders"].to_numpy() > 0
    predicted = predictions["model_0"].spend.to_numpy()
    p_buy = predictions["model_0"].p_buy.to_numpy()
    if ties:
        predicted, p_buy, spend = np.round(predicted, -1), p_buy.round(1), np.round(spend, -1)
        p_buy = p_buy.clip(0, 1)
    rows = rng.integers(0, 211, (4, 211))
    weights = np.stack([np.bincount(row, minlength=211) for row in rows]).astype(float)
    resamples = Resamples(weights, spend, bought)
    found = (
        resamples.measure_order(predicted)
        | resamples.measure_amounts(predicted)
        | resamples.measure_probability(p_buy, 0.4)
    )
    assert set(found) == set(METRICS)
    for number, row in enumerate(rows):
        expected = measure(
            spend[row],
            predicted[row],
            is_ranking=False,
            p_buy=p_buy[row],
            bought=bought[row],
            threshold=0.4,
        )
        assert {name: values[number] for name, values in found.items()} == pytest.approx(expected)


def test_intervals_hold_the_value_and_repeat():
    """The same seed gives the same table; every interval brackets its value."""
    actual, predictions = make_shop(400, 4, models=2)
    settings = EvaluationSettings(bootstrap_samples=200)
    table = bootstrap_metrics(actual, predictions, set(), settings, seed=5)
    again = bootstrap_metrics(actual, predictions, set(), settings, seed=5)
    other = bootstrap_metrics(actual, predictions, set(), settings, seed=6)
    pd.testing.assert_frame_equal(table, again)
    assert not table["low"].equals(other["low"])
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()


def test_chunks_draw_the_same_resamples(monkeypatch):
    """How many resamples are held at once changes no number."""
    actual, predictions = make_shop(90, 8)
    settings = EvaluationSettings(bootstrap_samples=50)
    whole = bootstrap_metrics(actual, predictions, set(), settings, seed=1)
    monkeypatch.setattr("clv_core.evaluation.bootstrap._CHUNK_VALUES", 7 * 90)
    pd.testing.assert_frame_equal(whole, bootstrap_metrics(actual, predictions, set(), settings, 1))


def test_interval_of_the_mean_error_covers_the_truth():
    """Of 200 simulated shops about 95 % have the true mean error inside its interval."""
    settings = EvaluationSettings(bootstrap_samples=200)
    rng = np.random.default_rng(9)
    covered = 0
    for shop in range(200):
        spend = rng.exponential(10.0, 150)  # the mean absolute error of forecasting 0 is 10
        actual = pd.DataFrame({"future_spend": spend, "future_orders": 1})
        nothing = {"nothing": Prediction(pd.Series(0.0, actual.index))}
        table = bootstrap_metrics(actual, nothing, set(), settings, shop).set_index("metric")
        covered += table.loc["mae", "low"] <= 10.0 <= table.loc["mae", "high"]
    assert 0.88 <= covered / 200 <= 0.99


def test_paired_difference_of_a_model_with_itself_is_nothing():
    """Same customers in both: the difference is 0 with no spread."""
    actual, predictions = make_shop(100, 2)
    settings = EvaluationSettings(bootstrap_samples=50)
    same = compare(actual, predictions["model_0"], predictions["model_0"], "mae", settings, 1)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    assert not same.is_beyond_noise


def test_pairing_narrows_the_interval():
    """A forecast 1 too high everywhere differs by exactly 1 in total, whoever is drawn."""
    index = pd.RangeIndex(50)
    actual = pd.DataFrame({"future_spend": np.arange(50.0), "future_orders": 1}, index=index)
    right = Prediction(actual["future_spend"])
    high = Prediction(actual["future_spend"] + 1)
    difference = compare(
        actual, high, right, "mae", EvaluationSettings(bootstrap_samples=50), seed=1
    )
    assert (difference.value, difference.low, difference.high) == pytest.approx((1, 1, 1))
    assert difference.is_beyond_noise


def test_difference_is_none_where_a_metric_is_undefined():
    """A ranking has no mean absolute error to subtract."""
    actual, predictions = make_shop(60, 2, models=2)
    draws = draw_metrics(
        actual, predictions, {"model_1"}, EvaluationSettings(bootstrap_samples=50), 1
    )
    assert draws.difference("model_0", "model_1", "mae") is None
    assert draws.difference("model_0", "model_1", "spearman") is not None


def test_a_metric_undefined_in_some_resamples_keeps_an_interval():
    """One buyer among ten is often not drawn; the rest of the draws still count."""
    spend = np.array([50.0] + [0.0] * 9)
    actual = pd.DataFrame({"future_spend": spend, "future_orders": (spend > 0).astype(int)})
    predictions = {"m": Prediction(pd.Series(np.arange(10.0)), pd.Series(np.linspace(0, 1, 10)))}
    table = bootstrap_metrics(
        actual, predictions, set(), EvaluationSettings(bootstrap_samples=100), 1
    )
    gini = table[table["metric"] == "normalised_gini"].iloc[0]
    assert np.isfinite([gini["low"], gini["high"]]).all()


def test_seven_models_of_three_thousand_customers_take_seconds():
    """400 resamples × 7 models × 20 metrics within 5 seconds of processor time."""
    actual, predictions = make_shop(3000, 1, models=7)
    start = time.process_time()
    table = bootstrap_metrics(actual, predictions, set(), EvaluationSettings(), seed=1)
    assert len(table) == 7 * 20
    assert time.process_time() - start < 5


def test_a_large_shop_has_the_intervals_of_resampling_everybody(monkeypatch):
    """Some customers resampled, and shrunk, tell the widths that all of them tell."""
    actual, predictions = make_shop(20_000, 8, models=2)
    settings = EvaluationSettings(bootstrap_samples=200)
    exact = draw_metrics(actual, predictions, set(), settings, 1)
    monkeypatch.setattr("clv_core.evaluation.bootstrap.LARGE_SHOP_CUSTOMERS", 5_000)
    drawn = draw_metrics(actual, predictions, set(), settings, 1)
    assert drawn.values == exact.values
    for metric in METRICS:
        widths = [found.draws["model_0"][metric].std() for found in (drawn, exact)]
        assert widths[0] == pytest.approx(widths[1], rel=0.35), metric
        middle = np.median(drawn.draws["model_0"][metric]) - exact.values["model_0"][metric]
        assert metric == "decile_mape" or abs(middle) < widths[1], metric
    together = [found.standard_error("model_0", "model_1", "mae") for found in (drawn, exact)]
    assert together[0] == pytest.approx(together[1], rel=0.3)
