"""The figure of customers between two results: a flow from tiers then to tiers now."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from clv_core.segments.movement import ABSENT, PLACES, Flows
from pages.parts.charts import BLUE, GREEN, ORANGE, PURPLE, TIER_COLOURS, lay_out, wrap
from pages.parts.movement_words import flow_name, kind_title, place_now, place_then
from pages.parts.terms import Terms
from pages.parts.text import _, number

SIDES: Final = ("then", "now")
HEIGHT: Final = 396  # pixels between the highest and the lowest node
PAD: Final = 24  # between two of them, room for a name
MARGIN: Final = 12
PLACE_COLOURS: Final = {**TIER_COLOURS, ABSENT: PURPLE}
LINK_COLOURS: Final = {
    "rose": "rgba(47,140,117,0.55)",
    "fell": "rgba(207,109,23,0.55)",
    "stayed": "rgba(125,138,134,0.18)",
    "new": "rgba(74,127,193,0.55)",
    "gone": "rgba(165,102,159,0.5)",
}


def movement_flow(movement: Flows, terms: Terms) -> go.Figure:
    """Draw how many customers went from which tier to which; a link per flow.

    Parameters
    ----------
    movement : Flows
    terms : Terms
    """
    nodes = list_nodes(movement)
    boxes = _stack(nodes)
    names = [
        f"{(place_then if side == 'then' else place_now)(place)}: {number(count)}"
        for (side, place), count in nodes.items()
    ]
    figure = go.Figure(
        go.Sankey(
            node={
                "x": [0.001 if side == "then" else 0.999 for side, _place in nodes],
                "y": [max((top + bottom) / 2, 0.001) for top, bottom in boxes],
                "color": [
                    BLUE if node == ("then", ABSENT) else PLACE_COLOURS[node[1]] for node in nodes
                ],
                "pad": PAD,
                "thickness": 16,
                "line": {"width": 0},
                "customdata": names,
                "hovertemplate": "%{customdata}<extra></extra>",
            },
            link=_lay_out_links(movement, nodes, terms),
            arrangement="fixed",
        )
    )
    # Names stand above the boxes: on the flows themselves they could not be read.
    for (side, _place), name, (top, _bottom) in zip(nodes, names, boxes, strict=True):
        figure.add_annotation(
            text=name,
            x=0 if side == "then" else 1,
            y=1 - top,
            xanchor="left" if side == "then" else "right",
            yanchor="bottom",
            xref="paper",
            yref="paper",
            showarrow=False,
            borderpad=0,
        )
    lay_out(figure, _tell_movement(movement), height=HEIGHT + PAD + MARGIN)
    return figure.update_layout(margin={"l": 4, "r": 4, "t": PAD, "b": MARGIN})


def _lay_out_links(
    movement: Flows, nodes: dict[tuple[str, str], int], terms: Terms
) -> dict[str, object]:
    flows = movement.flows
    places = {node: at for at, node in enumerate(nodes)}
    return {
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
    }


def list_nodes(movement: Flows) -> dict[tuple[str, str], int]:
    """Return the nodes of the flow by side (``then``, ``now``) and place, in order.

    With their customers; places where nobody was have no node.
    """
    nodes = {}
    for side in SIDES:
        counted = movement.flows.groupby(f"tier_{side}")["customers"].sum()
        nodes |= {(side, place): int(counted[place]) for place in PLACES if place in counted}
    return nodes


def _stack(nodes: dict[tuple[str, str], int]) -> list[tuple[float, float]]:
    """Return top and bottom of every node, as shares of the height from the top.

    So the order of tiers stays: left to itself, Plotly puts nodes where flows cross least.
    """
    sides = [[count for (side, _place), count in nodes.items() if side == one] for one in SIDES]
    gap = PAD / HEIGHT
    most = max(len(counts) for counts in sides)
    scale = (1 - (most - 1) * gap) / max(sum(counts) for counts in sides)
    return [
        (at * gap + scale * sum(counts[:at]), at * gap + scale * sum(counts[: at + 1]))
        for counts in sides
        for at in range(len(counts))
    ]


def _tell_movement(movement: Flows) -> str:
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


def change_bars(movement: Flows, terms: Terms) -> go.Figure:
    """Draw what each kind of movement adds to the total forecast or takes from it.

    Parameters
    ----------
    movement : Flows
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
    sign = "+" if now > then else ""
    title = _("The total went from {then} to {now} ({change})").format(
        then=terms.money(then), now=terms.money(now), change=sign + terms.money(now - then)
    )
    lay_out(figure, title, terms.amounts(_("Change of the total")), height=320)
    figure.update_xaxes(tickformat="~s")
    return figure.update_yaxes(autorange="reversed")
