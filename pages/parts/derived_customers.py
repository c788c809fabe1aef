"""What the page Customers shows of one person, worked out by the core and kept by the ids."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.explain.summaries import family_of
from clv_core.models.purchase_process import PurchaseProcess
from clv_core.runs.alive import read_process, trace_customer
from clv_core.runs.folder import RunFolder
from clv_core.segments.neighbours import Neighbourhood
from clv_core.segments.timeline import Timeline, read_timeline
from clv_core.storage.workspace import Workspace
from clv_core.views.likeness import KeptNeighbourhood, read_neighbourhood
from pages.parts import cached
from pages.parts.views import has_view, open_view, require_view

LIKENESS = "likeness"


@st.cache_data(max_entries=64, show_spinner=False)
def timeline(run_id: str, customer_key: int) -> Timeline:
    """Return what a customer did up to the day that the forecast starts from."""
    tables = cached.tables(cached.dataset_of_run(run_id))
    return read_timeline(tables, customer_key, cached.plan(run_id).forecast_cutoff)


@st.cache_resource(max_entries=16, show_spinner=False)
def _process(run_id: str) -> PurchaseProcess | None:
    return read_process(RunFolder(Workspace.default().run(run_id).folder))


@st.cache_data(max_entries=64, show_spinner=False)
def alive(run_id: str, customer_key: int) -> pd.DataFrame | None:
    """Return how likely they were still a customer, day by day; None without a process."""
    process, plan = _process(run_id), cached.plan(run_id)
    if process is None:
        return None
    bought = timeline(run_id, customer_key).purchase_days
    return trace_customer(process, bought, plan.forecast_cutoff, plan.horizon_days)


def has_neighbourhood(run_id: str) -> bool:
    """Say whether like customers can be told at once."""
    return not cached.is_large(run_id) or has_view(run_id, LIKENESS, {})


def require_neighbourhood(run_id: str) -> None:
    """See to it that the customers of a large run are put in order, or end the page."""
    require_view(run_id, LIKENESS, {})


@st.cache_resource(max_entries=2, show_spinner=False)  # 35 MB where there are 50,000
def neighbourhood(run_id: str) -> Neighbourhood | KeptNeighbourhood:
    """Return all customers of a result, placed by their features."""
    if cached.is_large(run_id):
        folder = RunFolder(Workspace.default().run(run_id).folder)
        return read_neighbourhood(open_view(run_id, LIKENESS, {}), folder)
    features = cached.features(run_id).reindex(cached.forecast(run_id, "predicted").index)
    if cached.shape(run_id) == "value_table":
        return Neighbourhood(features, {})
    families = {str(name): family_of(str(name)) for name in features}
    told = [name for name, family in families.items() if family == "forecast"]
    return Neighbourhood(features.drop(columns=told), families)


@st.cache_data(max_entries=64, show_spinner=False)
def neighbours(run_id: str, customer_key: int) -> tuple[pd.Series, pd.DataFrame]:
    """Return the customers most like one, and in what they are alike."""
    crowd = neighbourhood(run_id)
    nearest = crowd.find_nearest(customer_key)
    return nearest, crowd.find_common(customer_key, nearest.index)


def forget_everything() -> None:
    """Let go of all that is kept: somebody who is in it was erased."""
    st.cache_data.clear()
    st.cache_resource.clear()
