"""Cohorts of a result's customers, kept by its id; ``derived.py`` has the other figures."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from clv_core.segments.cohorts import Cohorts
from clv_core.segments.periods import Unit
from clv_core.storage.kept_views import KeptView
from clv_core.views.cohorts import find_members, read_cohorts
from clv_core.views.source import Source
from pages.parts.state import workspace
from pages.parts.views import open_view, require_view

NAME = "cohorts"


def require(run_id: str, unit: Unit) -> None:
    """See to it that the cohorts of a result are there, or end the page with how far they are."""
    require_view(run_id, NAME, _asked(unit))


@st.cache_data(max_entries=16, show_spinner=False)
def cohorts(run_id: str, unit: Unit) -> Cohorts:
    """Return what every cohort did up to the day that the forecast begins after."""
    return read_cohorts(_view(run_id, unit), Source(workspace(), run_id), unit)


@st.cache_data(max_entries=16, show_spinner=False)
def won(run_id: str, unit: Unit) -> pd.DataFrame:
    """Return the customers of each cohort by the month of their first purchase."""
    return _view(run_id, unit).table("won")


@st.cache_data(max_entries=16, show_spinner=False)
def outlook(run_id: str, unit: Unit) -> pd.DataFrame:
    """Return what each cohort has brought and is expected to bring, with its range."""
    return _view(run_id, unit).table("outlook")


def count_members(run_id: str, unit: Unit, cohort: pd.Timestamp, period: int | None) -> int:
    """Count the customers of a cohort, or those of them who bought in one of its periods."""
    cells = cohorts(run_id, unit).cells
    lies = (cells["cohort"] == cohort) & (cells["period"] == (period or 0))
    return int(cells.loc[lies, "active"].sum())


def members(run_id: str, unit: Unit, cohort: pd.Timestamp, period: int | None) -> pd.Index:
    """Return the customers of a cohort, or those of them who bought in one of its periods."""
    return find_members(_view(run_id, unit), unit, cohort, period)


def _view(run_id: str, unit: Unit) -> KeptView:
    return open_view(run_id, NAME, _asked(unit))


def _asked(unit: Unit) -> dict[str, Any]:
    return {"unit": unit}
