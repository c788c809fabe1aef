"""What happened to customers between two results, kept by their ids; no customer's id is."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from clv_core.settings import SegmentSettings
from clv_core.views.movement import KeptMovement, find_scale, read_movement
from clv_core.views.source import Source
from pages.parts.state import workspace
from pages.parts.views import open_view, require_view

BY_TEXT: Final = {SegmentSettings: SegmentSettings.to_json}  # how settings become keys
NAME: Final = "movement"


def require(then_id: str, now_id: str, cutoffs: SegmentSettings) -> None:
    """See to it that the movement is there, or end the page with how far it is."""
    require_view(now_id, NAME, _asked(then_id, cutoffs))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def movement(then_id: str, now_id: str, cutoffs: SegmentSettings) -> KeptMovement:
    """Return who rose and who fell, an earlier forecast scaled to the later one's days."""
    return read_movement(open_view(now_id, NAME, _asked(then_id, cutoffs)))


def scale_of(then_id: str, now_id: str) -> float:
    """Return how many times as many days the later result forecasts; 1 for value tables."""
    return find_scale(Source(workspace(), then_id), Source(workspace(), now_id))


def _asked(then_id: str, cutoffs: SegmentSettings) -> dict[str, Any]:
    return {"then": then_id, "cutoffs": cutoffs.model_dump(mode="json")}
