"""A run's own process told over time, and held against a shop whose truth is known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.models.expectation import P_ALIVE
from clv_core.runs.alive import read_process, trace_customer
from clv_core.runs.folder import RunFolder
from clv_core.samples.shop import generate_shop
from clv_core.segments.timeline import read_timeline
from tests.benchmarks.truth_alive import check_days
from tests.conftest import SMALL_CUSTOMERS, SMALL_SEED


def test_the_last_day_of_the_trace_is_what_the_models_were_told(
    small_run: RunFolder, small_tables: tuple[Tables, QualityReport]
) -> None:
    """From orders one by one, the chance on the cutoff is the run's feature of that name."""
    process, cutoff = read_process(small_run), small_run.plan().forecast_cutoff
    assert process is not None
    features = small_run.features()
    for key in features.index[::50]:
        bought = read_timeline(small_tables[0], int(key), cutoff).purchase_days
        traced = trace_customer(process, bought, cutoff, 30)
        told = traced[~traced["is_silence"]]
        assert told["day"].iloc[-1] == pd.Timestamp(cutoff)
        assert told["p_alive"].iloc[-1] == pytest.approx(features.loc[key, P_ALIVE])
        assert len(told) == features.loc[key, "tenure_days"] + 1


def test_silence_after_the_cutoff_only_lowers_the_chance(small_run: RunFolder) -> None:
    """Thirty days without an order, and none that came later is looked at."""
    process, cutoff = read_process(small_run), small_run.plan().forecast_cutoff
    assert process is not None
    days = [cutoff - dt.timedelta(days=back) for back in (200, 40)]
    traced = trace_customer(process, [*days, cutoff + dt.timedelta(days=5)], cutoff, 30)
    silence = traced[traced["is_silence"]]
    assert len(silence) == 30
    assert (np.diff(silence["p_alive"]) < 0).all()


def test_a_run_without_a_process_has_none_to_ask(small_run: RunFolder) -> None:
    """As those on a value table."""
    assert read_process(RunFolder(small_run.folder / "model")) is None


def test_the_chance_is_nearer_the_truth_than_the_share_of_the_living(
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """Now and half a year back the Brier score is well below that of telling all the same."""
    truth = generate_shop(SMALL_CUSTOMERS, SMALL_SEED).truth
    for check in check_days(small_tables[0], truth, (0, 180)).values():
        assert check.brier < 0.6 * check.base_brier
        assert abs(check.told.mean() - check.is_alive.mean()) < 0.05
