"""The page Reasons: every view, and the ways from it to the customers behind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.explain.comparison import compare_features
from clv_core.explain.leading import find_leading_features
from clv_core.explain.patterns import find_patterns
from clv_core.runs.folder import RunFolder
from pages.parts.charts_explain_closely import dependence
from pages.parts.charts_explain_groups import comparison_waterfall, pattern_heatmap
from pages.parts.terms import name_days_to_come
from tests.app.conftest import open_page

EXPLAIN = "pages/value/explain.py"
VIEWS = ("all", "closely", "patterns", "comparison")


def said(app: AppTest) -> str:
    """Return all prose of a page."""
    return "\n".join(element.value for kind in ("markdown", "caption") for element in app.get(kind))


def open_view(app: AppTest, view: str, **query: str) -> AppTest:
    """Open the page and turn to one of its views."""
    open_page(app, EXPLAIN, **query)
    app.segmented_control(key="explain_view").set_value(view).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_renders_and_names_no_cause(app: AppTest, run_id: str, view: str) -> None:
    """Associations are said to be such on top, whatever view is open."""
    open_view(app, view, run=run_id)
    assert "not causes" in app.info[0].value
    assert "largest gap" in said(app)
    assert "DeepSHAP" in said(app)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_knows_the_users_own_columns(app: AppTest, value_run_id: str, view: str) -> None:
    """A value table's headers are shown as text, and it has no kinds of fact."""
    open_view(app, view, run=value_run_id)
    told = "".join(element.value for element in app.get("markdown"))
    assert "![x](http" not in told


def test_the_customers_a_fact_weighs_most_for_open_as_a_list(
    app: AppTest, run_id: str, found: RunFolder
) -> None:
    """The button names how many there are, and leads to them."""
    open_view(app, "all", run=run_id)
    leading = find_leading_features(found.explanation()).value_counts()
    box = app.selectbox(key=f"explain_led:{run_id}")
    box.set_value(("feature", str(leading.index[0]))).run()
    button = app.button(key="explain_open_led")
    assert button.label == f"Show {leading.iloc[0]} customers"
    button.click().run()
    assert not app.exception
    assert app.title[0].value == "Customers"


def test_a_group_of_like_customers_opens(app: AppTest, run_id: str, found: RunFolder) -> None:
    """Choosing a column of the heatmap without a mouse leads to its customers."""
    open_view(app, "patterns", run=run_id)
    groups = find_patterns(found.explanation()).groups
    app.selectbox(key=f"explain_group:{run_id}").set_value(1).run()
    button = app.button(key="explain_open_group")
    assert button.label == f"Show {groups['customers'][1]} customers"
    button.click().run()
    assert not app.exception
    assert app.title[0].value == "Customers"


def test_two_tiers_are_compared_in_two_sentences(
    app: AppTest, run_id: str, found: RunFolder
) -> None:
    """High above low with both means; the same tier twice is asked about."""
    open_view(app, "comparison", run=run_id)
    forecast = found.forecast()
    mean = forecast.loc[forecast["value_tier"] == "high", "predicted"].mean()
    told = said(app).replace("\\", "")
    assert f"“High” stands at ${mean:,.2f}" in told
    assert "goes together with the difference most" in told
    app.selectbox(key="explain_below:value_tier").set_value("high").run()
    assert any("two different groups" in info.value for info in app.info)
    app.segmented_control(key="explain_steps").set_value("families").run()
    app.segmented_control(key="explain_groups").set_value("marketing_tier").run()
    assert not app.exception


def test_the_comparisons_bars_end_at_the_mean(found: RunFolder) -> None:
    """What the waterfall draws adds up to what it ends with."""
    explanation, forecast = found.explanation(), found.forecast()
    high, low = (forecast.index[forecast["value_tier"] == tier] for tier in ("high", "low"))
    drawn = comparison_waterfall(
        compare_features(explanation, high, low), "High", "Low", name_days_to_come("USD")
    )
    *steps, total = drawn.data[0].x
    assert total == pytest.approx(forecast.loc[high, "predicted"].mean(), rel=1e-6)
    assert sum(steps) == pytest.approx(total)


def test_the_heatmap_tells_amounts_and_shades_them_by_sign(found: RunFolder) -> None:
    """A cell's colour has the sign of its amount; columns are the groups, none by id."""
    patterns = find_patterns(found.explanation())
    heatmap = pattern_heatmap(patterns, name_days_to_come("USD")).data[0]
    assert isinstance(heatmap, go.Heatmap)
    np.testing.assert_array_equal(np.sign(heatmap.z), np.sign(patterns.cells.to_numpy().T))
    assert len(heatmap.x) == len(patterns.groups)
    assert heatmap.zmin == -heatmap.zmax


def test_a_category_colours_by_level_and_the_rest_is_grey() -> None:
    """Four levels have a colour and a name, markup in them disarmed."""
    count = 60
    points = pd.DataFrame(
        {
            "value": np.arange(count, dtype=float),
            "contribution": 1.0,
            "partner_value": [f"<b>{number % 6}</b>" for number in range(count)],
            "partner_rank": np.nan,
        }
    )
    drawn = dependence(points, "order_count", "Class", 0.2, name_days_to_come("USD"))
    assert len(drawn.data) == 5
    assert drawn.data[0].name.startswith("&lt;b&gt;")
    assert sum(len(trace.x) for trace in drawn.data) == count


def test_without_a_partner_the_title_says_what_small_and_large_values_go_with() -> None:
    """The outermost tenths' means; of a category the outermost levels'."""
    values = pd.Series(np.arange(1.0, 101.0))
    points = pd.DataFrame(
        {
            "value": values,
            "contribution": np.where(values <= 10, -20.0, np.where(values > 90, 40.0, 1.0)),
            "partner_value": np.nan,
            "partner_rank": np.nan,
        }
    )
    terms = name_days_to_come("USD")
    drawn = dependence(points, "order_count", None, 0.0, terms)
    assert "with -$20.00 at its smallest values and with +$" in drawn.layout.title.text
    levels = points.assign(value=["a", "b"] * 50, contribution=[5.0, -5.0] * 50)
    told = dependence(levels, "Class", None, 0.0, terms, has_own_names=True).layout.title.text
    assert told == "“Class” goes with +$5.00 at “a” and with -$5.00 at “b”"
    nobody = dependence(points.assign(value=np.nan), "order_count", None, 0.0, terms)
    assert "not known" in nobody.layout.title.text


def test_the_second_opinion_stands_beside_the_reasons(run_id: str, found: RunFolder) -> None:
    """Opened for one customer, it tells its fidelity and what it says of the forecast."""
    key = int(found.forecast().index[0])

    def page(run: str, customer: int) -> None:
        from pages.parts.local_surrogate import show_local_surrogate  # noqa: PLC0415

        show_local_surrogate(run, customer)

    part = AppTest.from_function(page, args=(run_id, key), default_timeout=60)
    part.session_state["local_surrogate"] = True
    part.run()
    assert not part.exception
    labels = {metric.label: metric.value for metric in part.metric}
    assert labels["Fidelity near this customer"].endswith("%")
    assert "not causes" in part.caption[0].value
