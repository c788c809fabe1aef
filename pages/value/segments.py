"""Who the customers are: by value, by what they did, by where they stand, by likeness."""

import streamlit as st

from pages.parts import cached
from pages.parts.layout import next_step, page_head
from pages.parts.segment_views import (
    VIEW_TITLES,
    show_lifecycle,
    show_personas,
    show_rfm,
    show_value_tiers,
)
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _, say

VIEWS = {
    "tiers": show_value_tiers,
    "rfm": show_rfm,
    "lifecycle": show_lifecycle,
    "personas": show_personas,
}

page_head(
    _("Segments"),
    _("The customers divided, each in exactly one group. Press a mark to see who is behind it."),
)
run = require_run()
subject = show_subject(run.id)
is_dated = cached.shape(run.id) == "log"
view = st.segmented_control(
    _("Divide by"),
    list(VIEWS) if is_dated else ["tiers", "personas"],
    default="tiers",
    required=True,
    format_func=lambda name: say(VIEW_TITLES[name]),
    key="segments_view" if is_dated else "segments_view_undated",
    persist_state="session",
)
if not is_dated:
    st.caption(
        _(
            "RFM groups and lifecycle stages need dated orders, which a table with one row per"
            " customer does not have."
        )
    )
VIEWS[view](subject)
next_step(
    _("See the customers behind a tier, and why each forecast is what it is."),
    _("Look at customers"),
    "pages/value/customers.py",
    ":material/person_search:",
)
