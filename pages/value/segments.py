"""High, middle and low: who carries the value, and what they look like."""

import streamlit as st

from clv_core.features.catalogue import CATALOGUE
from pages.parts import cached
from pages.parts.charts import draw
from pages.parts.charts_value import concentration, feature_boxes, value_tier_bars
from pages.parts.cutoffs import choose_cutoffs
from pages.parts.horizon import show_horizon
from pages.parts.layout import next_step, page_head
from pages.parts.state import require_run
from pages.parts.tables import value_tier_table
from pages.parts.text import _, say
from pages.parts.words import UNIT_TITLES

page_head(
    _("Segments"),
    _("Customers of high, middle and low expected value. Move the cut-offs to suit your budget."),
)
run = require_run()
horizon = show_horizon(run.id)
with st.container(border=True):
    cutoffs = choose_cutoffs(run.id)
    st.caption(
        _(
            "Customers are taken from the highest forecast down. Customers, tiers and exports"
            " follow what you choose here; the forecast itself does not change."
        )
    )
segments = cached.segments(run.id, cutoffs)

left, right = st.columns(2)
with left:
    draw(value_tier_bars(segments.profile), "segments_tiers")
with right:
    draw(concentration(cached.concentration_curve(run.id)), "segments_concentration")
st.dataframe(
    value_tier_table(segments, horizon.currency),
    hide_index=True,
    column_config={_("Customers"): st.column_config.NumberColumn(format="localized")},
    alt=_("Size, value and lowest forecast of each value tier"),
)

st.subheader(_("What they look like"), anchor=False)
spread = cached.tier_features(run.id, cutoffs)
feature = st.selectbox(
    _("Compare the tiers by"),
    [name for name in CATALOGUE if name in set(spread["feature"])],
    format_func=lambda name: say(CATALOGUE[name].label),
    key="segments_feature",
    persist_state="session",
)
unit = CATALOGUE[feature].unit
draw(
    feature_boxes(
        spread[spread["feature"] == feature],
        say(CATALOGUE[feature].label),
        (horizon.currency if unit == "money" else say(UNIT_TITLES[unit]))
        if unit == "money" or unit in UNIT_TITLES
        else "",
    ),
    "segments_feature_chart",
)
st.caption(
    _(
        "The box holds the middle half of a tier, the line inside it the median, the dashed line"
        " the mean; whiskers reach from the 5th to the 95th of 100 customers."
    )
)
next_step(
    _("See the customers behind a tier, and why each forecast is what it is."),
    _("Look at customers"),
    "pages/value/customers.py",
    ":material/person_search:",
)
