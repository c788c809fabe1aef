"""How sure a forecast is, on the pages: ranges of groups, chances, the gate before a list."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.runs.folder import RunFolder
from clv_core.storage.workspace import Workspace
from tests.app.conftest import open_page

TRUST = "pages/model/trust.py"
OVERVIEW = "pages/value/overview.py"
SEGMENTS = "pages/value/segments.py"
CUSTOMERS = "pages/value/customers.py"
TIERS = "pages/act/tiers.py"
EXPORT = "pages/act/export.py"


@pytest.fixture
def beaten_run(found: RunFolder, run_id: str) -> str:
    """Return a result whose model puts customers in no better order than past spend."""
    file = found.folder / "scoreboard.json"
    board = json.loads(file.read_text("utf-8"))
    for row in board["differences"]:
        if {row["model"], row["other"]} == {board["recommended"], "past_spend"}:
            row |= {"value": 0.0, "low": -0.1, "high": 0.1}
    file.write_text(json.dumps(board), "utf-8")
    return run_id


@pytest.fixture
def earlier_run(found: RunFolder, run_id: str) -> str:
    """Return a result as versions before this one left it."""
    manifest = json.loads((found.folder / "manifest.json").read_text("utf-8"))
    for name in ("total_spread", "chances", "measured_chances"):
        del manifest[name]
    coverage = json.loads(manifest["coverage"])
    for name in ("by_tier", "free_share", "free_customers"):
        del coverage[name]
    by_rank = {"share": 0.8, "knots": [1.0, 9.0], "lows": [0.0, 0.0], "highs": [2.0, 40.0]}
    manifest |= {"coverage": json.dumps(coverage), "interval": json.dumps(by_rank)}
    (found.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    forecast, holdout = found.forecast(), found.holdout()
    new = ["churn_risk", "next_order_low_date", "next_order_high_date"]
    forecast.drop(columns=[*new, "average_days_between_orders"]).to_parquet(
        found.folder / "forecast.parquet"
    )
    holdout.drop(columns="p_buy").to_parquet(found.folder / "holdout.parquet")
    return run_id


def said(app: AppTest) -> str:
    """Return all prose of a page."""
    return "\n".join(element.value for kind in ("markdown", "caption") for element in app.get(kind))


@pytest.mark.parametrize("page", [TRUST, OVERVIEW, TIERS, EXPORT])
def test_a_model_that_did_not_beat_past_spend_is_announced(
    app: AppTest, beaten_run: str, page: str
) -> None:
    """The same red sentence on every page from which people act."""
    open_page(app, page, run=beaten_run)
    assert len(app.error) == 1
    assert "did not beat past spend" in app.error[0].value


def test_its_list_is_handed_out_only_on_the_users_word(
    app: AppTest, workspace: Workspace, beaten_run: str
) -> None:
    """The download waits for the tick, and the record says that it was given."""
    open_page(app, EXPORT, run=beaten_run)
    assert app.download_button(key="export_download").disabled
    app.checkbox(key=f"export_gate:{beaten_run}").check().run()
    assert not app.exception
    assert not app.download_button(key="export_download").disabled


def test_a_model_that_beat_past_spend_needs_no_word(app: AppTest, run_id: str) -> None:
    """No banner, no tick, a download."""
    open_page(app, EXPORT, run=run_id)
    assert not app.error
    assert not app.checkbox
    assert not app.download_button(key="export_download").disabled


def test_trust_tells_chances_and_coverage_by_tier(app: AppTest, found: RunFolder) -> None:
    """Log-loss and Brier as measured beside Pareto/NBD's; every tier's share inside."""
    open_page(app, TRUST, run=found.folder.name)
    tables = [table.value for table in app.dataframe]
    measured, coverage = found.measured_chances(), found.coverage()
    assert measured is not None
    assert coverage is not None
    chances = next(table for table in tables if "Brier score" in table)
    assert list(chances["Log-loss"]) == [f"{value:.4f}" for value in measured["log_loss"]]
    tiers = next(table for table in tables if "Mean width of the range" in table)
    assert list(tiers["Value tier"]) == ["High", "Middle", "Low"]
    assert tiers["Fell inside their range"].iloc[0] == (
        f"{coverage.by_tier['covered_share'].iloc[0]:.1%}"
    )


def test_groups_are_told_with_the_range_of_their_total(app: AppTest, run_id: str) -> None:
    """Each value tier's total lies in its range, each marketing tier's card names one."""
    open_page(app, SEGMENTS, run=run_id)
    table = app.dataframe[0].value.set_index("Tier")
    low, high = (float(end.strip(" $").replace(",", "")) for end in _ends(table, "High"))
    expected = float(table.loc["High", "Expected value"].strip("$").replace(",", ""))
    assert low < expected < high
    open_page(app, TIERS)
    assert "with a chance of 80" in said(app)


def _ends(table: pd.DataFrame, tier: str) -> list[str]:
    return str(table.loc[tier, "Range of the total"]).split("–")


def test_one_customer_is_told_when_the_next_order_may_come(
    app: AppTest, run_id: str, found: RunFolder
) -> None:
    """The list has the new columns, one customer the days or that there are none."""
    open_page(app, CUSTOMERS, run=run_id)
    shown = app.dataframe[0].value
    forecast = found.forecast()
    assert shown["churn_risk"].iloc[0] == pytest.approx(1 - forecast["p_buy"].iloc[0])
    metrics = {metric.label: metric.value for metric in app.metric}
    told = metrics["Next order, if they come back"]
    early, late = (forecast[f"next_order_{end}_date"].iloc[0] for end in ("low", "high"))
    if pd.isna(early):
        assert told.startswith("not within")
    else:
        assert re.findall(r"\d+", told) == [str(early.day), str(late.day)]


@pytest.mark.parametrize("page", [TRUST, OVERVIEW, SEGMENTS, CUSTOMERS, TIERS, EXPORT])
def test_results_of_earlier_versions_still_open(app: AppTest, earlier_run: str, page: str) -> None:
    """What they do not hold is left out."""
    open_page(app, page, run=earlier_run)
    assert not app.error
    assert "with a chance of 80" not in said(app)
