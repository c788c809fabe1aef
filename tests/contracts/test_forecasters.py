"""Every registered model passes the same battery."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import InvalidSetting, UserDataError
from clv_core.evaluation.recommendation import SIMPLEST_FIRST
from clv_core.explain.attribution import explain_forecast
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import BoostedSettings, NetworkSettings, RandomForestSettings
from clv_core.models.backend import use_compilation_cache
from clv_core.models.forecaster import Forecaster, TrainingData
from clv_core.models.registry import (
    FORECASTERS,
    MORE_FORECASTERS,
    RANKINGS,
    build_ensemble,
    build_forecasters,
    load_forecaster,
)
from clv_core.models.titles import MODEL_TITLES, MORE_MODELS
from clv_core.settings import RunSettings
from tests.simulated import simulate_training

SETTINGS = RunSettings(
    network=NetworkSettings(hidden_units=(16,), epochs=12, batch_size=256, patience_epochs=12),
    boosted=BoostedSettings(trees=80, learning_rate=0.1),
    random_forest=RandomForestSettings(trees=40),
    families=tuple(MORE_FORECASTERS),
    seed=7,
)
LEARNS_FROM_HISTORY = ("bg_nbd", "mbg_nbd", "pareto_nbd")
LEARNS_FROM_LABELS = (
    "boosted_trees",
    "network",
    *(name for name in MORE_FORECASTERS if name not in LEARNS_FROM_HISTORY),
)
NAMES = (*FORECASTERS, *MORE_FORECASTERS)


@pytest.fixture(scope="module", autouse=True)
def _compilation_cache(pytestconfig: pytest.Config) -> None:
    """Compile each network shape once, for this run of the tests and later ones."""
    use_compilation_cache(Path(pytestconfig.cache.mkdir("compiled")))


@pytest.fixture(scope="module")
def shop() -> tuple[TrainingData, pd.Series]:
    """Return a shop's training data and what its customers then spent."""
    return simulate_training(customers=600, seed=1)


def fit_all(data: TrainingData) -> dict[str, Forecaster]:
    """Fit every family; the ensemble averages those."""
    models = {name: model.fit(data) for name, model in build_forecasters(SETTINGS).items()}
    ensemble = build_ensemble(models, buyers=1000)
    assert ensemble is not None
    return models | {ensemble.name: ensemble}


@pytest.fixture(scope="module")
def fitted(shop: tuple[TrainingData, pd.Series]) -> dict[str, Forecaster]:
    """Return every family, fitted once."""
    return fit_all(shop[0])


@pytest.fixture(scope="module")
def fitted_again(shop: tuple[TrainingData, pd.Series]) -> dict[str, Forecaster]:
    """Return every family, fitted a second time from the same settings and data."""
    return fit_all(shop[0])


@pytest.fixture(scope="module")
def strangers() -> Snapshot:
    """Return the customers of another shop, carried to a longer horizon."""
    return simulate_training(customers=300, seed=2)[0].history


def build(name: str) -> Forecaster:
    """Make one family anew; the ensemble from members of its own."""
    models = build_forecasters(SETTINGS)
    if name in models:
        return models[name]
    return FORECASTERS[name]([models[n] for n in ("pareto_nbd", "boosted_trees", "network")])


def test_registry_names_every_family_once() -> None:
    """Titles, classes and instances carry the same names in the same order."""
    assert list(MODEL_TITLES)[: len(FORECASTERS)] == list(FORECASTERS)
    assert [*build_forecasters(RunSettings()), "ensemble"] == list(FORECASTERS)
    assert tuple(MORE_FORECASTERS) == MORE_MODELS
    assert {*build_forecasters(SETTINGS), "ensemble"} == set(NAMES) <= set(MODEL_TITLES)
    families = {**FORECASTERS, **MORE_FORECASTERS}
    assert all(family.name == name for name, family in families.items())
    assert set(RANKINGS) == {"past_spend"}


def test_a_model_that_is_asked_for_is_fitted() -> None:
    """Naming a further family as the model to use adds it, and no other."""
    standard = set(build_forecasters(RunSettings()))
    assert set(build_forecasters(RunSettings(model="logistic"))) == standard | {"logistic"}


def test_an_unknown_family_is_refused() -> None:
    """A name that no family has is refused in a sentence that lists those there are."""
    with pytest.raises(InvalidSetting, match="no model named oracle") as refusal:
        build_forecasters(RunSettings(families=("oracle",)))
    assert "logistic" in str(refusal.value.remedy)


def test_every_family_has_a_place_among_the_simplest() -> None:
    """Where two models do as well, it is known which of them is the simpler one."""
    assert set(MODEL_TITLES) <= set(SIMPLEST_FIRST)


