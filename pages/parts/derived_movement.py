"""What happened to customers between two results, kept by their ids; no customer's id is."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from clv_core.segments.movement import Movement, match_by_id, match_by_key, trace_movement
from clv_core.settings import SegmentSettings
from pages.parts import cached
from pages.parts.people import read_customers

BY_TEXT: Final = {SegmentSettings: SegmentSettings.to_json}  # how settings become keys


@st.cache_data(max_entries=16, show_spinner=False)
def pairs(then_id: str, now_id: str) -> pd.DataFrame:
    """Return who is whom in two results: keys alone."""
    then, now = cached.forecast(then_id).index, cached.forecast(now_id).index
    if cached.dataset_of_run(then_id) == cached.dataset_of_run(now_id):
        return match_by_key(then, now)
    return match_by_id(then, now, read_customers(then_id), read_customers(now_id))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def movement(then_id: str, now_id: str, cutoffs: SegmentSettings) -> Movement:
    """Return who rose and who fell, an earlier forecast scaled to the later one's days."""
    return trace_movement(
        cached.forecast(then_id),
        cached.forecast(now_id),
        pairs(then_id, now_id),
        cutoffs,
        scale_of(then_id, now_id),
    )


def scale_of(then_id: str, now_id: str) -> float:
    """Return how many times as many days the later result forecasts; 1 for value tables."""
    if cached.shape(now_id) == "value_table":
        return 1.0
    return cached.plan(now_id).horizon_days / cached.plan(then_id).horizon_days
