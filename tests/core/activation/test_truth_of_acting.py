"""Lists and budgets of a small run, held against the truth of its shop."""

from __future__ import annotations

import pandas as pd
import pytest

from clv_core.cleaning.tables import Tables
from clv_core.runs.folder import RunFolder
from clv_core.samples.shop import generate_shop
from tests.benchmarks.truth_of_acting import compare_budgets, compare_lists
from tests.conftest import SMALL_CUSTOMERS, SMALL_SEED


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    """Return what only the generator of the small shop knows."""
    return generate_shop(SMALL_CUSTOMERS, SMALL_SEED).truth


def test_lists_hold_more_who_dropped_out_than_those_like_them(
    small_run: RunFolder, small_tables: tuple[Tables, object], truth: pd.DataFrame
) -> None:
    """Warned of and lapsed customers are gone far oftener; new ones almost never are."""
    found = compare_lists(small_run, small_tables[0], truth)

    assert found["churn"].listed.share > 2 * found["churn"].peers.share
    assert found["win_back"].listed.low > found["win_back"].peers.high
    assert found["second_order"].listed.high < found["second_order"].peers.low


def test_a_budget_by_the_forecast_beats_one_without(
    small_run: RunFolder, truth: pd.DataFrame
) -> None:
    """Of the best possible net gain the forecast gets most, and more than spend so far."""
    shares = compare_budgets(small_run, truth)

    assert 0.6 < shares["by the forecast"] <= 1.0
    assert shares["by the forecast"] > shares["by past rate"] > shares["evenly"]
    assert shares["by the forecast, tiers"] > shares["evenly"]
