"""How to divide a budget, under assumptions that are told."""

import streamlit as st

from clv_core.activation.budget import allocate, trace_budgets
from clv_core.activation.budget_risk import measure_sensitivity
from clv_core.activation.spend_response import assume_response
from clv_core.errors import InvalidSetting
from pages.parts import cached, derived
from pages.parts.behind import open_customers
from pages.parts.bids import show_bids
from pages.parts.budget import choose_assumptions, plan_table, show_plan, step_table
from pages.parts.charts import draw
from pages.parts.charts_budget import allocation_bars, marginal_curve, tornado
from pages.parts.clicks import draw_clickable
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.economics import choose_economics
from pages.parts.gate import show_objection
from pages.parts.layout import next_step, page_head
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _, safe, show_error
from pages.parts.words import marketing_tier

page_head(_("Budget"), _("How to divide a budget, and what a new customer may cost."))
run = require_run()
subject = show_subject(run.id)
terms = subject.terms
show_objection(run.id)
tell_moved_cutoffs(run.id)
dataset = cached.dataset_of_run(run.id)
if cached.shape(run.id) == "value_table":
    st.caption(
        _(
            "The value here is the column you gave. If it holds what customers brought in the past,"
            " money spent now cannot raise it: read the results as an example."
        )
    )
economics = choose_economics(dataset, subject.currency)
if economics.margin_rate is None:
    st.info(_("Say your margin above: without it nobody can tell what money brings back."))
    st.stop()
cutoffs = chosen_cutoffs(run.id)
tiers = derived.marketing_tiers(run.id, cutoffs)
profile = tiers.profile
if profile["value"].clip(lower=0).sum() <= 0:
    st.info(_("No group is expected to bring anything: there is nothing that money could raise."))
    st.stop()

st.subheader(_("What you assume"), anchor=False)
st.markdown(
    safe(
        _(
            "Margin added = margin × expected value × greatest lift × (1 − 2^(−spend per customer ÷"
            " half spend)). Greatest lift and half spend are your assumptions, not learnt from"
            " your data: the values to begin with are the same for every group."
        )
    )
)
budget, assumed, target = choose_assumptions(
    dataset, profile, economics.margin_rate, subject.currency
)
response = assume_response(profile, economics.margin_rate, assumed)
try:
    plan = allocate(response, budget)
except InvalidSetting as error:
    show_error(error)
    st.stop()

st.subheader(_("What the money does, if that is so"), anchor=False)
show_plan(plan, response, profile, terms)
left, right = st.columns(2)
with left:
    click = draw_clickable(allocation_bars(plan, terms), "budget_bars")
with right:
    draw(marginal_curve(trace_budgets(response, budget), plan, terms), "budget_curve")
st.dataframe(
    plan_table(plan, profile, terms),
    hide_index=True,
    height="content",
    column_config={_("Customers"): st.column_config.NumberColumn(format="localized")},
    alt=_("What each tier gets and what it is assumed to add"),
)
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = st.selectbox(
        _("Customers of"), response.names, format_func=marketing_tier, width=260, key="budget_tier"
    )
    is_asked = st.button(_("Show them"), icon=":material/group:", key="budget_behind")
if click:
    chosen, is_asked = response.names[click.at[0]], True
if is_asked:
    open_customers(marketing_tier(chosen), tiers.assignment.index[tiers.assignment == chosen])

st.subheader(_("If it is otherwise"), anchor=False)
left, right = st.columns(2)
with left:
    totals = derived.marketing_tier_totals(run.id, cutoffs)
    draw(tornado(measure_sensitivity(response, plan, totals), terms), "budget_tornado")
    st.caption(
        _(
            "The money stays divided as planned; one assumption at a time is off. Margin, forecast"
            " and greatest lift multiply each other, so each of them alone does the same."
        )
    )
with right:
    st.markdown(_("**A fifth less money, and a fifth more**"))
    st.dataframe(
        step_table(response, budget, terms),
        hide_index=True,
        height="content",
        alt=_("What a smaller and a larger budget would do"),
    )

st.subheader(_("What a new customer may cost"), anchor=False)
show_bids(run.id, cutoffs, economics, target, terms)
next_step(
    _("Take the groups away with a control group, and measure what a contact truly adds."),
    _("Export"),
    "pages/act/export.py",
    ":material/download:",
)
