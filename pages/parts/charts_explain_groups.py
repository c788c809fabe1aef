"""Figures of the reasons of groups: kinds of customers, and one group beside another."""

from __future__ import annotations

from typing import Final

import numpy as np
import plotly.graph_objects as go

from clv_core.explain.comparison import Comparison
from clv_core.explain.patterns import Patterns
from clv_core.explain.summaries import OTHER_FEATURES, label_of
from pages.parts.charts import BLUE, ORANGE, lay_out, plain, wrap
from pages.parts.charts_explain import signed, walk
from pages.parts.terms import Terms
from pages.parts.text import _, number, say

# From taking away to adding; in between whatever the page's background is.
TWO_WAYS: Final = ((0.0, ORANGE), (0.5, "rgba(125,138,134,0.10)"), (1.0, BLUE))
NO_WIDTH: Final = "\u200b"
STEPS: Final = (1.0, 10.0, 100.0, 1000.0, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)


def pattern_heatmap(patterns: Patterns, terms: Terms, *, has_own_names: bool = False) -> go.Figure:
    """Show what each strong feature adds or takes, a column per group of like customers.

    Colours follow the inverse hyperbolic sine, so that small amounts are told apart
    beside great ones; amounts stand in the hover text.

    Parameters
    ----------
    patterns : Patterns
    terms : Terms
    has_own_names : bool
        Whether features bear the user's headers.
    """
    cells = patterns.cells.to_numpy(np.float64).T
    labels = [_label(str(name), has_own_names) for name in patterns.cells]
    size = float(np.median(np.abs(cells[cells != 0]))) if (cells != 0).any() else 1.0
    shades = np.arcsinh(cells / size)
    edge = max(float(np.abs(shades).max()), 1e-9)
    groups = patterns.groups
    told = [
        _("{customers} customers at {mean} on average").format(
            customers=number(count), mean=terms.money(mean)
        )
        for count, mean in groups.itertuples(index=False)
    ]
    figure = go.Figure(
        go.Heatmap(
            z=shades,
            x=_tell_apart([terms.money(mean) for mean in groups["mean_forecast"]]),
            y=[plain(wrap(label)) for label in labels],
            customdata=[
                [[terms.money(amount), told[at]] for at, amount in enumerate(row)] for row in cells
            ],
            hovertemplate="%{y}: %{customdata[0]}<br>%{customdata[1]}<extra></extra>",
            colorscale=[list(stop) for stop in TWO_WAYS],
            zmin=-edge,
            zmax=edge,
            xgap=2,
            ygap=2,
            colorbar=_amount_scale(size, edge, terms),
        )
    )
    lay_out(
        figure,
        _say_largest(patterns, labels, terms),
        terms.amounts(_("Mean of each group")),
        height=170 + 42 * len(labels),
    )
    figure.update_layout(margin={"t": 60})
    figure.update_xaxes(type="category", showgrid=False)  # leaves out labels for want of room
    return figure.update_yaxes(autorange="reversed", showgrid=False)


def _tell_apart(labels: list[str]) -> list[str]:
    """Let equal labels differ by signs of no width: an axis puts the same in one place."""
    return [label + NO_WIDTH * labels[:place].count(label) for place, label in enumerate(labels)]


def _label(name: str, has_own_names: bool) -> str:
    if name == OTHER_FEATURES:
        return _("All other facts")
    return say(label_of(name, has_own_names))


def _say_largest(patterns: Patterns, labels: list[str], terms: Terms) -> str:
    groups = patterns.groups
    largest = int(groups["customers"].to_numpy().argmax())
    single = patterns.cells.drop(columns=OTHER_FEATURES, errors="ignore").iloc[largest]
    strongest = int(np.abs(single.to_numpy(np.float64)).argmax())
    return _(
        "The largest group with like reasons: {customers} customers at {mean} on average; what"
        " weighs most for them is “{feature}”, {amount}"
    ).format(
        customers=number(groups["customers"].iloc[largest]),
        mean=terms.money(groups["mean_forecast"].iloc[largest]),
        feature=labels[strongest],
        amount=signed(float(single.iloc[strongest]), terms),
    )


def _amount_scale(size: float, edge: float, terms: Terms) -> dict[str, object]:
    """Return a colour bar that names nothing and one amount either way."""
    most = size * np.sinh(edge)
    fitting = [step for step in STEPS if step <= most and np.arcsinh(step / size) >= edge / 4]
    marks = fitting[-1:] or [most]
    amounts = [-marks[0], 0.0, marks[0]]
    return {
        "orientation": "h",
        "y": 1.0,
        "yanchor": "bottom",
        "thickness": 8,
        "len": 0.6,
        "tickvals": [float(np.arcsinh(amount / size)) for amount in amounts],
        "ticktext": [terms.money(amount) for amount in amounts],
    }


def comparison_waterfall(comparison: Comparison, above: str, below: str, terms: Terms) -> go.Figure:
    """Draw the steps from one group's mean to another's.

    Parameters
    ----------
    comparison : Comparison
    above, below : str
        What the groups are called.
    terms : Terms
    """
    title = _("From {low} a customer in “{below}” to {high} in “{above}”, step by step").format(
        low=terms.money(comparison.mean_below),
        high=terms.money(comparison.mean_above),
        below=below,
        above=above,
    )
    return walk(comparison.steps, (below, above), title, terms)
