"""What forecasts rest on: over all customers, fact by fact, group by group."""

import streamlit as st

from pages.parts import derived_explain
from pages.parts.explained import show_all, show_closely, show_comparison, show_patterns
from pages.parts.layout import next_step, page_head
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _, safe, say

page_head(_("Reasons"), _("Which facts about customers move the forecasts, and by how much."))
run = require_run()
subject = show_subject(run.id)
st.info(subject.caution(), icon=":material/lightbulb:")
derived_explain.require_reasons(run.id)
if derived_explain.feature_importance(run.id).empty:
    st.markdown(
        safe(_("This model tells all customers the same, so nothing sets one apart from another."))
    )
else:
    views = {
        "all": (_("All customers"), show_all),
        "closely": (_("One fact closely"), show_closely),
        "patterns": (_("Like customers"), show_patterns),
        "comparison": (_("Two groups"), show_comparison),
    }
    chosen = st.segmented_control(
        _("View"),
        list(views),
        default="all",
        required=True,
        format_func=lambda name: views[name][0],
        key="explain_view",
        persist_state="session",
        label_visibility="collapsed",
    )
    views[chosen][1](subject)
st.caption(
    safe(
        _(
            "Every forecast is split up completely: a typical customer's forecast plus all that is"
            " added and taken away gives the forecast again. The largest gap over all customers, as"
            " measured on this result, is {gap}."
        ).format(gap=subject.terms.money(derived_explain.explanation_gap(run.id), 4))
    )
)
with st.expander(_("How this was worked out"), icon=":material/function:"):
    for line in derived_explain.method(run.id):
        st.markdown(f"- {safe(say(line))}")
next_step(
    _("The same for one customer, in words and amounts."),
    _("Look at customers"),
    "pages/value/customers.py",
    ":material/person_search:",
)
