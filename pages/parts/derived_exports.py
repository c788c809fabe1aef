"""What the export page needs of everybody's contact fields, worked out once and kept by keys.

No address, number or name is in here: only who has one, who shares one with whom, and
who is on the suppression list.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.activation.contacts import read_contacts, survey_contacts
from clv_core.activation.handover import find_earlier_controls
from clv_core.activation.suppression import customer_forms
from clv_core.storage.suppression import SuppressionList
from clv_core.storage.workspace import Workspace
from pages.parts.people import read_customers


@st.cache_data(max_entries=8, show_spinner=False)
def survey(run_id: str, default_country: str) -> pd.DataFrame:
    """Return what is known of every customer's contact fields, index ``customer_key``."""
    customers = read_customers(run_id).set_index("customer_key")
    return survey_contacts(customers, read_contacts(customers, default_country))


@st.cache_data(max_entries=8, show_spinner=False)
def suppressed(run_id: str, default_country: str, stamp: str) -> pd.Index:
    """Return who is on the suppression list; ``stamp`` changes whenever the list does."""
    del stamp
    listed = SuppressionList(Workspace.default())
    if not len(listed):
        return pd.Index([], dtype="int64")
    customers = read_customers(run_id).set_index("customer_key")
    contacts = read_contacts(customers, default_country)
    return customers.index[listed.find(customer_forms(customers, contacts))]


@st.cache_data(max_entries=8, show_spinner=False)
def earlier_controls(dataset_id: str, exports: tuple[str, ...]) -> pd.Index:
    """Return whom earlier exports kept out; ``exports`` are their ids, which grow in number."""
    del exports
    return find_earlier_controls(Workspace.default(), dataset_id)
