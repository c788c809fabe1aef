"""Look back: what is missing, what is offered, what is shown of a forecast and its lists."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.jobs.queue import cancel_job, list_jobs
from clv_core.monitoring.effects import measure_effects
from clv_core.monitoring.in_workspace import look_back_with
from clv_core.runs.folder import RunFolder
from clv_core.storage.exports import ExportRecord, remember_export
from clv_core.storage.workspace import Workspace
from pages.parts import charts_look_back
from pages.parts.look_back_tables import effect_table
from pages.parts.terms import name_days_to_come
from tests.app.conftest import open_page
from tests.core.monitoring.shops import add_orders, after, read

LOOK_BACK = "pages/act/look_back.py"
TERMS = name_days_to_come("EUR")


@pytest.fixture
def newer_id(
    workspace: Workspace,
    found: RunFolder,
    small_tables: tuple[Tables, QualityReport],
    tmp_path: Path,
) -> str:
    """Bring orders of 45 more days of the small shop and return their data set."""
    cutoff = dt.date.fromisoformat(found.manifest()["plan"]["forecast_cutoff"])
    ids = read(small_tables[0], "customers")["customer_id"]
    rows = [(one, after(cutoff, 1 + number % 45), 30.0) for number, one in enumerate(ids[::3])]
    rows.append(("New here", after(cutoff, 45), 80.0))
    tables = add_orders(small_tables[0], tmp_path / "newer", *rows)
    folder = workspace.root / "partial" / ("d" * 32)
    shutil.copytree(tables.folder, folder)
    (folder / "quality.json").write_text(small_tables[1].to_json(), "utf-8")
    return workspace.publish_dataset(folder, "**Newer** [orders](http://example.org)")


def export(workspace: Workspace, found: RunFolder, controls: float) -> None:
    """Remember a list of all customers, so many kept out, made after all newer orders."""
    forecast = found.forecast()
    kept_out = np.random.default_rng(1).random(len(forecast)) < controls
    members = pd.DataFrame({"tier": forecast["marketing_tier"], "is_control": kept_out})
    dataset = workspace.dataset_of_run(found.folder.name).id
    rows = int((~kept_out).sum())
    cutoff = dt.datetime.fromisoformat(found.manifest()["plan"]["forecast_cutoff"])
    record = ExportRecord(
        *(found.folder.name, dataset, "klaviyo", rows, controls, 1, "0" * 64),
        made_at=(cutoff + dt.timedelta(days=400)).timestamp(),
    )
    remember_export(workspace, record, members)


def prose(app: AppTest) -> str:
    """Return all prose of a page as it is meant, escapes taken out."""
    told = (element.value for kind in ("markdown", "caption") for element in app.get(kind))
    return "\n".join(told).replace("\\", "")


def charts(app: AppTest) -> set[str]:
    """Return the keys of the figures on a page."""
    return {chart.proto.id.split("-")[-1] for chart in app.get("plotly_chart")}


def test_without_newer_orders_they_are_asked_for(app: AppTest, run_id: str) -> None:
    """The page says from when on orders are needed, and leads to where they are brought."""
    open_page(app, LOOK_BACK, run=run_id)
    assert "No data set holds later orders of these customers yet" in prose(app)
    assert [button.label for button in app.main.button] == ["Bring newer orders"]


def test_a_result_without_days_is_said_to_have_nothing_to_look_back_on(
    app: AppTest, value_run_id: str
) -> None:
    """A table with one value per customer knows no days that could pass."""
    open_page(app, LOOK_BACK, run=value_run_id)
    assert "forecast no days that could pass" in prose(app)
    assert [button.label for button in app.main.button] == ["Bring orders"]


def test_newer_orders_are_proposed_even_where_they_are_what_is_open(
    app: AppTest, workspace: Workspace, run_id: str, newer_id: str
) -> None:
    """One press starts the comparison of the two; it is followed, and can be cancelled."""
    open_page(app, LOOK_BACK, dataset=newer_id)
    assert "customers of this result are in the newer orders" in prose(app)
    app.button(key="look_back").click().run()
    assert not app.exception
    (job,) = list_jobs(workspace, "prepare")
    assert (job.kind, job.spec) == ("look_back", {"run": run_id, "dataset": newer_id})
    assert any(button.key == f"cancel_{job.id}" for button in app.button)
    cancel_job(workspace, job.id)  # at once: before it has ended of itself
    app.run()
    assert not app.exception
    assert any(button.key == "look_back" for button in app.button)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_forecast_lists_and_changes_are_shown(
    app: AppTest, workspace: Workspace, found: RunFolder, newer_id: str, lang: str
) -> None:
    """Every part has its figure or table; a part of the days is said to be one."""
    export(workspace, found, 0.3)
    export(workspace, found, 0.0)
    shown = look_back_with(workspace, found.folder.name, newer_id)
    open_page(app, LOOK_BACK, run=found.folder.name, lang=lang)
    assert not app.error
    keys = charts(app)
    assert {"look_back_deciles", "look_back_value_tier", "look_back_marketing_tier"} <= keys
    controlled = next(one for one in shown.lists if one.effects[0].verdict != "no_control")
    assert f"look_back_{controlled.export}" in keys
    assert len([key for key in keys if len(key) > 40]) == 1
    if lang == "en":
        told = prose(app)
        assert "For these 45 days" in told
        assert "Only 45 of the 90 days" in told
        assert "Customers whom the result did not know and who bought: 1." in told
        assert "Nobody was kept out of this list" in told
        assert "can have changed nothing" in told
        assert "Klaviyo" in told
    titles = app.selectbox[-1].options + app.selectbox[-2].options
    assert any("**Newer**" in title for title in titles)
    app.segmented_control(key="look_back_kind").set_value("decile").run()
    app.segmented_control(key="look_back_measure").set_value("bought").run()
    assert not app.exception


def test_lists_exported_since_are_offered_to_be_compared(
    app: AppTest, workspace: Workspace, found: RunFolder, newer_id: str
) -> None:
    """What was found before stays, with a button to do it again."""
    look_back_with(workspace, found.folder.name, newer_id)
    export(workspace, found, 0.2)
    open_page(app, LOOK_BACK, run=found.folder.name)
    assert "Lists exported since this comparison: 1" in prose(app)
    assert app.button(key="look_back").label == "Look back again"
    assert "look_back_deciles" in charts(app)


def test_an_account_that_cannot_be_read_is_told_and_made_again(
    app: AppTest, workspace: Workspace, found: RunFolder, newer_id: str
) -> None:
    """Damaged, or of another version."""
    look_back_with(workspace, found.folder.name, newer_id)
    (found.folder / "look_back" / f"{newer_id}.json").write_text("{", "utf-8")
    open_page(app, LOOK_BACK, run=found.folder.name)
    assert ["Look back again" in error.value for error in app.error] == [True]
    assert app.button(key="look_back").label == "Look back"


def test_training_on_the_newer_orders_opens_them(
    app: AppTest, workspace: Workspace, found: RunFolder, newer_id: str
) -> None:
    """The advice leads to the training page of the newer data set."""
    look_back_with(workspace, found.folder.name, newer_id)
    open_page(app, LOOK_BACK, run=found.folder.name)
    app.button(key="look_back_train").click().run()
    assert not app.exception
    assert app.session_state["dataset"] == newer_id


def test_figures_and_tables_hold_what_was_measured() -> None:
    """A bar with its range and a mark per group; an interval per tier, in money or shares."""
    rows = pd.DataFrame(
        {
            "forecast": [100.0, 40.0],
            "low": [80.0, 10.0],
            "high": [130.0, 70.0],
            "actual": [120.0, 20.0],
            "customers": [10, 20],
        }
    )
    figure = charts_look_back.forecast_and_actual(rows, ["High", "Low"], "found", "Tier", TERMS)
    assert list(figure.data[0].y) == [100.0, 40.0]
    assert list(figure.data[0].error_y.array) == [30.0, 30.0]
    assert list(figure.data[1].y) == [120.0, 20.0]
    assert figure.layout.yaxis.title.text == "Total of the group (EUR)"
    bare = rows.assign(low=np.nan, high=np.nan)
    figure = charts_look_back.forecast_and_actual(bare, ["High", "Low"], "found", "Tier", TERMS)
    assert figure.data[0].error_y.array is None

    index = pd.RangeIndex(8)
    members = pd.DataFrame({"tier": "grow", "is_control": [False, True] * 4}, index=index)
    actual = pd.DataFrame({"future_spend": [4.0, 1.0] * 4, "future_orders": 1.0}, index=index)
    revenue, bought = measure_effects(members, actual)
    figure = charts_look_back.list_effect(revenue.table, ["All", "Grow"], "found", TERMS)
    assert list(figure.data[0].x) == [3.0, 3.0]
    assert "EUR" in figure.layout.xaxis.title.text
    assert effect_table(revenue.table, TERMS)["Difference"].tolist() == ["€3.00", "€3.00"]
    assert effect_table(bought.table, TERMS)["Mean on the list"].tolist() == ["100.0%", "100.0%"]
