"""The network family: learns, repeats to the bit, honours every setting, stores without Keras."""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import HistoryTooShort
from clv_core.model_settings import NetworkSettings
from clv_core.models.backend import import_keras, use_compilation_cache
from clv_core.models.forecaster import TrainingData
from clv_core.models.network import NetworkForecaster
from clv_core.network_presets import NETWORK_PRESETS
from tests.small_shop import make_training_data

REPOSITORY = Path(__file__).parents[3]
TINY: dict[str, Any] = {"hidden_units": (8,), "epochs": 3, "batch_size": 64, "learning_rate": 0.01}


@pytest.fixture(scope="module", autouse=True)
def _compilation_cache(pytestconfig: pytest.Config) -> None:
    """Compile each network shape once, for this run of the tests and later ones."""
    use_compilation_cache(Path(pytestconfig.cache.mkdir("compiled")))


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Four labelled snapshots of 150 customers."""
    return make_training_data()


def fit(data: TrainingData, seed: int = 1, seeds: int = 1, **changes: Any) -> NetworkForecaster:
    """Fit a tiny network with some settings changed."""
    return NetworkForecaster(NetworkSettings(**(TINY | changes)), seed, seeds).fit(data)


@pytest.fixture(scope="module")
def fitted(data: TrainingData) -> NetworkForecaster:
    """One tiny network that several tests look at."""
    return fit(data)


def fingerprint(forecaster: NetworkForecaster) -> str:
    """Digest every weight's bits."""
    digest = hashlib.sha256()
    for network in forecaster.networks_:
        for array in (*network.kernels, *network.biases):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def test_network_ranks_and_sums_better_than_a_constant(data: TrainingData) -> None:
    """On the unseen snapshot it beats the training mean and orders customers rightly."""
    forecaster = fit(data, hidden_units=(16,), epochs=30, batch_size=32)
    truth = data.history.future_spend
    assert truth is not None
    spend = forecaster.predict(data.history).spend
    constant = np.mean(np.concatenate([s.future_spend for s in data.labelled]))
    assert spend.corr(truth, method="spearman") > 0.5
    assert (spend - truth).abs().mean() < 0.9 * (constant - truth).abs().mean()
    assert 0.6 < spend.sum() / truth.sum() < 1.6


def test_prediction_is_indexed_by_customer_and_bounded(
    data: TrainingData, fitted: NetworkForecaster
) -> None:
    """Spend is positive and finite, chances lie between 0 and 1, keys are the snapshot's."""
    prediction = fitted.predict(data.history)
    assert prediction.spend.index.equals(data.history.features.index)
    assert prediction.spend.gt(0).all()
    assert np.isfinite(prediction.spend).all()
    assert prediction.p_buy is not None
    assert prediction.p_buy.between(0, 1).all()
    assert prediction.orders is None


def test_longer_horizon_is_carried_by_the_ratio(
    data: TrainingData, fitted: NetworkForecaster
) -> None:
    """A log ratio of log 2 doubles money and turns p into 1 - (1 - p)^2."""
    plain = fitted.predict(data.history)
    features = data.history.features.assign(log_horizon_ratio=np.log(2.0))
    longer = dataclasses.replace(data.history, features=features, horizon_days=180)
    carried = fitted.predict(longer)
    assert plain.p_buy is not None
    assert carried.p_buy is not None
    np.testing.assert_allclose(carried.spend, 2 * plain.spend)
    np.testing.assert_allclose(carried.p_buy, 1 - (1 - plain.p_buy) ** 2)


def test_longer_horizon_without_a_ratio_is_refused(
    data: TrainingData, fitted: NetworkForecaster
) -> None:
    """A forecast is never passed off as one for a longer horizon."""
    features = data.history.features.drop(columns="log_horizon_ratio")
    with pytest.raises(KeyError, match="log_horizon_ratio"):
        fitted.predict(dataclasses.replace(data.history, features=features, horizon_days=180))


