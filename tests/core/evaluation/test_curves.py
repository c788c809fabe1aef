"""Tables behind the pictures."""

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.curves import (
    cumulative_gain,
    decile_calibration,
    predicted_against_actual,
    threshold_table,
)


def test_cumulative_gain_of_four_customers_by_hand():
    """Best forecast first, and found by key where rows lie in another order."""
    actual = pd.Series([60.0, 30, 10, 0], index=[7, 8, 9, 10])
    scores = pd.Series([1.0, 2, 3, 4], index=[10, 9, 8, 7])
    table = cumulative_gain(actual, {"m": pd.Series([3.0, 2, 1, 4], index=actual.index)})
    curves = {name: part["revenue_share"].tolist() for name, part in table.groupby("model")}
    assert curves["m"] == pytest.approx([0, 0, 0.6, 0.9, 1])
    assert curves["perfect"] == pytest.approx([0, 0.6, 0.9, 1, 1])
    assert curves["random"] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    shuffled = cumulative_gain(actual, {"m": scores})
    assert shuffled[shuffled["model"] == "m"]["revenue_share"].tolist() == pytest.approx(
        [0, 0.6, 0.9, 1, 1]
    )


def test_tied_forecasts_climb_in_a_straight_line():
    """All tied: the curve is the diagonal, whatever the order of rows."""
    actual = pd.Series([100.0, 0, 0, 0])
    table = cumulative_gain(actual, {"m": pd.Series(1.0, actual.index)})
    tied = table[table["model"] == "m"]
    assert tied["revenue_share"].tolist() == pytest.approx(tied["customer_share"].tolist())


def test_long_curves_are_thinned_and_no_revenue_gives_none():
    """Ten thousand customers make 201 points; without revenue there is no share."""
    actual = pd.Series(np.arange(10_000.0))
    table = cumulative_gain(actual, {"m": actual})
    assert (table["model"] == "m").sum() == 201
    nothing = cumulative_gain(actual * 0, {"m": actual})
    assert nothing["revenue_share"].isna().all()


def test_decile_calibration_by_hand():
    """Twenty customers, two a decile, highest forecasts first."""
    predicted = pd.Series(np.arange(20.0))
    actual = predicted + 1
    table = decile_calibration(actual, predicted)
    assert table["customers"].tolist() == [2] * 10
    assert table["predicted_mean"].iloc[0] == 18.5
    assert table["actual_mean"].iloc[0] == 19.5
    # Two values 1 apart: t(0.975, 1 df) = 12.706, standard error 0.5.
    assert table["actual_high"].iloc[0] == pytest.approx(19.5 + 12.706 * 0.5, abs=1e-3)


def test_decile_calibration_with_three_customers():
    """Fewer customers than deciles: one row each, no interval."""
    table = decile_calibration(pd.Series([1.0, 2, 3]), pd.Series([1.0, 2, 3]))
    assert table["customers"].tolist() == [1, 1, 1]
    assert table["actual_low"].isna().all()


@pytest.mark.parametrize("scale", [1.0, 0.0, -3.0])
def test_every_customer_is_in_one_cell(scale):
    """Counts add up to all customers, also with nothing or refunds alone."""
    rng = np.random.default_rng(1)
    actual = pd.Series(scale * rng.poisson(0.5, 500) * rng.gamma(2, 30, 500))
    predicted = pd.Series(scale * rng.gamma(0.5, 30, 500))
    table = predicted_against_actual(actual, predicted)
    assert table["customers"].sum() == 500
    assert (table["predicted_high"] >= table["predicted_low"]).all()
    if scale > 0:
        zero = table[table["actual_high"] == 0]["customers"].sum()
        assert zero == (actual <= 0).sum()


def test_threshold_table_by_hand():
    """At 0.5 one of two called buyers bought, and one of two buyers was called."""
    table = threshold_table(np.array([True, True, False, False]), np.array([0.9, 0.4, 0.6, 0.1]))
    half = table[table["threshold"] == 0.5].iloc[0]
    assert (half["accuracy"], half["precision"], half["recall"], half["f1"]) == (0.5,) * 4
    assert np.isnan(table[table["threshold"] == 0.95]["precision"].iloc[0])
