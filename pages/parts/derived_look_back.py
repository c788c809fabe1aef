"""What looking back needs and found, kept by what it is of; ``cached.py`` says why."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from clv_core.monitoring.findings import LookBack
from clv_core.monitoring.in_workspace import NewerData
from clv_core.monitoring.look_back_folder import LookBackFolder
from clv_core.storage.workspace import Workspace
from clv_core.views.newer_data import read_newer_data
from pages.parts.views import open_view, require_view

NAME: Final = "newer_data"


def require_newer_data(run_id: str, datasets: tuple[str, ...]) -> None:
    """See to it that customers were matched, or end the page with how far it is."""
    require_view(run_id, NAME, _asked(datasets))


@st.cache_data(max_entries=64, show_spinner=False)
def newer_data(run_id: str, datasets: tuple[str, ...]) -> list[NewerData]:
    """Return which of the data sets, all that there are, hold later days of a result."""
    return read_newer_data(open_view(run_id, NAME, _asked(datasets)))


def _asked(datasets: tuple[str, ...]) -> dict[str, Any]:
    return {"datasets": sorted(datasets)}


@st.cache_data(max_entries=16, show_spinner=False)
def found(run_id: str, dataset_id: str, stamp: int) -> LookBack | None:
    """Return what looking back showed; ``stamp`` changes whenever it is done anew."""
    del stamp
    return LookBackFolder(Workspace.default().run(run_id).folder).read(dataset_id)
