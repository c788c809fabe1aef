"""The list of customers: filters, and which one of them is open."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from clv_core.segments.customer_list import list_customers
from clv_core.segments.value_tiers import VALUE_TIERS
from pages.parts.behind import behind_keys, forget_behind
from pages.parts.subject import Subject
from pages.parts.tables import customer_columns, customer_table
from pages.parts.text import _, number, safe
from pages.parts.words import marketing_tier, value_tier

ROWS: Final = 2000  # sent to the browser; the search reaches all
_OPENED: Final = "customers_opened"  # by other ways than the list
_LISTING: Final = "customers_listing"  # its number: a new one has nothing ticked by hand


def open_customer(run_id: str, key: int) -> None:
    """Open a customer of a result, whether the list holds them or not."""
    st.session_state[_OPENED] = (run_id, key)
    _begin_listing()


def forget_opened() -> None:
    """Open the first of the list again."""
    st.session_state.pop(_OPENED, None)
    _begin_listing()


def choose_customer(
    run_id: str, forecast: pd.DataFrame, people: pd.DataFrame, subject: Subject
) -> int:
    """Show the filters and the list, and return whom to show below; else end the page.

    Parameters
    ----------
    run_id : str
    forecast : DataFrame, index ``customer_key``
        With both tiers.
    people : DataFrame
        ``columns.CUSTOMERS``.
    subject : Subject
    """
    listed = _filter(run_id, forecast, people, subject)
    opened = _opened(run_id, forecast)
    if listed.empty:
        st.info(_("No customer fits. Loosen the filters or search for less."))
        st.stop()
    st.caption(
        _("{found} customers fit; shown are the {shown} of highest value").format(
            shown=number(min(ROWS, len(listed))), found=number(len(listed))
        )
    )
    shown = listed.head(ROWS)
    ticked = [0] if opened is None else [int(row) for row in (shown.index == opened).nonzero()[0]]
    columns = subject.list_columns()
    event = st.dataframe(
        customer_table(shown, columns),
        hide_index=True,
        height=330,
        column_config=customer_columns(columns),
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": ticked}},
        key=f"customers_table:{st.session_state.get(_LISTING, 0)}",
        placeholder="–",
        alt=_("Customers with their forecast, its range and their tiers"),
    )
    rows = [row for row in event.selection.rows if row < len(shown)]
    if rows:
        return int(shown.index[rows[0]])
    if opened is None:
        st.info(_("Tick a row of the table to see that customer's reasons."))
        st.stop()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("The customer below is not in this list: one of the similar ones."))
        st.button(_("Back to the list"), on_click=forget_opened, key="customers_back")
    return opened


def _filter(
    run_id: str, forecast: pd.DataFrame, people: pd.DataFrame, subject: Subject
) -> pd.DataFrame:
    """Show the filters and return those who pass them, highest forecast first."""
    behind = behind_keys(run_id)
    if behind is not None:
        title, keys = behind
        forecast = forecast[forecast.index.isin(keys)]
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(
                safe(
                    _("Only these customers: {title} ({count})").format(
                        title=title, count=number(len(forecast))
                    )
                ),
                width="stretch",
            )
            st.button(
                _("Show all customers"),
                icon=":material/groups:",
                on_click=_show_all,
                key="customers_show_all",
            )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        values = st.pills(
            _("Value"),
            VALUE_TIERS,
            selection_mode="multi",
            format_func=value_tier,
            on_change=forget_opened,
            key="customers_value",
            persist_state="session",
        )
        tiers = st.multiselect(
            _("Marketing tier"),
            subject.marketing_tiers,
            format_func=marketing_tier,
            placeholder=_("All"),
            width=300,
            on_change=forget_opened,
            key="customers_marketing",
            persist_state="session",
        )
        part = st.text_input(
            _("Customer id contains"),
            max_chars=100,
            width=240,
            on_change=forget_opened,
            key="customers_search",
        )
    return list_customers(forecast, people, values, tiers, part)


def _show_all() -> None:
    forget_behind()
    forget_opened()


def _opened(run_id: str, forecast: pd.DataFrame) -> int | None:
    kept = st.session_state.get(_OPENED)
    if kept is None or kept[0] != run_id or kept[1] not in forecast.index:
        return None
    return int(kept[1])


def _begin_listing() -> None:
    st.session_state[_LISTING] = st.session_state.get(_LISTING, 0) + 1
