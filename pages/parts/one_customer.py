"""One customer: what is forecast and why, what they did, who is like them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.explain.reasons import reasons_in_words
from clv_core.explain.summaries import waterfall as lay_out_steps
from pages.parts import cached, derived_customers
from pages.parts.charts import draw
from pages.parts.charts_explain import waterfall
from pages.parts.charts_timeline import history
from pages.parts.people import read_some
from pages.parts.subject import Subject
from pages.parts.tables import fact_table
from pages.parts.text import _, day, safe, say
from pages.parts.words import priced


def show_forecast(subject: Subject, customer: pd.Series) -> None:
    """Show what is forecast of a customer, with its range."""
    st.subheader(_("One customer"), anchor=False)
    with st.grid(2, min_column_width=250):
        for name, told in subject.customer_values(customer).items():
            st.metric(name, safe(told), border=True)


def show_history(run_id: str, subject: Subject, customer: pd.Series, key: int) -> None:
    """Show orders, visits, reviews and the chance of still being a customer over time."""
    if cached.shape(run_id) == "value_table":
        st.caption(
            _(
                "There is no history to show: this result was made from one row per customer. Bring"
                " the shop's dated orders to see what a customer did and when."
            )
        )
        return
    timeline = derived_customers.timeline(run_id, key)
    if timeline.orders.empty:
        st.caption(_("There is no order of this customer in the data."))
        return
    early, late = customer.get("next_order_low_date"), customer.get("next_order_high_date")
    window = None if pd.isna(early) or pd.isna(late) else (early, late)
    alive = derived_customers.alive(run_id, key)
    draw(history(timeline, alive, window, subject.terms), "customers_history")
    told = [_("The dashed line is the last day of data.")]
    if window is not None:
        told.append(
            _(
                "Shaded, from {first} to {last}: of a hundred such customers who come back, half"
                " place their next order then."
            ).format(first=day(early), last=day(late))
        )
    if alive is not None:
        told.append(
            _(
                "The chance is that of the purchase model fitted on all customers, asked what it"
                " would have said on each day by the orders up to it: sure on a day with an order,"
                " falling while none comes. Dotted: if none comes after the last day. Nobody says"
                " goodbye to a shop, so it stays an estimate."
            )
        )
    st.caption(safe(" ".join(told)))


def show_reasons(run_id: str, subject: Subject, customer: pd.Series, key: int) -> None:
    """Show why the forecast is what it is, and what else is known."""
    left, right = st.columns(2)
    explanation = cached.explanation_of(run_id, key)
    with left:
        st.subheader(_("What weighs most"), anchor=False)
        for reason in reasons_in_words(explanation, key, top=5):
            st.markdown(f"- {safe(say(priced(reason, subject.currency)))}")
        st.caption(
            _(
                "Compared with a typical customer. The reasons say what goes together with value"
                " here, not what would happen if you changed it."
            )
        )
        contact = read_some(run_id, [key]).loc[key]
        st.dataframe(
            fact_table(customer, contact, subject.customer_facts(customer, key)),
            hide_index=True,
            height="content",
            alt=_("What is known of this customer"),
        )
    with right:
        steps = lay_out_steps(explanation, key, top=8)
        draw(waterfall(steps, subject.terms), "customers_waterfall")
