"""The scoreboard, the recommendation and what is said about them."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.bootstrap import draw_metrics
from clv_core.evaluation.metrics import METRICS
from clv_core.evaluation.recommendation import DECISIVE, Incumbent, weigh_candidates
from clv_core.evaluation.scoreboard import Scoreboard, Window, build_scoreboard, recommend
from clv_core.evaluation.verdict import write_verdict
from clv_core.models.forecaster import Prediction
from clv_core.settings import EvaluationSettings

SETTINGS = EvaluationSettings(bootstrap_samples=100)
WINDOW = Window(dt.date(2024, 6, 30), 180, 180)


def make_actual(customers=800, seed=1):
    """Simulate spend: half of the customers buy, amounts are gamma."""
    rng = np.random.default_rng(seed)
    orders = rng.poisson(0.7, customers)
    spend = orders * rng.gamma(2, 20, customers)
    index = pd.RangeIndex(customers, name="customer_key")
    return pd.DataFrame({"future_spend": spend, "future_orders": orders}, index=index)


def forecast(actual, noise, seed, scale=1.0):
    """Blur the outcome: the more noise, the worse the forecast."""
    rng = np.random.default_rng(seed)
    blurred = (actual["future_spend"] + 5) * rng.lognormal(0, noise, len(actual))
    total = actual["future_spend"].sum()
    return Prediction(blurred * scale * total / blurred.sum())


def build(predictions, actual, recommended, window=WINDOW, rankings=("past_spend",)):
    """Build a scoreboard with this file's settings."""
    return build_scoreboard(actual, predictions, set(rankings), SETTINGS, 1, recommended, window)


@pytest.fixture(scope="module")
def board():
    """A network that is clearly best, beside two baselines."""
    actual = make_actual()
    predictions = {
        "past_spend": forecast(actual, 2.0, 1),
        "pareto_nbd": forecast(actual, 1.5, 2),
        "network": forecast(actual, 0.3, 3),
    }
    return build(predictions, actual, "network")


def test_scoreboard_survives_json(board):
    """Every number, name and date comes back."""
    again = Scoreboard.from_json(board.to_json())
    pd.testing.assert_frame_equal(again.table, board.table)
    pd.testing.assert_frame_equal(again.differences, board.differences)
    assert again.to_json() == board.to_json()
    assert again.window == board.window
    assert again.winners == board.winners


def test_scoreboard_names_facts_and_winners(board):
    """Customers, totals and the best value of each metric are kept."""
    actual = make_actual()
    assert board.customers == 800
    assert board.actual_total == pytest.approx(actual["future_spend"].sum())
    assert board.buyers_share == pytest.approx((actual["future_orders"] > 0).mean())
    assert board.winner == "network"
    assert board.winners["mae"] == "network"
    assert "roc_auc" not in board.winners
    assert set(board.predicted_totals) == {"pareto_nbd", "network"}
    assert board.find("past_spend", "mae") is None


def test_differences_read_the_same_from_both_sides(board):
    """Network minus past spend is past spend minus network, turned round."""
    one = board.compare("network", "past_spend", "normalised_gini")
    two = board.compare("past_spend", "network", "normalised_gini")
    assert (one.value, one.low, one.high) == (-two.value, -two.high, -two.low)
    assert one.is_beyond_noise


def test_recommendation_is_the_clearly_best_model():
    """Best on all three decisive metrics and beyond noise: taken although complex."""
    actual = make_actual()
    predictions = {
        "pareto_nbd": forecast(actual, 1.5, 2),
        "ensemble": forecast(actual, 0.2, 3),
    }
    assert recommend(actual, predictions, set(), SETTINGS, 1) == "ensemble"


def test_recommendation_prefers_the_simpler_of_two_equals():
    """The network leads, but by less than a standard error everywhere: the simpler is taken."""
    actual = make_actual()
    predictions = {"network": forecast(actual, 0.5, 3), "pareto_nbd": forecast(actual, 0.5, 2)}
    weighed = weigh_candidates(actual, predictions, set(), SETTINGS, 1)
    draws = draw_metrics(actual, predictions, set(), SETTINGS, 1)
    for metric in DECISIVE:
        behind = METRICS[metric].badness(draws.difference("pareto_nbd", "network", metric).value)
        assert behind <= draws.standard_error("pareto_nbd", "network", metric)
    assert weighed.leader == "network"
    assert weighed.ranks["mean_rank"].idxmin() == "network"
    assert weighed.model == "pareto_nbd"


