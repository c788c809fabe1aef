"""A forecast brought to fewer days."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.features.snapshots import Snapshot
from clv_core.models.expectation import ExpectationModel
from clv_core.models.forecaster import Prediction
from clv_core.monitoring.elapsed import bring_to_days
from clv_core.runs.folder import RunFolder

HORIZON_DAYS = 90


@pytest.fixture
def copied(small_run: RunFolder, tmp_path: Path) -> RunFolder:
    """Return a copy of the result, to be changed."""
    shutil.copytree(small_run.folder, tmp_path / "run")
    return RunFolder(tmp_path / "run")


def told_by_process(run: RunFolder, days: int) -> Prediction:
    """Return what the result's own Pareto/NBD says of so many days."""
    model = ExpectationModel.from_json((run.folder / "expectation.json").read_text("utf-8"))
    features = run.features().loc[run.forecast().index]
    months = np.zeros((len(features), 0), dtype=np.float32)
    return model.forecaster_.predict(Snapshot(None, days, features, months))


@pytest.mark.parametrize("days", [1, 30, 89])
def test_the_processs_own_forecast_becomes_its_own_of_fewer_days(
    copied: RunFolder, days: int
) -> None:
    """Amounts, orders and chances over the horizon lead to exactly those over the days."""
    whole, part = (told_by_process(copied, ahead) for ahead in (HORIZON_DAYS, days))
    own = copied.forecast().assign(
        predicted=whole.spend, p_buy=whole.p_buy, expected_orders=whole.orders
    )
    own.to_parquet(copied.folder / "forecast.parquet")
    told = bring_to_days(copied, days)
    assert told.days == days
    for name, expected in (
        ("predicted", part.spend),
        ("expected_orders", part.orders),
        ("p_buy", part.p_buy),
    ):
        assert expected is not None
        np.testing.assert_allclose(told.table[name], expected, rtol=1e-6, atol=1e-8)
    assert (told.table["low"] <= told.table["predicted"] + 1e-9).all()
    assert (told.table["predicted"] <= told.table["high"] + 1e-9).all()


def test_all_days_leave_the_forecast_as_it_was_told(small_run: RunFolder) -> None:
    """At the horizon and after it nothing is reckoned anew."""
    for days in (HORIZON_DAYS, 400):
        told = bring_to_days(small_run, days)
        assert (told.days, told.way) == (HORIZON_DAYS, None)
        pd.testing.assert_frame_equal(told.table, small_run.forecast())


def test_without_a_purchase_model_every_day_counts_alike(copied: RunFolder) -> None:
    """A third of the days brings a third, and chances multiply; that too is said."""
    (copied.folder / "expectation.json").unlink()
    forecast, told = copied.forecast(), bring_to_days(copied, 30)
    np.testing.assert_allclose(told.table["predicted"], forecast["predicted"] / 3)
    np.testing.assert_allclose(1 - told.table["p_buy"], (1 - forecast["p_buy"]) ** (1 / 3))
    assert told.way is not None
    assert "every day is taken to bring as much as any other" in str(told.way)


def test_totals_of_fewer_days_know_their_part_of_these_days(small_run: RunFolder) -> None:
    """All customers together stay all of them: their miss is that of the whole."""
    told = bring_to_days(small_run, 30)
    everybody = pd.Series("all", index=told.table.index)
    found = told.bound_totals(small_run.manifest(), everybody)["all"]
    assert found.low < found.expected < found.high
    assert found.expected == pytest.approx(told.table["predicted"].sum())
    whole = bring_to_days(small_run, HORIZON_DAYS).bound_totals(small_run.manifest(), everybody)
    widths = [(one.high - one.low) / one.expected for one in (found, whole["all"])]
    assert widths[0] > widths[1]  # less money scatters more for its size
