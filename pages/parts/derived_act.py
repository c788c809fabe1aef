"""What pages on acting draw of a run, kept by its id and by what was asked of it."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from clv_core.activation.action_lists import ListSettings
from clv_core.activation.bids import cost_customers, set_bids
from clv_core.activation.list_precision import ListPrecision
from clv_core.activation.playbook import bound_customers
from clv_core.columns import TENURE
from clv_core.economic_settings import EconomicSettings
from clv_core.settings import SegmentSettings
from clv_core.views.lists import KeptList, read_lists, read_precision
from pages.parts import cached, derived
from pages.parts.views import open_view, require_view

BY_TEXT: Final = {  # how settings become keys
    SegmentSettings: SegmentSettings.to_json,
    ListSettings: ListSettings.to_json,
    EconomicSettings: EconomicSettings.to_json,
}
LISTS: Final = "lists"


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def tier_bounds(run_id: str, cutoffs: SegmentSettings) -> pd.DataFrame:
    """Return what a customer of each marketing tier brings on average, and at least."""
    return bound_customers(
        cached.forecast(run_id, "predicted", "low"),
        derived.marketing_tiers(run_id, cutoffs).assignment,
        derived.marketing_tier_totals(run_id, cutoffs),
    )


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_TEXT)
def bids(
    run_id: str, cutoffs: SegmentSettings, economics: EconomicSettings, target_ratio: float
) -> pd.DataFrame:
    """Return what customers of each marketing tier are worth against what they cost."""
    if economics.margin_rate is None:
        raise ValueError("no bid without a margin")
    is_dated = cached.shape(run_id) == "log"
    tiers = derived.marketing_tiers(run_id, cutoffs)
    costs = cost_customers(
        cached.features(run_id, TENURE),
        cached.plan(run_id).forecast_cutoff if is_dated else None,
        economics,
    )
    known = tier_bounds(run_id, cutoffs)
    return set_bids(
        known.reindex([tier for tier in tiers.profile["tier"] if tier in known.index]),
        tiers.assignment,
        costs.reindex(tiers.assignment.index),
        economics.margin_rate,
        target_ratio,
        cached.forecast(run_id, "past_spend")["past_spend"] if is_dated else None,
    )


def require_lists(run_id: str, cutoffs: SegmentSettings, settings: ListSettings) -> None:
    """See to it that the lists are there, or end the page with how far they are."""
    require_view(run_id, LISTS, _asked(cutoffs, settings))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def action_lists(
    run_id: str, cutoffs: SegmentSettings, settings: ListSettings
) -> dict[str, KeptList]:
    """Return the lists of customers to act on, as of the last day of data."""
    return read_lists(open_view(run_id, LISTS, _asked(cutoffs, settings)))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def list_precision(
    run_id: str, cutoffs: SegmentSettings, settings: ListSettings
) -> dict[str, ListPrecision]:
    """Return what became of such lists in the held-out window; empty where it is not known."""
    return read_precision(open_view(run_id, LISTS, _asked(cutoffs, settings)))


def _asked(cutoffs: SegmentSettings, settings: ListSettings) -> dict[str, Any]:
    return {
        "cutoffs": cutoffs.model_dump(mode="json"),
        "settings": settings.model_dump(mode="json"),
    }
