"""What pages on acting draw of a run, kept by its id and by what was asked of it."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from clv_core.activation.action_lists import ActionList, ListSettings, make_lists
from clv_core.activation.list_facts import ListFacts, gather_facts, gather_tested, tell_bought
from clv_core.activation.list_precision import ListPrecision, measure_lists
from clv_core.activation.playbook import bound_customers
from clv_core.settings import SegmentSettings
from pages.parts import cached, derived

BY_TEXT: Final = {  # how settings become keys
    SegmentSettings: SegmentSettings.to_json,
    ListSettings: ListSettings.to_json,
}


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def tier_bounds(run_id: str, cutoffs: SegmentSettings) -> pd.DataFrame:
    """Return what a customer of each marketing tier brings on average, and at least."""
    return bound_customers(
        cached.forecast(run_id),
        derived.marketing_tiers(run_id, cutoffs).assignment,
        derived.marketing_tier_totals(run_id, cutoffs),
    )


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs=BY_TEXT)
def action_lists(
    run_id: str, cutoffs: SegmentSettings, settings: ListSettings
) -> dict[str, ActionList]:
    """Return the lists of customers to act on, as of the last day of data."""
    return make_lists(_facts(run_id, cutoffs, settings.recent_days), settings)


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs=BY_TEXT)
def list_precision(
    run_id: str, cutoffs: SegmentSettings, settings: ListSettings
) -> dict[str, ListPrecision]:
    """Return what became of such lists in the held-out window; empty where it is not known."""
    bought = tell_bought(cached.holdout(run_id))
    if bought is None:
        return {}
    facts = _tested_facts(run_id, cutoffs, settings.recent_days)
    return measure_lists(make_lists(facts, settings), bought)


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs=BY_TEXT)
def _facts(run_id: str, cutoffs: SegmentSettings, recent_days: int) -> ListFacts:
    return gather_facts(
        cached.tables(cached.dataset_of_run(run_id)),
        cached.plan(run_id).forecast_cutoff,
        derived.tiered_forecast(run_id, cutoffs),
        cached.features(run_id),
        recent_days,
    )


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs=BY_TEXT)
def _tested_facts(run_id: str, cutoffs: SegmentSettings, recent_days: int) -> ListFacts:
    return gather_tested(
        cached.tables(cached.dataset_of_run(run_id)),
        cached.plan(run_id).holdout_cutoff,
        cached.holdout(run_id),
        str(cached.manifest(run_id)["model"]),
        cutoffs,
        recent_days,
    )
