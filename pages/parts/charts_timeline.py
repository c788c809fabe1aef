"""The figure of what one customer did, and of how likely they still are one."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from clv_core.segments.timeline import Timeline
from pages.parts.charts import BLUE, GREEN, GREY, ORANGE, PURPLE, lay_out
from pages.parts.terms import Terms
from pages.parts.text import _, day, number, percent

Row = tuple[str, str, float, list[go.Bar | go.Scatter]]  # name, unit, height, marks
Window = tuple[pd.Timestamp, pd.Timestamp]

_DAY_MS = 86_400_000
_THINNEST = 250  # bars that fit beside each other
_DAY_TICKS = (  # in figures: Plotly knows the names of months in English only
    {"dtickrange": [None, 27 * _DAY_MS], "value": "%Y-%m-%d"},
    {"dtickrange": [27 * _DAY_MS, None], "value": "%Y-%m"},
)


def history(
    timeline: Timeline, alive: pd.DataFrame | None, window: Window | None, terms: Terms
) -> go.Figure:
    """Draw a customer's chance of being one, orders, visits and reviews over one axis of days.

    Parameters
    ----------
    timeline : Timeline
        Rows without a table are left out.
    alive : DataFrame or None
        ``day``, ``p_alive``, ``is_silence``: from ``runs.alive.trace_customer``.
    window : pair of Timestamp or None
        Between which the next order is expected: shaded.
    terms : Terms
    """
    rows = [row for row in _list_rows(timeline, alive, terms) if row is not None]
    figure = make_subplots(
        rows=len(rows),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.3 / (len(rows) + 1),
        row_heights=[height for _name, _unit, height, _marks in rows],
        subplot_titles=[name for name, _unit, _height, _marks in rows],
    )
    for place, (_name, unit, _height, marks) in enumerate(rows, start=1):
        figure.add_traces(marks, rows=place, cols=1)
        figure.update_yaxes(
            title={"text": unit}, automargin=True, fixedrange=True, nticks=5, row=place, col=1
        )
    lay_out(figure, _tell(timeline, alive), height=110 + 110 * len(rows))
    figure.update_layout(
        showlegend=False, margin={"t": 24}, yaxis={"title": {"text": rows[0][1]}}, bargap=0
    )
    figure.update_annotations(x=0, xanchor="left", font={"size": 13})
    figure.update_xaxes(fixedrange=True, automargin=True, tickformatstops=_DAY_TICKS)
    if alive is not None:
        figure.update_yaxes(range=[0, 1.05], tickformat=".0%", row=1, col=1)
    if timeline.reviews is not None:
        figure.update_yaxes(range=[0, 5.5], row=len(rows), col=1)
    figure.add_vline(x=timeline.until.isoformat(), line={"color": GREY, "width": 1, "dash": "dash"})
    if window is not None:
        figure.add_vrect(
            x0=window[0], x1=window[1], fillcolor=BLUE, opacity=0.18, line_width=0, layer="below"
        )
    return figure


def _list_rows(timeline: Timeline, alive: pd.DataFrame | None, terms: Terms) -> list[Row | None]:
    begin = timeline.orders["order_time"].min()
    span = (pd.Timestamp(timeline.until) - begin).days + 1
    width = max(_DAY_MS, span * _DAY_MS / _THINNEST)
    return [
        None if alive is None else _draw_alive(alive),
        _draw_orders(timeline.orders, width, terms),
        None if timeline.visits is None else _draw_visits(timeline.visits, width),
        None if timeline.reviews is None else _draw_reviews(timeline.reviews),
    ]


def _draw_alive(alive: pd.DataFrame) -> Row:
    told, silence = alive[~alive["is_silence"]], alive[alive["is_silence"]]
    joined = pd.concat([told.tail(1), silence])
    lines = [
        _line(told, {"color": GREEN, "width": 2}),
        _line(joined, {"color": GREEN, "width": 2, "dash": "dot"}),
    ]
    return _("Chance of still being a customer"), "", 1.3, lines


def _line(points: pd.DataFrame, style: dict[str, object]) -> go.Scatter:
    return go.Scatter(
        x=points["day"],
        y=points["p_alive"],
        mode="lines",
        line=style,
        hovertemplate="%{x|%Y-%m-%d}: %{y:.0%}<extra></extra>",
    )


def _draw_orders(orders: pd.DataFrame, width: float, terms: Terms) -> Row:
    parts: list[go.Bar | go.Scatter] = [
        go.Bar(
            x=part["order_time"].dt.normalize(),
            y=part["amount"],
            width=width,
            marker={"color": colour},
            customdata=[terms.money(amount) for amount in part["amount"]],
            hovertemplate="%{x|%Y-%m-%d}: %{customdata}<extra>" + name + "</extra>",
        )
        for part, colour, name in (
            (orders[~orders["is_return"]], GREEN, _("Order")),
            (orders[orders["is_return"]], ORANGE, _("Return")),
        )
        if len(part)
    ]
    return _("Orders; returns below zero"), terms.unit, 1.2, parts


def _draw_visits(visits: pd.DataFrame, width: float) -> Row:
    bars = go.Bar(
        x=visits["day"],
        y=visits["events"],
        width=width,
        marker={"color": BLUE},
        customdata=visits[["views", "carts"]],
        hovertemplate=_("%{x|%Y-%m-%d}: %{y} events, %{customdata[1]} into the cart")
        + "<extra></extra>",
    )
    return _("Visits"), _("events a day"), 0.9, [bars]


def _draw_reviews(reviews: pd.DataFrame) -> Row:
    points = go.Scatter(
        x=reviews["review_time"],
        y=reviews["rating"].fillna(0),
        mode="markers",
        marker={
            "color": PURPLE,
            "size": 11,
            "symbol": ["star" if known else "star-open" for known in reviews["rating"].notna()],
        },
        customdata=["–" if pd.isna(one) else number(one, 1) for one in reviews["rating"]],
        hovertemplate=_("%{x|%Y-%m-%d}: %{customdata} stars") + "<extra></extra>",
    )
    return _("Reviews; open stars: no rating"), _("stars"), 0.9, [points]


def _tell(timeline: Timeline, alive: pd.DataFrame | None) -> str:
    bought = timeline.purchase_days
    if not bought:
        return _("No order that was not given back")
    told = _("Days with an order: {days}, the first on {first}, the last on {last}").format(
        days=number(len(bought)), first=day(bought[0]), last=day(bought[-1])
    )
    if alive is None or alive.empty:
        return told
    now = alive.loc[~alive["is_silence"], "p_alive"].iloc[-1]
    return _("{told}. Chance of still being a customer on {cutoff}: {chance}").format(
        told=told, cutoff=day(timeline.until), chance=percent(now)
    )
