"""Pages on a table with one value per customer: a column that was given, and no time."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from clv_core.activation.platforms.plain import VALUE_EXPORT_COLUMNS
from clv_core.jobs.queue import read_job
from clv_core.models.registry import VALUE_FORECASTERS
from clv_core.network_presets import VALUE_TABLE_PRESETS
from clv_core.runs.folder import RunFolder
from clv_core.settings import RunSettings
from clv_core.storage.workspace import Workspace
from pages.parts.text import money, number
from tests.app.conftest import (
    MARKDOWN_HEADER,
    VALUE_BLANKS,
    VALUE_CUSTOMERS,
    open_page,
)

TRAIN = "pages/model/train.py"
TRUST = "pages/model/trust.py"
OVERVIEW = "pages/value/overview.py"
SEGMENTS = "pages/value/segments.py"
CUSTOMERS = "pages/value/customers.py"
EXPLAIN = "pages/value/explain.py"
TIERS = "pages/act/tiers.py"
EXPORT = "pages/act/export.py"
PAGES = (TRAIN, TRUST, OVERVIEW, SEGMENTS, CUSTOMERS, EXPLAIN, TIERS, EXPORT)
OF_ORDERS = re.compile(
    r"net revenue|revenue|cut-?off day|chances? (to|of) buy|\bdays\b|last day|refund|purchase"
    r"|bought|brought|past spend|orders so far|expected orders|to bring",
    re.IGNORECASE,
)
PROSE = ("markdown", "caption", "text", "info", "warning", "subheader", "header")
WIDGETS = ("selectbox", "pills", "multiselect", "toggle", "slider", "button", "metric")


def said(app: AppTest) -> str:
    """Return all that a page says: prose, labels, options, headings of tables."""
    told = [str(element.value) for kind in PROSE for element in app.main.get(kind)]
    told += [str(widget.label) for kind in WIDGETS for widget in app.main.get(kind)]
    told += [str(option) for box in app.main.selectbox for option in box.options]
    told += [str(column) for table in app.main.dataframe for column in table.value.columns]
    return "\n".join(told)


@pytest.fixture
def found(workspace: Workspace, value_run_id: str) -> RunFolder:
    """Return the open result as it lies on disk."""
    return RunFolder(workspace.run(value_run_id).folder)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_a_given_value(
    app: AppTest, value_run_id: str, page: str, language: str
) -> None:
    """Each page renders, and says nothing that is true of orders only."""
    open_page(app, page, run=value_run_id, lang=language)

    assert len(app.title) == 1
    assert [error.value for error in app.error] == []
    assert OF_ORDERS.findall(said(app)) == []
    assert not re.search(r"\bnan\b", said(app).lower())


@pytest.mark.parametrize("page", [OVERVIEW, TRUST, TRAIN])
def test_it_is_said_that_this_is_no_forecast_in_time(
    app: AppTest, value_run_id: str, page: str
) -> None:
    """The plain statement stands where the result is presented, tested and asked for."""
    open_page(app, page, run=value_run_id)
    assert "not a forecast in time" in said(app)


def test_the_overview_adds_up_the_predicted_values(
    app: AppTest, value_run_id: str, found: RunFolder
) -> None:
    """Sum, mean and the blank ones are those of the forecast on disk."""
    open_page(app, OVERVIEW, run=value_run_id)
    predicted = found.forecast()["predicted"]
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Sum of the predicted values"] == money(float(predicted.sum()))
    assert metrics["Mean predicted value"] == money(float(predicted.mean()))
    known = VALUE_CUSTOMERS - VALUE_BLANKS
    assert metrics["Customers with a given value"] == f"{known} of {VALUE_CUSTOMERS}"


def test_trust_names_every_model_and_how_customers_were_divided(
    app: AppTest, value_run_id: str, found: RunFolder
) -> None:
    """All five families are on the board; the test's customers are counted in words."""
    open_page(app, TRUST, run=value_run_id)
    assert len(app.dataframe[0].value) == len(VALUE_FORECASTERS)
    plan = found.plan()
    assert f"{plan.holdout} customers, about one in five" in said(app)
    assert f"{VALUE_BLANKS} customers have no value yet" in said(app)
    assert "frequency" in "".join(warning.value for warning in app.warning)  # a leak, learnt from
    options = app.selectbox(key="trust_metric").options
    assert "Value caught in the top 20 %" in options
    assert not any("buys again" in option for option in options)


def test_trust_says_why_the_test_is_not_repeated(app: AppTest, value_run_id: str) -> None:
    """The table knows no time; no button is offered."""
    open_page(app, TRUST, run=value_run_id)
    assert "knows no time, so the test cannot be repeated" in said(app).replace("\\", "")
    assert not any(button.key == "prove" for button in app.button)


def test_a_training_is_told_how_columns_become_numbers(
    app: AppTest, workspace: Workspace, value_dataset_id: str
) -> None:
    """Leaks are named before; scaling, embedding and the tables' own presets reach the job."""
    open_page(app, TRAIN, dataset=value_dataset_id)
    assert any("gave the value away" in warning.value for warning in app.warning)
    assert any(text.value.startswith("frequency: ") for text in app.text)
    app.segmented_control(key="preset").set_value("quick").run()
    app.selectbox(key="matrix_scaling").set_value("min_max")
    app.selectbox(key="matrix_categories").set_value("embedding")
    app.number_input(key="matrix_embedding_width").set_value(3)
    next(button for button in app.button if button.label == "Train").click().run()

    assert not app.exception
    job = read_job(workspace, app.query_params["job"])
    told = RunSettings.model_validate(job.spec["settings"])
    assert told.network == VALUE_TABLE_PRESETS["quick"]
    matrix = told.matrix
    assert (matrix.scaling, matrix.categories, matrix.embedding_width) == (
        "min_max",
        "embedding",
        3,
    )


