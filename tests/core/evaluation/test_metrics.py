"""Metrics against numbers worked out by hand and against other implementations."""

import numpy as np
import pytest
from scipy import stats

from clv_core.evaluation.metrics import METRICS, measure, normalised_gini

TEN = np.array([90.0, 0, 10, 0, 0, 50, 0, 30, 20, 0])


def gini_by_hand(actual, predicted):
    """Average the textbook formula over every order of the tied customers, by simulation."""
    rng = np.random.default_rng(0)
    areas = []
    for _ in range(20_000):
        order = np.lexsort((rng.random(len(actual)), -predicted))
        areas.append(2 * np.mean(np.cumsum(actual[order]) / actual.sum()) - 1)
    best = np.sort(actual)[::-1]
    return np.mean(areas) / (2 * np.mean(np.cumsum(best) / actual.sum()) - 1)


def test_normalised_gini_of_three_customers_by_hand():
    """Gains 0, 0.25, 1 against 0.75, 1, 1: (2·5/12 − 1) ÷ (2·11/12 − 1) = −0.2."""
    actual, predicted = np.array([3.0, 1.0, 0.0]), np.array([1.0, 2.0, 3.0])
    assert normalised_gini(actual, predicted) == pytest.approx(-0.2)
    assert normalised_gini(actual, actual) == pytest.approx(1.0)


def test_tied_predictions_share_their_group_s_mean():
    """The Gini with ties is the mean over all orders of the tied customers."""
    predicted = np.array([5.0, 5, 5, 1, 1, 2, 2, 2, 9, 1])
    assert normalised_gini(TEN, predicted) == pytest.approx(gini_by_hand(TEN, predicted), abs=0.01)


def test_order_of_rows_changes_nothing():
    """Shuffling customers leaves every metric where it was, ties or not."""
    rng = np.random.default_rng(1)
    actual = rng.gamma(0.3, 50, 137).round()
    predicted = rng.integers(0, 6, 137).astype(float)
    p_buy = rng.integers(0, 5, 137) / 4
    kept = measure(actual, predicted, is_ranking=False, p_buy=p_buy, bought=actual > 0)
    mix = rng.permutation(137)
    shuffled = measure(
        actual[mix], predicted[mix], is_ranking=False, p_buy=p_buy[mix], bought=actual[mix] > 0
    )
    assert shuffled == pytest.approx(kept)


def test_money_metrics_by_hand():
    """Errors 10, −10, 20 on outcomes 0, 30, 60."""
    values = measure(np.array([0.0, 30, 60]), np.array([10.0, 20, 80]), is_ranking=False)
    assert values["mae"] == pytest.approx(40 / 3)
    assert values["mse"] == pytest.approx(200.0)
    assert values["rmse"] == pytest.approx(200**0.5)
    assert values["wape"] == pytest.approx(40 / 90)
    assert values["bias"] == pytest.approx(110 / 90 - 1)
    assert values["r2"] == pytest.approx(1 - 600 / 1800)
    assert values["decile_mape"] is None


def test_top_shares_count_the_edge_customer_in_part():
    """The top 10 % of 15 customers are one and a half of them."""
    actual = np.arange(15, 0, -1.0)
    values = measure(actual, actual, is_ranking=True)
    assert values["top_10_share"] == pytest.approx((15 + 14 / 2) / 120)
    assert values["top_20_revenue"] == pytest.approx(15 + 14 + 13)


def test_decile_mape_by_hand():
    """One customer a bin: |20−90|/90, |…|; bins without revenue count as wholly wrong."""
    predicted = np.array([20.0, 9, 8, 7, 6, 19, 4, 3, 2, 1])
    expected = np.mean([70 / 90, 31 / 50, 1, 2 / 10, 1, 1, 1, 27 / 30, 18 / 20, 1])
    values = measure(TEN, predicted, is_ranking=False)
    assert values["decile_mape"] == pytest.approx(expected)
    assert measure(TEN, TEN, is_ranking=False)["decile_mape"] == 0.0


def test_buying_metrics_by_hand():
    """Two buyers (0.9, 0.4) and two others (0.6, 0.1): three of four pairs in order."""
    bought = np.array([True, True, False, False])
    p_buy = np.array([0.9, 0.4, 0.6, 0.1])
    values = measure(
        bought.astype(float), p_buy, is_ranking=True, p_buy=p_buy, bought=bought, threshold=0.5
    )
    assert values["roc_auc"] == pytest.approx(3 / 4)
    assert values["pr_auc"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert values["log_loss"] == pytest.approx(-np.log([0.9, 0.4, 0.4, 0.9]).mean())
    assert values["brier"] == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)
    assert values["accuracy"] == values["precision"] == values["recall"] == values["f1"] == 0.5


def test_roc_auc_is_the_mann_whitney_statistic():
    """SciPy's U ÷ (buyers × others) gives the same area, ties included."""
    rng = np.random.default_rng(2)
    bought, p_buy = rng.random(300) < 0.3, rng.integers(0, 10, 300) / 9
    values = measure(bought.astype(float), p_buy, is_ranking=True, p_buy=p_buy, bought=bought)
    u = stats.mannwhitneyu(p_buy[bought], p_buy[~bought]).statistic
    assert values["roc_auc"] == pytest.approx(u / (bought.sum() * (~bought).sum()))


def test_a_ranking_has_no_metric_in_money():
    """Everything that asks for amounts is None, everything that asks for order is there."""
    values = measure(TEN, TEN * 7 + 1, is_ranking=True)
    for name, metric in METRICS.items():
        assert (values[name] is None) == (metric.asks_for != "order")
    assert values["normalised_gini"] == pytest.approx(1.0)


@pytest.mark.parametrize("actual", [np.zeros(12), np.full(12, -5.0)])
def test_without_revenue_only_what_is_defined_is_reported(actual):
    """No revenue, or refunds alone: no Gini, no shares, no bias, yet errors in money."""
    values = measure(
        actual, np.arange(12.0), is_ranking=False, p_buy=np.full(12, 0.2), bought=actual > 0
    )
    for name in ("normalised_gini", "spearman", "top_20_share", "bias", "r2", "roc_auc", "recall"):
        assert values[name] is None
    assert values["mae"] == pytest.approx(np.abs(actual - np.arange(12)).mean())
    assert values["accuracy"] == 1.0


def test_one_customer_is_measured_without_failing():
    """A single customer has an error and no order."""
    values = measure(np.array([5.0]), np.array([3.0]), is_ranking=False)
    assert values["mae"] == 2.0
    assert values["normalised_gini"] is None


@pytest.mark.parametrize(
    ("actual", "predicted"),
    [([], []), ([1.0, 2.0], [1.0]), ([1.0, np.nan], [1.0, 2.0]), ([1.0, 2.0], [1.0, np.inf])],
)
def test_what_cannot_be_measured_is_refused(actual, predicted):
    """Nothing, unequal lengths and values that are not finite raise."""
    with pytest.raises(ValueError, match="actual and predicted"):
        measure(np.array(actual), np.array(predicted), is_ranking=False)
