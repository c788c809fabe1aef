"""The network family: learns, repeats to the bit, honours every setting, stores without Keras."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import HistoryTooShort, NoRepeatBuyers, TooFewCustomers
from clv_core.features.snapshots import Snapshot
from clv_core.models.backend import import_keras, use_compilation_cache
from clv_core.models.forecaster import TrainingData
from clv_core.models.network import NetworkForecaster
from clv_core.models.network_training import MatrixRows
from clv_core.models.training_rows import stack_rows
from clv_core.settings import NETWORK_PRESETS, NetworkSettings
from tests.small_shop import make_training_data

REPOSITORY = Path(__file__).parents[3]
TINY: dict[str, Any] = {"hidden_units": (8,), "epochs": 3, "batch_size": 64, "learning_rate": 0.01}


@pytest.fixture(scope="module", autouse=True)
def _compilation_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compile each network shape once per test session."""
    use_compilation_cache(tmp_path_factory.getbasetemp() / "compiled")


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


def test_same_seed_gives_the_same_bits_in_other_processes(
    data: TrainingData, fitted: NetworkForecaster
) -> None:
    """Two fresh processes and this one learn identical weights."""
    script = (
        "from tests.core.models.test_network import fit, fingerprint;"
        "from tests.small_shop import make_training_data;"
        "print(fingerprint(fit(make_training_data())))"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=REPOSITORY,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    digests = {run.communicate(timeout=120)[0].strip() for run in runs}
    assert digests == {fingerprint(fitted)}


def test_fitting_again_in_the_same_process_repeats(
    data: TrainingData, fitted: NetworkForecaster
) -> None:
    """What was trained before in the process does not matter."""
    assert fingerprint(fit(data)) == fingerprint(fitted)


def test_another_seed_gives_another_network(data: TrainingData, fitted: NetworkForecaster) -> None:
    """The seed reaches the start, the order of rows and the dropout."""
    assert fingerprint(fit(data, seed=2)) != fingerprint(fitted)


CHANGES: list[dict[str, Any]] = [
    {"hidden_units": (9,)},
    {"activation": "tanh"},
    {"dropout_share": 0.5},
    {"l1_penalty": 0.01},
    {"l2_penalty": 0.01},
    {"batch_normalisation": True},
    {"loss": "mse"},
    {"loss": "mae"},
    {"loss": "huber"},
    {"loss": "tweedie"},
    {"optimiser": "adam"},
    {"optimiser": "sgd"},
    {"optimiser": "rmsprop"},
    {"learning_rate": 0.02},
    {"schedule": "constant"},
    {"schedule": "exponential"},
    {"batch_size": 32},
    {"epochs": 4},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(*change.items()))
def test_every_setting_changes_the_network(
    data: TrainingData, fitted: NetworkForecaster, change: dict[str, Any]
) -> None:
    """No setting is decoration, and each gives a finite forecast."""
    changed = fit(data, **change)
    assert fingerprint(changed) != fingerprint(fitted)
    assert np.isfinite(changed.predict(data.history).spend).all()


@pytest.mark.parametrize(
    ("loss", "name", "value"), [("huber", "huber_delta", 0.1), ("tweedie", "tweedie_power", 1.2)]
)
def test_loss_parameters_change_the_network(
    data: TrainingData, loss: str, name: str, value: float
) -> None:
    """The Huber delta and the Tweedie power reach their losses."""
    assert fingerprint(fit(data, loss=loss)) != fingerprint(fit(data, loss=loss, **{name: value}))


def test_plateau_lowers_the_rate_that_all_rows_are_learnt_with(data: TrainingData) -> None:
    """Where the validation loss stalls, plateau and constant part ways."""
    stalls = {"epochs": 8, "learning_rate": 0.3, "early_stopping": False}
    plateau = fit(data, schedule="plateau", **stalls)
    assert fingerprint(plateau) != fingerprint(fit(data, schedule="constant", **stalls))


def test_early_stopping_ends_both_trainings_early(data: TrainingData) -> None:
    """With patience 1 at a wild rate fewer epochs run than without stopping."""
    wild = {"epochs": 12, "learning_rate": 0.3}
    counts = {}
    for stops in (True, False):
        rows: list[dict[str, Any]] = []
        settings = NetworkSettings(**(TINY | wild), early_stopping=stops, patience_epochs=1)
        NetworkForecaster(settings, 1).fit(data, rows.append)
        counts[stops] = [row["stage"] for row in rows]
    assert counts[False] == ["validated"] * 12 + ["all_rows"] * 12
    assert len(counts[True]) < 24
    assert counts[True].count("all_rows") == counts[True].count("validated") - 1


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


def test_too_little_to_learn_from_is_refused(data: TrainingData) -> None:
    """No snapshot, too few rows and no spend at all each have their own refusal."""
    newest = data.labelled[-1]
    few = dataclasses.replace(
        newest,
        features=newest.features.iloc[:10],
        future_spend=newest.future_spend.iloc[:10],
    )
    silent = dataclasses.replace(newest, future_spend=newest.future_spend * 0)
    with pytest.raises(HistoryTooShort, match="Bring a longer order history"):
        fit(TrainingData(data.history, ()))
    with pytest.raises(TooFewCustomers, match="there are 10"):
        fit(TrainingData(data.history, (few,)))
    with pytest.raises(NoRepeatBuyers, match="No customer bought again"):
        fit(TrainingData(data.history, (silent,)))


@pytest.mark.parametrize("snapshots", [1, 2])
def test_few_snapshots_suffice(data: TrainingData, snapshots: int) -> None:
    """One or two snapshots are split by customer and learnt from."""
    few = TrainingData(data.history, data.labelled[-snapshots:])
    assert np.isfinite(fit(few).predict(data.history).spend).all()


@pytest.mark.parametrize("snapshots", [1, 2, 3, 4])
def test_split_never_shares_a_customer(data: TrainingData, snapshots: int) -> None:
    """Validation customers teach nothing; from three snapshots on the newest only validates."""
    rows = stack_rows(data.labelled[-snapshots:])
    learns, validates = rows.split(seed=3)
    keys = rows.features.index.to_numpy()
    assert len(learns)
    assert len(validates)
    assert not set(keys[learns]) & set(keys[validates])
    if snapshots >= 3:
        assert rows.snapshot[learns].max() < rows.snapshot[validates].min()


def test_padding_fills_batches_with_rows_that_exist() -> None:
    """Five rows at batch 4 become eight; the first five are untouched."""
    rows = MatrixRows(np.arange(5, dtype=np.float32)[:, None], np.arange(5.0))
    padded = rows.pad(4, seed=1)
    assert len(padded.spend) == 8
    np.testing.assert_array_equal(padded.spend[:5], rows.spend)
    assert set(padded.spend) <= set(rows.spend)
    np.testing.assert_array_equal(padded.inputs[:, 0], padded.spend)


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


def test_unlabelled_snapshot_cannot_teach(data: TrainingData) -> None:
    """A snapshot without a label among the labelled ones is our own mistake, and loud."""
    blank: Snapshot = dataclasses.replace(data.labelled[0], future_spend=None)
    with pytest.raises(ValueError, match="no label"):
        stack_rows([blank])
