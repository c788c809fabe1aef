"""How far one forecast leads another, and whether chance explains it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.lead import measure_badness, measure_lead, score_against
from clv_core.models.forecaster import Prediction
from clv_core.settings import EvaluationSettings

SETTINGS = EvaluationSettings(bootstrap_samples=100)


def told(values: list[float] | np.ndarray) -> Prediction:
    """Return a forecast of customers 0, 1, 2 …"""
    return Prediction(pd.Series(values, dtype=float))


def happened(values: list[float] | np.ndarray) -> pd.DataFrame:
    """Return what the same customers spent."""
    return pd.DataFrame({"future_spend": np.asarray(values, dtype=float)})


def test_a_perfect_forecast_has_no_badness() -> None:
    """Order and amounts are right: nothing is left to gain."""
    spend = [0.0, 10.0, 20.0, 70.0]
    badness = measure_badness(happened(spend), told(spend))
    assert badness == pytest.approx({"normalised_gini": 0.0, "spearman": 0.0, "mae": 0.0})


def test_one_amount_for_all_knows_no_order() -> None:
    """It is as bad at ordering as drawing lots: 1. Its absolute error is the mean distance."""
    badness = measure_badness(happened([0.0, 10.0, 20.0, 70.0]), told([25.0] * 4))
    assert badness == pytest.approx({"normalised_gini": 1.0, "spearman": 1.0, "mae": 22.5})


def test_an_outcome_that_is_the_same_for_all_has_no_order() -> None:
    """Only amounts can be judged then."""
    assert measure_badness(happened([5.0, 5.0]), told([4.0, 7.0])) == {"mae": 1.5}


def test_the_score_is_the_mean_ratio_to_the_default() -> None:
    """Half, three quarters and one and a quarter of the default's badness average 5/6."""
    default = {"normalised_gini": 0.4, "spearman": 0.8, "mae": 20.0}
    badness = {"normalised_gini": 0.2, "spearman": 0.6, "mae": 25.0}
    assert score_against(badness, default) == pytest.approx((0.5 + 0.75 + 1.25) / 3)
    assert score_against(default, default) == 1.0


def test_a_default_without_fault_cannot_be_led() -> None:
    """A ratio to nothing is left out; with no ratio left, both are alike."""
    assert score_against({"mae": 3.0}, {"mae": 0.0}) == 1.0


def test_the_lead_of_a_copy_is_chance() -> None:
    """The same forecast gains nothing."""
    spend = np.random.default_rng(1).gamma(1.0, 30.0, 200)
    same = told(np.full(200, 30.0) + spend / 10)
    lead = measure_lead([(happened(spend), same, same)], 1, SETTINGS, 1)
    assert (lead.gain, lead.standard_error, lead.is_beyond_chance) == (0.0, 0.0, False)


def test_more_candidates_make_the_same_lead_less_sure() -> None:
    """What one forecast shows beyond chance, the best of very many may show by chance."""
    random = np.random.default_rng(2)
    spend = random.gamma(1.0, 30.0, 150)
    default = told(spend * random.lognormal(0, 1.2, 150))
    found = told(spend * random.lognormal(0, 1.0, 150))
    windows = [(happened(spend), default, found)]
    alone = measure_lead(windows, 1, SETTINGS, 1)
    assert alone.is_beyond_chance
    assert alone.gain > 0
    many = measure_lead(windows, 10**12, SETTINGS, 1)
    assert not many.is_beyond_chance
    assert (many.gain, many.standard_error) == (alone.gain, alone.standard_error)


def test_a_lead_that_one_window_does_not_show_is_chance() -> None:
    """However large the gain in another one."""
    random = np.random.default_rng(4)
    spend = random.gamma(1.0, 30.0, 200)
    poor, good = told(spend * random.lognormal(0, 1.5, 200)), told(spend + 1)
    led, lost = (happened(spend), poor, good), (happened(spend), good, told(spend + 1.1))
    assert measure_lead([led, led], 1, SETTINGS, 1).is_beyond_chance
    mixed = measure_lead([led, lost], 1, SETTINGS, 1)
    assert mixed.gain > 0.4
    assert not mixed.is_beyond_chance


def test_windows_count_alike() -> None:
    """The gain over two windows is the mean of their gains, and so is its error."""
    random = np.random.default_rng(3)
    spend = random.gamma(1.0, 30.0, (2, 100))
    windows = [
        (happened(one), told(one * random.lognormal(0, 1, 100)), told(one + 5)) for one in spend
    ]
    single = [measure_lead([window], 1, SETTINGS, 1) for window in windows]
    both = measure_lead(windows, 1, SETTINGS, 1)
    assert both.gain == pytest.approx(np.mean([one.gain for one in single]))
    assert both.standard_error == pytest.approx(np.mean([one.standard_error for one in single]))
