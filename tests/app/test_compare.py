"""Two results side by side: what differs, who moved, and what is not compared."""

from __future__ import annotations

import json
import shutil
import uuid

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.runs.folder import RunFolder
from clv_core.segments.movement import PLACES, match_by_key, trace_movement
from clv_core.settings import SegmentSettings
from clv_core.storage.workspace import Workspace
from pages.parts import cached, derived_movement
from pages.parts.charts_movement import change_bars, list_nodes, movement_flow
from pages.parts.pairing import propose_two
from pages.parts.setting_names import settings_table
from pages.parts.terms import name_days_to_come
from tests.app.conftest import open_page

PAGE = "pages/model/compare.py"


def said(app: AppTest) -> str:
    """Return all prose of the page."""
    return "\n".join(element.value for kind in ("markdown", "caption") for element in app.get(kind))


@pytest.fixture
def later_run_id(workspace: Workspace, dataset_id: str, run_id: str) -> str:
    """Publish the same result again with another seed and every second forecast halved."""
    folder = workspace.root / "partial" / uuid.uuid4().hex
    shutil.copytree(workspace.run(run_id).folder, folder)
    forecast = pd.read_parquet(folder / "forecast.parquet")
    forecast.loc[forecast.index[::2], "predicted"] /= 2
    forecast.to_parquet(folder / "forecast.parquet")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["settings"]["seed"] = 99
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return workspace.publish_run(folder, dataset_id)


@pytest.fixture
def newer_data_run_id(workspace: Workspace, run_id: str) -> str:
    """Publish the result on a data set of its own, its customers numbered the other way round.

    Fifty customers of it bear new ids, so fifty are gone and fifty are new.
    """
    data = workspace.root / "partial" / uuid.uuid4().hex
    shutil.copytree(workspace.dataset_of_run(run_id).folder, data)
    customers = pd.read_parquet(data / "customers.parquet")
    last = int(customers["customer_key"].max())
    customers["customer_key"] = last - customers["customer_key"]
    customers.loc[customers.index[:50], "customer_id"] = [f"NEW-{at}" for at in range(50)]
    customers.to_parquet(data / "customers.parquet")
    newer = workspace.publish_dataset(data, "Newer file")
    folder = workspace.root / "partial" / uuid.uuid4().hex
    shutil.copytree(workspace.run(run_id).folder, folder)
    forecast = pd.read_parquet(folder / "forecast.parquet")
    forecast.index = last - forecast.index
    forecast.to_parquet(folder / "forecast.parquet")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["data"]["checksums"]["customers.parquet"] = "of the newer file"
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return workspace.publish_run(folder, newer)


def test_one_result_leads_to_training_another(app: AppTest, run_id: str) -> None:
    """There is nothing to compare yet, and the page says what to do."""
    open_page(app, PAGE, run=run_id)
    assert "only one result" in said(app)
    assert [button.label for button in app.main.button] == ["Train a forecast"]


def test_two_results_of_one_data_set_show_what_differs(
    app: AppTest, run_id: str, later_run_id: str, found: RunFolder
) -> None:
    """The seed is the one setting that differs; both were tested on the same days."""
    open_page(app, PAGE, run=later_run_id)
    assert app.selectbox(key=f"compare_then:{later_run_id}").value == run_id
    settings = app.dataframe[1].value
    assert settings.iloc[:, 0].tolist() == ["Seed"]
    assert settings.iloc[0, 2] == "99"
    assert "tested on the same customers and days" in said(app)
    falling = app.dataframe[-1].value
    assert (falling["change"] < 0).all()
    names = set(found.customers()["customer_id"])
    assert set(falling["customer_id"]) <= names
    assert not any(name in said(app) for name in names)


def test_a_flow_opens_its_customers_in_the_later_result(
    app: AppTest, run_id: str, later_run_id: str
) -> None:
    """From the open earlier result the list opens in the later one, with that flow's people."""
    open_page(app, PAGE, run=run_id)
    assert app.selectbox(key=f"compare_now:{run_id}").value == later_run_id
    chosen = app.selectbox(key=f"compare_flow_chosen:{run_id}:{later_run_id}")
    count = int(chosen.options[0].split("(")[1].split()[0])
    next(one for one in app.button if one.label == "Show these customers").click().run()
    assert not app.exception
    assert app.title[0].value == "Customers"
    opened, title, keys = app.session_state["customers_behind"]
    assert opened == later_run_id
    assert "→" in title
    assert len(keys) == count


def test_marks_bear_the_currency_of_their_own_result(
    app: AppTest, workspace: Workspace, run_id: str, later_run_id: str
) -> None:
    """Of a result in US dollars and one in yen, each error is told in its own."""
    for run, currency in ((run_id, "USD"), (later_run_id, "JPY")):
        file = workspace.run(run).folder / "manifest.json"
        manifest = json.loads(file.read_text("utf-8")) | {"currency": currency}
        file.write_text(json.dumps(manifest), "utf-8")
    open_page(app, PAGE, run=later_run_id)
    marks = app.dataframe[2].value.set_index("Measure").loc["Mean absolute error"]
    assert marks.iloc[0].startswith("$")
    assert marks.iloc[1].startswith("¥")
    assert "different currencies" in app.info[0].value


def test_results_on_two_files_are_matched_by_id(
    app: AppTest, run_id: str, newer_data_run_id: str
) -> None:
    """Keys are numbered anew, ids are not: nobody moved but the fifty with new ids."""
    open_page(app, PAGE, run=newer_data_run_id)
    cutoffs = cached.own_cutoffs(newer_data_run_id)
    movement = derived_movement.movement(run_id, newer_data_run_id, cutoffs)
    kinds = movement.sum_kinds()
    stayed = len(movement.find()) - 100
    assert kinds["customers"].tolist() == [0, 0, stayed, 50, 50]
    assert kinds.loc["stayed", "value_now"] == pytest.approx(kinds.loc["stayed", "value_then"])
    assert movement.list_changes(falling=True).empty
    assert "different days or customers" in app.warning[0].value
    assert "50 are new, 50 are not there any more" in said(app)


