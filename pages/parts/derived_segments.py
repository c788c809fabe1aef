"""Groups of a result's customers, kept by its id; ``derived.py`` has the value tiers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.columns import FREQUENCY, RECENCY, TENURE
from clv_core.segments.groups import cross_with_tiers, profile_groups
from clv_core.segments.lifecycle import Lifecycle, find_lifecycle
from clv_core.segments.personas import Personas, find_personas
from clv_core.segments.rfm import (
    LIVELY_GROUPS,
    RFM_GROUPS,
    RFM_TITLES,
    SILENT_GROUPS,
    assign_rfm_groups,
    profile_rfm_groups,
)
from clv_core.segments.surprises import tell_surprises
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from clv_core.views.groups import read_personas
from pages.parts import cached, derived
from pages.parts.views import open_view, require_view

PERSONAS = "personas"


@st.cache_resource(max_entries=4, show_spinner=False)
def rfm_groups(run_id: str) -> pd.Series:
    """Return the RFM group of everybody in the files, without an order too."""
    tables = cached.tables(cached.dataset_of_run(run_id))
    keys = tables.scan("customers").select("customer_key").collect("pandas").to_native()
    scored = cached.features(run_id, RECENCY, "order_count", "net_spend")
    others = keys["customer_key"][~keys["customer_key"].isin(scored.index)]
    return assign_rfm_groups(scored.reindex(scored.index.append(pd.Index(others))))


@st.cache_data(max_entries=16, show_spinner=False)
def rfm_profile(run_id: str) -> pd.DataFrame:
    """Return the forecast by RFM group."""
    told = cached.forecast(run_id, "predicted", "p_buy")
    return profile_rfm_groups(told, rfm_groups(run_id))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=derived.BY_TEXT)
def rfm_by_tier(run_id: str, cutoffs: SegmentSettings) -> pd.DataFrame:
    """Return the forecast by RFM group and value tier at these cut-offs; no prospects."""
    with_orders = [group for group in RFM_GROUPS if group != "prospects"]
    tiers = derived.segments(run_id, cutoffs).assignment
    told = cached.forecast(run_id, "predicted")
    return cross_with_tiers(told, rfm_groups(run_id), tiers, with_orders)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=derived.BY_TEXT)
def rfm_surprises(run_id: str, cutoffs: SegmentSettings) -> tuple[Sentence, ...]:
    """Return where RFM group and value tier at these cut-offs part, in words."""
    return tell_surprises(rfm_by_tier(run_id, cutoffs), RFM_TITLES, SILENT_GROUPS, LIVELY_GROUPS)


@st.cache_resource(max_entries=4, show_spinner=False)
def lifecycle(run_id: str) -> Lifecycle:
    """Return the customers' stages."""
    rhythm = cached.features(run_id, FREQUENCY, RECENCY, TENURE, "p_alive")
    return find_lifecycle(rhythm, cached.forecast(run_id, "predicted", "p_buy"))


def require_personas(run_id: str) -> None:
    """See to it that the personas of a large run are found, or end the page."""
    if cached.is_large(run_id):
        require_view(run_id, PERSONAS, {})


@st.cache_resource(max_entries=4, show_spinner=False)
def personas(run_id: str) -> Personas:
    """Return the customers' personas; raises ``UserDataError`` where there are none."""
    if cached.is_large(run_id):
        return read_personas(open_view(run_id, PERSONAS, {}))
    manifest = cached.manifest(run_id)
    return find_personas(
        cached.features(run_id),
        int(manifest["settings"]["seed"]),
        has_own_names=cached.shape(run_id) == "value_table",
    )


@st.cache_data(max_entries=16, show_spinner=False)
def persona_profile(run_id: str) -> pd.DataFrame:
    """Return the forecast by persona."""
    found = personas(run_id)
    told = cached.forecast(run_id, "predicted", "p_buy")
    return profile_groups(told, found.assignment, list(found.names))