@pytest.mark.parametrize("name", NAMES)
def test_learns(
    name: str, fitted: dict[str, Forecaster], shop: tuple[TrainingData, pd.Series]
) -> None:
    """A model ranks what customers then spent far better than any of 200 shuffles."""
    data, truth = shop
    score = fitted[name].predict(data.history).spend
    found = score.corr(truth, method="spearman")
    random = np.random.default_rng(0)
    ranks = truth.rank().to_numpy()
    shuffled = [np.corrcoef(random.permutation(ranks), ranks)[0, 1] for _ in range(200)]
    assert found > max(shuffled) + 0.1


@pytest.mark.parametrize("name", [n for n in NAMES if n not in RANKINGS])
def test_forecasts_amounts(
    name: str, fitted: dict[str, Forecaster], shop: tuple[TrainingData, pd.Series]
) -> None:
    """A model that is no mere ranking gets the shop's total within a factor of three."""
    data, truth = shop
    total = fitted[name].predict(data.history).spend.sum()
    assert truth.sum() / 3 < total < truth.sum() * 3


@pytest.mark.parametrize("name", NAMES)
def test_predicts_customers_it_has_not_seen(
    name: str, fitted: dict[str, Forecaster], strangers: Snapshot
) -> None:
    """New customers get finite forecasts, and chances between 0 and 1."""
    prediction = fitted[name].predict(strangers)
    assert prediction.spend.index.equals(strangers.features.index)
    assert np.isfinite(prediction.spend).all()
    if prediction.p_buy is not None:
        assert prediction.p_buy.between(0, 1).all()
    if prediction.orders is not None:
        assert (prediction.orders >= 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_forecasts_one_customer_as_among_others(
    name: str, fitted: dict[str, Forecaster], strangers: Snapshot
) -> None:
    """Who else is forecast does not matter."""
    alone = strangers.take(np.array([5]))
    among_others = fitted[name].predict(strangers).spend.iloc[5]
    assert fitted[name].predict(alone).spend.iloc[0] == pytest.approx(among_others, rel=1e-5)


@pytest.mark.parametrize("name", [*LEARNS_FROM_LABELS, *LEARNS_FROM_HISTORY, "ensemble"])
def test_refuses_what_it_cannot_learn_from(name: str, shop: tuple[TrainingData, pd.Series]) -> None:
    """Three customers and no closed window are refused with a remedy."""
    history = shop[0].history
    few = history.take(np.arange(3))
    with pytest.raises(UserDataError) as refusal:
        build(name).fit(TrainingData(history=few, labelled=()))
    assert str(refusal.value.problem)
    assert str(refusal.value.remedy)


@pytest.mark.parametrize("name", LEARNS_FROM_LABELS)
def test_refuses_history_without_labels(name: str, shop: tuple[TrainingData, pd.Series]) -> None:
    """Models that learn from outcomes refuse when no outcome is known."""
    with pytest.raises(UserDataError, match="already known"):
        build(name).fit(TrainingData(history=shop[0].history, labelled=()))


@pytest.mark.parametrize("name", NAMES)
def test_repeats(
    name: str,
    fitted: dict[str, Forecaster],
    fitted_again: dict[str, Forecaster],
    strangers: Snapshot,
) -> None:
    """The same seed and data give the same forecasts, to the last bit."""
    first, again = (models[name].predict(strangers).spend for models in (fitted, fitted_again))
    pd.testing.assert_series_equal(again, first, rtol=0, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_saves_and_loads(
    name: str, fitted: dict[str, Forecaster], strangers: Snapshot, tmp_path: Path
) -> None:
    """A loaded model forecasts what the saved one did, and nothing was pickled."""
    fitted[name].save(tmp_path)
    loaded = load_forecaster(name, tmp_path).predict(strangers)
    saved = fitted[name].predict(strangers)
    pd.testing.assert_series_equal(loaded.spend, saved.spend, rtol=0, atol=0)
    if saved.p_buy is not None:
        pd.testing.assert_series_equal(loaded.p_buy, saved.p_buy, rtol=0, atol=0)
    endings = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert endings <= {".json", ".txt", ".npz", ".keras", ".skops"}


@pytest.mark.parametrize("name", NAMES)
def test_explains_additively(
    name: str,
    fitted: dict[str, Forecaster],
    strangers: Snapshot,
    shop: tuple[TrainingData, pd.Series],
) -> None:
    """Contributions and base value add up to every customer's forecast."""
    background = shop[0].labelled[-1]
    explanation = explain_forecast(fitted[name], strangers, background, seed=3)
    expected = fitted[name].predict(strangers).spend
    np.testing.assert_allclose(explanation.predicted, expected, rtol=1e-6, atol=1e-8)
    assert explanation.contributions.index.equals(strangers.features.index)
    assert list(explanation.values.columns) == list(explanation.contributions.columns)
    assert explanation.contributions.abs().to_numpy().sum() > 0