def test_those_who_are_gone_open_in_the_earlier_result(
    app: AppTest, run_id: str, newer_data_run_id: str
) -> None:
    """They have no place in the later one."""
    open_page(app, PAGE, run=newer_data_run_id)
    chosen = app.selectbox(key=f"compare_flow_chosen:{run_id}:{newer_data_run_id}")
    gone = next(at for at, name in enumerate(chosen.options) if "Not there any more" in name)
    chosen.select_index(gone).run()
    next(one for one in app.button if one.label == "Show these customers").click().run()
    assert not app.exception
    assert app.session_state["customers_behind"][0] == run_id


def test_a_forecast_and_a_given_value_are_not_mixed(
    app: AppTest, run_id: str, value_run_id: str
) -> None:
    """Both are described; whose amounts cannot be compared is said."""
    open_page(app, PAGE, run=value_run_id)
    assert app.selectbox(key=f"compare_then:{value_run_id}").value == run_id
    assert any("cannot be compared" in one.value for one in app.info)
    assert len(app.dataframe) >= 1


def test_two_results_on_one_value_table_are_compared(
    app: AppTest, workspace: Workspace, value_dataset_id: str, value_run_id: str
) -> None:
    """Customers of a value table move too; here nobody does."""
    folder = workspace.root / "partial" / uuid.uuid4().hex
    shutil.copytree(workspace.run(value_run_id).folder, folder)
    again = workspace.publish_run(folder, value_dataset_id)
    open_page(app, PAGE, run=again)
    assert [info.value for info in app.info] == ["Nobody's forecast changed this way."]
    cutoffs = cached.own_cutoffs(again)
    kinds = derived_movement.movement(value_run_id, again, cutoffs).sum_kinds()["customers"]
    assert kinds["stayed"] == kinds.sum() > 0


def test_the_flow_holds_the_numbers_of_its_table() -> None:
    """A link per flow between the boxes it names; boxes in the order of tiers, none empty."""
    then = pd.DataFrame({"predicted": [40.0, 30.0, 20.0, 10.0]}, index=[1, 2, 3, 4])
    now = pd.DataFrame({"predicted": [90.0, 50.0, 1.0, 2.0]}, index=[2, 3, 4, 5])
    settings = SegmentSettings(cut_by="quantile", high=0.25, middle=0.5)
    movement = trace_movement(then, now, match_by_key(then.index, now.index), settings)
    figure = movement_flow(movement, name_days_to_come("USD"))
    nodes, flow = list(list_nodes(movement)), figure.data[0]
    ends = zip(flow.link.source, flow.link.target, strict=True)
    tiers = zip(movement.flows["tier_then"], movement.flows["tier_now"], strict=True)
    assert [(nodes[one][1], nodes[other][1]) for one, other in ends] == list(tiers)
    assert list(flow.link.value) == [1, 1, 1, 1, 1]
    assert [place for side, place in nodes if side == "then"] == list(PLACES)
    assert list(flow.node.y[:4]) == sorted(flow.node.y[:4])
    assert [one.text.split(": ")[1] for one in figure.layout.annotations] == list("11211121")
    assert "2 rose to a higher tier and 0 fell" in figure.layout.title.text
    bars = change_bars(movement, name_days_to_come("USD"))
    assert list(bars.data[0].x) == [90.0, 0.0, -9.0, 2.0, -40.0]


def test_settings_bear_the_names_of_their_pages() -> None:
    """Groups, rules and values in words; what no page asks for keeps its path."""
    differences = pd.DataFrame(
        [
            ["cleaning.outliers", "iqr", "keep"],
            ["cleaning.repeated_lines", "drop", "keep"],
            ["network.hidden_units", [8, 4], [16]],
            ["model", None, "boosted_trees"],
            ["window.max_snapshots", 3, 9],
        ],
        columns=["setting", "one", "other"],
        dtype=object,
    )
    assert settings_table(differences, "then", "now").to_numpy().tolist() == [
        ["Cleaning rules: Unusually large amounts", "Leave out by the middle half (IQR)", "Keep"],
        ["Cleaning rules: Count repeated lines once", "yes", "no"],
        ["Network: Layers", "8, 4", "16"],
        ["Model in use", "chosen for the data", "Boosted trees"],
        ["window.max_snapshots", "3", "9"],
    ]


def test_the_open_result_is_the_later_one_of_its_kind() -> None:
    """Newest first: the forerunner is the newest older one alike; the oldest is the earlier."""
    kinds = {"d": ("new", "log"), "c": ("plan", "value_table"), "b": ("shop", "log")}
    kinds["a"] = ("shop", "log")
    assert propose_two(list(kinds), "d", kinds) == ("b", "d")
    assert propose_two(list(kinds), "c", kinds) == ("b", "c")
    assert propose_two(list(kinds), "a", kinds) == ("a", "b")


def test_a_result_of_the_same_data_goes_before_one_of_another_shop() -> None:
    """The other shop's result is the newest before the open one, yet says nothing of it."""
    kinds = {"c": ("shop", "log"), "b": ("other", "log"), "a": ("shop", "log")}
    assert propose_two(list(kinds), "c", kinds) == ("a", "c")
    assert propose_two(list(kinds), "a", kinds) == ("a", "c")
    newer = {"c": ("shop", "log"), "b": ("shop", "log"), "a": ("other", "log")}
    assert propose_two(list(newer), "b", newer) == ("b", "c")
