"""Every option of the matrix passes the battery with every family that reads it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import InvalidSetting
from clv_core.explain.attribution import explain_forecast, list_features_read
from clv_core.model_settings import (
    BoostedSettings,
    MatrixSettings,
    NetworkSettings,
    SvmSettings,
)
from clv_core.models.backend import use_compilation_cache
from clv_core.models.forecaster import Forecaster, TrainingData, list_notes
from clv_core.models.registry import build_forecasters, load_forecaster
from clv_core.settings import RunSettings
from tests.simulated import simulate_training

ROOT: Final = Path(__file__).resolve().parents[2]
OPTIONS: Final = {
    "correlation": MatrixSettings(selection="correlation", correlation_limit=0.8),
    "importance": MatrixSettings(selection="importance"),
    "crosses": MatrixSettings(crosses="rfm"),
    "learnt crosses": MatrixSettings(crosses="learnt", most_crosses=3),
    "pca": MatrixSettings(compression="pca"),
    "autoencoder": MatrixSettings(compression="autoencoder", compressed_width=6),
    "all": MatrixSettings(
        selection="correlation",
        correlation_limit=0.9,
        crosses="learnt",
        compression="autoencoder",
        compressed_width=6,
    ),
}
CASES: Final = [
    *((option, "logistic") for option in OPTIONS),
    *((option, family) for option in ("crosses", "pca") for family in ("linear", "svm")),
    *((option, "network") for option in ("correlation", "all")),
    ("importance", "boosted_trees"),
    ("correlation", "random_forest"),
]


@pytest.fixture(scope="module", autouse=True)
def _compilation_cache(pytestconfig: pytest.Config) -> None:
    """Compile each network shape once, for this run of the tests and later ones."""
    use_compilation_cache(Path(pytestconfig.cache.mkdir("compiled")))


@cache
def shop(seed: int = 1) -> tuple[TrainingData, pd.Series]:
    """Return a shop's training data and what its customers then spent."""
    return simulate_training(customers=400, seed=seed)


def build(option: str, family: str) -> Forecaster:
    """Make a small model of a family with an option, not yet fitted."""
    settings = RunSettings(
        matrix=OPTIONS[option],
        network=NetworkSettings(
            hidden_units=(8,), epochs=8, batch_size=128, patience_epochs=8, learning_rate=8e-3
        ),
        boosted=BoostedSettings(trees=40, learning_rate=0.1),
        svm=SvmSettings(landmarks=30),
        families=("linear", "logistic", "svm", "random_forest", "wide_and_deep"),
        seed=7,
    )
    return build_forecasters(settings)[family]


@cache
def fitted(option: str, family: str) -> Forecaster:
    """Return the model, fitted once."""
    return build(option, family).fit(shop()[0])


@pytest.mark.parametrize(("option", "family"), CASES)
def test_learns(option: str, family: str) -> None:
    """It ranks what customers then spent far better than chance: 400 shuffles stay below 0.2."""
    data, truth = shop()
    spend = fitted(option, family).predict(data.history).spend
    assert np.isfinite(spend).all()
    assert spend.corr(truth, method="spearman") > 0.3


@pytest.mark.parametrize(("option", "family"), CASES)
def test_explains_additively(option: str, family: str) -> None:
    """Contributions are those of original features, and add up to strangers' forecasts."""
    strangers = shop(2)[0].history.take(np.arange(60))
    explanation = explain_forecast(
        fitted(option, family), strangers, shop()[0].labelled[-1], seed=3
    )
    expected = fitted(option, family).predict(strangers).spend
    np.testing.assert_allclose(explanation.predicted, expected, rtol=2e-6, atol=1e-6)
    assert set(explanation.contributions) <= set(strangers.names)
    assert explanation.contributions.abs().to_numpy().sum() > 0


@pytest.mark.parametrize(("option", "family"), CASES)
def test_saves_and_loads(option: str, family: str, tmp_path: Path) -> None:
    """A loaded model forecasts the same bits and tells the same notes; nothing was pickled."""
    model, strangers = fitted(option, family), shop(2)[0].history
    model.save(tmp_path)
    loaded = load_forecaster(family, tmp_path)
    saved = model.predict(strangers).spend
    pd.testing.assert_series_equal(loaded.predict(strangers).spend, saved, rtol=0, atol=0)
    assert list_notes(loaded) == list_notes(model) != ()
    endings = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert endings <= {".json", ".txt", ".npz", ".keras", ".skops"}


@pytest.mark.parametrize("option", ["learnt crosses", "all"])
def test_repeats(option: str) -> None:
    """The same seed and data give the same forecasts, to the last bit."""
    strangers = shop(2)[0].history
    first, again = (
        model.predict(strangers).spend
        for model in (fitted(option, "logistic"), build(option, "logistic").fit(shop()[0]))
    )
    pd.testing.assert_series_equal(again, first, rtol=0, atol=0)


@pytest.mark.parametrize(("option", "family"), CASES)
def test_reads_the_features_it_names(option: str, family: str) -> None:
    """Without the features that were left out the forecasts are the same."""
    strangers = shop(2)[0].history
    names = list_features_read(fitted(option, family), strangers)
    fewer = replace(strangers, features=strangers.features[names])
    told, expected = (fitted(option, family).predict(one).spend for one in (fewer, strangers))
    pd.testing.assert_series_equal(told, expected, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("option", "family"),
    [("pca", "random_forest"), ("autoencoder", "wide_and_deep"), ("crosses", "wide_and_deep")],
)
def test_what_could_not_be_explained_is_refused(option: str, family: str) -> None:
    """Where parts per feature could not be told, the model says so and is left out."""
    with pytest.raises(InvalidSetting, match="could not be told by feature"):
        build(option, family).fit(shop()[0])


def test_trees_split_instead_of_multiplying() -> None:
    """A forest with crosses asked for reads the columns alone."""
    assert build("crosses", "random_forest").matrix.crosses == "none"  # type: ignore[attr-defined]


def test_a_code_is_scored_without_keras(tmp_path: Path) -> None:
    """The server reads a network behind an autoencoder, and loads neither Keras nor JAX."""
    fitted("all", "network").save(tmp_path)
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path;"
            " from clv_core.models.registry import load_forecaster;"
            " from tests.simulated import simulate_training;"
            " history = simulate_training(60, 2)[0].history;"
            " spend = load_forecaster('network', Path(sys.argv[1])).predict(history).spend;"
            " print(len(spend), {'keras', 'jax'} & set(sys.modules))",
            str(tmp_path),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split(maxsplit=1)[1].strip() == "set()"
