"""A shop too large for memory: the same trees, a network that learnt as much, the same reasons."""

import numpy as np
import pandas as pd
import pytest

from clv_core.explain.attribution import explain_forecast
from clv_core.features.mapped import map_snapshot
from clv_core.model_settings import Architecture, MatrixSettings, NetworkSettings
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.forecaster import TrainingData
from clv_core.models.head_start import start_head
from clv_core.models.network import NetworkForecaster
from clv_core.models.network_inputs import Material, NetworkInputs
from clv_core.models.network_windows import WindowFeed
from clv_core.models.statistical import ParetoNbdForecaster
from clv_core.models.training_rows import stack_rows
from clv_core.models.windowed_rows import WindowedRows, thin_out
from tests.simulated import simulate_training

CUSTOMERS = 1_200
SETTINGS = NetworkSettings(epochs=8, hidden_units=(32,))
DENSE: Architecture = "dense"


@pytest.fixture(scope="module")
def shop():
    """Return a shop that lies in memory."""
    return simulate_training(CUSTOMERS, 6)[0]


@pytest.fixture
def enlarge(monkeypatch):
    """Return what takes a shop for a large one from then on."""

    def take_for_large(data):
        for module in ("snapshots", "mapped"):
            monkeypatch.setattr(f"clv_core.features.{module}.LARGE_SHOP_CUSTOMERS", CUSTOMERS // 2)
        monkeypatch.setattr("clv_core.features.mapped.ROWS_AT_ONCE", CUSTOMERS // 3)
        return TrainingData(map_snapshot(data.history), tuple(map(map_snapshot, data.labelled)))

    return take_for_large


def test_trees_are_the_same_to_the_last_bit(shop, enlarge):
    """Rows read by blocks give the bins, the trees and the forecasts of rows held at once."""
    at_once = BoostedForecaster(seed=2).fit(shop).predict(shop.history)
    large = enlarge(shop)
    by_blocks = BoostedForecaster(seed=2).fit(large).predict(large.history)
    pd.testing.assert_series_equal(by_blocks.spend, at_once.spend, check_exact=True)
    pd.testing.assert_series_equal(by_blocks.p_buy, at_once.p_buy, check_exact=True)


def test_a_network_learns_as_much_by_windows_and_repeats(shop, enlarge):
    """Fed window by window it ranks and adds up customers as it did, twice the same."""
    at_once = NetworkForecaster(SETTINGS, seed=2).fit(shop).predict(shop.history).spend
    large = enlarge(shop)
    first, again = (
        NetworkForecaster(SETTINGS, seed=2).fit(large).predict(large.history).spend
        for _ in range(2)
    )
    pd.testing.assert_series_equal(first, again, check_exact=True)
    assert first.corr(at_once, method="spearman") > 0.99
    assert first.sum() == pytest.approx(at_once.sum(), rel=0.05)


def test_reasons_block_by_block_are_those_of_all_at_once(shop, enlarge):
    """Contributions, values and base value do not depend on who was explained together."""
    model = ParetoNbdForecaster().fit(shop)
    at_once = explain_forecast(model, shop.history, shop.labelled[-1], 1)
    large = enlarge(shop)
    by_blocks = explain_forecast(model, large.history, large.labelled[-1], 1)
    pd.testing.assert_frame_equal(by_blocks.contributions, at_once.contributions)
    pd.testing.assert_frame_equal(by_blocks.values, at_once.values)
    assert by_blocks.base_value == pytest.approx(at_once.base_value)


def _windows(shop, **told):
    settings = SETTINGS.model_copy(update=told)
    rows = stack_rows(shop.labelled)
    material = Material.collect(rows, shop.labelled, DENSE)
    inputs = NetworkInputs.learn(material, DENSE, MatrixSettings(), "median", 0)
    return WindowedRows(material, inputs, settings, np.arange(0, len(rows.spend), 2))


def _read_epoch(feed):
    return [feed[number] for number in range(len(feed))]


def test_an_epoch_holds_every_row_once_in_another_order(shop):
    """Only rows that are to be learnt from are fed, each once but for what fills no batch."""
    windows = _windows(shop)
    feed = WindowFeed(windows, start_head(windows.spend, SETTINGS), 64, 5)
    epochs = [np.concatenate([label[:, 0] for _, label, *_ in _read_epoch(feed)]) for _ in "12"]
    whole = windows.spend.astype(np.float32)
    for told in epochs:
        assert len(whole) - 64 < len(told) <= len(whole)
        assert np.isin(told, whole).all()
    assert not np.array_equal(epochs[0], epochs[1])
    assert abs(epochs[0].sum() / whole.sum() - 1) < 0.1


def test_every_batch_holds_inputs_labels_and_weights_of_the_same_rows(shop):
    """With weights by past spend each label comes with its own row and weight."""
    windows = _windows(shop, row_weights="value")
    feed = WindowFeed(windows, start_head(windows.spend, SETTINGS), 64, 5)
    known = windows.read(windows.rows)
    place = {row.tobytes(): number for number, row in enumerate(known.inputs)}
    inputs, labels, weights = feed[0]
    places = [place[row.tobytes()] for row in inputs]
    np.testing.assert_allclose(labels[:, 0], known.spend[places], rtol=1e-6)
    np.testing.assert_allclose(weights, known.row_weights.weights[places])


def test_an_epoch_of_a_very_large_shop_ends_early_and_the_next_goes_on(shop, monkeypatch):
    """Two short epochs hold other rows than each other."""
    monkeypatch.setattr("clv_core.models.network_windows.EPOCH_ROWS", 512)
    monkeypatch.setattr("clv_core.models.network_windows.RUN_ROWS", 64)
    monkeypatch.setattr("clv_core.models.network_windows.ROWS_AT_ONCE", 256)
    windows = _windows(shop)
    feed = WindowFeed(windows, start_head(windows.spend, SETTINGS), 64, 5)
    epochs = [{row.tobytes() for batch in _read_epoch(feed) for row in batch[0]} for _ in "12"]
    assert len(feed) == 8
    assert len(epochs[0] & epochs[1]) < 100


def test_rows_are_thinned_out_evenly():
    """At most so many are kept, the first one always, and few are kept as they are."""
    assert (thin_out(np.arange(10), 4) == [0, 3, 6, 9]).all()
    assert (thin_out(np.arange(4), 4) == np.arange(4)).all()
