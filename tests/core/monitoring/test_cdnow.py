"""Looking back on CDNOW: a run of 1997-09-30 that sees nothing later, then the later orders."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from clv_core.activation.control_group import draw_controls
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.ingest.understand import understand_file
from clv_core.monitoring.findings import LookBack
from clv_core.monitoring.look_back import TakenList, look_back
from clv_core.pipeline import backtest_shop, prepare_tables
from clv_core.runs.folder import RunFolder, write_run
from clv_core.settings import RunSettings

CDNOW = Path(__file__).parents[4] / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
CUTOFF = dt.date(1997, 9, 30)
HORIZON_DAYS = 273
DAY_COLUMN = 2
SETTINGS = RunSettings.check(
    {
        "window": {"cutoff": CUTOFF, "horizon_days": HORIZON_DAYS, "max_snapshots": 2},
        "network": {"hidden_units": [8], "epochs": 2, "batch_size": 256},
        "boosted": {"trees": 30},
        "evaluation": {"bootstrap_samples": 50},
    }
)


def prepare(file: Path, folder: Path) -> tuple[Tables, QualityReport]:
    """Read and clean a file into a new folder."""
    folder.mkdir()
    return prepare_tables([understand_file(file)], folder)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> LookBack:
    """Run on the rows up to the day, take a list with controls, and bring the whole file."""
    if not CDNOW.is_file():
        pytest.skip("the CDNOW sample is not beside the project (../shared/data)")
    folder = tmp_path_factory.mktemp("cdnow")
    rows = CDNOW.read_text("ascii").splitlines()
    known = [row for row in rows if row.split()[DAY_COLUMN] <= f"{CUTOFF:%Y%m%d}"]
    (folder / "known.txt").write_text("\n".join(known) + "\n", "ascii")
    earlier, quality = prepare(folder / "known.txt", folder / "earlier")
    assert earlier.last_day == CUTOFF
    (folder / "run").mkdir()
    result = backtest_shop(earlier, SETTINGS)
    write_run(result, earlier, quality, folder / "run", keeps_customers=True)
    run = RunFolder(folder / "run")
    tiers = run.forecast()["marketing_tier"]
    members = pd.DataFrame({"tier": tiers, "is_control": draw_controls(tiers, 0.2, 7)})
    customers = run.customers()
    assert customers is not None
    return look_back(
        run,
        customers["customer_id"],
        prepare(CDNOW, folder / "later")[0],
        earlier,
        [TakenList("0" * 32, "csv", CUTOFF, members)],
    )


def test_the_later_orders_are_those_of_the_published_window(found: LookBack) -> None:
    """2,357 customers, 273 days, all of them known, nobody new, the past unchanged."""
    assert (found.customers, found.matched, found.days) == (2357, 2357, HORIZON_DAYS)
    assert found.new_customers == 0
    assert found.past is not None
    assert found.past.customers == 0
    names = ["master", "customer", "day", "count", "spend"]
    orders = pd.read_csv(CDNOW, sep=r"\s+", header=None, names=names)
    later = orders[orders["day"] > int(f"{CUTOFF:%Y%m%d}")]
    assert found.total["actual"] == pytest.approx(later["spend"].sum())
    assert found.total["buyers"] == later["customer"].nunique()


def test_forecast_and_outcome_agree_as_far_as_told(found: LookBack) -> None:
    """A model of a few seconds comes near the total, and orders customers far from chance.

    Whether the total is inside its range is said as it is, and counts in the advice.
    """
    total = found.total
    assert 0.7 <= total["ratio"] <= 1.4
    is_inside = total["low"] <= total["actual"] <= total["high"]
    assert ("inside the range" in str(found.findings[0])) == is_inside
    assert ("the total left its range" in str(found.advice)) == (not is_inside)
    gini = found.scoreboard.find(found.model, "normalised_gini")
    assert gini is not None
    assert gini[0] > 0.6
    assert found.coverage is not None
    assert 0.65 <= found.coverage.covered_share <= 0.95
    assert "all days that were forecast are over" in str(found.advice)


def test_a_list_that_nobody_was_sent_shows_no_effect(found: LookBack) -> None:
    """Zero is inside the interval of both measures, and it is said what it would take."""
    (taken,) = found.lists
    assert (taken.days, taken.is_rehearsal) == (HORIZON_DAYS, False)
    for effect in taken.effects:
        row = effect.table.iloc[0]
        assert row["low"] < 0 < row["high"]
        assert effect.verdict == "too_few"
        assert effect.needed is not None
        assert effect.needed > taken.members
