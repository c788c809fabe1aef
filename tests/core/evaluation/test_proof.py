"""What many tests come to, with numbers to check by hand, and what is said of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.proof import Proof, collect_tests, count_standing, summarise_scores
from clv_core.evaluation.proof_words import tell_files, tell_history
from clv_core.evaluation.scoreboard import Window, build_scoreboard
from clv_core.evaluation.stability import Stability
from clv_core.models.forecaster import Prediction
from clv_core.sentences import Sentence
from clv_core.settings import EvaluationSettings

NEW, OLD = dt.date(2024, 6, 30), dt.date(2024, 3, 31)
SCORES = pd.DataFrame(
    [
        (cutoff, seed, model, "mae", value)
        for model, values in {
            "ensemble": (10.0, 12.0, 20.0, 22.0),
            "network": (9, 13, 21, 25),
        }.items()
        for (cutoff, seed), value in zip(
            [(NEW, 1), (NEW, 2), (OLD, 1), (OLD, 2)], values, strict=True
        )
    ],
    columns=["cutoff", "seed", "model", "metric", "value"],
)
TESTS = pd.DataFrame(
    {
        "cutoff": [NEW, NEW, OLD, OLD],
        "seed": [1, 2, 1, 2],
        "chosen": ["ensemble", "ensemble", "ensemble", "network"],
        "beats_past_spend": [True, True, False, True],
        "customers": [300, 300, 250, 250],
        "buyers_share": [0.3, 0.3, 0.4, 0.4],
    }
)


def variants(*rows: tuple[str, int, float, float, float]) -> pd.DataFrame:
    """Return variants from (name, days, gain, low, high), each of an error of 50."""
    frame = pd.DataFrame(rows, columns=["variant", "days", "gain", "gain_low", "gain_high"])
    return frame.assign(metric="mae", value=50.0, low=45.0, high=55.0, forecast_by="ensemble")


def proof(
    history: pd.DataFrame | None = None, files: pd.DataFrame | None = None, model: str = "ensemble"
) -> Proof:
    """Return a proof of four tests, and of less to learn from where given."""
    return Proof(
        model=model,
        horizon_days=90,
        seeds=(1, 2),
        scores=SCORES,
        tests=TESTS,
        stability=Stability(2, 400, 0.05, 0.05, {"high": 0.1}, 0.01, 0.08, ("ensemble",) * 2),
        history=pd.DataFrame() if history is None else history,
        history_customers=200,
        files=pd.DataFrame() if files is None else files,
        reasons=(Sentence("The windows do not overlap: each is {days} days long.", days=90),),
    )


def test_tests_are_summed_up_by_seeds_and_by_windows() -> None:
    """Ten, twelve, twenty, twenty-two: 16 on average; seeds differ by 2, windows by 10."""
    row = summarise_scores(SCORES, "mae").set_index("model").loc["ensemble"]
    assert (row["tests"], row["mean"], row["low"], row["high"]) == (4, 16.0, 10.0, 22.0)
    assert row["deviation"] == pytest.approx(np.std([10, 12, 20, 22], ddof=1))
    assert row["seed_deviation"] == pytest.approx(2**0.5)
    assert row["window_deviation"] == pytest.approx(50**0.5)


def test_the_best_mean_comes_first_among_those_in_every_test() -> None:
    """A model that took part in one easy test only does not lead."""
    easy = pd.DataFrame([(NEW, 1, "svm", "mae", 1.0)], columns=list(SCORES))
    summary = summarise_scores(pd.concat([SCORES, easy]), "mae")
    assert list(summary["model"]) == ["ensemble", "network", "svm"]


def test_the_chosen_model_is_counted_where_it_was_best() -> None:
    """Best in the second and third test; in the last the chosen network was not."""
    standing = count_standing(proof(), "mae")
    assert (standing.tests, standing.best) == (4, 2)
    assert (standing.beat_past_spend, standing.judged) == (3, 4)


def test_a_model_that_took_no_part_is_not_judged_against_past_spend() -> None:
    """The network was tested and judged; the ensemble could not be fitted and is not."""
    spend = pd.Series(np.arange(100.0))
    actual = pd.DataFrame({"future_spend": spend, "future_orders": (spend > 50).astype(int)})
    told = {
        "past_spend": Prediction(spend[::-1].set_axis(spend.index)),
        "network": Prediction(spend),
    }
    boards = [
        build_scoreboard(
            *(actual, told, {"past_spend"}, EvaluationSettings(bootstrap_samples=50), 1),
            recommended=chosen,
            window=Window(NEW, 90, 90),
        )
        for chosen in ("network", "ensemble")
    ]
    tests = collect_tests(enumerate(boards))
    assert list(tests["beats_past_spend"]) == [True, None]
    standing = count_standing(replace(proof(), tests=tests), "mae")
    assert (standing.beat_past_spend, standing.judged, standing.tests) == (1, 1, 2)


def test_a_proof_survives_its_way_to_disk() -> None:
    """Dates stay dates, undefined gains stay undefined."""
    kept = proof(variants(("a", 90, -3.0, -5.0, -1.0), ("b", 180, np.nan, np.nan, np.nan)))
    back = Proof.from_json(kept.to_json())
    pd.testing.assert_frame_equal(back.scores, kept.scores)
    pd.testing.assert_frame_equal(back.history, kept.history[list(back.history)])
    assert list(back.tests["beats_past_spend"]) == [True, True, False, True]
    assert (back.stability, back.reasons, back.seeds) == (kept.stability, kept.reasons, kept.seeds)


WHOLE = ("all", 400, np.nan, np.nan, np.nan)


@pytest.mark.parametrize(
    ("shorter", "expected"),
    [
        ([("a", 100, -9.0, -12.0, -5.0), ("b", 300, -4.0, -6.0, -2.0)], "would probably help"),
        ([("a", 100, -9.0, -12.0, -5.0), ("b", 300, -1.0, -4.0, 2.0)], "may help a little"),
        ([("a", 100, -1.0, -6.0, 5.0), ("b", 300, -1.0, -4.0, 2.0)], "Too few customers"),
        ([("b", 300, -0.1, -0.3, 0.4)], "would hardly help"),
        ([("b", 300, 4.0, 2.0, 6.0)], "would probably not help"),
    ],
)
def test_whether_more_history_helps_is_said_as_far_as_it_shows(
    shorter: list[tuple[str, int, float, float, float]], expected: str
) -> None:
    """By the last piece of history first, by all of it where that cannot be told."""
    assert expected in str(tell_history(proof(variants(*shorter, WHOLE)), "mae"))


def test_nothing_is_said_of_history_that_could_not_be_cut() -> None:
    """There is no curve of one point."""
    assert "is unknown" in str(tell_history(proof(), "mae"))


def test_what_each_file_adds_is_said_file_by_file() -> None:
    """Browsing helps beyond chance, of reviews nothing can be told."""
    rows = variants(
        ("orders", 0, np.nan, np.nan, np.nan),
        ("orders+events", 0, -5.0, -8.0, -3.0),
        ("orders+events+reviews", 0, -1.0, -3.0, 1.0),
    )
    browsing, reviews = map(str, tell_files(proof(files=rows), "mae"))
    assert browsing == "Browsing: with this file the forecast is better, beyond chance."
    assert reviews == "Reviews: too few customers to tell whether this file adds anything."
    (alone,) = map(str, tell_files(proof(), "mae"))
    assert "orders alone" in alone
    (unread,) = map(str, tell_files(proof(model="pareto_nbd"), "mae"))
    assert unread.startswith("Pareto/NBD with Gamma-Gamma, the model in use, reads orders alone")
