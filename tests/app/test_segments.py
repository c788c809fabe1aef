"""The page Segments: every view, every way to the customers behind a group."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.segments.lifecycle import LIFECYCLE_TITLES, assign_lifecycle
from clv_core.segments.rfm import assign_rfm_groups
from clv_core.storage.workspace import Workspace
from pages.parts import charts_segments
from pages.parts.charts_segments import (
    group_bars,
    group_treemap,
    persona_heatmap,
    shown_in_treemap,
    tier_heatmap,
)
from pages.parts.segment_tables import name_features, persona_table
from pages.parts.terms import name_days_to_come
from tests.app.conftest import MARKDOWN_HEADER, VALUE_CUSTOMERS, open_page

PAGE = "pages/value/segments.py"
SHOW = "segments_show"
NAMES = {"a": "First", "b": "Second <i>", "c": "Third"}
PROFILE = pd.DataFrame(
    {
        "group": ["a", "b", "c"],
        "customers": [5, 15, 0],
        "customer_share": [0.25, 0.75, 0.0],
        "value": [0.0, 300.0, 0.0],
        "value_share": [0.0, 1.0, 0.0],
        "mean_value": [0.0, 20.0, np.nan],
        "p_buy": [0.1, 0.2, np.nan],
    }
)


def open_view(app: AppTest, view: str, **query: str) -> AppTest:
    """Open the page on one of its views."""
    app.session_state["segments_view"] = app.session_state["segments_view_undated"] = view
    open_page(app, PAGE, **query)
    assert [error.value for error in app.error] == []
    return app


def said(app: AppTest) -> str:
    """Return all prose of a page."""
    return "\n".join(element.value for kind in ("markdown", "caption") for element in app.get(kind))


def tell_behind(app: AppTest) -> tuple[str, pd.Index]:
    """Press the button that leads to customers; return what they are called and their keys."""
    app.button(key=SHOW).click().run()
    assert not app.exception
    assert app.title[0].value in ("Customers", "客户")
    _run, title, keys = app.session_state["customers_behind"]
    return title, keys


@pytest.mark.parametrize("view", ["rfm", "lifecycle", "personas"])
def test_every_view_is_told_in_chinese(app: AppTest, run_id: str, view: str) -> None:
    """Each view renders in the other language too, and counts every customer once."""
    open_view(app, view, run=run_id, lang="zh")
    table = app.dataframe[0].value
    assert table["客户"].sum() == 400
    assert not re.search(r"\bnan\b", said(app).lower())


def test_rfm_groups_lead_to_their_customers(app: AppTest, run_id: str) -> None:
    """The heatmap's cells can be chosen by name; the customers behind are exactly those."""
    open_view(app, "rfm", run=run_id)
    assert app.dataframe[0].value["Customers"].sum() == 400
    assert "Shopify" in said(app)
    forecast, features = read(run_id)
    app.selectbox(key="segments_group:rfm").select("loyal")
    app.selectbox(key="segments_tier").select("low").run()
    title, keys = tell_behind(app)
    assert title == "RFM group: Loyal · Value tier: Low"
    groups = assign_rfm_groups(features)[forecast.index]
    assert set(keys) == set(forecast.index[(groups == "loyal") & (forecast["value_tier"] == "low")])


def test_lifecycle_stages_are_told_with_this_shops_numbers(app: AppTest, run_id: str) -> None:
    """Each stage has its rule in words; the chosen one leads to its customers."""
    open_view(app, "lifecycle", run=run_id)
    for title in LIFECYCLE_TITLES.values():
        assert f"**{title}**: " in said(app)
    app.selectbox(key="segments_group:lifecycle").select("at_risk").run()
    title, keys = tell_behind(app)
    assert title == "Lifecycle: At risk"
    forecast, features = read(run_id)
    stages = assign_lifecycle(features, forecast)
    assert set(keys) == set(stages.index[stages == "at_risk"])


def test_personas_say_what_sets_them_apart_and_how_stable_they_are(
    app: AppTest, run_id: str
) -> None:
    """Names, means in their units, and whether they would come out again."""
    open_view(app, "personas", run=run_id)
    sizes, means, tried = (table.value for table in app.dataframe)
    assert sizes["Customers"].sum() == 400
    assert sizes["Group"].is_unique
    money = means.set_index("Mean of").loc["Mean order amount"]
    assert money.str.startswith("$").all()
    assert len(tried) == 6
    assert "Found on other halves of the customers" in said(app)
    title, keys = tell_behind(app)
    assert title == sizes["Group"].iloc[0]
    assert len(keys) == sizes["Customers"].iloc[0]


