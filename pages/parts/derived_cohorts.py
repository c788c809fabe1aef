"""Cohorts of a result's customers, kept by its id; ``derived.py`` has the other figures."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.runs.segment_totals import bound_groups
from clv_core.segments.cohort_outlook import name_cohort, sum_cohorts
from clv_core.segments.cohorts import (
    Cohorts,
    assign_cohorts,
    find_active,
    find_first_purchases,
    measure_cohorts,
)
from clv_core.segments.periods import Unit
from pages.parts import cached


@st.cache_data(max_entries=8, show_spinner=False)
def first_purchases(run_id: str) -> pd.Series:
    """Return the time of each customer's first purchase, index ``customer_key``."""
    return find_first_purchases(
        cached.tables(cached.dataset_of_run(run_id)), cached.plan(run_id).forecast_cutoff
    )


@st.cache_data(max_entries=16, show_spinner=False)
def cohorts(run_id: str, unit: Unit) -> Cohorts:
    """Return what every cohort did up to the day that the forecast begins after."""
    tables = cached.tables(cached.dataset_of_run(run_id))
    return measure_cohorts(tables, cached.plan(run_id).forecast_cutoff, unit)


@st.cache_data(max_entries=16, show_spinner=False)
def assigned(run_id: str, unit: Unit) -> pd.Series:
    """Return the cohort of each customer, index ``customer_key``."""
    return assign_cohorts(first_purchases(run_id), unit)


@st.cache_data(max_entries=16, show_spinner=False)
def outlook(run_id: str, unit: Unit) -> pd.DataFrame:
    """Return what each cohort has brought and is expected to bring, with its range."""
    forecast, cohort = cached.forecast(run_id), assigned(run_id, unit)
    known = forecast[forecast.index.isin(cohort.index)]
    groups = cohort.reindex(known.index).map(name_cohort)
    totals = bound_groups(cached.manifest(run_id), known, groups)
    return sum_cohorts(cohorts(run_id, unit), cohort, forecast, totals)


@st.cache_data(max_entries=64, show_spinner=False)
def members(run_id: str, unit: Unit, cohort: pd.Timestamp, period: int | None) -> pd.Index:
    """Return the customers of a cohort, or those of them who bought in one of its periods."""
    won = assigned(run_id, unit)
    everybody = won.index[won == cohort]
    if period is None:
        return everybody
    tables = cached.tables(cached.dataset_of_run(run_id))
    return find_active(tables, everybody, cohorts(run_id, unit), cohort.date(), period)