def test_recommendation_keeps_a_leader_that_is_ahead_on_one_metric():
    """Equal in order but clearly worse in amounts is not as good."""
    actual = make_actual()
    good = forecast(actual, 0.3, 3)
    predictions = {"network": good, "pareto_nbd": Prediction(good.spend * 3)}
    assert recommend(actual, predictions, set(), SETTINGS, 1) == "network"


def test_an_incumbent_gives_way_to_what_its_window_can_tell():
    """Better amounts unseat it over a window of full length, better order over any."""
    actual = make_actual()
    same_order = forecast(actual, 0.5, 3)
    predictions = {"pareto_nbd": Prediction(same_order.spend * 2), "network": same_order}
    whole, short = Incumbent("pareto_nbd"), Incumbent("pareto_nbd", is_window_shorter=True)
    assert recommend(actual, predictions, set(), SETTINGS, 1, whole) == "network"
    assert recommend(actual, predictions, set(), SETTINGS, 1, short) == "pareto_nbd"
    predictions["network"] = forecast(actual, 0.1, 3)
    assert recommend(actual, predictions, set(), SETTINGS, 1, short) == "network"
    assert recommend(actual, {"network": same_order}, set(), SETTINGS, 1, short) == "network"


def test_an_incumbent_stays_where_chance_could_decide():
    """The simpler of two equals does not unseat the incumbent."""
    actual = make_actual()
    predictions = {"network": forecast(actual, 0.5, 3), "pareto_nbd": forecast(actual, 0.5, 2)}
    incumbent = Incumbent("network")
    assert recommend(actual, predictions, set(), SETTINGS, 1) == "pareto_nbd"
    assert recommend(actual, predictions, set(), SETTINGS, 1, incumbent) == "network"


def test_the_more_are_compared_the_more_it_takes_to_unseat_an_incumbent():
    """A lead that unseats it alone is chance among ten: the best of many looks good."""
    actual = make_actual()
    predictions = {"pareto_nbd": forecast(actual, 0.6, 2), "network": forecast(actual, 0.5, 101)}
    incumbent = Incumbent("pareto_nbd")
    assert recommend(actual, predictions, set(), SETTINGS, 1, incumbent) == "network"
    others = {f"other_{seed}": forecast(actual, 2.0, seed) for seed in range(8)}
    assert recommend(actual, predictions | others, set(), SETTINGS, 1, incumbent) == "pareto_nbd"


def test_a_ranking_is_recommended_only_where_nothing_else_exists():
    """The perfect ranking loses to a poor forecast, and wins alone."""
    actual = make_actual()
    perfect = Prediction(actual["future_spend"])
    poor = forecast(actual, 2.0, 5)
    both = {"past_spend": perfect, "bg_nbd": poor}
    assert recommend(actual, both, {"past_spend"}, SETTINGS, 1) == "bg_nbd"
    assert recommend(actual, {"past_spend": perfect}, {"past_spend"}, SETTINGS, 1) == "past_spend"
    with pytest.raises(ValueError, match="no model"):
        recommend(actual, {}, set(), SETTINGS, 1)


def test_recommendation_without_any_revenue_still_decides():
    """Nobody spent: the Gini is undefined for all, absolute error decides."""
    actual = make_actual() * 0
    flat = pd.Series(1.0, actual.index)
    predictions = {"network": Prediction(flat * 9), "pareto_nbd": Prediction(flat)}
    assert recommend(actual, predictions, set(), SETTINGS, 1) == "pareto_nbd"


def test_verdict_on_a_network_that_wins(board):
    """Named, priced against past spend, and no caution to give."""
    verdict = write_verdict(board)
    assert str(verdict.headline).startswith("Neural network ranks your customers best: normalised")
    assert "on all of" in str(verdict.network)
    assert str(verdict.worth).startswith(
        "Choosing the top 20 % of customers by Neural network instead of Past spend (ranking)"
        " caught"
    )
    gain = board.compare("network", "past_spend", "top_20_revenue")
    assert verdict.worth.facts["value"] == gain.value > 0
    assert "came in anyway" in str(verdict.meaning)
    assert verdict.cautions == ()


