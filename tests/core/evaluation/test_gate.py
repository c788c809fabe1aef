"""The model in use against past spend: beyond chance, or not at all."""

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.gate import find_objection
from clv_core.evaluation.scoreboard import build_scoreboard
from clv_core.models.forecaster import Prediction
from clv_core.settings import EvaluationSettings

SETTINGS = EvaluationSettings(bootstrap_samples=100)


def build(recommended="network", customers=600, **scores):
    """Return a scoreboard of models whose forecasts are given as noise around the truth."""
    rng = np.random.default_rng(5)
    truth = rng.gamma(1.0, 50.0, customers) * (rng.random(customers) < 0.5)
    actual = pd.DataFrame({"future_spend": truth, "future_orders": (truth > 0).astype(int)})
    noise = rng.normal(size=customers)
    predictions = {
        name: Prediction(pd.Series(np.maximum(truth + spread * noise, 0) + 0.01))
        for name, spread in scores.items()
    }
    return build_scoreboard(actual, predictions, {"past_spend"}, SETTINGS, 1, recommended, None)


def test_a_model_ahead_beyond_chance_passes():
    """Little noise against much: there is nothing to object."""
    assert find_objection(build(past_spend=100.0, network=5.0)) is None


def test_a_model_behind_is_told_to_be():
    """Past spend nearer to the truth: the sentence says so and names the model."""
    told = str(find_objection(build(past_spend=5.0, network=100.0)))
    assert "past spend put them in a better order" in told
    assert told.startswith("Neural network")


def test_equal_is_not_better():
    """The same forecast as past spend has not beaten it."""
    assert "would do as well" in str(find_objection(build(past_spend=30.0, network=30.0)))


def test_a_model_that_was_not_tested_has_shown_nothing():
    """Where the model in use is missing from the test, that is the objection."""
    assert "was not part of the test" in str(find_objection(build("ensemble", past_spend=9.0)))


@pytest.mark.parametrize("board", [None, build(network=5.0)])
def test_without_a_test_or_without_past_spend_nothing_is_said(board):
    """No outcome, or a table that knows no past: neither beaten nor not."""
    assert find_objection(board) is None
