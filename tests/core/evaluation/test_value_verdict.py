"""The verdict on a value table says what the scoreboard shows, and what it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clv_core.evaluation.recommendation import recommend
from clv_core.evaluation.scoreboard import Scoreboard, build_scoreboard
from clv_core.evaluation.value_verdict import write_value_verdict
from clv_core.models.forecaster import Prediction
from clv_core.sentences import Sentence
from clv_core.settings import EvaluationSettings

SETTINGS = EvaluationSettings(bootstrap_samples=200)
RANDOM = np.random.default_rng(5)
VALUES = RANDOM.gamma(4.0, 500.0, 800)


def tell(noise: float, seed: int, factor: float = 1.0) -> Prediction:
    """Blur the values."""
    blurred = VALUES + np.random.default_rng(seed).normal(0, noise, len(VALUES))
    return Prediction(pd.Series(factor * blurred))


MEAN = Prediction(pd.Series(np.full(len(VALUES), VALUES.mean())))


def board(predictions: dict[str, Prediction], recommended: str) -> Scoreboard:
    """Score forecasts of the 800 customers."""
    actual = pd.DataFrame({"future_spend": VALUES})
    return build_scoreboard(actual, predictions, set(), SETTINGS, 1, recommended, window=None)


def test_scoreboard_without_a_window_reads_back() -> None:
    """No window, no buyers, no buying metrics; the constant mean orders nobody."""
    scored = board({"mean_value": MEAN, "linear": tell(300, 1)}, "linear")
    again = Scoreboard.from_json(scored.to_json())
    assert again.window is None
    assert again.buyers_share is None
    assert again.find("linear", "roc_auc") is None
    assert again.find("mean_value", "normalised_gini") is None
    assert again.find("mean_value", "r2") is not None
    assert again.winner == "linear"


def test_says_that_nothing_was_forecast_in_time() -> None:
    """Whatever the marks, the meaning says fit to a given column."""
    verdict = write_value_verdict(board({"mean_value": MEAN, "linear": tell(9, 1)}, "linear"), {})
    assert "not a forecast in time" in str(verdict.meaning)
    assert "given column" in str(verdict.meaning)
    assert verdict.cautions == ()


def test_says_how_much_closer_than_the_mean() -> None:
    """The share taken off the error is 1 − MAE ÷ MAE of the mean."""
    told = tell(300, 1)
    verdict = write_value_verdict(board({"mean_value": MEAN, "linear": told}, "linear"), {})
    error = np.abs(told.spend - VALUES).mean()
    of_mean = np.abs(VALUES - VALUES.mean()).mean()
    assert verdict.worth.facts["percent"] == 100 * (1 - error / of_mean)


def test_says_when_a_plain_baseline_beats_the_network() -> None:
    """A linear model far ahead of the network is said to be."""
    predictions = {"mean_value": MEAN, "linear": tell(100, 1), "network": tell(900, 2)}
    verdict = write_value_verdict(board(predictions, "network"), {})
    assert "A plain baseline beats the network beyond chance on 3 of 3" in str(verdict.network)
    assert any("linear model came closer" in str(one) for one in verdict.cautions)


def test_says_when_nothing_is_told() -> None:
    """A forecast that has nothing to do with the value is said to be none."""
    random = np.random.default_rng(8).gamma(4.0, 500.0, len(VALUES))
    predictions = {"mean_value": MEAN, "network": Prediction(pd.Series(random))}
    verdict = write_value_verdict(board(predictions, "network"), {})
    assert str(verdict.headline).startswith("No model orders customers by value better than chance")
    assert "more than the" in str(verdict.worth)
    assert any("explains none of the differences" in str(one) for one in verdict.cautions)


def test_warns_of_columns_that_may_give_the_value_away() -> None:
    """A flagged column that was learnt from is named with its reason, before all else."""
    why = Sentence("It is a copy of the value. Leave it out.")
    scored = board({"mean_value": MEAN, "linear": tell(9, 1)}, "linear")
    first = write_value_verdict(scored, {"Churn Score": why}).cautions[0]
    assert "“Churn Score”" in str(first)
    assert str(first).endswith("It is a copy of the value. Leave it out.")


def test_customers_are_redrawn_with_all_their_repeats() -> None:
    """Telling the same customers twice gives no more certainty than telling them once."""
    weak, strong = tell(700, 3), tell(640, 4)
    once = pd.DataFrame({"future_spend": VALUES})
    twice = pd.concat([once, once], ignore_index=True)
    told_once = {"linear": weak, "network": strong}
    told_twice = {
        name: Prediction(pd.concat([one.spend, one.spend], ignore_index=True))
        for name, one in told_once.items()
    }
    first = recommend(once, told_once, set(), SETTINGS, 1)
    assert recommend(twice, told_twice, set(), SETTINGS, 1, repeats=2) == first
