"""What a result is of: days to come, or a column that was given. Pages ask it, and do not look.

What both kinds share is in the pages; ``dated_forecast.py`` and ``given_value.py`` hold
what is true of one of them only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple

import pandas as pd
import streamlit as st

from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from pages.parts import cached, derived
from pages.parts.terms import Terms
from pages.parts.text import safe

UNKNOWN: Final = "–"


class Total(NamedTuple):
    """A number about all customers, as text."""

    name: str
    text: str
    help: str | None = None  # Markdown


@dataclass(frozen=True)
class Subject(ABC):
    """What a result's numbers are of.

    Attributes
    ----------
    run_id : str
    terms : Terms
        What its figures and tables call things.
    model : str
        In use for the forecast.
    customers : int
    """

    caveats: ClassVar[tuple[Sentence, ...]]  # what its test does not show
    compared: ClassVar[tuple[str, ...]]  # models beside the one in use, where it was fitted
    marketing_tiers: ClassVar[tuple[str, ...]]
    has_own_names: ClassVar[bool]  # features bear the user's headers, and no families

    run_id: str
    terms: Terms
    model: str
    customers: int

    @property
    def currency(self) -> str:
        """ISO code of the amounts; empty where unknown."""
        return self.terms.currency

    @abstractmethod
    def describe(self) -> str:
        """Say in one line what the numbers on a page are of."""

    @abstractmethod
    def list_totals(self) -> list[Total]:
        """Return what all customers come to."""

    @abstractmethod
    def define_value(self) -> list[str]:
        """Say what value means, and what the range of the total contains."""

    def show_totals(self) -> None:
        """Show what all customers come to, and say what value means."""
        with st.grid(2, min_column_width=280):
            for total in self.list_totals():
                st.metric(
                    total.name, safe(total.text), help=total.help, border=True, height="stretch"
                )
        meaning, *further = self.define_value()
        st.markdown(safe(meaning))
        for sentence in further:
            st.caption(safe(sentence))

    @abstractmethod
    def tell_division(self) -> list[str]:
        """Say what was learnt from and what was kept back for the test, and why."""

    @abstractmethod
    def show_division(self) -> None:
        """Show what was learnt from and what was kept back for the test."""

    @abstractmethod
    def tell_untested(self) -> str:
        """Say why there is no test."""

    @abstractmethod
    def tell_unchecked(self) -> str:
        """Say why ranges could not be checked."""

    @abstractmethod
    def coverage_told(self) -> str:
        """Say how many fell inside their range: ``{covered}``, between ``{low}`` and ``{high}``."""

    @abstractmethod
    def compare_tiers(self, cutoffs: SegmentSettings) -> None:
        """Let the user choose a feature, and show it by value tier."""

    @abstractmethod
    def caution(self) -> str:
        """Say what reasons are not."""

    @abstractmethod
    def tell_consent(self) -> str:
        """Say what to do where nobody's consent is known."""

    @abstractmethod
    def list_columns(self) -> dict[str, object]:
        """Return the columns of a list of customers, and how they are headed and written."""

    @abstractmethod
    def customer_values(self, customer: pd.Series) -> dict[str, str]:
        """Return what is forecast of one customer, as text by its name."""

    @abstractmethod
    def customer_facts(self, customer: pd.Series, key: int) -> dict[str, str]:
        """Return what else is known of one customer, as text by its name."""


def write_range(customer: pd.Series, terms: Terms) -> str:
    """Write one customer's range; a dash where there is none."""
    if pd.isna(customer["low"]):
        return UNKNOWN
    return f"{terms.money(customer['low'])} – {terms.money(customer['high'])}"


def read_facts(run_id: str) -> dict[str, object]:
    """Return what every kind of subject is made with, its terms apart."""
    return {
        "run_id": run_id,
        "model": str(cached.manifest(run_id)["model"]),
        "customers": derived.outlook(run_id).customers,
    }
