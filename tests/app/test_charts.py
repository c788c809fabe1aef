"""Figures hold the numbers of their tables, say what they show, and name nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from clv_core.segments.tier_features import describe_categories
from pages.parts import (
    charts,
    charts_customers,
    charts_error,
    charts_explain,
    charts_trust,
)
from pages.parts.terms import name_given_value
from tests.app.drawings import (
    CELLS,
    CONTRIBUTIONS,
    DECILES,
    FIGURES,
    GAIN,
    KEYS,
    SEGMENTS,
    SIZES,
    terms,
)

# What each title must say, worked out by hand from the tables of `drawings`.
FINDINGS = {
    "division": "88 customers to learn from, 22 kept back for the test",
    "categories": "city: the share of Bonn is 0% (High), 100% (Middle), 67% (Low)",
    "scoreboard": "Ensemble does best on Normalised Gini: 0.800, between 0.700 and 0.850",
    "gain": "brought 70% of the revenue",
    "timeline": "forecast as of Sep 1, 2024, compared with what came in by Dec 10, 2024",
    "calibration": "was expected to bring €250 each and brought €240",
    "outcomes": "30 of 40 customers in the test (75%) brought nothing",
    "coverage": "80% of the customers in the test fell inside their range",
    "concentration": "hold 60% of the value",
    "value_tiers": "1 customers of high value (20%) are expected to bring 60% of it",
    "histogram": "less than €150 each; the mean is €200",
    "boxes": "half of each tier lies below 9 (High), 4 (Middle), 2 (Low)",
    "marketing": "Reward holds more of the expected value than any other group: 60%",
    "treemap": "Of the €1,000 expected, €1,000 come from: Reward, Let rest",
    "importance": "Days since the last purchase moves forecasts most: by €14.00 on average",
    "families": "How recently they bought, €14.00 on average",
    "beeswarm": "by anything from -€20.00 to €30.00",
    "waterfall": "From €40.00 for a typical customer to €75.50 for this one",
}


@pytest.fixture(params=sorted(FIGURES))
def drawn(request: pytest.FixtureRequest) -> tuple[str, go.Figure]:
    """Return every figure with its name."""
    return request.param, FIGURES[request.param]()


def test_a_title_states_the_finding(drawn: tuple[str, go.Figure]) -> None:
    """Titles carry the numbers that the table holds."""
    name, figure = drawn
    assert FINDINGS[name] in figure.layout.title.text


def test_no_figure_names_a_customer(drawn: tuple[str, go.Figure]) -> None:
    """No key of a customer travels to the browser inside a figure."""
    leaves = list(find_leaves(drawn[1].to_plotly_json()))
    assert len(leaves) > 20
    assert not {str(key) for key in KEYS} & set(leaves)


def test_axes_say_what_they_measure(drawn: tuple[str, go.Figure]) -> None:
    """Each numeric axis has a title; a treemap has no axes."""
    name, figure = drawn
    if name != "treemap":
        assert figure.layout.xaxis.title.text or figure.layout.yaxis.title.text


def test_a_phone_scrolls_past_a_figure(drawn: tuple[str, go.Figure]) -> None:
    """No width is fixed, and dragging a finger does not zoom."""
    layout = drawn[1].layout
    assert layout.width is None
    assert layout.dragmode is False
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange


def test_axes_of_amounts_carry_the_currency() -> None:
    """Money is labelled with its unit; without a currency in plain words."""
    assert FIGURES["calibration"]().layout.yaxis.title.text == "Mean per customer (EUR)"
    plain = charts_error.calibration(DECILES, "ensemble", terms(""))
    assert plain.layout.yaxis.title.text == "Mean per customer (shop's currency)"
    assert "€" not in plain.layout.title.text


def test_the_scoreboard_marks_the_model_in_use_by_shape() -> None:
    """Colour alone would leave it out for some readers; ends of intervals are drawn."""
    trace = FIGURES["scoreboard"]().data[0]
    assert list(trace.x) == [0.6, 0.8]
    assert list(trace.marker.symbol) == ["circle", "diamond"]
    assert list(trace.error_x.array) == pytest.approx([0.1, 0.05])
    assert list(trace.error_x.arrayminus) == pytest.approx([0.05, 0.1])


def test_the_gain_curve_holds_every_model_and_both_references() -> None:
    """Each curve's points are those of the table."""
    traces = {trace.name: list(trace.y) for trace in FIGURES["gain"]().data}
    assert traces["Ensemble"] == [0.0, 0.7, 1.0]
    assert traces["Perfect order"] == [0.0, 0.9, 1.0]
    assert traces["Shuffled list"] == [0.0, 0.2, 1.0]


def test_who_brought_nothing_is_drawn_below_all_others() -> None:
    """A logarithmic axis has no zero; nothing gets a place of its own, labelled 0."""
    figure = FIGURES["outcomes"]()
    nothing, something = figure.data[0].y
    assert something == pytest.approx(2.0)
    assert nothing < 1.0
    labels = dict(zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True))
    assert labels[nothing] == "0"
    assert labels[2] == "100"


