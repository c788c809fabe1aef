"""Figures of groups of customers: what each holds, crossed with tiers, what sets it apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from clv_core.segments.value_tiers import VALUE_TIERS
from pages.parts.charts import BLUE, GREEN, GREY, ORANGE, PALETTE, lay_out, plain, wrap
from pages.parts.charts_value import share_bars, treemap
from pages.parts.terms import Terms
from pages.parts.text import _, number, percent
from pages.parts.words import value_tier

CellMeasure = Literal["customers", "value", "value_share"]

RFM_COLOURS = {
    **dict.fromkeys(("champions", "loyal"), GREEN),
    **dict.fromkeys(("active", "new", "promising"), BLUE),
    **dict.fromkeys(("needs_attention", "at_risk", "previously_loyal"), ORANGE),
    **dict.fromkeys(("almost_lost", "dormant"), GREY),
}
# Opaque, so that what is written on them is seen on a dark page too.
PALE = "#e6efec"
SHADES = ((0.0, PALE), (1.0, GREEN))
SIDES = ((0.0, ORANGE), (0.5, PALE), (1.0, GREEN))  # below, like all customers, above
FAR = 2.0  # standard deviations, from where colours deepen no more
FEATURES = 14  # rows of a figure; the table beside it has all


def shown_in_treemap(profile: pd.DataFrame) -> list[str]:
    """Return the groups that have an area, in the order of :func:`group_treemap`."""
    return [str(group) for group in profile.loc[profile["value"] > 0, "group"]]


def group_treemap(
    profile: pd.DataFrame,
    names: Mapping[str, str],
    terms: Terms,
    colours: Mapping[str, str] | None = None,
) -> go.Figure:
    """Show the value of each group as an area.

    Parameters
    ----------
    profile : DataFrame
        From ``segments.groups.profile_groups``; groups that bring nothing are left out.
    names : mapping of str to str
        Groups in the reader's language.
    terms : Terms
    colours : mapping of str to str, optional
        One colour after the other by default.
    """
    shown = profile[profile["value"] > 0]
    groups = shown_in_treemap(profile)
    paint = colours or {group: PALETTE[at % len(PALETTE)] for at, group in enumerate(groups)}
    figure = treemap(
        shown,
        groups,
        [plain(wrap(names[group], 22)) for group in groups],
        [paint[group] for group in groups],
        terms,
    )
    return lay_out(figure, _most_title(profile, names), height=320)


def group_bars(profile: pd.DataFrame, names: Mapping[str, str], terms: Terms) -> go.Figure:
    """Set each group's share of customers beside its share of the value.

    Parameters
    ----------
    profile : DataFrame
        From ``segments.groups.profile_groups``.
    names : mapping of str to str
    terms : Terms
    """
    figure = share_bars(profile, [wrap(names[group], 18) for group in profile["group"]], terms)
    lay_out(figure, _most_title(profile, names), _("Share"), height=140 + 50 * len(profile))
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    return figure.update_yaxes(autorange="reversed")


def _most_title(profile: pd.DataFrame, names: Mapping[str, str]) -> str:
    most = profile.loc[profile["value_share"].fillna(0).idxmax()]
    return _(
        "{group}: {share} of all value, from {customers} customers; no group holds more"
    ).format(
        group=names[most["group"]],
        share=percent(np.nan_to_num(most["value_share"])),
        customers=number(most["customers"]),
    )


def tier_heatmap(
    crossed: pd.DataFrame, measure: CellMeasure, names: Mapping[str, str], terms: Terms
) -> go.Figure:
    """Lay groups out against value tiers, a row per group and a column per tier.

    Parameters
    ----------
    crossed : DataFrame
        From ``segments.groups.cross_with_tiers``.
    measure : {"customers", "value", "value_share"}
    names : mapping of str to str
    terms : Terms
    """
    groups = list(dict.fromkeys(crossed["group"]))
    cells = crossed.pivot(index="group", columns="tier", values=measure)
    cells = cells.reindex(index=groups, columns=list(VALUE_TIERS))
    figure = go.Figure(
        go.Heatmap(
            x=[value_tier(tier) for tier in VALUE_TIERS],
            y=[names[group] for group in groups],
            z=cells.to_numpy(float),
            text=[
                [_write(value, measure, terms) for value in row] for row in cells.to_numpy(float)
            ],
            texttemplate="%{text}",
            colorscale=SHADES,
            zmin=0,
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{y} · %{x}: %{text}<extra></extra>",
        )
    )
    first = crossed.loc[crossed[measure].fillna(0).idxmax()]
    facts = {"group": names[first["group"]], "tier": value_tier(first["tier"])}
    title = _(
        "{group} of tier {tier}: {customers} customers with {value}, the largest of all cells"
    ).format(
        **facts, customers=number(first["customers"]), value=terms.money(float(first["value"]))
    )
    lay_out(figure, title, _("Value tier"), height=110 + 36 * len(groups))
    return _turn_to_table(figure)


def _write(value: float, measure: CellMeasure, terms: Terms) -> str:
    if np.isnan(value):
        return ""
    if measure == "value":
        return terms.money(value)
    return percent(value, 1) if measure == "value_share" else number(value)


def persona_heatmap(
    distinctions: pd.DataFrame, names: Mapping[str, str], labels: Mapping[str, str]
) -> go.Figure:
    """Show how far each persona lies from all customers, feature by feature.

    Parameters
    ----------
    distinctions : DataFrame with ``persona``, ``label``, ``difference``
        From ``segments.personas``, with what each row is called; the ``FEATURES``
        features that tell most apart are drawn, a column per persona.
    names : mapping of str to str
        The personas, in the order of the columns, which are numbered from 1.
    labels : mapping of str to str
        What they are called in the title.
    """
    cells = distinctions.pivot(index="label", columns="persona", values="difference")
    cells = cells.reindex(columns=list(names))
    widest = cells.abs().max(axis=1).sort_values(ascending=False, kind="stable")
    cells = cells.loc[widest.index[:FEATURES]]
    figure = go.Figure(
        go.Heatmap(
            x=[str(place) for place in range(1, len(cells.columns) + 1)],  # narrow on a phone
            y=[plain(wrap(str(label))) for label in cells.index],
            z=cells.to_numpy(float),
            text=[[f"{value:+.1f}" for value in row] for row in cells.to_numpy(float)],
            texttemplate="%{text}",
            colorscale=SIDES,
            zmid=0,
            zmin=-FAR,
            zmax=FAR,
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{y} · %{x}: %{text}<extra></extra>",
        )
    )
    strongest = distinctions.loc[distinctions["difference"].abs().idxmax()]
    title = _(
        "{feature} sets apart most: {persona} lies {difference} standard deviations from all"
        " customers"
    ).format(
        feature=strongest["label"],
        persona=labels[strongest["persona"]],
        difference=f"{strongest['difference']:+.1f}",
    )
    lay_out(figure, title, _("Persona"), height=110 + 40 * len(cells))
    return _turn_to_table(figure)


def _turn_to_table(figure: go.Figure) -> go.Figure:
    """Read from the top, as a table is, without lines through its cells."""
    figure.update_xaxes(side="top", showgrid=False, type="category")
    return figure.update_yaxes(autorange="reversed", showgrid=False)
