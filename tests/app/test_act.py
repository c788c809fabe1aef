"""Tiers with their playbook, lists to act on, the budget."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.activation.playbook import PlaybookSettings
from clv_core.activation.spend_response import BudgetSettings
from clv_core.economic_settings import EconomicSettings
from clv_core.runs.folder import RunFolder
from clv_core.storage.kept_settings import keep, read_kept
from clv_core.storage.workspace import Workspace
from tests.app.conftest import open_page

TIERS = "pages/act/tiers.py"
LISTS = "pages/act/lists.py"
BUDGET = "pages/act/budget.py"
MARKUP = "**Call** ![x](http://example.org/x.png) <b>now</b>"


def said(app: AppTest) -> str:
    """Return all prose of a page."""
    return "\n".join(element.value for kind in ("markdown", "caption") for element in app.get(kind))


def submit(app: AppTest, form: str) -> None:
    """Press the first button of a form."""
    next(button for button in app.button if button.form_id == form).click().run()


@pytest.fixture
def with_margin(workspace: Workspace, dataset_id: str) -> EconomicSettings:
    """Keep a margin and a cost for the data set."""
    said = EconomicSettings(margin_rate=0.4, acquisition_cost=12.0)
    keep(workspace, dataset_id, said)
    return said


def test_a_changed_play_is_kept_and_shown_as_plain_text(
    app: AppTest, workspace: Workspace, run_id: str, dataset_id: str
) -> None:
    """Words that try to be markup are kept as they are and never interpreted."""
    open_page(app, TIERS, run=run_id)
    (action,) = [
        area for area in app.text_area if area.key == f"play_action:{dataset_id}:protect:en:0"
    ]
    action.set_value(MARKUP)
    submit(app, f"play:{dataset_id}:protect")
    assert not app.exception

    assert read_kept(workspace, dataset_id, PlaybookSettings).play("protect").action == MARKUP
    assert MARKUP in [text.value for text in app.text]
    assert "example.org" not in said(app)

    app.button(key="playbook_reset").click().run()
    assert not app.exception
    assert read_kept(workspace, dataset_id, PlaybookSettings) == PlaybookSettings()
    assert MARKUP not in [text.value for text in app.text]


def test_a_ceiling_needs_a_margin(
    app: AppTest, workspace: Workspace, run_id: str, dataset_id: str
) -> None:
    """Without a margin nothing is invented; with one the ceiling and its parts are told."""
    open_page(app, TIERS, run=run_id)
    assert "Say your margin below" in said(app)
    assert "An offer may cost at most" not in said(app)

    (margin,) = [
        field for field in app.number_input if field.key == f"economics_margin:{dataset_id}"
    ]
    margin.set_value(40.0)
    submit(app, f"economics:{dataset_id}")
    assert not app.exception
    assert read_kept(workspace, dataset_id, EconomicSettings).margin_rate == pytest.approx(0.4)
    assert "of the 40% margin" in said(app)


def test_a_tier_opens_its_customers(app: AppTest, run_id: str, found: RunFolder) -> None:
    """The button leads to the customers' page with the tier's customers remembered."""
    open_page(app, TIERS, run=run_id)
    app.button(key="behind:reward").click().run()
    assert not app.exception
    assert app.title[0].value == "Customers"
    kept = app.session_state["customers_behind"]
    forecast = found.forecast()
    expected = set(forecast.index[forecast["marketing_tier"] == "reward"])
    assert kept[0] == run_id
    assert set(kept[2]) == expected


def test_lists_tell_their_rule_and_their_test(app: AppTest, run_id: str) -> None:
    """Each list says who is on it, with numbers, and what became of such a list or why not."""
    open_page(app, LISTS, run=run_id)
    counts = app.dataframe[0].value
    assert counts["List"].iloc[0] == "Churn early warning"
    for name, told in {
        "win_back": "In the test",
        "second_order": "In the test",
        "service": "Not tested",
    }.items():
        app.segmented_control(key="list_name").set_value(name).run()
        assert not app.exception
        assert "Who: " in said(app).replace("\\", "")
        assert told in said(app) or "Too few to tell" in said(app)


def test_a_list_is_taken_away_by_its_keys(app: AppTest, run_id: str, found: RunFolder) -> None:
    """The export gets the list's customers; nobody's id is in prose or URL."""
    open_page(app, LISTS, run=run_id)
    app.segmented_control(key="list_name").set_value("win_back").run()
    ids = list(app.dataframe[1].value["customer_id"])
    assert ids
    assert not set(ids) & set(said(app).split())
    assert ids[0] not in json.dumps(dict(app.query_params))
    app.button(key="list_export").click().run()
    assert not app.exception
    run, title, keys = app.session_state["customers_behind"]
    assert (run, title) == (run_id, "Win back")
    assert app.toggle(key=f"export_behind:{run_id}").value
    assert "Win back" in [text.value for text in app.text]
    customers = found.customers()
    assert customers is not None
    assert list(customers["customer_id"].loc[keys]) == ids


def test_moved_lines_are_kept_and_used(app: AppTest, run_id: str, dataset_id: str) -> None:
    """Asking for longer silence leaves fewer to win back."""
    open_page(app, LISTS, run=run_id)
    before = app.dataframe[0].value.set_index("List").loc["Win back", "Customers"]
    app.number_input[2].set_value(8.0)
    submit(app, f"lines:{dataset_id}")
    assert not app.exception
    assert app.dataframe[0].value.set_index("List").loc["Win back", "Customers"] < before


def test_the_budget_asks_for_the_margin_first(app: AppTest, run_id: str) -> None:
    """Without a margin there is one sentence and no figure."""
    open_page(app, BUDGET, run=run_id)
    assert app.info[0].value.startswith("Say your margin above")
    assert not app.metric


def test_the_budget_is_divided_under_its_total(
    app: AppTest, run_id: str, dataset_id: str, workspace: Workspace, with_margin: EconomicSettings
) -> None:
    """What is spent stays within the budget; assumptions are named as such; a bid is told."""
    open_page(app, BUDGET, run=run_id)
    field = app.number_input(key=f"budget_total:{dataset_id}:0")
    field.set_value(100.0)
    submit(app, f"budget:{dataset_id}")
    assert not app.exception
    assert read_kept(workspace, dataset_id, BudgetSettings).total == 100.0
    metrics = {metric.label: metric.value for metric in app.metric}
    assert float(metrics["Spent"].strip("$").replace(",", "")) <= 100.0
    assert "your assumptions, not learnt" in said(app).replace("\\", "")
    assert "Nothing here was measured" in app.warning[0].value
    bids = next(frame.value for frame in app.dataframe if "Highest bid" in frame.value)
    assert len(bids) == 6
    assert bids["Cost of winning one"].eq("$12.00").any()


def test_a_budget_below_its_least_amounts_is_refused_in_words(
    app: AppTest, run_id: str, dataset_id: str, workspace: Workspace, with_margin: EconomicSettings
) -> None:
    """The page says so and shows no plan."""
    keep(
        workspace,
        dataset_id,
        BudgetSettings.check(
            {"total": 10.0, "tiers": {"rest": {"half_spend": 1.0, "least": 50.0}}}
        ),
    )
    open_page(app, BUDGET, run=run_id)
    assert "Lower some of them" in app.error[0].value
    assert not app.metric


@pytest.mark.parametrize("page", [TIERS, BUDGET])
def test_value_tables_have_tiers_and_a_budget(
    app: AppTest, value_run_id: str, value_dataset_id: str, workspace: Workspace, page: str
) -> None:
    """Their groups are divided by value alone; the budget says what the value is."""
    keep(workspace, value_dataset_id, EconomicSettings(margin_rate=0.5, acquisition_cost=3.0))
    open_page(app, page, run=value_run_id)
    if page == BUDGET:
        assert "The value here is the column you gave" in said(app)
        assert len(app.metric) == 4


def test_lists_say_why_a_value_table_has_none(app: AppTest, value_run_id: str) -> None:
    """One sentence and the way to the tiers."""
    open_page(app, LISTS, run=value_run_id)
    assert "does not say" in said(app)
    app.button(key="next:pages/act/tiers.py").click().run()
    assert app.title[0].value == "Tiers"


@pytest.mark.parametrize("page", [TIERS, LISTS, BUDGET])
def test_what_is_not_known_is_left_out_or_told(
    app: AppTest,
    workspace: Workspace,
    run_id: str,
    with_margin: EconomicSettings,
    page: str,
) -> None:
    """Without ranges, chances or currency there is neither a ceiling nor a word like nan."""
    folder = workspace.run(run_id).folder
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest |= {"total": None, "interval": None, "total_spread": None, "currency": ""}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    forecast = pd.read_parquet(folder / "forecast.parquet")
    forecast[["low", "high", "p_buy", "churn_risk", "expected_orders"]] = float("nan")
    forecast.to_parquet(folder / "forecast.parquet")
    open_page(app, page, run=run_id)
    assert not re.search(r"\bnan\b", said(app).lower())
    assert "$" not in "".join(str(metric.value) for metric in app.metric)
    told = said(app) + "".join(info.value for info in app.info)
    if page == TIERS:
        assert "no ceiling can be told" in told
    if page == LISTS:
        assert "Nobody can be watched" in told


def test_a_result_without_a_test_says_so(app: AppTest, workspace: Workspace, run_id: str) -> None:
    """Where the outcome is not known no share is shown."""
    file = workspace.run(run_id).folder / "holdout.parquet"
    held = pd.read_parquet(file)
    held.drop(columns=["actual_spend", "actual_orders"]).to_parquet(file)
    open_page(app, LISTS, run=run_id)
    assert "no window whose outcome is known" in said(app).replace("\\", "")


@pytest.mark.parametrize("page", [TIERS, LISTS, BUDGET])
def test_without_data_there_is_a_next_step(app: AppTest, page: str) -> None:
    """An empty workspace leads to the upload."""
    open_page(app, page)
    assert app.button(key="next:pages/prepare/upload.py")