def test_value_tiers_lead_to_their_customers_and_can_part_by_themselves(
    app: AppTest, run_id: str
) -> None:
    """Natural breaks have no cut-offs to move, and the tiers they make can be opened."""
    open_view(app, "tiers", run=run_id)
    app.segmented_control(key=f"cut_by:{run_id}").set_value("natural_breaks").run()
    assert not app.slider
    sizes = app.dataframe[0].value.set_index("Tier")["Customers"]
    assert sizes.sum() == 400
    title, keys = tell_behind(app)
    assert title == "Value tier: High"
    assert len(keys) == sizes["High"]


def test_a_value_table_has_personas_and_says_why_it_has_no_more(
    app: AppTest, value_run_id: str
) -> None:
    """RFM and lifecycle need dates; personas are named by the user's own headers, as text."""
    open_view(app, "personas", run=value_run_id)
    assert "need dated orders" in said(app)
    assert app.dataframe[0].value["Customers"].sum() == VALUE_CUSTOMERS
    assert MARKDOWN_HEADER in set(app.dataframe[1].value["Mean of"])
    assert MARKDOWN_HEADER not in said(app)  # escaped where Markdown is read
    assert "purchase" not in said(app)


def read(run_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a result's forecast and features as they lie on disk."""
    folder = Workspace.default().run(run_id).folder
    return tuple(pd.read_parquet(folder / f"{name}.parquet") for name in ("forecast", "features"))


def test_an_area_leads_to_its_group() -> None:
    """Areas are in the order of the groups that a click on them is looked up in."""
    figure = group_treemap(PROFILE, NAMES, name_days_to_come("USD"))
    assert list(figure.data[0].ids) == shown_in_treemap(PROFILE) == ["b"]
    assert figure.data[0].labels[0] == "Second &lt;i&gt;"
    assert figure.layout.title.text.startswith("Second <i>: 100% of all value")


def test_bars_are_in_the_order_of_the_profile() -> None:
    """A click tells the place of a bar, which is the place of its group."""
    figure = group_bars(PROFILE, NAMES, name_days_to_come("USD"))
    assert list(figure.data[0].x) == [0.25, 0.75, 0.0]
    assert list(figure.data[1].x) == [0.0, 1.0, 0.0]


def test_cells_have_a_row_per_group_and_a_column_per_tier() -> None:
    """A click tells row and column; the title names the largest cell."""
    tiers = ["high", "middle", "low"]
    crossed = pd.DataFrame(
        {
            "group": np.repeat(["b", "a"], 3),
            "tier": tiers * 2,
            "customers": [1, 2, 3, 4, 5, 60],
            "value": [10.0, 20, 30, 40, 50, 60],
            "value_share": np.array([10, 20, 30, 40, 50, 60]) / 210,
        }
    )
    figure = tier_heatmap(crossed, "customers", NAMES, name_days_to_come("USD"))
    assert figure.data[0].z.tolist() == [[1, 2, 3], [4, 5, 60]]
    assert list(figure.data[0].y) == ["Second <i>", "First"]
    assert "First of tier Low: 60 customers" in figure.layout.title.text
    shares = tier_heatmap(crossed, "value_share", NAMES, name_days_to_come("USD"))
    assert shares.data[0].text[1][2] == "28.6%"


def test_what_sets_personas_apart_is_drawn_and_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """The farthest features are drawn; the table has all, in their units."""
    monkeypatch.setattr(charts_segments, "FEATURES", 1)
    table = pd.DataFrame(
        {
            "persona": ["p", "q"] * 3,
            "feature": np.repeat(["net_spend", "return_rate", "Colour"], 2),
            "category": [None] * 4 + ["red"] * 2,
            "mean": [50.0, 150, 0.1, 0.3, 0.25, 0.75],
            "overall": [100.0, 100, 0.2, 0.2, 0.5, 0.5],
            "difference": [-0.5, 0.5, -1.5, 1.5, -1.0, 1.0],
        }
    )
    with pytest.raises(KeyError):
        name_features(table, has_own_names=False)  # Colour is no feature of ours
    told = name_features(table[:4], has_own_names=False)
    labels = {"p": "Persona 1", "q": "Persona 2"}
    figure = persona_heatmap(told, labels, labels)
    assert figure.data[0].z.tolist() == [[-1.5, 1.5]]
    written = persona_table(told, labels, name_days_to_come("USD")).set_index("Mean of")
    assert written.loc["Net spend so far"].tolist() == ["$100", "$50.00", "$150"]
    assert written.loc["Share of orders that are returns"].tolist() == ["20.0%", "10.0%", "30.0%"]
    own = persona_table(
        name_features(table, has_own_names=True), labels, name_days_to_come("USD")
    ).set_index("Mean of")
    assert own.loc["net_spend"].tolist() == ["100.0", "50.0", "150.0"]
    assert own.loc["Colour: red"].tolist() == ["50.0%", "25.0%", "75.0%"]