def test_logs_are_offered_scaling_alone(app: AppTest, dataset_id: str) -> None:
    """Features of orders are numbers: there are no categories to encode."""
    open_page(app, TRAIN, dataset=dataset_id)
    assert app.selectbox(key="matrix_scaling").value == "standard"
    assert "matrix_categories" not in app.session_state


def test_tiers_are_compared_by_numbers_and_by_categories(app: AppTest, value_run_id: str) -> None:
    """Every column of the table can be chosen; a category is told by its shares."""
    open_page(app, SEGMENTS, run=value_run_id)
    chooser = app.selectbox(key=f"segments_feature:{value_run_id}")
    assert set(chooser.options) == {"Vehicle Class", "Income", "frequency", MARKDOWN_HEADER}
    chooser.set_value("Vehicle Class").run()
    assert "Vehicle Class: the share of" in said(app).replace("\\", "")
    app.selectbox(key=f"segments_feature:{value_run_id}").set_value("Income").run()
    assert "Income: half of each tier lies below" in said(app).replace("\\", "")
    assert "Mean chance to buy" not in app.dataframe[0].value.columns


def test_text_of_the_user_is_never_markdown(app: AppTest, value_run_id: str) -> None:
    """Headers and categories that look like images or links are shown letter by letter."""
    for page in (SEGMENTS, CUSTOMERS, EXPLAIN):
        open_page(app, page, run=value_run_id)
        if page == SEGMENTS:
            chooser = app.selectbox(key=f"segments_feature:{value_run_id}")
            chooser.set_value(MARKDOWN_HEADER).run()
            assert "Noise" in "".join(text.value for text in app.markdown)
        for kind in ("markdown", "caption", "info", "warning", "metric"):
            told = "".join(str(element.value) for element in app.get(kind))
            assert "![x](" not in told
            assert "[a](http" not in told


def test_one_customer_has_the_users_own_headers(
    app: AppTest, value_run_id: str, found: RunFolder
) -> None:
    """Predicted and given value, reasons and facts are those of the chosen customer."""
    open_page(app, CUSTOMERS, run=value_run_id)
    listed = app.dataframe[0].value
    assert len(listed) == VALUE_CUSTOMERS
    assert listed["known_value"].isna().sum() == VALUE_BLANKS
    first = found.forecast().iloc[0]
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Predicted value"] == money(first["predicted"])
    facts = app.dataframe[1].value.set_index("Fact")["Entry"]
    features = found.features().loc[first.name]
    assert facts["Vehicle Class"] == features["Vehicle Class"]
    assert facts["frequency"] == number(features["frequency"])
    assert any("Vehicle Class is" in text.value for text in app.markdown)


def test_a_customer_without_a_value_is_said_to_have_none(
    app: AppTest, workspace: Workspace, value_run_id: str
) -> None:
    """Where the value was blank, the page says blank instead of a number."""
    open_page(app, CUSTOMERS, run=value_run_id)
    app.text_input(key="customers_search").set_value("K00000").run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 1
    assert {metric.label: metric.value for metric in app.metric}["Given value"] == "blank"


def test_reasons_have_no_families_of_ours(app: AppTest, value_run_id: str) -> None:
    """Two figures, importance and swarm, about the user's own columns."""
    open_page(app, EXPLAIN, run=value_run_id)
    assert len(app.get("plotly_chart")) == 2
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert set(spec["data"][0]["y"]) >= {"Vehicle Class", "frequency", "Income"}


def test_three_groups_lead_to_an_export_of_everybody(
    app: AppTest, value_run_id: str, found: RunFolder
) -> None:
    """Groups that ask for dates stay out; the export has the given value beside the predicted."""
    open_page(app, TIERS, run=value_run_id)
    assert [head.value for head in app.subheader] == ["Reward", "Grow", "Let rest"]
    app.button(key="export:reward").click().run()
    assert app.pills(key="export_marketing").options == ["Reward", "Grow", "Let rest"]
    size = int((found.forecast()["marketing_tier"] == "reward").sum())
    assert app.subheader[0].value == f"{size} customers"
    open_page(app, EXPORT)
    app.pills(key="export_marketing").set_value([]).run()
    assert app.subheader[0].value == f"{VALUE_CUSTOMERS} customers"
    assert list(app.dataframe[0].value.columns) == list(VALUE_EXPORT_COLUMNS)


def test_a_group_of_orders_does_not_break_a_value_table(app: AppTest, value_run_id: str) -> None:
    """A filter left over from a shop's result, which this one does not know, is dropped."""
    open_page(app, EXPORT, run=value_run_id)
    app.session_state["export_marketing"] = ["protect"]
    app.session_state["customers_marketing"] = ["win_back"]
    for page in (EXPORT, CUSTOMERS):
        app.switch_page(page).run()
        assert not app.exception
