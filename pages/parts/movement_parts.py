"""The parts of a page on movement: the flow with its customers, and who changed most."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.segments.movement import ABSENT
from clv_core.views.movement import MOST_CHANGED, KeptMovement
from pages.parts import state
from pages.parts.behind import open_customers
from pages.parts.charts_movement import list_nodes, movement_flow
from pages.parts.clicks import Click, draw_clickable
from pages.parts.movement_words import counted_flow, flow_name, place_now, place_then
from pages.parts.people import read_ids
from pages.parts.terms import Terms
from pages.parts.text import _, number
from pages.parts.words import value_tier


def show_flow(movement: KeptMovement, then_id: str, now_id: str, terms: Terms) -> None:
    """Draw who went where; a click or a choice opens the customers."""
    click = draw_clickable(movement_flow(movement, terms), "compare_flow")
    flows = movement.flows
    if click:
        tiers = _read_click(click, movement)
        _open(movement, tiers, then_id, now_id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = st.selectbox(
            _("Who moved"),
            range(len(flows)),
            format_func=lambda place: counted_flow(
                *flows.loc[place, ["tier_then", "tier_now", "customers"]]
            ),
            width=360,
            key=f"compare_flow_chosen:{then_id}:{now_id}",
        )
        if st.button(_("Show these customers"), icon=":material/person_search:"):
            chosen = flows.loc[at, "tier_then"], flows.loc[at, "tier_now"]
            _open(movement, chosen, then_id, now_id)
    st.caption(
        _(
            "Both results are cut into tiers the same way, each by its own forecasts, so somebody"
            " may fall while their forecast rises. Customers open in the later result; those who"
            " are not in it, in the earlier one."
        )
    )


def _read_click(click: Click, movement: KeptMovement) -> tuple[str | None, str | None]:
    """Return the tiers then and now of what was clicked; None where either will do."""
    if click.part == "link":
        flow = movement.flows.iloc[click.at[0]]
        return flow["tier_then"], flow["tier_now"]
    side, place = list(list_nodes(movement))[click.at[0]]
    return (place, None) if side == "then" else (None, place)


def _open(
    movement: KeptMovement, tiers: tuple[str | None, str | None], then_id: str, now_id: str
) -> None:
    found = movement.find(*tiers)
    keys = pd.Index(found.loc[found["now_key"] >= 0, "now_key"], name="customer_key")
    chosen = now_id
    if keys.empty:
        keys = pd.Index(found["then_key"], name="customer_key")
        chosen = then_id
    state.choose_run(chosen)
    open_customers(_tell_tiers(*tiers), keys)


def _tell_tiers(then: str | None, now: str | None) -> str:
    if then is not None and now is not None:
        return flow_name(then, now)
    if then is not None:
        return _("Then: {tier}").format(tier=place_then(then))
    return _("Now: {tier}").format(tier=place_now(now or ABSENT))


def show_changes(movement: KeptMovement, now_id: str, terms: Terms) -> None:
    """List whose forecast rose or fell most, of those in both results."""
    ways = {"rose": _("Rose most"), "fell": _("Fell most")}
    way = st.segmented_control(
        _("Whose forecast"),
        list(ways),
        default="fell",
        required=True,
        format_func=ways.__getitem__,
        key="compare_way",
        persist_state="session",
    )
    listed = movement.list_changes(falling=way == "fell")
    if listed.empty:
        st.info(_("Nobody's forecast changed this way."))
        return
    ids = read_ids(now_id, listed["now_key"])
    table = pd.DataFrame(
        {
            "customer_id": ids.reindex(listed["now_key"]).to_numpy(),
            "value_then": listed["value_then"].to_numpy(),
            "value_now": listed["value_now"].to_numpy(),
            "change": listed["change"].to_numpy(),
            "tier_then": [value_tier(tier) for tier in listed["tier_then"]],
            "tier_now": [value_tier(tier) for tier in listed["tier_now"]],
        }
    )
    column = st.column_config
    st.dataframe(
        table,
        hide_index=True,
        height=330,
        column_config={
            "customer_id": column.TextColumn(_("Customer"), pinned=True),
            "value_then": column.NumberColumn(terms.amounts(_("Then")), format="%,.2f"),
            "value_now": column.NumberColumn(terms.amounts(_("Now")), format="%,.2f"),
            "change": column.NumberColumn(terms.amounts(_("Change")), format="%,.2f"),
            "tier_then": column.TextColumn(_("Tier then")),
            "tier_now": column.TextColumn(_("Tier now")),
        },
        alt=_("The customers whose forecast changed most"),
    )
    st.caption(
        _("The {count} strongest changes at most, of customers in both results.").format(
            count=number(MOST_CHANGED)
        )
    )
