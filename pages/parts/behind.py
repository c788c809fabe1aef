"""The customers behind a mark of a chart, on their way to the list of customers."""

from __future__ import annotations

from typing import Final, NoReturn

import pandas as pd
import streamlit as st

from pages.parts.state import run_id as open_run_id

_KEY: Final = "customers_behind"


def open_customers(title: str, keys: pd.Index) -> NoReturn:
    """Go to the list of customers, narrowed to some.

    Parameters
    ----------
    title : str
        Who they are, in the reader's language; shown as text.
    keys : Index
        Their ``customer_key`` in the open result; kept in this session alone.
    """
    st.session_state[_KEY] = (open_run_id(), title, pd.Index(keys))
    st.switch_page("pages/value/customers.py")


def export_customers(title: str, keys: pd.Index) -> NoReturn:
    """Go to the export, narrowed to some customers; parameters as in :func:`open_customers`."""
    run = open_run_id()
    st.session_state[_KEY] = (run, title, pd.Index(keys))
    st.session_state[f"export_behind:{run}"] = True
    for tiers in ("export_value", "export_marketing"):  # chosen before, for another list
        st.session_state[tiers] = []
    st.switch_page("pages/act/export.py")


def behind_keys(run_id: str) -> tuple[str, pd.Index] | None:
    """Return whom the list is narrowed to and what they are called; None for everybody.

    What was chosen in another result does not count in this one.
    """
    kept = st.session_state.get(_KEY)
    if kept is None or kept[0] != run_id:
        return None
    return str(kept[1]), kept[2]


def forget_behind() -> None:
    """Show everybody again."""
    st.session_state.pop(_KEY, None)
