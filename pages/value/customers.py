"""Every customer with their forecast; one customer's reasons."""

import streamlit as st

from clv_core.explain.reasons import reasons_in_words
from clv_core.explain.summaries import waterfall as lay_out_steps
from clv_core.segments.customer_list import list_customers
from clv_core.segments.value_tiers import VALUE_TIERS
from pages.parts import cached, derived
from pages.parts.charts import draw
from pages.parts.charts_explain import waterfall
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.layout import page_head
from pages.parts.people import read_customers
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.tables import customer_columns, customer_table, fact_table
from pages.parts.text import _, number, safe, say
from pages.parts.words import marketing_tier, priced, value_tier

ROWS = 2000  # sent to the browser; the search reaches all

page_head(
    _("Customers"),
    _("What each customer is worth by the forecast. Choose one to see why."),
)
run = require_run()
subject = show_subject(run.id)
currency, columns = subject.currency, subject.list_columns()
forecast = derived.tiered_forecast(run.id, chosen_cutoffs(run.id))
people = read_customers(run.id)

with st.container(horizontal=True, vertical_alignment="bottom"):
    values = st.pills(
        _("Value"),
        VALUE_TIERS,
        selection_mode="multi",
        format_func=value_tier,
        key="customers_value",
        persist_state="session",
    )
    tiers = st.multiselect(
        _("Marketing tier"),
        subject.marketing_tiers,
        format_func=marketing_tier,
        placeholder=_("All"),
        width=300,
        key="customers_marketing",
        persist_state="session",
    )
    part = st.text_input(
        _("Customer id contains"), max_chars=100, width=240, key="customers_search"
    )
tell_moved_cutoffs(run.id)
listed = list_customers(forecast, people, values, tiers, part)
if listed.empty:
    st.info(_("No customer fits. Loosen the filters or search for less."))
    st.stop()
st.caption(
    _("{found} customers fit; shown are the {shown} of highest value").format(
        shown=number(min(ROWS, len(listed))), found=number(len(listed))
    )
)
event = st.dataframe(
    customer_table(listed.head(ROWS), columns),
    hide_index=True,
    height=330,
    column_config=customer_columns(columns),
    on_select="rerun",
    selection_mode="single-row",
    selection_default={"selection": {"rows": [0]}},
    key="customers_table",
    alt=_("Customers with their forecast, its range and their tiers"),
)
chosen = event.selection.rows
if not chosen or chosen[0] >= min(ROWS, len(listed)):
    st.info(_("Tick a row of the table to see that customer's reasons."))
    st.stop()
key = int(listed.index[chosen[0]])
customer = listed.loc[key]

st.subheader(_("One customer"), anchor=False)
with st.grid(3, min_column_width=180):
    for name, told in subject.customer_values(customer).items():
        st.metric(name, safe(told), border=True)
left, right = st.columns(2)
explanation = cached.explanation(run.id)
with left:
    st.subheader(_("What weighs most"), anchor=False)
    for reason in reasons_in_words(explanation, key, top=5):
        st.markdown(f"- {safe(say(priced(reason, currency)))}")
    st.caption(
        _(
            "Compared with a typical customer. The reasons say what goes together with value here,"
            " not what would happen if you changed it."
        )
    )
    contact = people.set_index("customer_key").loc[key]
    st.dataframe(
        fact_table(customer, contact, subject.customer_facts(customer, key)),
        hide_index=True,
        height="content",
        alt=_("What is known of this customer"),
    )
with right:
    draw(waterfall(lay_out_steps(explanation, key, top=8), subject.terms), "customers_waterfall")
