"""Where high ends and low begins: one choice per result, the same on every page."""

from __future__ import annotations

import streamlit as st

from clv_core.errors import InvalidSetting
from clv_core.settings import SegmentSettings
from pages.parts import cached
from pages.parts.text import _, say, show_error
from pages.parts.words import CUT_TITLES


def chosen_cutoffs(run_id: str) -> SegmentSettings:
    """Return the cut-offs this session has chosen for a result, else the result's own."""
    own = cached.own_cutoffs(run_id)
    cut_by = st.session_state.get(_key("cut_by", run_id)) or own.cut_by
    ends = st.session_state.get(_key("cut_ends", run_id)) or _to_percent(own)
    try:
        return SegmentSettings.check(
            {"cut_by": cut_by, "high": ends[0] / 100, "middle": ends[1] / 100}
        )
    except InvalidSetting as error:
        show_error(error)
        st.stop()


def choose_cutoffs(run_id: str) -> SegmentSettings:
    """Let the user move the cut-offs."""
    own = cached.own_cutoffs(run_id)
    cut_by = st.segmented_control(
        _("Cut customers by"),
        list(CUT_TITLES),
        default=own.cut_by,
        required=True,
        format_func=lambda name: say(CUT_TITLES[name]),
        key=_key("cut_by", run_id),
        persist_state="session",
    )
    if cut_by == "natural_breaks":
        st.caption(
            _(
                "Tiers are parted where the amounts themselves lie furthest apart (Jenks): few"
                " customers are high where few stand out, and there is nothing to set."
            )
        )
        return chosen_cutoffs(run_id)
    st.slider(
        _("High up to, middle up to (% of the total value, highest first)")
        if cut_by == "value_share"
        else _("High up to, middle up to (% of the customers, highest value first)"),
        min_value=1,
        max_value=99,
        value=_to_percent(own),
        key=_key("cut_ends", run_id),
        persist_state="session",
    )
    return chosen_cutoffs(run_id)


def tell_moved_cutoffs(run_id: str) -> None:
    """Say so where tiers are not cut as the result was made."""
    if chosen_cutoffs(run_id) != cached.own_cutoffs(run_id):
        st.caption(_("The cut-offs of value were moved on the page Segments."))


def _key(name: str, run_id: str) -> str:
    return f"{name}:{run_id}"


def _to_percent(settings: SegmentSettings) -> tuple[int, int]:
    return round(settings.high * 100), round(settings.middle * 100)
