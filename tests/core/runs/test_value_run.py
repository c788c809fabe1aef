"""A whole run on a value table whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.cleaning.value_table import ValueTable
from clv_core.errors import InvalidSetting, TooFewCustomers
from clv_core.evaluation.splits import SplitPlan, split_customers
from clv_core.explain.reasons import reasons_in_words
from clv_core.model_settings import NetworkSettings
from clv_core.models.backend import use_compilation_cache
from clv_core.models.forecaster import ignore_report
from clv_core.models.registry import VALUE_FORECASTERS
from clv_core.network_presets import NETWORK_PRESETS, VALUE_TABLE_PRESETS, suit_value_table
from clv_core.pipeline import forecast_value_table
from clv_core.runs.folder import RunFolder, write_run
from clv_core.runs.progress import Progress
from clv_core.runs.result import RunResult
from clv_core.runs.value_rehearsal import Rehearser
from clv_core.runs.value_scoring import score_value_table
from clv_core.runs.value_steps import MODEL_WEIGHTS, ValueSteps
from clv_core.settings import RunSettings
from tests.conftest import QUICK_SETTINGS
from tests.value_tables import as_training, simulate_people, write_value_table

BLANK = 40  # customers without a value


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> ValueTable:
    """Return 540 customers, the first 40 without a value, one column flagged but wanted."""
    use_compilation_cache(tmp_path_factory.mktemp("compiled"))
    people = simulate_people(540, seed=3)
    people.loc[people.index[:BLANK], "value"] = np.nan
    return write_value_table(people, tmp_path_factory.mktemp("table"), leaks=("Noise",))[0]


@pytest.fixture(scope="module")
def told() -> list[dict[str, object]]:
    """Collect the progress of the run."""
    return []


@pytest.fixture(scope="module")
def result(table: ValueTable, told: list[dict[str, object]]) -> RunResult:
    """Return a real run with settings that train in seconds."""
    return forecast_value_table(table, QUICK_SETTINGS, told.append)


@pytest.fixture(scope="module")
def run(
    result: RunResult, table: ValueTable, tmp_path_factory: pytest.TempPathFactory
) -> RunFolder:
    """Return the run as it lies on disk."""
    people = simulate_people(540, seed=3)
    _, quality = write_value_table(people, tmp_path_factory.mktemp("again"))
    folder = tmp_path_factory.mktemp("run")
    write_run(result, table, quality, folder, keeps_customers=True)
    return RunFolder(folder)


def test_every_customer_is_forecast_blank_or_not(run: RunFolder, table: ValueTable) -> None:
    """540 rows with bounds around the forecast; the known value is beside it, NaN where blank."""
    forecast = run.forecast()
    assert list(forecast.columns) == [
        *("predicted", "low", "high", "known_value", "value_tier", "marketing_tier")
    ]
    assert len(forecast) == 540
    assert forecast["known_value"].isna().sum() == BLANK
    known = table.read_values().loc[forecast.index]
    pd.testing.assert_series_equal(forecast["known_value"], known, check_names=False)
    assert (forecast["low"] <= forecast["predicted"]).all()
    assert (forecast["predicted"] <= forecast["high"]).all()
    assert forecast["predicted"].is_monotonic_decreasing
    assert set(forecast["marketing_tier"]) <= {"reward", "grow", "rest"}


def test_the_linear_model_wins_where_the_truth_is_a_sum(result: RunResult) -> None:
    """It is chosen before the test, and the test and its verdict agree."""
    assert result.model == "linear"
    assert result.scoreboard is not None
    assert result.scoreboard.winner == "linear"
    assert result.verdict is not None
    assert str(result.verdict.headline).startswith("Linear model orders customers by value best")
    assert "not a forecast in time" in str(result.verdict.meaning)


def test_a_flagged_column_that_was_wanted_is_a_caution(result: RunResult, run: RunFolder) -> None:
    """The verdict names it, and so does the one read from disk."""
    assert result.verdict is not None
    assert "“Noise” is learnt from" in str(result.verdict.cautions[0])
    assert run.verdict() == result.verdict


def test_the_scoreboard_is_that_of_the_customers_kept_back(run: RunFolder) -> None:
    """Every family is on it, each mark can be computed again, and none is of buying."""
    scoreboard, holdout = run.scoreboard(), run.holdout()
    assert scoreboard is not None
    assert list(scoreboard.models) == list(VALUE_FORECASTERS)
    assert scoreboard.window is None
    for name in scoreboard.models:
        error = (holdout[f"predicted_{name}"] - holdout["actual_spend"]).abs().mean()
        found = scoreboard.find(name, "mae")
        assert found is not None
        assert found[0] == pytest.approx(error)
        assert scoreboard.find(name, "roc_auc") is None
    assert not [column for column in holdout if column.startswith("p_buy")]


def test_four_in_five_kept_back_lie_within_their_bounds(run: RunFolder) -> None:
    """The coverage was measured on 100 customers, none of whom taught the bounds."""
    coverage, holdout = run.coverage(), run.holdout()
    assert coverage is not None
    inside = holdout["actual_spend"].between(holdout["low"], holdout["high"]).mean()
    assert coverage.covered_share == pytest.approx(inside)
    assert 0.7 <= coverage.covered_share <= 0.9


def test_the_plan_says_how_customers_were_divided(run: RunFolder) -> None:
    """Four fifths learn, one fifth tests, five folds twice choose."""
    plan = run.plan()
    assert isinstance(plan, SplitPlan)
    assert (plan.customers, plan.known, plan.learning, plan.holdout) == (540, 500, 400, 100)
    assert (plan.folds, plan.repeats) == (5, 2)
    assert run.shape() == "value_table"
    assert len(run.holdout()) == plan.holdout


def test_reasons_add_up_and_name_the_category(run: RunFolder) -> None:
    """Contributions are one per column of the user's, and read in their words."""
    explanation, forecast = run.explanation(), run.forecast()
    assert set(explanation.contributions) == {"Vehicle Class", "Income", "frequency", "Noise"}
    np.testing.assert_allclose(
        explanation.predicted.loc[forecast.index], forecast["predicted"], rtol=1e-6
    )
    classes = run.features()["Vehicle Class"]
    key = int(classes.index[classes == "Luxury SUV"][0])
    said = [str(reason) for reason in reasons_in_words(explanation, key, top=4)]
    assert any(one.startswith("Vehicle Class is Luxury SUV: adds ") for one in said)
    assert any(one.startswith("frequency: ") for one in said)


