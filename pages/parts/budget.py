"""What is assumed of money spent, asked for; what it comes to, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from clv_core.activation.budget import BudgetPlan, compare_budgets, spread_evenly
from clv_core.activation.playbook import TierName
from clv_core.activation.spend_response import (
    BudgetSettings,
    SpendResponse,
    TierResponse,
    fill_in,
)
from clv_core.errors import InvalidSetting, UserDataError
from clv_core.storage.kept_settings import forget_kept, keep, read_kept
from pages.parts.charts import in_money
from pages.parts.state import workspace
from pages.parts.terms import Terms
from pages.parts.text import _, number, percent, safe, show_error
from pages.parts.words import marketing_tier

STEPS = (0.8, 1.0, 1.2)  # of the budget, set side by side
UNKNOWN = "–"
_BEGINNINGS = "budget_beginnings"  # how often fields had to begin anew


def choose_assumptions(
    dataset_id: str, profile: pd.DataFrame, margin_rate: float, currency: str
) -> tuple[float, dict[TierName, TierResponse], float]:
    """Let the user say budget, assumptions and limits; return those that are kept.

    Returns
    -------
    budget, assumptions of every tier, target ratio
    """
    kept = _read(dataset_id)
    total, tiers = fill_in(kept, profile, margin_rate)
    began = st.session_state.get(_BEGINNINGS, 0)  # a browser keeps what a field of one key holds
    owner = f"{dataset_id}:{began}"
    with st.form(f"budget:{dataset_id}"):
        left, right = st.columns(2)
        budget = left.number_input(
            in_money(_("Budget"), currency),
            0.0,
            1e12,
            total,
            format="%.2f",
            key=f"budget_total:{owner}",
        )
        ratio = right.number_input(
            _("Value to acquisition cost, at least"),
            0.1,
            100.0,
            kept.target_ratio,
            step=0.5,
            format="%.1f",
            key=f"budget_ratio:{owner}",
            help=_("For the highest bids below. 3 to 1 is customary, and no more than that."),
        )
        edited = _edit_tiers(owner, profile, tiers, currency)
        with st.container(horizontal=True):
            is_said = st.form_submit_button(
                _("Keep and work out"), type="primary", icon=":material/calculate:"
            )
            is_reset = st.form_submit_button(_("Back to the starting values"))
    if is_reset:
        forget_kept(workspace(), dataset_id, BudgetSettings)
        st.session_state[_BEGINNINGS] = began + 1
        st.rerun()
    if not is_said:
        return total, tiers, kept.target_ratio
    try:
        said = BudgetSettings.check(
            {"total": budget, "target_ratio": ratio, "tiers": _read_tiers(profile, edited)}
        )
        keep(workspace(), dataset_id, said)
    except UserDataError as error:
        show_error(error)
        st.stop()
    return *fill_in(said, profile, margin_rate), said.target_ratio


def _read(dataset_id: str) -> BudgetSettings:
    try:
        return read_kept(workspace(), dataset_id, BudgetSettings)
    except InvalidSetting as error:
        show_error(error)
        return BudgetSettings()


def _edit_tiers(
    owner: str,
    profile: pd.DataFrame,
    tiers: Mapping[TierName, TierResponse],
    currency: str,
) -> pd.DataFrame:
    told = pd.DataFrame(
        {
            "tier": [marketing_tier(tier) for tier in profile["tier"]],
            "customers": profile["customers"].to_numpy(),
            "max_lift": [tiers[tier].max_lift * 100 for tier in profile["tier"]],
            "half_spend": [tiers[tier].half_spend for tier in profile["tier"]],
            "least": [tiers[tier].least for tier in profile["tier"]],
            "most": pd.Series([tiers[tier].most for tier in profile["tier"]], dtype="float64"),
        }
    )
    return st.data_editor(
        told,
        hide_index=True,
        height="content",
        placeholder=_("no limit"),
        disabled=["tier", "customers"],
        column_config={
            "tier": st.column_config.TextColumn(_("Tier"), pinned=True),
            "customers": st.column_config.NumberColumn(_("Customers"), format="localized"),
            "max_lift": st.column_config.NumberColumn(
                _("Greatest lift (% of expected value)"),
                required=True,
                min_value=0.0,
                max_value=500.0,
                format="%.1f",
                help=_("By how much their value could rise at all, however much is spent."),
            ),
            "half_spend": st.column_config.NumberColumn(
                in_money(_("Half spend, per customer"), currency),
                required=True,
                min_value=0.0001,
                format="%.2f",
                help=_("What has to be spent on one customer to reach half of that lift."),
            ),
            "least": st.column_config.NumberColumn(
                in_money(_("At least, in total"), currency),
                required=True,
                min_value=0.0,
                format="%.2f",
            ),
            "most": st.column_config.NumberColumn(
                in_money(_("At most, in total"), currency), min_value=0.0, format="%.2f"
            ),
        },
        key=f"budget_tiers:{owner}",
        alt=_("What is assumed of each tier, and what may be spent on it"),
    )


def _read_tiers(profile: pd.DataFrame, edited: pd.DataFrame) -> dict[str, Any]:
    return {
        tier: {
            "max_lift": row.max_lift / 100,
            "half_spend": row.half_spend,
            "least": row.least,
            "most": None if pd.isna(row.most) else row.most,
        }
        for tier, row in zip(profile["tier"], edited.itertuples(), strict=True)
    }


def show_plan(
    plan: BudgetPlan, response: SpendResponse, profile: pd.DataFrame, terms: Terms
) -> None:
    """Show what a plan comes to, beside the same money spread evenly."""
    with st.grid(4, min_column_width=180):
        st.metric(_("Spent"), terms.money(plan.spend), border=True)
        st.metric(_("Margin added, as assumed"), terms.money(plan.gain), border=True)
        st.metric(_("Net gain"), terms.money(plan.net), border=True)
        st.metric(
            _("Pays for itself from"),
            UNKNOWN if plan.break_even is None else percent(plan.break_even),
            border=True,
            help=_("Of the lifts assumed: if they are truly below this part, money is lost."),
        )
    if plan.spend > 0:
        customers = profile.set_index("tier")["customers"].loc[list(response.names)]
        even = spread_evenly(response, customers.to_numpy(float), plan.spend)
        st.markdown(
            safe(
                _("The same money, spread evenly over all customers: a net gain of {even}.").format(
                    even=terms.money(even)
                )
            )
        )
    if plan.unspent > 0:
        st.info(
            safe(
                _(
                    "{unspent} of the budget stay unspent: under these assumptions more would bring"
                    " back less than it costs, or the groups' limits do not allow it."
                ).format(unspent=terms.money(plan.unspent))
            )
        )
    st.warning(
        _(
            "Nothing here was measured. What a contact truly adds shows only against customers left"
            " without it: keep the control group that every export offers, and put in the lift"
            " that you find."
        )
    )
    st.page_link(
        "pages/act/look_back.py",
        label=_("Look back: what lists with a control group brought"),
        icon=":material/history:",
    )


def plan_table(plan: BudgetPlan, profile: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Return what each tier gets and gives, as text."""
    customers = profile.set_index("tier")["customers"].reindex(plan.table.index)
    return pd.DataFrame(
        {
            _("Tier"): [marketing_tier(tier) for tier in plan.table.index],
            _("Customers"): customers.to_numpy(),
            _("Spent"): [terms.money(amount) for amount in plan.table["spend"]],
            _("Spent per customer"): [
                terms.money(amount, 2) for amount in plan.table["spend"] / customers
            ],
            _("Margin added"): [terms.money(amount) for amount in plan.table["gain"]],
            _("Net gain"): [terms.money(amount) for amount in plan.table["net"]],
            _("Next unit of money adds"): [number(slope, 2) for slope in plan.table["marginal"]],
        }
    )


def step_table(response: SpendResponse, budget: float, terms: Terms) -> pd.DataFrame:
    """Return what a fifth less and a fifth more money does, as text."""
    compared = compare_budgets(response, np.array([step * budget for step in STEPS]))
    return pd.DataFrame(
        {
            _("Budget"): [terms.money(amount) for amount in compared["budget"]],
            _("Spent"): [terms.money(amount) for amount in compared["spend"]],
            _("Margin added"): [terms.money(amount) for amount in compared["gain"]],
            _("Net gain"): [terms.money(amount) for amount in compared["net"]],
            _("Next unit of money adds"): [number(slope, 2) for slope in compared["marginal"]],
        }
    )
