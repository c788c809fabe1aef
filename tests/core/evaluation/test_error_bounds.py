"""Bounds from errors: what they hold, and how wide they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import TooFewCustomers
from clv_core.evaluation.certainty import IntervalModel
from clv_core.evaluation.error_bounds import ErrorBounds


def draw(customers: int, seed: int, spread: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Return forecasts, and values off by a share of them."""
    random = np.random.default_rng(seed)
    forecast = random.uniform(100, 10_000, customers)
    return forecast, forecast * (1 + spread * random.normal(size=customers))


def test_hold_the_stated_share_of_new_customers() -> None:
    """Of 20,000 customers that the bounds have not seen, four in five lie within."""
    bounds = ErrorBounds.fit(*draw(5000, seed=1), share=0.8)
    forecast, actual = draw(20_000, seed=2)
    found = bounds.bounds(pd.Series(forecast))
    inside = (found["low"] <= actual) & (actual <= found["high"])
    assert inside.mean() == pytest.approx(0.8, abs=0.01)
    for part in np.array_split(np.argsort(forecast), 5):
        assert inside.iloc[part].mean() == pytest.approx(0.8, abs=0.03)


def test_are_narrow_where_forecasts_are_close() -> None:
    """Errors of 0.1 % give bounds of that size, where bounds of outcomes are as wide as a bin."""
    forecast, actual = draw(5000, seed=3, spread=0.001)
    told = pd.Series(forecast)
    narrow = ErrorBounds.fit(forecast, actual).bounds(told)
    wide = IntervalModel.fit(told, pd.Series(actual)).bounds(told)
    width = (narrow["high"] - narrow["low"]) / forecast
    assert width.median() == pytest.approx(2 * 1.2816 * 0.001, rel=0.15)
    assert (wide["high"] - wide["low"]).median() > 20 * (narrow["high"] - narrow["low"]).median()


def test_cut_the_tails_by_rank() -> None:
    """With 19 equal forecasts and errors −9 … 9 the tenths are the second and the last but one."""
    bounds = ErrorBounds.fit(np.full(19, 100.0), 100.0 + np.arange(-9, 10), share=0.8)
    assert (bounds.lows, bounds.highs) == ((-8.0,), (8.0,))
    found = bounds.bounds(pd.Series([100.0, 200.0]))
    assert found.to_numpy().tolist() == [[92.0, 108.0], [184.0, 216.0]]  # grows beyond the knot


def test_always_include_the_forecast_and_read_back() -> None:
    """Where all values lie above the forecast, the forecast is the lower bound."""
    bounds = ErrorBounds.fit(np.linspace(10, 20, 40), np.linspace(50, 60, 40))
    found = bounds.bounds(pd.Series([15.0]))
    assert found["low"].iloc[0] == 15.0
    assert found["high"].iloc[0] == pytest.approx(55.0)
    assert ErrorBounds.from_json(bounds.to_json()) == bounds


def test_refuse_nine_customers() -> None:
    """A tenth of nine customers is nobody."""
    with pytest.raises(TooFewCustomers):
        ErrorBounds.fit(np.arange(9.0), np.arange(9.0))
