"""What is said of a comparison: whoever wins is named, and reasons to train again are counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.scoreboard import Scoreboard, Window, build_scoreboard
from clv_core.models.forecaster import Prediction
from clv_core.monitoring.advice import advise
from clv_core.monitoring.comparison import GROUP_COLUMNS
from clv_core.monitoring.drift import FEATURE_COLUMNS, SHOP_COLUMNS
from clv_core.monitoring.effects import EFFECT_COLUMNS, Effect
from clv_core.monitoring.findings import ListOutcome, LookBack
from clv_core.monitoring.list_words import tell_effect, tell_list
from clv_core.monitoring.past import PastChange
from clv_core.monitoring.words import is_beaten, list_caveats, list_findings, tell_rivals
from clv_core.settings import EvaluationSettings

CUTOFF = dt.date(2024, 6, 30)


def board(skill: float, rival_skill: float) -> Scoreboard:
    """Return the marks of a network and of past spend, each right by so much."""
    rng = np.random.default_rng(6)
    index = pd.RangeIndex(600, name="customer_key")
    worth = rng.gamma(1.0, 40.0, 600)
    actual = pd.DataFrame(
        {"future_spend": worth, "future_orders": (worth > 30).astype(int)}, index=index
    )
    told = {
        name: Prediction(pd.Series(worth * right + rng.gamma(1.0, 40.0, 600) * (1 - right), index))
        for name, right in (("past_spend", rival_skill), ("network", skill))
    }
    settings = EvaluationSettings(bootstrap_samples=100)
    window = Window(CUTOFF, 90, 90)
    return build_scoreboard(actual, told, {"past_spend"}, settings, 1, "network", window)


def found(**facts: object) -> LookBack:
    """Return a comparison in which all went as forecast, but for some facts."""
    total = pd.DataFrame(
        [("all", "all", 600, 100.0, 80.0, 120.0, 100.0, 1.0, 0.8, 300.0, 300)],
        columns=list(GROUP_COLUMNS),
    )
    usual = LookBack(
        run="",
        dataset="",
        made_at="2024-12-01T00:00:00+00:00",
        model="network",
        currency="EUR",
        cutoff=CUTOFF,
        first_day=dt.date(2023, 1, 1),
        last_day=dt.date(2024, 7, 30),
        days=30,
        horizon_days=90,
        way=None,
        customers=600,
        matched=600,
        new_customers=0,
        new_revenue=0.0,
        groups=total,
        deciles=pd.DataFrame(),
        scoreboard=board(0.8, 0.5),
        coverage=None,
        reliability=pd.DataFrame(),
        past=PastChange(dt.date(2023, 1, 1), 0, 0, 0, 0.0, 0.0, 5000.0),
        shop=pd.DataFrame(columns=list(SHOP_COLUMNS)),
        features=pd.DataFrame(columns=list(FEATURE_COLUMNS)).astype({"psi": float}),
    )
    return replace(usual, **facts)  # type: ignore[arg-type]


def test_a_plain_baseline_that_wins_is_said_to_win() -> None:
    """Past spend beats a bad network, loses to a good one, and ties with its like."""
    (gini, _) = (str(told) for told in tell_rivals(board(0.2, 0.9)))
    assert "A plain baseline beat it beyond chance: Past spend (ranking)" in gini
    assert is_beaten(board(0.2, 0.9))
    (gini, _) = (str(told) for told in tell_rivals(board(0.9, 0.2)))
    assert "better beyond chance than the best plain baseline" in gini
    assert not is_beaten(board(0.9, 0.2))
    (gini, _) = (str(told) for told in tell_rivals(board(0.5, 0.5)))
    assert "no difference beyond chance" in gini


def test_without_reasons_nothing_speaks_for_training_again() -> None:
    """The days that are left are told."""
    assert str(advise(found())) == (
        "Nothing speaks for training again yet. The forecast reaches 60 more days."
    )


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"days": 90}, "all days that were forecast are over"),
        ({"scoreboard": board(0.2, 0.9)}, "past spend now puts customers in a better order"),
        (
            {"past": PastChange(CUTOFF, 9, 1, 1, 60.0, 60.0, 5000.0)},
            "the past that it learnt from has changed",
        ),
        (
            {
                "features": pd.DataFrame(
                    [("spend", "net_spend", 0.4, 1.0, 2.0), ("spend", "spend_30d", 0.1, 1.0, 1.0)],
                    columns=list(FEATURE_COLUMNS),
                )
            },
            "1 of 2 facts about customers look different now",
        ),
    ],
)
def test_each_reason_to_train_again_is_told(facts: dict[str, object], reason: str) -> None:
    """One fact that is not as usual is one reason."""
    assert str(advise(found(**facts))) == f"Train again on the newer orders: {reason}."


def test_a_total_outside_its_range_is_told_and_a_reason() -> None:
    """Both in the first finding and, after another reason, in the advice."""
    missed = found(days=90)
    missed = replace(missed, groups=missed.groups.assign(actual=130.0))
    assert "outside the range of 80 to 120" in str(list_findings(missed)[0])
    assert str(advise(missed)).endswith("are over; the total left its range.")


def test_findings_and_caveats_say_what_applies_only() -> None:
    """New customers and a changed past where there are some; missing ones as a caveat."""
    plain = [str(told) for told in list_findings(found())]
    assert not any("did not know" in one for one in plain)
    changed = found(
        new_customers=7,
        new_revenue=1234.0,
        matched=590,
        first_day=dt.date(2024, 7, 5),
        past=PastChange(dt.date(2023, 1, 1), 2, 1, 3, 50.0, 25.0, 5000.0),
    )
    told = " ".join(map(str, list_findings(changed)))
    assert "Customers whom the result did not know and who bought: 7." in told
    assert "They brought 1,234" in told
    assert "of 2 customers" in told
    assert "(1 more, 3 fewer; 50 more and 25 less, 1.5% of the money of that time)" in told
    caveats = " ".join(map(str, list_caveats(changed)))
    assert "10 customers of the forecast are not in the newer orders" in caveats
    assert "The newer orders begin on 2024-07-05" in caveats


def effect(verdict: str, needed: int | None = 5000, measure: str = "revenue") -> Effect:
    """Return an effect of 2 on top of 10, or of two in a hundred."""
    numbers = (12.0, 10.0, 2.0, 0.5, 3.5) if measure == "revenue" else (0.3, 0.28, 0.02, 0.0, 0.04)
    row = (measure, "all", 800, 200, *numbers)
    table = pd.DataFrame([row], columns=list(EFFECT_COLUMNS))
    return Effect(measure, verdict, table, 2.0, needed)  # type: ignore[arg-type]


def test_what_a_list_changed_is_said_plainly() -> None:
    """Beyond chance, none worth seeing, too few with how many it takes, nobody kept out."""
    told = str(tell_effect(effect("more")))
    assert "brought 12.00 each, those kept out 10.00: a difference of +2.00" in told
    assert told.endswith("That is beyond chance.")
    assert "hardly have gone unseen" in str(tell_effect(effect("no_difference")))
    assert "about 5000 would be needed" in str(tell_effect(effect("too_few")))
    assert str(tell_effect(effect("too_few", None))).endswith("That is too few customers to tell.")
    assert "Nobody was kept out" in str(tell_effect(effect("no_control")))
    shares = str(tell_effect(effect("more", measure="bought")))
    assert "30.0% bought, of those kept out 28.0%: a difference of +2.0 percentage" in shares


def test_a_list_that_came_too_late_is_called_a_rehearsal() -> None:
    """It can have changed nothing, which is said before anything else."""
    late = ListOutcome("0" * 32, "csv", CUTOFF, CUTOFF, 30, True, 1000, 1000, (effect("too_few"),))
    assert "can have changed nothing" in str(tell_list(late)[0])
    drawn = replace(late, effects=(effect("more"),))
    assert str(tell_list(drawn)[1]).endswith("one in twenty such lists does by chance.")
    assert str(tell_list(replace(late, is_rehearsal=False))[0]) == (
        "The 30 days after 2024-06-30 are compared."
    )
