"""Groups of customers, each with what to do and why."""

import streamlit as st

from pages.parts import derived
from pages.parts.charts import draw
from pages.parts.charts_value import marketing_tier_bars, value_treemap
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.gate import show_objection
from pages.parts.layout import page_head
from pages.parts.ranges import tell_total
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _, number, percent, safe, say
from pages.parts.words import marketing_tier


def prepare_export(tier: str) -> None:
    """Choose one tier on the export page."""
    st.session_state["export_marketing"] = [tier]
    st.session_state["export_value"] = []


page_head(_("Tiers"), _("Groups of customers, each with what to do about it."))
run = require_run()
subject = show_subject(run.id)
terms = subject.terms
show_objection(run.id)
tell_moved_cutoffs(run.id)
cutoffs = chosen_cutoffs(run.id)
profile = derived.marketing_tiers(run.id, cutoffs).profile
totals = derived.marketing_tier_totals(run.id, cutoffs)

with st.grid(3, min_column_width=300):
    for tier in profile.to_dict("records"):
        with st.container(border=True, height="stretch"):
            st.subheader(safe(say(tier["title"])), anchor=False)
            st.markdown(
                safe(
                    _("{customers} customers, {value} together ({share} of all)").format(
                        customers=number(tier["customers"]),
                        value=terms.money(tier["value"]),
                        share=percent(tier["value_share"])
                        if tier["value_share"] == tier["value_share"]
                        else "–",
                    )
                )
            )
            if tier["tier"] in totals:
                st.caption(safe(tell_total(totals[tier["tier"]], terms)))
            st.markdown(f"**{safe(say(tier['action']))}**")
            st.caption(safe(_("Who: {rule}").format(rule=say(tier["why"], subject.currency))))
            if st.button(
                _("Export"),
                key=f"export:{tier['tier']}",
                icon=":material/download:",
                help=_("Go to the export with this group chosen: {tier}").format(
                    tier=marketing_tier(tier["tier"])
                ),
                disabled=not tier["customers"],
            ):
                prepare_export(tier["tier"])
                st.switch_page("pages/act/export.py")

st.caption(
    _(
        "The first rule that fits decides, so every customer is in exactly one group. A group says"
        " what is plausible; whether an action pays can only be seen by leaving some customers of"
        " the group out and comparing."
    )
)
left, right = st.columns(2)
with left:
    draw(marketing_tier_bars(profile, terms), "tiers_bars")
with right:
    draw(value_treemap(profile, terms), "tiers_map")
