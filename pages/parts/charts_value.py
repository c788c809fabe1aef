"""Figures of what is expected and who brings it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from clv_core.segments.outlook import Outlook
from pages.parts.charts import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    TIER_COLOURS,
    lay_out,
    plain,
    wrap,
)
from pages.parts.terms import Terms
from pages.parts.text import _, listed, number, percent
from pages.parts.words import marketing_tier, value_tier

MARKETING_COLOURS = {
    "welcome": PURPLE,
    "protect": ORANGE,
    "reward": GREEN,
    "win_back": "#b0873a",
    "grow": BLUE,
    "rest": GREY,
}


def concentration(curve: pd.DataFrame, terms: Terms) -> go.Figure:
    """Draw how much of the expected value the most valuable customers hold.

    Parameters
    ----------
    curve : DataFrame with ``customer_share, value_share``
        From ``segments.value_tiers.concentration``.
    terms : Terms
    """
    top = float(np.interp(0.2, curve["customer_share"], curve["value_share"]))
    figure = go.Figure(
        [
            go.Scatter(
                x=curve["customer_share"],
                y=curve["value_share"],
                mode="lines",
                line={"color": GREEN, "width": 3},
                fill="tozeroy",
                fillcolor="rgba(47,140,117,0.12)",
                name=terms.forecast_mean,
                hovertemplate="%{x:.0%} → %{y:.0%}",
            ),
            go.Scatter(
                x=[0, 1],
                y=[0, 1],
                mode="lines",
                line={"color": GREY, "width": 1.5, "dash": "dot"},
                name=_("If all were worth the same"),
                hoverinfo="skip",
            ),
        ]
    )
    title = terms.concentration_title.format(share=percent(top))
    lay_out(
        figure,
        title,
        _("Share of customers, best first"),
        terms.share_of_forecast,
        height=360,
    )
    figure.update_xaxes(tickformat=".0%", range=[0, 1.01], dtick=0.25)
    return figure.update_yaxes(tickformat=".0%", range=[0, 1.02])


def value_tier_bars(profile: pd.DataFrame, terms: Terms) -> go.Figure:
    """Set each tier's share of customers beside its share of the value.

    Parameters
    ----------
    profile : DataFrame
        ``Segments.profile``.
    terms : Terms
    """
    figure = share_bars(profile, [value_tier(tier) for tier in profile["tier"]], terms)
    first = profile.iloc[0]
    title = terms.tiers_title.format(
        customers=number(first["customers"]),
        share=percent(first["customer_share"]),
        value_share=percent(np.nan_to_num(first["value_share"])),
    )
    lay_out(figure, title, _("Share"), height=320)
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    return figure.update_yaxes(autorange="reversed")


def forecast_histogram(bins: pd.DataFrame, outlook: Outlook, terms: Terms) -> go.Figure:
    """Show how many customers there are by the size of their forecast.

    Parameters
    ----------
    bins : DataFrame with ``low, high, customers, value``
        From ``segments.outlook.bin_forecast``; logarithmic edges.
    outlook : Outlook
        Of the same forecast.
    terms : Terms
    """
    names = [terms.money(high) for high in bins["high"]]
    figure = go.Figure(
        go.Bar(
            x=list(range(len(bins))),
            y=bins["customers"],
            marker={"color": GREEN},
            customdata=[
                [terms.money(low), terms.money(high), terms.money(value)]
                for low, high, value in bins[["low", "high", "value"]].itertuples(index=False)
            ],
            hovertemplate=terms.histogram_hover.format(
                customers="%{y:,}",
                low="%{customdata[0]}",
                high="%{customdata[1]}",
                value="%{customdata[2]}",
            )
            + "<extra></extra>",
            showlegend=False,
        )
    )
    title = terms.histogram_title.format(
        median=terms.money(outlook.median), mean=terms.money(outlook.mean)
    )
    lay_out(
        figure,
        title,
        terms.amounts(terms.forecast_up_to),
        _("Customers"),
        height=320,
    )
    step = max(1, len(bins) // 5)
    ticks = list(range(step - 1, len(bins), step))
    figure.update_layout(bargap=0.05)
    return figure.update_xaxes(tickvals=ticks, ticktext=[names[at] for at in ticks])


def feature_boxes(spread: pd.DataFrame, label: str, unit: str) -> go.Figure:
    """Compare one feature between value tiers.

    Parameters
    ----------
    spread : DataFrame
        Rows of one feature from ``segments.tier_features.describe_features``.
    label : str
        The feature's name in the reader's language.
    unit : str
        Its unit in the reader's language; empty where it has none.
    """
    figure = go.Figure()
    for row in spread.dropna(subset=["median"]).itertuples(index=False):
        figure.add_box(
            x=[value_tier(row.tier)],
            q1=[row.lower_quartile],
            median=[row.median],
            q3=[row.upper_quartile],
            lowerfence=[row.low],
            upperfence=[row.high],
            mean=[row.mean],
            name=value_tier(row.tier),
            marker={"color": TIER_COLOURS[row.tier]},
            showlegend=False,
        )
    medians = spread.set_index("tier")["median"].dropna()
    figures = {
        tier: number(value, 0 if abs(value) >= 10 or value == round(value) else 2)
        for tier, value in medians.items()
    }
    title = _("{label}: half of each tier lies below {medians}").format(
        label=label,
        medians=listed(f"{figures[tier]} ({value_tier(tier)})" for tier in figures),
    )
    return lay_out(figure, title, _("Value tier"), plain(f"{label} ({unit})" if unit else label))


def explain_boxes() -> str:
    """Say how to read :func:`feature_boxes`."""
    return _(
        "The box holds the middle half of a tier, the line inside it the median, the dashed line"
        " the mean; whiskers reach from the 5th to the 95th of 100 customers."
    )


def marketing_tier_bars(profile: pd.DataFrame, terms: Terms) -> go.Figure:
    """Set each marketing tier's share of customers beside its share of the value.

    Parameters
    ----------
    profile : DataFrame
        ``MarketingTiers.profile``.
    terms : Terms
    """
    names = [wrap(marketing_tier(tier), 14) for tier in profile["tier"]]
    figure = share_bars(profile, names, terms)
    first = profile.loc[profile["value_share"].fillna(0).idxmax()]
    title = terms.marketing_title.format(
        tier=marketing_tier(first["tier"]),
        share=percent(np.nan_to_num(first["value_share"])),
        customers=number(first["customers"]),
    )
    lay_out(figure, title, _("Share"), height=140 + 50 * len(profile))
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    return figure.update_yaxes(autorange="reversed")


def value_treemap(profile: pd.DataFrame, terms: Terms) -> go.Figure:
    """Show the expected value of each marketing tier as an area.

    Parameters
    ----------
    profile : DataFrame
        ``MarketingTiers.profile``; tiers that bring nothing are left out.
    terms : Terms
    """
    shown = profile[profile["value"] > 0]
    tiers = list(shown["tier"])
    figure = treemap(
        shown,
        tiers,
        [marketing_tier(tier) for tier in tiers],
        [MARKETING_COLOURS[tier] for tier in tiers],
        terms,
    )
    total = terms.money(float(profile["value"].sum()))
    most = shown.nlargest(2, "value")
    title = terms.treemap_title.format(
        total=total,
        part=terms.money(float(most["value"].sum())),
        tiers=listed(marketing_tier(tier) for tier in most["tier"]),
    )
    return lay_out(figure, title, height=320)


def treemap(
    shown: pd.DataFrame, groups: list[str], labels: list[str], colours: list[str], terms: Terms
) -> go.Figure:
    """Draw the value of groups as areas, in the order of the table.

    ``shown`` has ``value`` (above 0), ``customers`` and ``value_share``, a row per group;
    ``groups`` tell them apart where two have the same label.
    """
    return go.Figure(
        go.Treemap(
            ids=groups,
            labels=labels,
            parents=[""] * len(shown),
            values=shown["value"],
            marker={"colors": colours},
            textfont={"color": "#ffffff", "size": 15},
            customdata=[
                [terms.money(value), number(customers), percent(share)]
                for value, customers, share in shown[
                    ["value", "customers", "value_share"]
                ].itertuples(index=False)
            ],
            texttemplate="%{label}<br>%{customdata[0]}",
            hovertemplate=_("{label}: {value} ({share}), {customers} customers").format(
                label="%{label}",
                value="%{customdata[0]}",
                share="%{customdata[2]}",
                customers="%{customdata[1]}",
            )
            + "<extra></extra>",
            tiling={"pad": 2},
            pathbar={"visible": False},
        )
    )


def share_bars(profile: pd.DataFrame, names: list[str], terms: Terms) -> go.Figure:
    """Draw the shares of customers and of value side by side, a pair of bars per tier."""
    figure = go.Figure()
    for column, label, colour in (
        ("customer_share", _("Share of customers"), GREY),
        ("value_share", terms.share_of_forecast, GREEN),
    ):
        figure.add_bar(
            y=names,
            x=profile[column],
            name=label,
            orientation="h",
            marker={"color": colour},
            text=[percent(share) for share in profile[column].fillna(0)],
            textposition="auto",
            textangle=0,
            hovertemplate="%{y}: %{x:.1%}",
        )
    return figure
