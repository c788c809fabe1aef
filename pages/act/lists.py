"""Who to speak to now, and why: five lists, each by a rule that is told."""

import streamlit as st

from clv_core.views.lists import FIRST_ROWS
from pages.parts import cached, derived_act
from pages.parts.action_lists import (
    choose_lines,
    list_columns,
    list_counts,
    show_measures,
    tell_precision,
)
from pages.parts.behind import export_customers, open_customers
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.gate import show_objection
from pages.parts.layout import empty_state, page_head
from pages.parts.people import read_ids
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _, number, safe, say

page_head(_("Lists"), _("Who to speak to now, and why."))
run = require_run()
subject = show_subject(run.id)
terms = subject.terms
if cached.shape(run.id) == "value_table":
    empty_state(
        _(
            "These lists ask when customers bought. A table with one row per customer does not"
            " say; its groups by value are on the page Tiers."
        ),
        _("Tiers"),
        "pages/act/tiers.py",
        ":material/campaign:",
    )
    st.stop()
show_objection(run.id)
tell_moved_cutoffs(run.id)
settings = choose_lines(cached.dataset_of_run(run.id), subject.currency)
cutoffs = chosen_cutoffs(run.id)
derived_act.require_lists(run.id, cutoffs, settings)
lists = derived_act.action_lists(run.id, cutoffs, settings)
measured = derived_act.list_precision(run.id, cutoffs, settings)

st.dataframe(
    list_counts(lists, terms),
    hide_index=True,
    height="content",
    alt=_("The lists, how many customers each holds and what they are worth"),
)
name = st.segmented_control(
    _("List"),
    list(lists),
    format_func=lambda one: say(lists[one].title),
    default="churn",
    required=True,
    key="list_name",
    persist_state="session",
)
made = lists[name]
title = say(made.title)
st.subheader(safe(title), anchor=False)
st.markdown(safe(say(made.purpose)))
rule = say(made.rule, subject.currency)
if not made.is_known:
    st.info(safe(rule))
    st.stop()
st.caption(safe(_("Who: {rule}").format(rule=rule)))
show_measures(made, terms)
st.markdown(safe(tell_precision(made, measured)))
if not made.customers:
    st.info(_("Nobody is on this list."))
    st.stop()

with st.container(horizontal=True):
    if st.button(
        _("Take this list away"), type="primary", icon=":material/download:", key="list_export"
    ):
        export_customers(title, made.keys())
    if st.button(_("Show these customers"), icon=":material/group:", key="list_behind"):
        open_customers(title, made.keys())
if made.customers > FIRST_ROWS:
    st.caption(_("Shown are the first {rows}.").format(rows=number(FIRST_ROWS)))
shown = made.first_rows()
ids = read_ids(run.id, shown.index)
columns = {
    column: how
    for column, how in list_columns(subject.currency).items()
    if column in ("customer_id", *shown.columns)
}
st.dataframe(
    shown.assign(customer_id=ids.reindex(shown.index).astype(str))[["customer_id", *shown.columns]],
    hide_index=True,
    height=380,
    placeholder="",
    column_config=columns,
    alt=_("The customers on the list, the most urgent first"),
)
st.caption(
    _(
        "A list says whom it is plausible to speak to. Whether speaking to them pays can only be"
        " seen by leaving some of them alone on purpose: every export keeps such a control group."
    )
)
