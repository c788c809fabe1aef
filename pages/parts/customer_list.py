"""The list of customers: filters, and which one of them is open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd
import streamlit as st

from clv_core.runs.reading import FORECAST_FILE, read_rows
from clv_core.segments.customer_list import find_customers
from clv_core.segments.value_tiers import VALUE_TIERS
from pages.parts import state
from pages.parts.behind import behind_keys, forget_behind
from pages.parts.people import read_ids, search_people
from pages.parts.subject import Subject
from pages.parts.tables import customer_columns, customer_table
from pages.parts.text import _, number, safe
from pages.parts.words import marketing_tier, value_tier

ROWS: Final = 2000  # sent to the browser at once; the search reaches all
TIERS: Final = ["value_tier", "marketing_tier"]
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


def read_listed(
    run_id: str, keys: pd.Index, tiers: pd.DataFrame, columns: Iterable[str]
) -> pd.DataFrame:
    """Return what is forecast of some customers with tiers and ids, in the order of the keys."""
    rows = read_rows(state.workspace().run(run_id).folder / FORECAST_FILE, keys, [*columns])
    named = rows.assign(**{name: tiers[name].reindex(rows.index) for name in TIERS})
    return named.assign(customer_id=read_ids(run_id, keys).reindex(rows.index).astype(str))


def choose_customer(run_id: str, tiers: pd.DataFrame, subject: Subject) -> int:
    """Show the filters and the list, and return whom to show below; else end the page.

    Parameters
    ----------
    run_id : str
    tiers : DataFrame, index ``customer_key``
        ``predicted`` and both tiers of everybody.
    subject : Subject
    """
    listed = _filter(run_id, tiers, subject)
    opened = _opened(run_id, tiers)
    if listed.empty:
        st.info(_("No customer fits. Loosen the filters or search for less."))
        st.stop()
    st.caption(
        _("{found} customers fit; shown are the {shown} of highest value").format(
            shown=number(min(ROWS, len(listed))), found=number(len(listed))
        )
    )
    columns = subject.list_columns()
    shown = read_listed(run_id, _choose_part(listed), tiers, columns)
    ticked = [0] if opened is None else [int(row) for row in (shown.index == opened).nonzero()[0]]
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


def _choose_part(listed: pd.Index) -> pd.Index:
    """Return the part of a long list that is shown, the first unless another is chosen."""
    if len(listed) <= ROWS:
        return listed
    parts = -(-len(listed) // ROWS)
    with st.container(horizontal=True, vertical_alignment="center"):
        part = st.number_input(
            _("Part of the list, of {parts}").format(parts=number(parts)),
            min_value=1,
            max_value=parts,
            width=240,
            on_change=forget_opened,
            key=f"customers_part:{parts}",
        )
    return listed[(part - 1) * ROWS : part * ROWS]


def _filter(run_id: str, tiers: pd.DataFrame, subject: Subject) -> pd.Index:
    """Show the filters and return the keys of those who pass, highest forecast first."""
    behind = behind_keys(run_id)
    among = None
    if behind is not None:
        title, keys = behind
        among = keys[keys.isin(tiers.index)]
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(
                safe(
                    _("Only these customers: {title} ({count})").format(
                        title=title, count=number(len(among))
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
        actions = st.multiselect(
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
    if part.strip():
        found = search_people(run_id, part)
        among = found if among is None else found[found.isin(among)]
    return find_customers(tiers, values, actions, among)


def _show_all() -> None:
    forget_behind()
    forget_opened()


def _opened(run_id: str, tiers: pd.DataFrame) -> int | None:
    kept = st.session_state.get(_OPENED)
    if kept is None or kept[0] != run_id or kept[1] not in tiers.index:
        return None
    return int(kept[1])


def _begin_listing() -> None:
    st.session_state[_LISTING] = st.session_state.get(_LISTING, 0) + 1
