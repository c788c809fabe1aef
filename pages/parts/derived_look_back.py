"""What looking back needs and found, kept by what it is of; ``cached.py`` says why."""

from __future__ import annotations

import streamlit as st

from clv_core.monitoring.findings import LookBack
from clv_core.monitoring.in_workspace import NewerData, find_newer_data
from clv_core.monitoring.look_back_folder import LookBackFolder
from clv_core.storage.workspace import Workspace


@st.cache_data(max_entries=64, show_spinner=False)
def newer_data(run_id: str, datasets: tuple[str, ...]) -> list[NewerData]:
    """Return which of the data sets, all that there are, hold later days of a result."""
    del datasets
    return find_newer_data(Workspace.default(), run_id)


@st.cache_data(max_entries=16, show_spinner=False)
def found(run_id: str, dataset_id: str, stamp: int) -> LookBack | None:
    """Return what looking back showed; ``stamp`` changes whenever it is done anew."""
    del stamp
    return LookBackFolder(Workspace.default().run(run_id).folder).read(dataset_id)