def test_verdict_names_a_baseline_that_wins():
    """A statistical model ahead of the network is said to be ahead."""
    actual = make_actual()
    predictions = {
        "pareto_nbd": forecast(actual, 0.3, 2),
        "network": forecast(actual, 1.5, 3),
    }
    verdict = write_verdict(build(predictions, actual, "network"))
    assert str(verdict.headline).startswith("Pareto/NBD with Gamma-Gamma ranks your customers best")
    assert verdict.network.facts == {"measured": 3, "lost": 3}
    assert "A plain baseline beats the network beyond chance on 3 of 3" in str(verdict.network)
    assert "less revenue" in str(verdict.worth)
    assert any("ranked better in the test" in str(caution) for caution in verdict.cautions)


def test_verdict_calls_equals_equal():
    """Two forecasts that differ by noise: no lead, no advantage, no money."""
    actual = make_actual()
    predictions = {
        "past_spend": forecast(actual, 1.0, 2),
        "network": forecast(actual, 1.0, 7),
    }
    board = build(predictions, actual, "network")
    lead = board.compare("network", "past_spend", "normalised_gini")
    assert not lead.is_beyond_noise
    verdict = write_verdict(board)
    assert "is no larger than chance alone can make it" in str(verdict.headline)
    assert "neither better nor worse" in str(verdict.network)
    assert "equally good" in str(verdict.worth)


def test_cautions_tell_what_is_wrong():
    """A total 40 % too high, few customers, a carried window and a ranking that won."""
    actual = make_actual(customers=200)
    predictions = {
        "past_spend": Prediction(actual["future_spend"]),
        "pareto_nbd": forecast(actual, 1.0, 2, scale=1.4),
    }
    window = Window(dt.date(2024, 6, 30), 180, 90)
    verdict = write_verdict(build(predictions, actual, "pareto_nbd", window))
    told = [str(caution) for caution in verdict.cautions]
    assert "forecast 40 % more in total than came in" in told[0]
    assert "rests on 200 customers" in told[1]
    assert told[2].startswith("Past spend (ranking) ranked best in the test but gives no amounts")
    assert "trained on 90 days" in told[3]
    assert "not measured" in str(verdict.network)


def test_verdict_without_revenue_claims_nothing():
    """Nobody bought: no winner is named and nothing is priced."""
    actual = make_actual() * 0
    flat = pd.Series(np.arange(800.0), actual.index)
    predictions = {"past_spend": Prediction(flat), "pareto_nbd": Prediction(flat)}
    board = build(predictions, actual, "pareto_nbd")
    verdict = write_verdict(board)
    assert str(verdict.headline).startswith("No model can be named best")
    assert "brought no revenue" in str(verdict.worth)
    assert Scoreboard.from_json(board.to_json()).find("pareto_nbd", "bias") is None


def test_verdict_after_refunds_alone_speaks_of_no_revenue_caught():
    """Customers who only sent goods back: a list that holds fewer of them caught nothing."""
    actual = make_actual()
    refunded = actual.assign(future_spend=-actual["future_spend"], future_orders=0)
    predictions = {
        "past_spend": forecast(actual, 0.1, 2),
        "pareto_nbd": Prediction(-actual["future_spend"]),
    }
    verdict = write_verdict(build(predictions, refunded, "pareto_nbd"))
    assert "brought no revenue" in str(verdict.worth)


def test_verdict_claims_nothing_of_a_model_that_was_not_tested():
    """A model asked for by name that could not be fitted for the test is said to be untested."""
    actual = make_actual()
    predictions = {"past_spend": forecast(actual, 1.0, 2), "pareto_nbd": forecast(actual, 0.5, 3)}
    verdict = write_verdict(build(predictions, actual, "network"))
    told = " ".join(map(str, verdict.cautions))
    assert "Neural network, which the forecast comes from, could not be fitted" in told
    assert "chance alone" not in told
    assert str(verdict.worth).startswith("Neural network was not part of the test")
