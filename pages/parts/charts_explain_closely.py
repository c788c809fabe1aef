"""Figures of one fact closely, and of one customer explained twice."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pandas.api.types import is_numeric_dtype

from clv_core.explain.summaries import label_of
from clv_core.features.catalogue import CATALOGUE
from pages.parts.charts import BLUE, GREEN, GREY, ORANGE, PURPLE, RAMP, lay_out, plain, wrap
from pages.parts.charts_explain import signed
from pages.parts.terms import Terms
from pages.parts.text import _, percent, say
from pages.parts.words import UNIT_TITLES

LEVEL_COLOURS: Final = (GREEN, ORANGE, BLUE, PURPLE)  # of a category; others are grey


def dependence(
    points: pd.DataFrame,
    feature: str,
    partner: str | None,
    share: float,
    terms: Terms,
    *,
    has_own_names: bool = False,
) -> go.Figure:
    """Draw what a feature adds or takes by its value, coloured by another feature.

    Parameters
    ----------
    points : DataFrame with ``value, contribution, partner_value, partner_rank``
        From ``explain.interactions.lay_out_dependence``; customers' keys are not used.
    feature, partner : str, str or None
    share : float
        Of how the feature moves forecasts, what goes together with the partner.
    terms : Terms
    has_own_names : bool
        Whether features bear the user's headers.
    """
    label = say(label_of(feature, has_own_names))
    known = points[points["value"].notna()]
    figure = go.Figure(_partner_traces(known, partner, terms))
    if partner is None:
        title = _say_range(known, label, terms)
    else:
        title = _(
            "{share} of how “{feature}” moves forecasts goes together with “{partner}”, at like"
            " values of “{feature}”"
        ).format(
            share=percent(share, 1), feature=label, partner=say(label_of(partner, has_own_names))
        )
    lay_out(
        figure,
        title,
        plain(_name_axis(feature, label, terms, has_own_names)),
        terms.amounts(_("Adds or takes")),
        height=420,
    )
    figure.update_layout(margin={"t": 70})
    figure.update_yaxes(nticks=7)
    figure.add_hline(y=0, line={"color": GREY, "width": 1})
    if is_numeric_dtype(known["value"]):
        return figure.update_xaxes(nticks=7)
    return figure.update_xaxes(type="category", automargin=True)


def _say_range(points: pd.DataFrame, label: str, terms: Terms) -> str:
    """Say what the smallest and the largest tenth of values go with; of levels the outermost."""
    parts = points["contribution"]
    if points.empty:
        return _("“{feature}” is not known of any customer drawn").format(feature=label)
    if not is_numeric_dtype(points["value"]):
        means = parts.groupby(points["value"].astype(str)).mean()
        return _("“{feature}” goes with {high} at “{most}” and with {low} at “{least}”").format(
            feature=label,
            high=signed(float(means.max()), terms),
            most=means.idxmax(),
            low=signed(float(means.min()), terms),
            least=means.idxmin(),
        )
    ranks = points["value"].rank(pct=True)
    small, large = parts[ranks <= max(0.1, ranks.min())], parts[ranks >= min(0.9, ranks.max())]
    return _(
        "“{feature}” goes with {low} at its smallest values and with {high} at its largest"
    ).format(
        feature=label,
        low=signed(float(small.mean()), terms),
        high=signed(float(large.mean()), terms),
    )


def _partner_traces(points: pd.DataFrame, partner: str | None, terms: Terms) -> list[go.Scatter]:
    if partner is None:
        return [_scatter(points, {"color": GREEN}, terms)]
    if not is_numeric_dtype(points["partner_value"]):
        return _level_traces(points, terms)
    is_known = points["partner_rank"].notna()
    coloured = {
        "color": points.loc[is_known, "partner_rank"],
        "colorscale": [list(stop) for stop in RAMP],
        "cmin": 0,
        "cmax": 1,
        "colorbar": {
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "thickness": 8,
            "len": 0.6,
            "tickvals": [0, 1],
            "ticktext": [_("small value"), _("large value")],
        },
    }
    return [
        _scatter(points[~is_known], {"color": GREY}, terms),
        _scatter(points[is_known], coloured, terms),
    ]


def _level_traces(points: pd.DataFrame, terms: Terms) -> list[go.Scatter]:
    levels = list(points["partner_value"].value_counts().index[: len(LEVEL_COLOURS)])
    traces = [
        _scatter(points[points["partner_value"] == level], {"color": colour}, terms, str(level))
        for level, colour in zip(levels, LEVEL_COLOURS, strict=False)
    ]
    others = points[~points["partner_value"].isin(levels)]
    if len(others):
        traces.append(_scatter(others, {"color": GREY}, terms, _("Other")))
    return traces


def _scatter(
    points: pd.DataFrame, marker: dict[str, object], terms: Terms, name: str = ""
) -> go.Scatter:
    values = points["value"]
    shown = values if is_numeric_dtype(values) else [plain(str(value)) for value in values]
    return go.Scatter(
        x=shown,
        y=points["contribution"],
        mode="markers",
        marker={"size": 5, "opacity": 0.7, **marker},
        name=plain(name),
        showlegend=bool(name),
        hovertemplate=f"%{{x}} → %{{y:,.2f}} {terms.currency}<extra></extra>",
    )


def _name_axis(feature: str, label: str, terms: Terms, has_own_names: bool) -> str:
    if has_own_names or feature not in CATALOGUE:
        return label
    unit = CATALOGUE[feature].unit
    if unit == "money":
        return f"{label} ({terms.unit})"
    return f"{label} ({say(UNIT_TITLES[unit])})" if unit in UNIT_TITLES else label


def two_attributions(
    told: pd.Series, local: pd.Series, title: str, terms: Terms, *, has_own_names: bool = False
) -> go.Figure:
    """Set one customer's contributions beside those of the local linear model.

    Parameters
    ----------
    told, local : Series, index feature
        Money, the same features in the same order.
    title : str
    terms : Terms
    has_own_names : bool
    """
    labels = [plain(wrap(say(label_of(str(name), has_own_names)))) for name in told.index]
    figure = go.Figure()
    for parts, name, colour in (
        (told, _("The model's own reasons (SHAP)"), GREEN),
        (local, _("Straight-line model near this customer (LIME)"), GREY),
    ):
        figure.add_bar(
            x=np.asarray(parts, dtype=float),
            y=labels,
            orientation="h",
            name=name,
            marker={"color": colour},
            customdata=[terms.money(amount) for amount in parts],
            hovertemplate="%{y}: %{customdata}",
        )
    lay_out(figure, title, terms.amounts(_("Adds or takes")), height=140 + 46 * len(labels))
    figure.update_layout(margin={"t": 48})
    figure.update_xaxes(nticks=6)
    return figure.update_yaxes(autorange="reversed")
