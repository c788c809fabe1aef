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
from pages.parts import cached


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


@st.cache_resource(max_entries=2, show_spinner=False)  # 70 MB where there are 100,000
def neighbourhood(run_id: str) -> Neighbourhood:
    """Return all customers of a result, placed by their features."""
    features = cached.features(run_id).reindex(cached.forecast(run_id).index)
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
    neighbourhood.clear()