def test_the_waterfall_adds_up_to_the_forecast() -> None:
    """Typical forecast plus all steps is the last bar."""
    trace = FIGURES["waterfall"]().data[0]
    assert sum(trace.x[:-1]) == pytest.approx(trace.x[-1]) == pytest.approx(75.5)
    assert trace.measure[0] == "absolute"
    assert trace.measure[-1] == "total"


def test_unknown_values_have_no_colour_of_their_own_rank() -> None:
    """Customers without a rating are grey, not on the scale from small to large."""
    unknown, known = FIGURES["beeswarm"]().data
    assert len(unknown.x) == 2
    assert len(unknown.x) + len(known.x) == CONTRIBUTIONS.size
    assert unknown.marker.color == charts.GREY


def test_points_of_a_swarm_stay_in_their_lane() -> None:
    """A feature's points keep clear of its neighbours'."""
    swarm = pd.DataFrame(
        {
            "feature": ["recency_days"] * 400 + ["order_count"] * 10,
            "contribution": [1.0] * 400 + list(np.linspace(-5, 5, 10)),
            "value_rank": 0.5,
        }
    )
    lanes = np.array(charts_explain.beeswarm(swarm, terms()).data[1].y, dtype=float)
    assert np.abs(lanes[:400]).max() < 0.5
    assert np.abs(lanes[400:] - 1).max() < 0.5


def test_long_labels_break_in_both_scripts() -> None:
    """No line of an axis label is wider than the room it has."""
    lines = charts.wrap("Time since the last purchase against the mean time", 26).split("<br>")
    assert max(map(len, lines)) <= 26
    assert " ".join(lines) == "Time since the last purchase against the mean time"
    assert charts.wrap("距上次购买的时间与平均间隔之比", 26) == "距上次购买的时间与平均间隔<br>之比"
    assert (
        charts.wrap("统计模型预期的消费（Pareto/NBD）", 26)
        == "统计模型预期的消费（<br>Pareto/NBD）"
    )


def test_of_a_given_value_nothing_is_to_come() -> None:
    """The same figures speak of the column, its unit and its given values."""
    given = terms("", name_given_value)
    outcomes = charts_error.predicted_against_actual(CELLS, 12.0, given)
    assert "miss the value of one of these 40 customers by 12.00" in outcomes.layout.title.text
    assert outcomes.layout.yaxis.title.text == "Given value (column's unit)"
    gain = charts_trust.gain_curve(GAIN, "ensemble", given)
    assert "hold 70% of the value" in gain.layout.title.text
    assert given.metric_label("top_20_share") == "Value caught in the top 20 %"
    assert terms().metric_label("top_20_share") == "Revenue caught in the top 20 %"


def test_customers_without_a_value_are_drawn_apart() -> None:
    """The bar of the division adds up to all customers."""
    traces = {trace.name: trace.x[0] for trace in FIGURES["division"]().data}
    assert sum(traces.values()) == 120
    assert traces["Value not given, only predicted"] == 10


def test_categories_are_plain_text_and_add_up() -> None:
    """Signs of a tag in a user's category are shown, not obeyed; each tier makes 100 %."""
    figure = FIGURES["categories"]()
    assert {trace.name for trace in figure.data} == {"Ulm", "Bonn", "&lt;b&gt;Rom&lt;/b&gt;"}
    assert np.sum([list(trace.x) for trace in figure.data], axis=0) == pytest.approx(1.0)


def test_yes_and_no_are_said_in_the_readers_words() -> None:
    """Categories that are ours, not the user's, are named as told."""
    answers = pd.DataFrame({"club": pd.Categorical(["yes", "no", "no", "no", "no"])}, index=KEYS)
    shares = describe_categories(answers, SEGMENTS.assignment)
    figure = charts_customers.category_bars(shares, "club", {"yes": "是", "no": "否"})
    assert [trace.name for trace in figure.data] == ["否", "是"]
    assert "the share of 否 is 0% (High), 100% (Middle), 100% (Low)" in figure.layout.title.text


def test_rare_categories_are_drawn_together() -> None:
    """Of seven categories five stand alone, most frequent first."""
    names = [
        name for name, count in zip("abcdefg", range(9, 2, -1), strict=True) for _ in range(count)
    ]
    keys = pd.RangeIndex(len(names))
    column = pd.DataFrame({"letter": pd.Categorical(names)}, index=keys)
    shares = describe_categories(column, pd.Series("high", index=keys))
    figure = charts_customers.category_bars(shares[shares["tier"] == "high"], "letter")
    assert [trace.name for trace in figure.data] == [*"abcde", "All others"]
    assert figure.data[-1].x[0] == pytest.approx((4 + 3) / len(names))


def test_a_header_of_the_users_keeps_its_own_name() -> None:
    """A column that bears the name of one of our features is not called by our label."""
    figure = charts_explain.importance_bars(SIZES, terms(), has_own_names=True)
    assert list(figure.data[0].y) == ["recency_days", "order_count"]
    endless = charts.wrap("word " * 90)
    assert endless.count("<br>") == charts.LABEL_LINES - 1
    assert endless.endswith("…")


def find_leaves(part: Any) -> Iterator[str]:
    """Return every single value that a figure sends to the browser, as text."""
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, (list, tuple, np.ndarray)):
        for inner in part:
            yield from find_leaves(inner)
    else:
        yield str(part)
