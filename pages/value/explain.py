"""What forecasts rest on, over all customers."""

import streamlit as st

from pages.parts import derived
from pages.parts.charts import draw
from pages.parts.charts_explain import beeswarm, family_bars, importance_bars
from pages.parts.layout import next_step, page_head
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _, number, safe

# Customers in the swarm: without a graphics card every point costs the page time.
FEW_POINTS = 120
MANY_POINTS = 1000

page_head(_("Reasons"), _("Which facts about customers move the forecasts, and by how much."))
run = require_run()
subject = show_subject(run.id)
terms, own = subject.terms, subject.has_own_names

st.info(subject.caution(), icon=":material/lightbulb:")
features = importance_bars(derived.feature_importance(run.id), terms, top=10, has_own_names=own)
if own:
    draw(features, "explain_features")
else:
    left, right = st.columns(2)
    with left:
        draw(family_bars(derived.family_importance(run.id), terms), "explain_families")
    with right:
        draw(features, "explain_features")
is_dense = st.toggle(
    _("Draw more customers, which takes longer"), key="explain_dense", persist_state="session"
)
points = MANY_POINTS if is_dense else FEW_POINTS
draw(beeswarm(derived.swarm(run.id, points), terms, has_own_names=own), "explain_swarm")
st.caption(
    _("At most {points} customers, drawn at random.").format(points=number(points))
    + " "
    + _(
        "Right of zero a fact adds to a forecast, left of it it takes away. The colour tells"
        " whether the customer's own value is small or large; grey where it is not known, or is no"
        " number."
    )
)
st.caption(
    safe(
        _(
            "Every forecast is split up completely: a typical customer's forecast plus all that is"
            " added and taken away gives the forecast again. The largest gap over all customers, as"
            " measured on this result, is {gap}."
        ).format(gap=terms.money(derived.explanation_gap(run.id), 4))
    )
)
next_step(
    _("The same for one customer, in words and amounts."),
    _("Look at customers"),
    "pages/value/customers.py",
    ":material/person_search:",
)
