"""How ranges and chances of buying held on customers that taught neither."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.evaluation.chances import AS_GIVEN, IN_USE
from clv_core.evaluation.coverage import Coverage
from pages.parts import cached, derived
from pages.parts.charts import draw
from pages.parts.charts_chances import reliability_curve
from pages.parts.charts_error import coverage_bars
from pages.parts.subject import Subject
from pages.parts.text import _, number, percent, safe
from pages.parts.words import model_name, value_tier


def show_coverage(subject: Subject) -> None:
    """Show how many customers fell inside their range: all, by tier and by tenth."""
    st.subheader(_("Are the ranges right?"), anchor=False)
    coverage = cached.coverage(subject.run_id)
    if coverage is None:
        st.markdown(safe(subject.tell_unchecked()))
        return
    draw(
        coverage_bars(coverage.by_decile, coverage.share, coverage.covered_share, subject.terms),
        "trust_coverage",
    )
    st.caption(safe(tell_coverage(subject, coverage)))
    if coverage.free_share is not None:
        st.caption(safe(_tell_free(coverage)))
    if len(coverage.by_tier):
        st.dataframe(
            _tier_table(coverage, subject),
            hide_index=True,
            alt=_("How many customers of each value tier fell inside their range"),
        )


def tell_coverage(subject: Subject, coverage: Coverage) -> str:
    """Say how many customers fell inside their range in the test."""
    return subject.coverage_told().format(
        covered=percent(coverage.covered_share, 1),
        low=percent(coverage.low, 1),
        high=percent(coverage.high, 1),
    )


def _tell_free(coverage: Coverage) -> str:
    return _(
        "Of the {customers} customers who were expected to buy nothing with a chance below {share},"
        " {free} fell inside."
    ).format(
        customers=number(coverage.free_customers),
        share=percent(coverage.share),
        free=percent(coverage.free_share or 0.0, 1),
    )


def _tier_table(coverage: Coverage, subject: Subject) -> pd.DataFrame:
    tiers = coverage.by_tier
    return pd.DataFrame(
        {
            _("Value tier"): [value_tier(tier) for tier in tiers["tier"]],
            _("Customers"): [number(count) for count in tiers["customers"]],
            _("Fell inside their range"): [percent(s, 1) for s in tiers["covered_share"]],
            _("Mean width of the range"): [subject.terms.money(w) for w in tiers["mean_width"]],
        }
    )


def show_chances(run_id: str) -> None:
    """Show whether chances of buying came true, and how they compare; nothing if unknown."""
    curve, measured = derived.reliability(run_id), cached.measured_chances(run_id)
    if curve is None or measured is None:
        return
    st.subheader(_("Are the chances of buying right?"), anchor=False)
    left, right = st.columns([3, 2])
    with left:
        draw(reliability_curve(curve), "trust_reliability")
    with right:
        st.dataframe(
            _chance_table(measured),
            hide_index=True,
            alt=_("Log-loss and Brier score of the chances of buying in the test"),
        )
        st.caption(_("Lower is better. Both punish chances that were confident and wrong."))


def _chance_table(measured: pd.DataFrame) -> pd.DataFrame:
    names = {IN_USE: _("In use"), AS_GIVEN: _("As the model gave them")}
    return pd.DataFrame(
        {
            _("Chances"): [names.get(name, model_name(name)) for name in measured["name"]],
            _("Log-loss"): [number(value, 4) for value in measured["log_loss"]],
            _("Brier score"): [number(value, 4) for value in measured["brier"]],
        }
    )
