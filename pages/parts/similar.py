"""Customers most like one: who they are, what they have in common, what is forecast of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.explain.reasons import describe_own_value
from clv_core.explain.summaries import label_of
from clv_core.features.catalogue import CATALOGUE
from pages.parts import cached, derived_customers
from pages.parts.customer_list import open_customer, read_listed
from pages.parts.subject import Subject
from pages.parts.tables import customer_columns, customer_table
from pages.parts.text import _, number, percent, safe, say

_ASKED = "customers_similar_asked"


def show_similar(run_id: str, subject: Subject, tiers: pd.DataFrame, key: int) -> None:
    """Show the nearest customers; ticking one opens them.

    Parameters
    ----------
    run_id : str
    subject : Subject
    tiers : DataFrame, index ``customer_key``
        Both tiers of all customers.
    key : int
        The customer who is open.
    """
    if not derived_customers.has_neighbourhood(run_id):
        _offer_neighbours(run_id)
        return
    nearest, common = derived_customers.neighbours(run_id, key)
    if nearest.empty:
        return
    st.subheader(_("Similar customers"), anchor=False)
    st.caption(
        safe(
            _(
                "Distance: how far apart two customers stand when all are put in order of each"
                " feature, on average; 0% is the same in everything, 100% the opposite. Every"
                " family of features counts the same, and the forecast is not looked at. Tick a"
                " row to open that customer."
            )
        )
    )
    distance = st.column_config.NumberColumn(_("Distance"), format="percent")
    known = subject.list_columns()
    shown = read_listed(run_id, nearest.index, tiers, known).assign(distance=nearest)
    columns = {"distance": distance, **known}
    table_key = f"customers_similar:{key}"
    keys = [int(one) for one in nearest.index]
    st.dataframe(
        customer_table(shown, columns),
        hide_index=True,
        height="content",
        column_config=customer_columns(columns),
        on_select=lambda: _open_ticked(run_id, keys, table_key),
        selection_mode="single-row",
        key=table_key,
        placeholder="–",
        alt=_("The customers most like this one, with their forecast"),
    )
    if common.empty:
        st.caption(_("In nothing unusual are they all alike."))
        return
    st.dataframe(
        _common_table(run_id, subject, common),
        hide_index=True,
        height="content",
        alt=_("What this customer and the similar ones have in common"),
    )


def _offer_neighbours(run_id: str) -> None:
    """Let the user have all customers put in order, which takes a while where they are many."""
    st.subheader(_("Similar customers"), anchor=False)
    is_asked = st.session_state.get(_ASKED) == run_id
    st.caption(_("All customers have to be put in order of every feature first, once."))
    if is_asked or st.button(_("Find similar customers"), icon=":material/group_search:"):
        st.session_state[_ASKED] = run_id
        derived_customers.require_neighbourhood(run_id)


def _open_ticked(run_id: str, keys: list[int], table_key: str) -> None:
    rows = st.session_state[table_key].selection.rows
    if rows:
        open_customer(run_id, keys[rows[0]])


def _common_table(run_id: str, subject: Subject, common: pd.DataFrame) -> pd.DataFrame:
    own = cached.own_features(run_id)

    def write(feature: str, value: float) -> str:
        if feature in own:
            told = describe_own_value(own[feature], value).facts.get("value")
            return str(told) if isinstance(told, str) else number(value, 0 if value % 1 == 0 else 2)
        unit = CATALOGUE[feature].unit if feature in CATALOGUE else "ratio"
        if unit == "money":
            return subject.terms.money(value)
        if unit == "share":
            return percent(value)
        return number(value, 0 if value % 1 == 0 else 2)

    def write_all(column: str) -> list[str]:
        pairs = common[["feature", column]].itertuples(index=False)
        return [write(str(feature), float(value)) for feature, value in pairs]

    low, high = write_all("low"), write_all("high")
    return pd.DataFrame(
        {
            _("In common"): [say(label_of(str(name), bool(own))) for name in common["feature"]],
            _("This customer"): write_all("value"),
            _("The similar ones"): [
                first if first == last else f"{first} – {last}"
                for first, last in zip(low, high, strict=True)
            ],
            _("Half of all are below"): write_all("median"),
        }
    )
