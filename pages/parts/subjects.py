"""Opening what a result is of."""

from __future__ import annotations

import streamlit as st

from pages.parts import cached
from pages.parts.dated_forecast import DatedForecast
from pages.parts.given_value import GivenValue
from pages.parts.subject import Subject
from pages.parts.text import safe


def read_subject(run_id: str) -> Subject:
    """Return what a result's numbers are of."""
    kind = GivenValue if cached.shape(run_id) == "value_table" else DatedForecast
    return kind.read(run_id)


def show_subject(run_id: str) -> Subject:
    """Show in one line what the numbers below are of."""
    subject = read_subject(run_id)
    st.caption(safe(subject.describe()))
    return subject
