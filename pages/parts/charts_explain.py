"""Figures of why forecasts are what they are."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from clv_core.explain.families import FAMILY_TITLES
from clv_core.explain.summaries import label_of
from pages.parts.charts import BLUE, GREEN, GREY, ORANGE, RAMP, lay_out, plain, wrap
from pages.parts.terms import Terms
from pages.parts.text import _, say

SWARM_BINS: Final = 60
LANE: Final = 0.42  # half the height that a feature's points may take


def importance_bars(
    table: pd.DataFrame, terms: Terms, top: int = 12, *, has_own_names: bool = False
) -> go.Figure:
    """Show how much money the strongest features move.

    Parameters
    ----------
    table : DataFrame with ``feature, mean_abs``
        From ``explain.summaries.importance``, largest first.
    terms : Terms
    top : int
        Features shown.
    has_own_names : bool
        Whether features bear the user's headers.
    """
    shown = table.head(top)
    labels = [say(label_of(str(feature), has_own_names)) for feature in shown["feature"]]
    title = terms.importance_title.format(
        feature=labels[0], money=terms.money(shown["mean_abs"].iloc[0])
    )
    return _size_bars(shown["mean_abs"], labels, title, terms)


def family_bars(table: pd.DataFrame, terms: Terms) -> go.Figure:
    """Show how much money each family of features moves.

    Parameters
    ----------
    table : DataFrame with ``family, mean_abs``
        From ``explain.families.importance_of_families``, largest first.
    terms : Terms
    """
    labels = [say(FAMILY_TITLES[family]) for family in table["family"]]
    title = _(
        "Taken together, the strongest kind of input is: {family}, {money} on average"
    ).format(family=labels[0], money=terms.money(table["mean_abs"].iloc[0]))
    return _size_bars(table["mean_abs"], labels, title, terms)


def _size_bars(sizes: pd.Series, labels: list[str], title: str, terms: Terms) -> go.Figure:
    figure = go.Figure(
        go.Bar(
            x=sizes,
            y=[plain(wrap(label)) for label in labels],
            orientation="h",
            marker={"color": GREEN},
            customdata=[terms.money(size) for size in sizes],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    lay_out(
        figure,
        title,
        terms.amounts(_("Mean change")),
        height=80 + 44 * len(sizes),
    )
    figure.update_xaxes(nticks=6)
    return figure.update_yaxes(autorange="reversed")


def beeswarm(swarm: pd.DataFrame, terms: Terms, *, has_own_names: bool = False) -> go.Figure:
    """Draw what each strong feature adds or takes, a point per sampled customer.

    Parameters
    ----------
    swarm : DataFrame with ``feature, contribution, value_rank``
        From ``explain.summaries.beeswarm``; customers' keys are not used.
    terms : Terms
    has_own_names : bool
        Whether features bear the user's headers.
    """
    names = list(dict.fromkeys(swarm["feature"]))
    titles = [say(label_of(str(name), has_own_names)) for name in names]
    labels = [plain(wrap(title)) for title in titles]
    lanes = swarm["feature"].map({name: at for at, name in enumerate(names)}) + _spread(swarm)
    is_known = swarm["value_rank"].notna()
    figure = go.Figure(
        [
            _points(swarm[~is_known], lanes[~is_known], terms.currency, {"color": GREY}),
            _points(
                swarm[is_known],
                lanes[is_known],
                terms.currency,
                {
                    "color": swarm.loc[is_known, "value_rank"],
                    "colorscale": [list(stop) for stop in RAMP],
                    "cmin": 0,
                    "cmax": 1,
                    "colorbar": _value_scale(),
                },
            ),
        ]
    )
    first = swarm[swarm["feature"] == names[0]]["contribution"]
    title = terms.swarm_title.format(
        feature=titles[0],
        low=terms.money(first.min()),
        high=terms.money(first.max()),
    )
    lay_out(
        figure,
        title,
        terms.amounts(_("Adds or takes")),
        height=140 + 48 * len(names),
    )
    figure.update_layout(margin={"t": 60})
    figure.update_xaxes(nticks=6)
    figure.add_vline(x=0, line={"color": GREY, "width": 1})
    return figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=labels,
        range=[len(names) - 0.4, -0.6],
        zeroline=False,
    )


def _points(
    swarm: pd.DataFrame, lanes: pd.Series, currency: str, marker: dict[str, object]
) -> go.Scatter:
    return go.Scatter(
        x=swarm["contribution"],
        y=lanes,
        mode="markers",
        marker={"size": 4, "opacity": 0.75, **marker},
        # Formatted in the browser: ten thousand amounts took the server a second.
        hovertemplate=f"%{{x:,.2f}} {currency}<extra></extra>",
        showlegend=False,
    )


def _value_scale() -> dict[str, object]:
    return {
        "orientation": "h",
        "y": 1.0,
        "yanchor": "bottom",
        "thickness": 8,
        "len": 0.6,
        "tickvals": [0, 1],
        "ticktext": [_("small value"), _("large value")],
    }


def _spread(swarm: pd.DataFrame) -> np.ndarray:
    """Place points of like contribution beside each other inside their lane."""
    width = max(float(np.ptp(swarm["contribution"])) / SWARM_BINS, 1e-12)
    bins = np.floor(swarm["contribution"] / width)
    groups = swarm.groupby([swarm["feature"], bins], sort=False)["contribution"]
    place, size = groups.cumcount(), groups.transform("size")
    fullest = size.groupby(swarm["feature"]).transform("max")
    side = np.where(place % 2 == 0, 1.0, -1.0)
    return np.asarray(side * ((place + 1) // 2) * 2 / np.maximum(fullest, 12) * LANE)


def waterfall(steps: pd.DataFrame, terms: Terms) -> go.Figure:
    """Draw one customer's steps from the typical forecast to their own.

    Parameters
    ----------
    steps : DataFrame with ``label, contribution, start, end``
        From ``explain.summaries.waterfall``.
    terms : Terms
    """
    title = _("From {base} for a typical customer to {forecast} for this one, step by step").format(
        base=terms.money(steps["start"].iloc[0]), forecast=terms.money(steps["end"].iloc[-1])
    )
    return walk(steps, (_("Typical customer"), _("This customer")), title, terms)


def walk(steps: pd.DataFrame, ends: tuple[str, str], title: str, terms: Terms) -> go.Figure:
    """Draw steps from one amount to another.

    Parameters
    ----------
    steps : DataFrame with ``label, contribution, start, end``
        Of a customer, or of the difference between two groups.
    ends : (str, str)
        What is called the first amount, what the last.
    title : str
    terms : Terms
    """
    base, forecast = float(steps["start"].iloc[0]), float(steps["end"].iloc[-1])
    labels = [ends[0], *(say(label) for label in steps["label"]), ends[1]]
    amounts = [base, *steps["contribution"].astype(float), forecast]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=list(range(len(labels))),
            x=amounts,
            measure=["absolute", *["relative"] * len(steps), "total"],
            text=[
                terms.money(base),
                *(signed(amount, terms) for amount in amounts[1:-1]),
                terms.money(forecast),
            ],
            textposition="auto",
            textangle=0,
            cliponaxis=False,  # amounts beside short bars reach into the margin
            increasing={"marker": {"color": BLUE}},
            decreasing={"marker": {"color": ORANGE}},
            totals={"marker": {"color": GREEN}},
            connector={"line": {"color": GREY, "width": 1}},
            customdata=[signed(amount, terms) for amount in amounts],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    lay_out(figure, title, terms.amounts(terms.forecast), height=70 + 46 * len(labels))
    figure.update_xaxes(nticks=6)
    figure.update_layout(margin_r=64)
    return figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=[plain(wrap(label)) for label in labels],
        range=[len(labels) - 0.4, -0.6],
    )


def signed(amount: float, terms: Terms) -> str:
    """Write what is added with a plus."""
    return f"+{terms.money(amount)}" if amount > 0 else terms.money(amount)
