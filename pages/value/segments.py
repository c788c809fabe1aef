"""High, middle and low: who carries the value, and what they look like."""

import streamlit as st

from pages.parts import derived
from pages.parts.charts import draw
from pages.parts.charts_value import concentration, value_tier_bars
from pages.parts.cutoffs import choose_cutoffs
from pages.parts.layout import next_step, page_head
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.tables import value_tier_table
from pages.parts.text import _

page_head(
    _("Segments"),
    _("Customers of high, middle and low value. Move the cut-offs to suit your budget."),
)
run = require_run()
subject = show_subject(run.id)
terms = subject.terms
with st.container(border=True):
    cutoffs = choose_cutoffs(run.id)
    st.caption(
        _(
            "Customers are taken from the highest value down. Customers, tiers and exports follow"
            " what you choose here; the forecast itself does not change."
        )
    )
segments = derived.segments(run.id, cutoffs)

left, right = st.columns(2)
with left:
    draw(value_tier_bars(segments.profile, terms), "segments_tiers")
with right:
    draw(concentration(derived.concentration_curve(run.id), terms), "segments_concentration")
st.dataframe(
    value_tier_table(segments, terms, derived.value_tier_totals(run.id, cutoffs)),
    hide_index=True,
    column_config={_("Customers"): st.column_config.NumberColumn(format="localized")},
    alt=_("Size, value and lowest forecast of each value tier"),
)

st.subheader(_("What they look like"), anchor=False)
subject.compare_tiers(cutoffs)
next_step(
    _("See the customers behind a tier, and why each forecast is what it is."),
    _("Look at customers"),
    "pages/value/customers.py",
    ":material/person_search:",
)