def test_same_seed_gives_the_same_bits_in_another_process(fitted: NetworkForecaster) -> None:
    """A fresh process and this one, which trained other networks too, learn identical weights."""
    script = (
        "from tests.core.models.test_network import fit, fingerprint;"
        "from tests.small_shop import make_training_data;"
        "print(fingerprint(fit(make_training_data())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == fingerprint(fitted)


def test_fitting_again_in_the_same_process_repeats(
    data: TrainingData, fitted: NetworkForecaster
) -> None:
    """What was trained before in the process does not matter."""
    assert fingerprint(fit(data)) == fingerprint(fitted)


def test_another_seed_gives_another_network(data: TrainingData, fitted: NetworkForecaster) -> None:
    """The seed reaches the start, the order of rows and the dropout."""
    assert fingerprint(fit(data, seed=2)) != fingerprint(fitted)


def test_progress_reports_every_epoch(data: TrainingData) -> None:
    """Epochs count on, their losses are finite, the last one is the announced one."""
    rows: list[dict[str, Any]] = []
    NetworkForecaster(NetworkSettings(**TINY), 1, seeds=2).fit(data, rows.append)
    assert [row["epoch"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1]["epoch"] == rows[-1]["epochs"]
    assert rows[0]["epochs"] == 9
    for row in rows:
        assert np.isfinite(row["loss"])
        assert (row["validation_loss"] is None) == (row["stage"] == "all_rows")
    assert [row["seconds"] for row in rows] == sorted(row["seconds"] for row in rows)


def test_several_seeds_are_averaged(data: TrainingData) -> None:
    """Two networks give the mean of what each of them gives."""
    both = fit(data, seeds=2)
    inputs = both.read_inputs(data.history)
    expected = np.mean([network.money(inputs) for network in both.networks_], axis=0)
    np.testing.assert_allclose(both.predict(data.history).spend, expected)
    assert not np.array_equal(both.networks_[0].kernels[0], both.networks_[1].kernels[0])


def test_numpy_forecast_equals_the_stored_keras_network(data: TrainingData, tmp_path: Path) -> None:
    """The Keras file opens without our code and agrees to 1e-5."""
    forecaster = fit(data, hidden_units=(8, 4), batch_normalisation=True)
    forecaster.save(tmp_path)
    model = import_keras().saving.load_model(tmp_path / "network_0.keras")
    inputs = forecaster.read_inputs(data.history)
    outputs = np.asarray(model(inputs), dtype=np.float64)
    chance = 1 / (1 + np.exp(-outputs[:, 0]))
    money = chance * np.exp(outputs[:, 1] + np.log1p(np.exp(outputs[:, 2])) ** 2 / 2)
    cap = np.exp(forecaster.networks_[0].head.log_cap)
    spend = forecaster.predict(data.history).spend
    np.testing.assert_allclose(spend, np.minimum(money, cap), rtol=1e-5)


def test_loading_and_forecasting_need_no_keras(
    data: TrainingData, fitted: NetworkForecaster, tmp_path: Path
) -> None:
    """Another process reads the folder and forecasts the same without Keras."""
    folder = tmp_path / "model"
    folder.mkdir()
    fitted.save(folder)
    data.history.features.to_parquet(tmp_path / "features.parquet")
    script = (
        "import sys, datetime, numpy as np, pandas as pd; from pathlib import Path;"
        "from clv_core.features.snapshots import Snapshot;"
        "from clv_core.models.network import NetworkForecaster;"
        "here = Path(sys.argv[1]); features = pd.read_parquet(here / 'features.parquet');"
        "snapshot = Snapshot(datetime.date(2024, 1, 1), 90, features, np.zeros((0, 0)));"
        "spend = NetworkForecaster.load(here / 'model').predict(snapshot).spend;"
        "spend.to_frame().to_parquet(here / 'spend.parquet');"
        "sys.exit('keras' in sys.modules or 'jax' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=REPOSITORY, check=False
    )
    assert done.returncode == 0
    stored = pd.read_parquet(tmp_path / "spend.parquet")["spend"]
    pd.testing.assert_series_equal(stored, fitted.predict(data.history).spend)


def test_loaded_network_saves_again(
    data: TrainingData, fitted: NetworkForecaster, tmp_path: Path
) -> None:
    """What was loaded can be stored again; the Keras files belong to the first store."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    fitted.save(first)
    NetworkForecaster.load(first).save(second)
    again = NetworkForecaster.load(second)
    assert fingerprint(again) == fingerprint(fitted)
    assert again.settings == fitted.settings
    assert sorted(path.name for path in second.iterdir()) == ["network.json", "network_0.npz"]


@pytest.mark.parametrize("snapshots", [1, 2])
def test_few_snapshots_suffice(data: TrainingData, snapshots: int) -> None:
    """One or two snapshots are split by customer and learnt from."""
    few = TrainingData(data.history, data.labelled[-snapshots:])
    assert np.isfinite(fit(few).predict(data.history).spend).all()


def test_matrix_of_the_final_network_is_learnt_on_labelled_rows_only(
    data: TrainingData, fitted: NetworkForecaster
) -> None:
    """Changing the snapshot that is forecast changes nothing that was learnt."""
    history = data.history
    doubled = dataclasses.replace(history, features=history.features * 2)
    assert fingerprint(fit(TrainingData(doubled, data.labelled))) == fingerprint(fitted)


def test_presets_are_distinct() -> None:
    """Quick, balanced and wide are different networks, balanced the default."""
    assert NETWORK_PRESETS["balanced"] == NetworkSettings()
    assert NETWORK_PRESETS["quick"].hidden_units == (64, 64)
    assert NETWORK_PRESETS["wide"].hidden_units == (500, 100)


def test_no_closed_label_window_is_refused(data: TrainingData) -> None:
    """Without a labelled snapshot the remedy is said before Keras is even started."""
    with pytest.raises(HistoryTooShort, match="Bring a longer order history"):
        fit(TrainingData(data.history, ()))
