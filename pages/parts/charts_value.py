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
    in_money,
    lay_out,
    wrap,
)
from pages.parts.text import _, money, number, percent
from pages.parts.words import marketing_tier, value_tier

MARKETING_COLOURS = {
    "welcome": PURPLE,
    "protect": ORANGE,
    "reward": GREEN,
    "win_back": "#b0873a",
    "grow": BLUE,
    "rest": GREY,
}


def concentration(curve: pd.DataFrame) -> go.Figure:
    """Draw how much of the expected value the most valuable customers hold.

    Parameters
    ----------
    curve : DataFrame with ``customer_share, value_share``
        From ``segments.value_tiers.concentration``.
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
                name=_("Expected value"),
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
    title = _("The 20% of customers with the highest forecasts hold {share} of the value").format(
        share=percent(top)
    )
    lay_out(
        figure,
        title,
        _("Share of customers, best first"),
        _("Share of expected value"),
        height=360,
    )
    figure.update_xaxes(tickformat=".0%", range=[0, 1.01], dtick=0.25)
    return figure.update_yaxes(tickformat=".0%", range=[0, 1.02])


def value_tier_bars(profile: pd.DataFrame) -> go.Figure:
    """Set each tier's share of customers beside its share of the value.

    Parameters
    ----------
    profile : DataFrame
        ``Segments.profile``.
    """
    figure = _share_bars(profile, [value_tier(tier) for tier in profile["tier"]])
    first = profile.iloc[0]
    title = _(
        "{customers} customers of high value ({share}) are expected to bring {value_share} of it"
    ).format(
        customers=number(first["customers"]),
        share=percent(first["customer_share"]),
        value_share=percent(np.nan_to_num(first["value_share"])),
    )
    lay_out(figure, title, _("Share"), height=320)
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    return figure.update_yaxes(autorange="reversed")


def forecast_histogram(bins: pd.DataFrame, outlook: Outlook, currency: str = "") -> go.Figure:
    """Show how many customers there are by the size of their forecast.

    Parameters
    ----------
    bins : DataFrame with ``low, high, customers, value``
        From ``segments.outlook.bin_forecast``; logarithmic edges.
    outlook : Outlook
        Of the same forecast.
    currency : str
    """
    names = [money(high, currency) for high in bins["high"]]
    figure = go.Figure(
        go.Bar(
            x=list(range(len(bins))),
            y=bins["customers"],
            marker={"color": GREEN},
            customdata=[
                [money(low, currency), money(high, currency), money(value, currency)]
                for low, high, value in bins[["low", "high", "value"]].itertuples(index=False)
            ],
            hovertemplate=_(
                "{customers} customers expected to bring {low} to {high} each, {value} together"
            ).format(
                customers="%{y:,}",
                low="%{customdata[0]}",
                high="%{customdata[1]}",
                value="%{customdata[2]}",
            )
            + "<extra></extra>",
            showlegend=False,
        )
    )
    title = _(
        "Half of the customers are expected to bring less than {median} each; the mean is {mean}"
    ).format(median=money(outlook.median, currency), mean=money(outlook.mean, currency))
    lay_out(
        figure,
        title,
        in_money(_("Forecast of one customer, up to"), currency),
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
        medians=", ".join(f"{figures[tier]} ({value_tier(tier)})" for tier in figures),
    )
    return lay_out(figure, title, _("Value tier"), f"{label} ({unit})" if unit else label)


def marketing_tier_bars(profile: pd.DataFrame) -> go.Figure:
    """Set each marketing tier's share of customers beside its share of the value.

    Parameters
    ----------
    profile : DataFrame
        ``MarketingTiers.profile``.
    """
    names = [wrap(marketing_tier(tier), 14) for tier in profile["tier"]]
    figure = _share_bars(profile, names)
    first = profile.loc[profile["value_share"].fillna(0).idxmax()]
    title = _(
        "{tier} holds more of the expected value than any other group: {share}, from {customers}"
        " customers"
    ).format(
        tier=marketing_tier(first["tier"]),
        share=percent(np.nan_to_num(first["value_share"])),
        customers=number(first["customers"]),
    )
    lay_out(figure, title, _("Share"), height=440)
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    return figure.update_yaxes(autorange="reversed")


def value_treemap(profile: pd.DataFrame, currency: str = "") -> go.Figure:
    """Show the expected value of each marketing tier as an area.

    Parameters
    ----------
    profile : DataFrame
        ``MarketingTiers.profile``; tiers that bring nothing are left out.
    currency : str
    """
    shown = profile[profile["value"] > 0]
    figure = go.Figure(
        go.Treemap(
            labels=[marketing_tier(tier) for tier in shown["tier"]],
            parents=[""] * len(shown),
            values=shown["value"],
            marker={"colors": [MARKETING_COLOURS[tier] for tier in shown["tier"]]},
            textfont={"color": "#ffffff", "size": 15},
            customdata=[
                [money(value, currency), number(customers), percent(share)]
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
    total = money(float(profile["value"].sum()), currency)
    most = shown.nlargest(2, "value")
    title = _("Of the {total} expected, {part} come from: {tiers}").format(
        total=total,
        part=money(float(most["value"].sum()), currency),
        tiers=", ".join(marketing_tier(tier) for tier in most["tier"]),
    )
    return lay_out(figure, title, height=320)


def _share_bars(profile: pd.DataFrame, names: list[str]) -> go.Figure:
    """Draw the shares of customers and of value side by side, a pair of bars per tier."""
    figure = go.Figure()
    for column, label, colour in (
        ("customer_share", _("Share of customers"), GREY),
        ("value_share", _("Share of expected value"), GREEN),
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
