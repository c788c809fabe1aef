"""What a training is about to learn from, and what it keeps back to test on."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import streamlit as st

from clv_core.features.windows import WindowPlan
from clv_core.model_settings import NetworkSettings
from clv_core.models.titles import MORE_MODELS, MORE_VALUE_MODELS
from clv_core.network_presets import NETWORK_PRESETS, VALUE_TABLE_PRESETS
from clv_core.settings import RunSettings, WindowSettings
from pages.parts import cached
from pages.parts.charts import draw
from pages.parts.charts_customers import division_bar
from pages.parts.divisions import divide_in_words
from pages.parts.inputs import bounds
from pages.parts.text import _, day, number, safe, say

CHOSEN_BY_US: Final = 0
HORIZONS: Final = (CHOSEN_BY_US, 30, 60, 90, 180, 365, 730)
LEAKS_TOLD: Final = 8


@dataclass(frozen=True)
class Learning(ABC):
    """What a data set can teach.

    Attributes
    ----------
    dataset_id : str
    """

    presets: ClassVar[Mapping[str, NetworkSettings]]
    more_models: ClassVar[tuple[str, ...]]  # beside the standard ones
    has_days: ClassVar[bool]
    key: ClassVar[str]  # before the presets' names in the keys of widgets

    dataset_id: str

    @property
    @abstractmethod
    def has_categories(self) -> bool:
        """Whether some columns hold words."""

    @abstractmethod
    def ask(self) -> WindowSettings:
        """Show how the data will be divided, and ask what can be chosen of it."""


class LearningFromDays(Learning):
    """Dated rows: the past teaches, and days after it test."""

    presets = NETWORK_PRESETS
    more_models = MORE_MODELS
    has_days = True
    key = ""

    @property
    def has_categories(self) -> bool:
        """Whether some columns hold words: all features of dated rows are numbers."""
        return False

    def ask(self) -> WindowSettings:
        """Ask how far to look ahead and where the test starts; show how the days are cut."""
        st.header(_("Days"))
        horizon, cutoff = self._ask_windows()
        _show_days(cached.window_plan(self.dataset_id, horizon, cutoff))
        return WindowSettings.check(
            {"horizon_days": horizon, "cutoff": cutoff, "cutoff_jitter_days": _ask_jitter()}
        )

    def _ask_windows(self) -> tuple[int | None, dt.date | None]:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            days = st.selectbox(
                _("How far to look ahead"),
                HORIZONS,
                format_func=lambda days: (
                    _("{days} days").format(days=days) if days else _("Chosen for these data")
                ),
                key="horizon",
                persist_state="session",
            )
            horizon, cutoff = days or None, None
            if st.toggle(_("Choose the day that the test starts from"), key="by_hand"):
                tables = cached.tables(self.dataset_id)
                cutoff = st.date_input(
                    _("Last day that the models may see in the test"),
                    value=cached.window_plan(self.dataset_id, horizon).holdout_cutoff,
                    min_value=tables.first_day,
                    max_value=tables.last_day,
                )
        return horizon, cutoff


def _ask_jitter() -> int:
    lowest, highest = bounds(WindowSettings, "cutoff_jitter_days")
    with st.expander(_("Past days that teach"), icon=":material/shuffle:"):
        return int(
            st.number_input(
                _("Days moved at random, at most"),
                min_value=int(lowest),
                max_value=int(highest),
                value=WindowSettings().cutoff_jitter_days,
                help=_(
                    "The past days that models learn from lie evenly. Moved a little, they do not"
                    " all fall on the same part of a month; 0 moves none."
                ),
                key="jitter",
                persist_state="session",
            )
        )


def _show_days(plan: WindowPlan) -> None:
    end = plan.holdout_cutoff + dt.timedelta(days=plan.horizon_days)
    with st.grid(4, min_column_width=190):
        st.metric(
            _("Looks ahead"), _("{days} days").format(days=number(plan.horizon_days)), border=True
        )
        st.metric(_("Test starts after"), day(plan.holdout_cutoff), border=True)
        st.metric(_("Test ends"), day(end), border=True)
        st.metric(_("Forecast starts after"), day(plan.forecast_cutoff), border=True)
    for reason in plan.reasons:
        st.markdown(f"- {safe(say(reason))}")


class LearningFromCustomers(Learning):
    """One row per customer with a value: some customers teach, and others test."""

    presets = VALUE_TABLE_PRESETS
    more_models = MORE_VALUE_MODELS
    has_days = False
    key = "value_"

    @property
    def has_categories(self) -> bool:
        """Whether some columns hold words."""
        features = cached.value_table(self.dataset_id).features
        return any(feature.type == "category" for feature in features)

    def ask(self) -> WindowSettings:
        """Show how the customers will be divided; there is nothing to choose."""
        st.header(_("Customers"))
        plan = cached.split_plan(self.dataset_id, RunSettings().seed)
        table = cached.value_table(self.dataset_id)
        st.caption(
            safe(
                _(
                    "The models learn to tell the column “{column}” from {features} other columns."
                    " This measures fit to a given column; it is not a forecast in time."
                ).format(column=table.target_name, features=number(len(table.features)))
            )
        )
        self._tell_leaks()
        draw(division_bar(plan), "train_division")
        for reason in divide_in_words(plan):
            st.markdown(f"- {safe(reason)}")
        return WindowSettings()

    def _tell_leaks(self) -> None:
        """Name the columns that are learnt from although they may give the value away."""
        leaks = cached.value_table(self.dataset_id).leaks
        if not leaks:
            return
        st.warning(
            _(
                "Columns that are learnt from although they look as if they gave the value away:"
                " {count}. The test may look better than any real use. To leave them out, read the"
                " file again without them."
            ).format(count=number(len(leaks))),
            icon=":material/warning:",
        )
        for name, why in list(leaks.items())[:LEAKS_TOLD]:
            st.text(f"{name}: {say(why)}")
        if len(leaks) > LEAKS_TOLD:
            st.caption(_("And {count} more.").format(count=number(len(leaks) - LEAKS_TOLD)))


def open_learning(dataset_id: str) -> Learning:
    """Return what a data set can teach."""
    is_log = cached.shape_of_dataset(dataset_id) == "log"
    return LearningFromDays(dataset_id) if is_log else LearningFromCustomers(dataset_id)