def test_the_csv_names_customers_as_the_shop_does(run: RunFolder) -> None:
    """forecast.csv starts with the shop's id; nothing private is in what describes the run."""
    named = pd.read_csv(run.folder / "forecast.csv")
    assert named["customer_id"].str.match(r"^K\d{5}$").all()
    told = "".join(
        (run.folder / name).read_text("utf-8")
        for name in ("manifest.json", "quality.json", "scoreboard.json")
    )
    assert "K0" not in told
    assert "example.org" not in told
    assert not (run.folder / "expectation.json").exists()


def test_progress_rises_and_keeps_one_curve_per_phase(
    told: list[dict[str, object]], result: RunResult, run: RunFolder
) -> None:
    """Shares never fall; of the ten fits that choose the model, the first is drawn."""
    shares = [float(row["share"]) for row in told]  # type: ignore[arg-type]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    curves = run.training()
    network = curves[(curves["model"] == "network") & (curves["phase"] == "validation")]
    assert network["epoch"].is_monotonic_increasing
    assert set(curves["phase"]) == {"validation", "holdout", "forecast"}


def test_a_saved_model_says_the_same_again(run: RunFolder, table: ValueTable) -> None:
    """Scoring the table that was trained on gives the run's own amounts, without training."""
    scored, forecast = score_value_table(run, table), run.forecast()
    for column in ("predicted", "low", "high"):
        np.testing.assert_allclose(scored[column].loc[forecast.index], forecast[column], rtol=1e-5)


def test_customers_kept_back_do_not_change_what_is_learnt(
    table: ValueTable, result: RunResult, tmp_path: Path
) -> None:
    """With every feature of theirs turned around, the others are told the same values."""
    people = simulate_people(540, seed=3)
    values = table.read_values().to_numpy()
    learning, held = split_customers(values, result.plan)  # type: ignore[arg-type]
    mixed = people.copy()
    for name in ("Income", "frequency", "Noise"):
        mixed.iloc[held, mixed.columns.get_loc(name)] = people[name].iloc[held].to_numpy()[::-1]
    mixed["value"] = values
    turned, _ = write_value_table(mixed, tmp_path)
    steps = ValueSteps(turned, QUICK_SETTINGS, ignore_report)
    again = steps.rehearse_holdout()
    asked = replace(
        as_training(people.iloc[learning]).history, future_spend=None, future_orders=None
    )
    for name, model in result.holdout.forecasters.items():
        np.testing.assert_array_equal(
            model.predict(asked).spend, again.forecasters[name].predict(asked).spend, err_msg=name
        )


def test_only_whole_rows_are_learnt_from_where_that_is_asked_for() -> None:
    """With ``drop``, customers with gaps are told a value but teach nothing."""
    people = simulate_people(400, seed=4)
    data = as_training(people)
    whole = as_training(people.dropna()).history
    told = []
    for learning in (data.history, whole):
        progress = Progress(ignore_report, list(MODEL_WEIGHTS.values()))
        rehearser = Rehearser(QUICK_SETTINGS, "drop", progress)
        told.append(rehearser.rehearse("holdout", learning, data.history))
    for name in ("mean_value", "linear", "boosted_trees"):
        first, second = (one.predictions[name].spend for one in told)
        pd.testing.assert_series_equal(first, second)


def test_what_cannot_be_asked_for_is_refused_before_any_work(
    table: ValueTable, tmp_path: Path
) -> None:
    """The mean is no model to use, a model for orders is none here, 60 customers are too few."""
    for name, problem in (("mean_value", "the same of every"), ("pareto_nbd", "no model named")):
        with pytest.raises(InvalidSetting, match=problem):
            forecast_value_table(table, QUICK_SETTINGS.model_copy(update={"model": name}))
    few, _ = write_value_table(simulate_people(60, seed=1), tmp_path)
    with pytest.raises(TooFewCustomers, match="60 customer"):
        forecast_value_table(few, QUICK_SETTINGS)


def test_presets_for_orders_have_counterparts_here() -> None:
    """A preset is replaced by the one of its name; what the user set stays."""
    assert list(VALUE_TABLE_PRESETS) == list(NETWORK_PRESETS)
    suited = suit_value_table(RunSettings())
    assert suited.network == VALUE_TABLE_PRESETS["balanced"]
    own = RunSettings(network=NetworkSettings(epochs=7))
    assert suit_value_table(own) == own
