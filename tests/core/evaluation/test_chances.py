"""Chances of buying, put right where that helps and left alone where it does not."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from clv_core.evaluation.chances import (
    ChanceCalibration,
    compare_chances,
    find_shift,
    learn_chances,
    trace_reliability,
)


def draw(customers, seed, spread=1.0):
    """Return chances whose logits are ``spread`` times what they should be, and who bought."""
    rng = np.random.default_rng(seed)
    true = expit(rng.normal(-1.5, 1.2, customers))
    index = pd.RangeIndex(customers, name="customer_key")
    told = expit(spread * (logit(true) + 1.5) - 1.5)
    return pd.Series(told, index), pd.Series(rng.random(customers) < true, index)


def test_chances_too_far_apart_are_drawn_together():
    """Logits twice too far from their middle are halved, on customers not seen before too."""
    rule = learn_chances(*draw(4000, 1, spread=2.0), seed=1)
    assert rule.slope == pytest.approx(0.5, abs=0.06)
    told, bought = draw(4000, 2, spread=2.0)
    marks = compare_chances({"given": told, "right": rule.apply(told)}, bought)
    assert marks["log_loss"].is_monotonic_decreasing
    assert marks["brier"].is_monotonic_decreasing


def test_right_chances_stay_as_they_are():
    """Where nothing is wrong beyond chance, the rule is to do nothing."""
    told, bought = draw(3000, 3)
    rule = learn_chances(told, bought, seed=1)
    assert rule == ChanceCalibration()
    assert rule.apply(told) is told


def test_how_many_bought_in_all_is_not_learnt():
    """A window in which far more bought than told moves no mean: it may have been a season."""
    told, bought = draw(4000, 4, spread=2.0)
    low = pd.Series(expit(logit(told) - 1.0), told.index)
    rule = learn_chances(low, bought, seed=1)
    assert rule.slope < 0.7
    assert rule.apply(low).mean() == pytest.approx(low.mean(), abs=1e-6)


def test_few_buyers_teach_nothing():
    """Twenty-nine buyers are too few for a slope."""
    told = pd.Series(np.linspace(0.01, 0.99, 500))
    bought = pd.Series(np.arange(500) < 29)
    assert learn_chances(told, bought, seed=1) == ChanceCalibration()


def test_the_shift_meets_the_mean_by_hand():
    """From one half each to one quarter takes log(1/3)."""
    assert find_shift(np.zeros(5), 0.25) == pytest.approx(np.log(1 / 3))


def test_the_shift_is_found_however_far_apart_chances_lie():
    """A slope learnt from few buyers can send logits hundreds away from nothing."""
    logits = np.array([-400.0, -300.0, -250.0, 90.0])
    shift = find_shift(logits, 0.5)
    assert expit(logits + shift).mean() == pytest.approx(0.5)


def test_log_loss_and_brier_by_hand():
    """Two customers told 0.8: one bought, one did not."""
    marks = compare_chances({"x": pd.Series([0.8, 0.8])}, pd.Series([True, False]))
    assert marks["log_loss"].item() == pytest.approx(-(np.log(0.8) + np.log(0.2)) / 2)
    assert marks["brier"].item() == pytest.approx((0.04 + 0.64) / 2)


def test_reliability_counts_every_customer_once_and_keeps_ties_together():
    """Two chances only make two groups, with the shares that bought."""
    told = pd.Series([0.1] * 50 + [0.6] * 50)
    bought = pd.Series([True] * 5 + [False] * 45 + [True] * 30 + [False] * 20)
    groups = trace_reliability(told, bought)
    assert groups["customers"].tolist() == [50, 50]
    assert groups["bought_share"].tolist() == [0.1, 0.6]
    assert (groups["low"] < groups["bought_share"]).all()
    assert (groups["bought_share"] < groups["high"]).all()


def test_the_rule_survives_json():
    """What is written comes back equal."""
    rule = ChanceCalibration(0.7, -0.2)
    assert ChanceCalibration.from_json(rule.to_json()) == rule
