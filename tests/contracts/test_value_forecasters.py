"""Every family for value tables passes the same battery, categories and gaps included."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import InvalidSetting, UserDataError
from clv_core.explain.attribution import explain_forecast, list_features_read
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import (
    BoostedSettings,
    DecisionTreeSettings,
    NetworkSettings,
    RandomForestSettings,
)
from clv_core.models.forecaster import Forecaster, TrainingData
from clv_core.models.registry import (
    FORECASTERS,
    MORE_FORECASTERS,
    MORE_VALUE_FORECASTERS,
    VALUE_FORECASTERS,
    build_ensemble,
    build_value_forecasters,
    load_forecaster,
)
from clv_core.models.titles import MODEL_TITLES, MORE_VALUE_MODELS
from clv_core.settings import RunSettings
from tests.value_tables import as_training, simulate_people

SETTINGS = RunSettings(
    network=NetworkSettings(hidden_units=(16,), epochs=30, batch_size=32, learning_rate=0.01),
    boosted=BoostedSettings(trees=80, learning_rate=0.1),
    decision_tree=DecisionTreeSettings(min_rows_per_leaf=10, leaves=40),
    random_forest=RandomForestSettings(trees=60, min_rows_per_leaf=5, column_share=0.8),
    families=tuple(MORE_VALUE_FORECASTERS),
    seed=7,
)
NAMES = (*VALUE_FORECASTERS, *MORE_VALUE_FORECASTERS)
TELLS_APART = tuple(name for name in NAMES if name != "mean_value")


@pytest.fixture(scope="module")
def people() -> TrainingData:
    """Return customers whose value is known."""
    return as_training(simulate_people(500, seed=1))


def fit_all(data: TrainingData) -> dict[str, Forecaster]:
    """Fit every family; the ensemble averages two of those."""
    models = {name: model.fit(data) for name, model in build_value_forecasters(SETTINGS).items()}
    ensemble = build_ensemble(models, buyers=1000)
    assert ensemble is not None
    return models | {ensemble.name: ensemble}


@pytest.fixture(scope="module")
def fitted(people: TrainingData) -> dict[str, Forecaster]:
    """Return every family, fitted once."""
    return fit_all(people)


@pytest.fixture(scope="module")
def fitted_again(people: TrainingData) -> dict[str, Forecaster]:
    """Return every family, fitted a second time from the same settings and data."""
    return fit_all(people)


@pytest.fixture(scope="module")
def strangers() -> Snapshot:
    """Return other customers, one of them of a class that nobody learnt about."""
    rows = as_training(simulate_people(300, seed=2)).history
    classes = rows.features["Vehicle Class"].astype(str)
    classes.iloc[0] = "Hovercraft"
    return replace(
        rows, features=rows.features.assign(**{"Vehicle Class": pd.Categorical(classes)})
    )


def test_registry_names_every_family_once() -> None:
    """Instances, classes and titles carry the same names in the same order."""
    assert [*build_value_forecasters(RunSettings()), "ensemble"] == list(VALUE_FORECASTERS)
    assert tuple(MORE_VALUE_FORECASTERS) == MORE_VALUE_MODELS
    assert {*build_value_forecasters(SETTINGS), "ensemble"} == set(NAMES)
    families = {**VALUE_FORECASTERS, **MORE_VALUE_FORECASTERS}
    assert all(family.name == name for name, family in families.items())
    assert set(MODEL_TITLES) == {*FORECASTERS, *MORE_FORECASTERS, *families}


def test_a_family_for_orders_is_refused() -> None:
    """A purchase model has nothing to read in a value table, and is refused in a sentence."""
    with pytest.raises(InvalidSetting, match="no model named mbg_nbd"):
        build_value_forecasters(RunSettings(families=("mbg_nbd",)))


@pytest.mark.parametrize("name", TELLS_APART)
def test_learns(name: str, fitted: dict[str, Forecaster], strangers: Snapshot) -> None:
    """A model tells customers that it has not seen far better than their mean does."""
    assert strangers.future_spend is not None
    told = fitted[name].predict(strangers).spend
    error = (told - strangers.future_spend).abs().mean()
    of_mean = (strangers.future_spend - strangers.future_spend.mean()).abs().mean()
    assert error < of_mean / 2
    assert told.corr(strangers.future_spend, method="spearman") > 0.8


def test_the_mean_says_the_mean(fitted: dict[str, Forecaster], people: TrainingData) -> None:
    """The baseline says the mean of the learnt values, of everyone."""
    assert people.history.future_spend is not None
    told = fitted["mean_value"].predict(people.history).spend
    np.testing.assert_allclose(told, people.history.future_spend.mean())


@pytest.mark.parametrize("name", NAMES)
def test_tells_one_customer_as_among_others(
    name: str, fitted: dict[str, Forecaster], strangers: Snapshot
) -> None:
    """Who else is asked about does not matter, not even for a class never seen."""
    for row in (0, 5):
        alone = replace(
            strangers,
            features=strangers.features.iloc[[row]],
            spend_sequence=strangers.spend_sequence[[row]],
            future_spend=None,
        )
        among_others = fitted[name].predict(strangers).spend.iloc[row]
        assert np.isfinite(among_others)
        assert fitted[name].predict(alone).spend.iloc[0] == pytest.approx(among_others, rel=1e-5)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "ensemble"])
def test_refuses_customers_without_a_value(name: str, people: TrainingData) -> None:
    """Nothing is learnt where no value is known, and the remedy is told."""
    with pytest.raises(UserDataError, match="known") as refusal:
        build_value_forecasters(SETTINGS)[name].fit(TrainingData(people.history, ()))
    assert str(refusal.value.remedy)


@pytest.mark.parametrize("name", [name for name in TELLS_APART if name != "ensemble"])
def test_refuses_too_few(name: str, people: TrainingData) -> None:
    """Three customers are too few for every model but the mean."""
    few = replace(
        people.history,
        features=people.history.features.iloc[:3],
        spend_sequence=people.history.spend_sequence[:3],
        future_spend=people.labelled[0].future_spend.iloc[:3],  # type: ignore[union-attr]
    )
    with pytest.raises(UserDataError):
        build_value_forecasters(SETTINGS)[name].fit(TrainingData(few, (few,)))


@pytest.mark.parametrize("name", NAMES)
def test_repeats(
    name: str,
    fitted: dict[str, Forecaster],
    fitted_again: dict[str, Forecaster],
    strangers: Snapshot,
) -> None:
    """The same seed and data give the same values, to the last bit."""
    first, again = (models[name].predict(strangers).spend for models in (fitted, fitted_again))
    pd.testing.assert_series_equal(again, first, rtol=0, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_saves_and_loads(
    name: str, fitted: dict[str, Forecaster], strangers: Snapshot, tmp_path: Path
) -> None:
    """A loaded model says what the saved one did, and nothing was pickled."""
    fitted[name].save(tmp_path)
    loaded = load_forecaster(name, tmp_path).predict(strangers)
    pd.testing.assert_series_equal(loaded.spend, fitted[name].predict(strangers).spend)
    endings = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert endings <= {".json", ".txt", ".npz", ".keras", ".skops"}


@pytest.mark.parametrize("name", NAMES)
def test_explains_additively(
    name: str, fitted: dict[str, Forecaster], strangers: Snapshot, people: TrainingData
) -> None:
    """Contributions, one per feature, and base value add up to every customer's value."""
    explanation = explain_forecast(fitted[name], strangers, people.labelled[0], seed=3)
    told = fitted[name].predict(strangers).spend
    np.testing.assert_allclose(explanation.predicted, told, rtol=1e-6, atol=1e-6)
    assert explanation.has_own_names
    features = list(explanation.contributions.columns)
    assert features == list(explanation.values.columns)
    assert set(features) <= set(strangers.features.columns)
    assert set(features) == set(list_features_read(fitted[name], strangers))
