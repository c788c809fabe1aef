"""What is left of revenue and what a customer costs: asked once per data set, and kept."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from clv_core.economic_settings import EconomicSettings
from clv_core.errors import InvalidSetting, UserDataError
from clv_core.sentences import Sentence
from clv_core.storage.kept_settings import keep, read_kept
from pages.parts.charts import in_money
from pages.parts.state import workspace
from pages.parts.text import _, show_error


def choose_economics(dataset_id: str, currency: str = "") -> EconomicSettings:
    """Let the user say margin and costs of a data set's shop; return what is kept.

    Nothing is guessed: what was never said is None.

    Parameters
    ----------
    dataset_id : str
    currency : str
        ISO code; the unit of the costs.
    """
    kept = _read(dataset_id)
    is_unsaid = kept == EconomicSettings()
    with (
        st.expander(
            _("Margin and acquisition costs"), icon=":material/payments:", expanded=is_unsaid
        ),
        st.form(f"economics:{dataset_id}", border=False),
    ):
        rates = _ask_rates(dataset_id, kept, currency)
        months = _ask_months(dataset_id, kept, currency)
        if st.form_submit_button(_("Keep for these data"), icon=":material/save:"):
            try:
                chosen = EconomicSettings.check(rates | {"acquisition_costs": _read_months(months)})
                keep(workspace(), dataset_id, chosen)
            except UserDataError as error:
                show_error(error)
            else:
                st.toast(_("Kept for these data."), icon=":material/check:")
                return chosen
    return kept


def _read(dataset_id: str) -> EconomicSettings:
    try:
        return read_kept(workspace(), dataset_id, EconomicSettings)
    except InvalidSetting as error:  # of another version, or damaged: to be said anew
        show_error(error)
        return EconomicSettings()


def _ask_rates(dataset_id: str, kept: EconomicSettings, currency: str) -> dict[str, Any]:
    left, right = st.columns(2)
    margin = left.number_input(
        _("Margin (% of net revenue)"),
        min_value=0.1,
        max_value=100.0,
        value=None if kept.margin_rate is None else kept.margin_rate * 100,
        step=1.0,
        format="%.1f",
        placeholder=_("not known"),
        key=f"economics_margin:{dataset_id}",
        help=_("What is left after goods, delivery and fees. Yours to say: it is never guessed."),
    )
    cost = right.number_input(
        in_money(_("Cost of winning one customer"), currency),
        min_value=0.0,
        max_value=1e9,
        value=kept.acquisition_cost,
        format="%.2f",
        placeholder=_("not known"),
        key=f"economics_cost:{dataset_id}",
        help=_("Advertising and welcome offers of a month, divided by the new customers in it."),
    )
    return {"margin_rate": None if margin is None else margin / 100, "acquisition_cost": cost}


def _ask_months(dataset_id: str, kept: EconomicSettings, currency: str) -> pd.DataFrame:
    """Let the user edit ``month, cost``; rows left half empty are no rows."""
    st.caption(_("Where you know it month by month, enter it here; other months use the above."))
    edited = st.data_editor(
        pd.DataFrame(
            {
                "month": pd.Series(list(kept.acquisition_costs), dtype="str"),
                "cost": pd.Series(list(kept.acquisition_costs.values()), dtype="float64"),
            }
        ),
        num_rows="dynamic",
        hide_index=True,
        height="content",
        placeholder="",
        column_config={
            "month": st.column_config.TextColumn(
                _("Month of the first order (2026-10)"),
                required=True,
                validate="^[0-9]{4}-(0[1-9]|1[0-2])$",
            ),
            "cost": st.column_config.NumberColumn(
                in_money(_("Cost of winning one customer"), currency),
                required=True,
                min_value=0.0,
                max_value=1e9,
                format="%.2f",
            ),
        },
        key=f"economics_months:{dataset_id}",
        alt=_("Cost of winning one customer by month"),
    )
    return edited.dropna()


def _read_months(months: pd.DataFrame) -> dict[str, float]:
    if months["month"].duplicated().any():
        raise InvalidSetting(
            Sentence("A month has two costs."), Sentence("Leave one row for each month.")
        )
    return {str(month): float(cost) for month, cost in months.itertuples(index=False)}
