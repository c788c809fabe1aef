"""The forecast summed up, by hand."""

import numpy as np
import pandas as pd
import pytest

from clv_core.segments.outlook import bin_forecast, sum_forecast


def _forecast(predicted: list[float], p_buy: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"predicted": predicted, "p_buy": p_buy, "expected_orders": np.array(p_buy) * 2},
        index=pd.RangeIndex(len(predicted), name="customer_key"),
    )


def test_an_outlook_adds_up_what_is_expected():
    """Total, buyers, orders and the top fifth come from four customers' sums."""
    outlook = sum_forecast(_forecast([60.0, 20.0, 15.0, 5.0, 0.0], [0.9, 0.5, 0.4, 0.1, 0.0]))
    assert outlook.customers == 5
    assert outlook.total == 100.0
    assert (outlook.mean, outlook.median) == (20.0, 15.0)
    assert outlook.expected_buyers == pytest.approx(1.9)
    assert outlook.likely_buyers == 2
    assert outlook.expected_orders == pytest.approx(3.8)
    assert outlook.top_20_value_share == pytest.approx(0.6)


def test_a_customer_on_the_edge_of_the_top_fifth_counts_in_part():
    """20 % of four customers are 0.8 of the best one."""
    outlook = sum_forecast(_forecast([50.0, 30.0, 20.0, 0.0], [0.5] * 4))
    assert outlook.top_20_value_share == pytest.approx(0.8 * 0.5)


def test_a_model_without_chances_expects_no_number_of_buyers():
    """Unknown chances stay unknown instead of becoming nobody."""
    outlook = sum_forecast(_forecast([1.0, 2.0], [np.nan, np.nan]))
    assert np.isnan(outlook.expected_buyers)
    assert np.isnan(outlook.expected_orders)
    assert outlook.likely_buyers == 0


def test_nothing_expected_has_no_top_fifth():
    """A share of nothing is not a number."""
    assert np.isnan(sum_forecast(_forecast([0.0, -1.0], [0.1, 0.1])).top_20_value_share)


def test_bins_hold_every_customer_and_all_value_once():
    """Counts and sums over the bins are those of the forecast, refunds included."""
    predicted = [-3.0, 0.0, 0.5, 1.0, 10.0, 10.0, 400.0]
    bins = bin_forecast(_forecast(predicted, [0.1] * 7), bins=5)
    assert bins["customers"].sum() == 7
    assert bins["value"].sum() == pytest.approx(sum(predicted))
    assert bins["low"].iloc[0] == 0.0
    assert bins["high"].iloc[-1] == pytest.approx(400.0)
    assert (bins["high"].iloc[:-1].to_numpy() == bins["low"].iloc[1:].to_numpy()).all()
    assert bins["customers"].iloc[-1] == 1


def test_a_forecast_of_nothing_is_one_bin():
    """Where nobody brings anything there is one bin with everybody in it."""
    bins = bin_forecast(_forecast([0.0, 0.0], [0.0, 0.0]))
    assert bins.to_dict("records") == [{"low": 0.0, "high": 0.0, "customers": 2, "value": 0.0}]


def test_a_table_that_knows_no_purchases_has_no_buyers():
    """Without chances and orders the sums of value still stand."""
    outlook = sum_forecast(pd.DataFrame({"predicted": [3.0, 1.0]}))
    assert (outlook.total, outlook.likely_buyers) == (4.0, 0)
    assert np.isnan(outlook.expected_buyers)
    assert np.isnan(outlook.expected_orders)
