"""What the export page needs of everybody, kept by keys and in the order of a list.

No address, number or name is in here: only who has one, who shares one with whom, and
who is on the suppression list.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from clv_core.activation.export_settings import ExportSettings
from clv_core.activation.handover import find_earlier_controls
from clv_core.runs.reading import FORECAST_FILE, read_rows
from clv_core.settings import SegmentSettings
from clv_core.storage.suppression import SuppressionList
from clv_core.storage.workspace import Workspace
from clv_core.views.exporting import TOLD, read_suppressed, select_candidates
from clv_core.views.source import Source
from pages.parts import cached, derived
from pages.parts.state import workspace
from pages.parts.views import open_view, require_view

BY_TEXT: Final = {SegmentSettings: SegmentSettings.to_json}  # how settings become keys


def require(run_id: str, settings: ExportSettings) -> None:
    """See to it that contact fields were looked through, or end the page with how far it is."""
    require_view(run_id, "survey", _asked_country(settings.default_country))
    require_view(run_id, "draw", {"seed": settings.seed})
    stamp = _stamp()
    if stamp:
        asked = {"default_country": settings.default_country, "stamp": stamp}
        require_view(run_id, "suppressed", asked)


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs=BY_TEXT)
def candidates(run_id: str, cutoffs: SegmentSettings) -> pd.DataFrame:
    """Return what decides who is on a list, the highest forecast first; not to be changed."""
    return select_candidates(derived.tiered_forecast(run_id, cutoffs, *TOLD))


@st.cache_resource(max_entries=2, show_spinner=False)
def survey(run_id: str, default_country: str) -> pd.DataFrame:
    """Return what is known of contact fields, in the order of a list; not to be changed."""
    table = open_view(run_id, "survey", _asked_country(default_country)).table("survey")
    return table.set_index("customer_key").loc[_order_of_lists(run_id)]


@st.cache_resource(max_entries=2, show_spinner=False)
def numbers(run_id: str, seed: int) -> pd.Series:
    """Return every customer's number in a draw, in the order of a list; not to be changed."""
    table = open_view(run_id, "draw", {"seed": seed}).table("draw")
    return table.set_index("customer_key")["number"].loc[_order_of_lists(run_id)]


def _order_of_lists(run_id: str) -> pd.Index:
    """Return everybody, the highest forecast first."""
    told = cached.forecast(run_id, "predicted")["predicted"]
    if told.is_monotonic_decreasing:
        return told.index
    return told.sort_values(ascending=False, kind="stable").index


def suppressed(run_id: str, default_country: str) -> pd.Index:
    """Return who is on the suppression list.

    Raises
    ------
    NothingStored
        Where that is not known.
    """
    return read_suppressed(Source(workspace(), run_id), default_country)


@st.cache_data(max_entries=8, show_spinner=False)
def earlier_controls(dataset_id: str, exports: tuple[str, ...]) -> pd.Index:
    """Return whom earlier exports kept out; ``exports`` are their ids, which grow in number."""
    del exports
    return find_earlier_controls(Workspace.default(), dataset_id)


def read_forecast(run_id: str, keys: pd.Index) -> pd.DataFrame:
    """Return all that is forecast of some customers, index ``customer_key``."""
    return read_rows(workspace().run(run_id).folder / FORECAST_FILE, keys)


def _stamp() -> str:
    """Return what changes with the suppression list; empty where nobody is on it."""
    listed = SuppressionList(workspace())
    if not len(listed):
        return ""
    listed.find([()])  # tells where its key is gone
    return listed.stamp()


def _asked_country(default_country: str) -> dict[str, Any]:
    return {"default_country": default_country}
