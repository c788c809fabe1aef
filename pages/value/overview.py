"""What the customers are worth: the page for a manager."""

import streamlit as st

from pages.parts import cached, derived
from pages.parts.charts import draw
from pages.parts.charts_value import concentration, forecast_histogram, value_tier_bars
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.gate import show_objection
from pages.parts.layout import next_step, page_head
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _, safe, say

page_head(_("Overview"), _("What your customers are worth, and how sure that is."))
run = require_run()
subject = show_subject(run.id)
terms, currency = subject.terms, subject.currency
show_objection(run.id)
subject.show_totals()

verdict = cached.verdict(run.id)
with st.container(border=True):
    st.subheader(_("Can I trust this?"), anchor=False)
    if verdict is None:
        st.markdown(safe(subject.tell_untested()))
    else:
        st.markdown(safe(say(verdict.headline)))
        st.markdown(safe(say(verdict.worth, currency)))
        for caution in verdict.cautions:
            st.markdown(f":material/warning: {safe(say(caution, currency))}")
    st.page_link("pages/model/trust.py", label=_("See the whole test"), icon=":material/verified:")

st.subheader(_("Who holds it"), anchor=False)
segments = derived.segments(run.id, chosen_cutoffs(run.id))
left, right = st.columns(2)
with left:
    draw(value_tier_bars(segments.profile, terms), "overview_tiers")
with right:
    draw(concentration(derived.concentration_curve(run.id), terms), "overview_concentration")
tell_moved_cutoffs(run.id)
draw(
    forecast_histogram(derived.forecast_bins(run.id), derived.outlook(run.id), terms),
    "overview_histogram",
)

next_step(
    _("Groups of customers, each with what to do about it."),
    _("See the groups"),
    "pages/act/tiers.py",
    ":material/campaign:",
)
