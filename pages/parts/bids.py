"""What a new customer may cost, shown by tier."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.economic_settings import EconomicSettings
from clv_core.settings import SegmentSettings
from pages.parts import derived_act
from pages.parts.terms import Terms
from pages.parts.text import _, number, safe
from pages.parts.words import marketing_tier

UNKNOWN = "–"


def show_bids(
    run_id: str,
    cutoffs: SegmentSettings,
    economics: EconomicSettings,
    target_ratio: float,
    terms: Terms,
) -> None:
    """Show what customers of each tier are worth against what they cost, and the highest bids."""
    if economics.margin_rate is None:
        raise ValueError("no bid without a margin")
    bids = derived_act.bids(run_id, cutoffs, economics, target_ratio)
    st.dataframe(
        bid_table(bids, terms),
        hide_index=True,
        height="content",
        column_config={_("Customers"): st.column_config.NumberColumn(format="localized")},
        alt=_("What customers of each tier are worth against what they cost, and the highest bids"),
    )
    st.caption(
        safe(
            _(
                "Highest bid = margin × expected value ÷ {target}, for a new customer who turns out"
                " like those of the group; to be safe, with the lower end of what they bring. The"
                " value is the one that is forecast here, not that of a whole life."
            ).format(target=number(target_ratio, 1))
        )
    )
    if bids["cost"].isna().all():
        st.caption(_("What winning a customer costs was not said: value to cost is left open."))


def bid_table(bids: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Return bids as text; a dash where something is not known."""

    def amounts(column: str) -> list[str]:
        return [UNKNOWN if pd.isna(value) else terms.money(value, 2) for value in bids[column]]

    def ratios(column: str) -> list[str]:
        return [UNKNOWN if pd.isna(value) else number(value, 1) for value in bids[column]]

    return pd.DataFrame(
        {
            _("Tier"): [marketing_tier(tier) for tier in bids.index],
            _("Customers"): bids["customers"].to_numpy(),
            _("Expected margin per customer"): amounts("margin_value"),
            _("Cost of winning one"): amounts("cost"),
            _("Value to come to cost (LTV:CAC)"): ratios("ratio"),
            _("With the past, to cost"): ratios("total_ratio"),
            _("Highest bid"): amounts("bid"),
            _("Highest bid, to be safe"): amounts("safe_bid"),
        }
    )
