"""The figure of customers between two results: a flow from tiers then to tiers now."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from clv_core.segments.movement import ABSENT, PLACES, Movement
from pages.parts.charts import BLUE, GREEN, ORANGE, PURPLE, TIER_COLOURS, lay_out, wrap
from pages.parts.movement_words import flow_name, kind_title, place_now, place_then
from pages.parts.terms import Terms
from pages.parts.text import _, number

NODES: Final = tuple((side, place) for side in ("then", "now") for place in PLACES)
"""Side and place of every node, in the order of their numbers."""

LINK_COLOURS: Final = {
    "rose": "rgba(47,140,117,0.55)",
    "fell": "rgba(207,109,23,0.55)",
    "stayed": "rgba(125,138,134,0.18)",
    "new": "rgba(74,127,193,0.55)",
    "gone": "rgba(165,102,159,0.5)",
}


def movement_flow(movement: Movement, terms: Terms) -> go.Figure:
    """Draw how many customers went from which tier to which; a link per flow.

    Parameters
    ----------
    movement : Movement
    terms : Terms
    """
    flows = movement.flows
    counted = {
        "then": flows.groupby("tier_then")["customers"].sum(),
        "now": flows.groupby("tier_now")["customers"].sum(),
    }
    labels = [
        f"{(place_then if side == 'then' else place_now)(place)}: "
        + number(counted[side].get(place, 0))
        for side, place in NODES
    ]
    colours = {**TIER_COLOURS, ABSENT: PURPLE}
    places = {node: at for at, node in enumerate(NODES)}
    figure = go.Figure(
        go.Sankey(
            node={
                "label": labels,
                "color": [
                    BLUE if (side, place) == ("then", ABSENT) else colours[place]
                    for side, place in NODES
                ],
                "pad": 18,
                "thickness": 16,
                "line": {"width": 0},
                "hovertemplate": "%{label}<extra></extra>",
            },
            link={
                "source": [places["then", tier] for tier in flows["tier_then"]],
                "target": [places["now", tier] for tier in flows["tier_now"]],
                "value": flows["customers"],
                "color": [LINK_COLOURS[kind] for kind in flows["kind"]],
                "customdata": [
                    _("{flow}: {count} customers, {then} then, {now} now").format(
                        flow=flow_name(row.tier_then, row.tier_now),
                        count=number(row.customers),
                        then=terms.money(row.value_then),
                        now=terms.money(row.value_now),
                    )
                    for row in flows.itertuples()
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
            arrangement="fixed",
            textfont={"size": 14},
        )
    )
    lay_out(figure, _tell_movement(movement), height=420)
    return figure.update_layout(margin={"l": 4, "r": 4, "t": 12, "b": 12})


def _tell_movement(movement: Movement) -> str:
    kinds = movement.sum_kinds()["customers"]
    both = int(kinds[["rose", "fell", "stayed"]].sum())
    return _(
        "Of {both} customers in both results {rose} rose to a higher tier and {fell} fell to a"
        " lower one; {new} are new, {gone} are not there any more"
    ).format(
        both=number(both),
        rose=number(kinds["rose"]),
        fell=number(kinds["fell"]),
        new=number(kinds["new"]),
        gone=number(kinds["gone"]),
    )


def change_bars(movement: Movement, terms: Terms) -> go.Figure:
    """Draw what each kind of movement adds to the total forecast or takes from it.

    Parameters
    ----------
    movement : Movement
    terms : Terms
    """
    kinds = movement.sum_kinds()
    changes = kinds["value_now"] - kinds["value_then"]
    figure = go.Figure(
        go.Bar(
            y=[wrap(kind_title(kind), 18) for kind in kinds.index],
            x=changes,
            orientation="h",
            marker={"color": [GREEN if change >= 0 else ORANGE for change in changes]},
            text=[terms.money(change) for change in changes],
            textposition="auto",
            customdata=[number(count) for count in kinds["customers"]],
            hovertemplate=_("{kind}: {change} from {count} customers").format(
                kind="%{y}", change="%{text}", count="%{customdata}"
            )
            + "<extra></extra>",
            showlegend=False,
        )
    )
    then, now = kinds["value_then"].sum(), kinds["value_now"].sum()
    title = _("The total went from {then} to {now}, by {change}").format(
        then=terms.money(then), now=terms.money(now), change=terms.money(now - then)
    )
    lay_out(figure, title, terms.amounts(_("Change of the total")), height=320)
    figure.update_xaxes(tickformat="~s")
    return figure.update_yaxes(autorange="reversed")
