"""What a forecast said, held against what happened after it."""

from __future__ import annotations

import streamlit as st

from pages.parts import state
from pages.parts.layout import page_head
from pages.parts.look_back_findings import (
    show_changes,
    show_groups,
    show_lists,
    show_marks,
    show_summary,
)
from pages.parts.looking_back import require_found, require_newer, require_result
from pages.parts.terms import name_days_to_come
from pages.parts.text import _, safe, say

page_head(
    _("Look back"),
    _("What was forecast, held against what happened; who was on a list, against who was not."),
)
left, right = st.columns(2)
run = require_result(left)
newer = require_newer(run, right)
found = require_found(run, newer)
terms = name_days_to_come(found.currency)

show_summary(found, terms)
show_groups(found, terms)
show_marks(found, terms)
show_lists(found, terms)
show_changes(found, terms)

st.subheader(_("What to keep in mind"), anchor=False)
for caveat in found.caveats:
    st.markdown(f"- {safe(say(caveat, terms.currency))}")
if found.advice is not None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(safe(say(found.advice)), width="stretch")
        if st.button(
            _("Train on the newer orders"), icon=":material/model_training:", key="look_back_train"
        ):
            state.choose_dataset(newer.dataset)
            st.switch_page("pages/model/train.py")
