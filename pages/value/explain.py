"""What forecasts rest on, over all customers."""

import streamlit as st

from pages.parts import cached
from pages.parts.charts import draw
from pages.parts.charts_explain import beeswarm, family_bars, importance_bars
from pages.parts.horizon import show_horizon
from pages.parts.layout import next_step, page_head
from pages.parts.state import require_run
from pages.parts.text import _, money, number, safe

# Customers in the swarm: without a graphics card every point costs the page time.
FEW_POINTS = 120
MANY_POINTS = 1000

page_head(_("Reasons"), _("Which facts about customers move the forecasts, and by how much money."))
run = require_run()
horizon = show_horizon(run.id)
currency = horizon.currency

st.info(
    _(
        "These are associations, not causes. They say what goes together with value in this shop;"
        " they do not say that making a customer visit more often would make them spend more."
    ),
    icon=":material/lightbulb:",
)
left, right = st.columns(2)
with left:
    draw(family_bars(cached.family_importance(run.id), currency), "explain_families")
with right:
    draw(importance_bars(cached.feature_importance(run.id), currency, top=10), "explain_features")
is_dense = st.toggle(
    _("Draw more customers, which takes longer"), key="explain_dense", persist_state="session"
)
points = MANY_POINTS if is_dense else FEW_POINTS
draw(beeswarm(cached.swarm(run.id, points), currency), "explain_swarm")
st.caption(
    _("At most {points} customers, drawn at random.").format(points=number(points))
    + " "
    + _(
        "Right of zero a fact adds to a forecast, left of it it takes away. The colour tells"
        " whether the customer's own value is small or large; grey where it is not known."
    )
)
st.caption(
    safe(
        _(
            "Every forecast is split up completely: a typical customer's forecast plus all that is"
            " added and taken away gives the forecast again. The largest gap over all customers, as"
            " measured on this result, is {gap}."
        ).format(gap=money(cached.explanation_gap(run.id), currency, 4))
    )
)
next_step(
    _("The same for one customer, in words and money."),
    _("Look at customers"),
    "pages/value/customers.py",
    ":material/person_search:",
)
