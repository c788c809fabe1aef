"""Groups of customers, each with what to do and why."""

import streamlit as st

from pages.parts import cached, derived
from pages.parts.behind import forget_behind, open_customers
from pages.parts.charts_value import marketing_tier_bars, value_treemap
from pages.parts.clicks import draw_clickable
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.derived_act import tier_bounds
from pages.parts.economics import choose_economics
from pages.parts.gate import show_objection
from pages.parts.layout import page_head
from pages.parts.playbook import edit_play, offer_reset, read_playbook, show_play, tell_ceiling
from pages.parts.ranges import tell_total
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _, number, percent, safe, say
from pages.parts.words import marketing_tier


def prepare_export(tier: str) -> None:
    """Choose one tier on the export page."""
    st.session_state["export_marketing"] = [tier]
    st.session_state["export_value"] = []
    forget_behind()  # a list that was taken away before would narrow the tier


page_head(_("Tiers"), _("Groups of customers, each with what to do about it."))
run = require_run()
subject = show_subject(run.id)
terms = subject.terms
show_objection(run.id)
tell_moved_cutoffs(run.id)
cutoffs = chosen_cutoffs(run.id)
tiers = derived.marketing_tiers(run.id, cutoffs)
profile = tiers.profile
totals = derived.marketing_tier_totals(run.id, cutoffs)
bounds = tier_bounds(run.id, cutoffs).to_dict("index")
dataset = cached.dataset_of_run(run.id)
book = read_playbook(dataset)

cards, figures, costs = st.container(), st.container(), st.container()
with costs:  # its words are read by the cards above it
    economics = choose_economics(dataset, subject.currency)
with cards, st.grid(3, min_column_width=300):
    for tier in profile.to_dict("records"):
        name, title = tier["tier"], marketing_tier(tier["tier"])
        play, bound = book.play(name), bounds.get(name, {"lower": None, "from_total": False})
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
            if name in totals:
                st.caption(safe(tell_total(totals[name], terms)))
            show_play(play, tier["action"])
            st.caption(
                safe(
                    tell_ceiling(
                        play, bound["lower"], bound["from_total"], economics.margin_rate, terms
                    )
                )
            )
            st.caption(safe(_("Who: {rule}").format(rule=say(tier["why"], subject.currency))))
            with st.container(horizontal=True):
                edit_play(dataset, name, play, say(tier["action"]))
                if st.button(
                    _("Customers"),
                    key=f"behind:{name}",
                    icon=":material/group:",
                    help=_("Show the customers of this group: {tier}").format(tier=title),
                    disabled=not tier["customers"],
                ):
                    open_customers(title, tiers.assignment.index[tiers.assignment == name])
                if st.button(
                    _("Export"),
                    key=f"export:{name}",
                    icon=":material/download:",
                    help=_("Go to the export with this group chosen: {tier}").format(tier=title),
                    disabled=not tier["customers"],
                ):
                    prepare_export(name)
                    st.switch_page("pages/act/export.py")

with figures:
    offer_reset(dataset, book)
    st.caption(
        _(
            "The first rule that fits decides, so every customer is in exactly one group. A group"
            " says what is plausible, and a ceiling what it could carry; whether an action pays can"
            " only be seen by leaving some customers of the group out and comparing. The shares of"
            " the margin are where to begin, not learnt from anything."
        )
    )
    left, right = st.columns(2)
    with left:
        click = draw_clickable(marketing_tier_bars(profile, terms), "tiers_bars")
        chosen = profile.iloc[click.at[0]]["tier"] if click else None
    with right:
        click = draw_clickable(value_treemap(profile, terms), "tiers_map")
        if click:
            chosen = profile[profile["value"] > 0].iloc[click.at[0]]["tier"]
    if chosen:
        open_customers(marketing_tier(chosen), tiers.assignment.index[tiers.assignment == chosen])
