"""One customer's reasons by a second method, and how far it can be believed."""

from __future__ import annotations

import math

import streamlit as st

from clv_core.errors import UserDataError
from pages.parts import cached, derived_explain
from pages.parts.charts import draw
from pages.parts.charts_explain_closely import two_attributions
from pages.parts.subjects import read_subject
from pages.parts.text import _, number, percent, safe, say

SHOWN = 8


def show_local_surrogate(run_id: str, key: int) -> None:
    """Offer a straight-line model near one customer (LIME) beside the contributions.

    Parameters
    ----------
    run_id : str
    key : int
        The customer's ``customer_key``.
    """
    box = st.expander(
        _("A second opinion: a straight-line model near this customer (LIME)"),
        icon=":material/compare:",
        on_change="rerun",
        key="local_surrogate",
    )
    if box.open:
        with box:
            _show(run_id, key)


def _show(run_id: str, key: int) -> None:
    try:
        local = derived_explain.local_surrogate(run_id, key)
    except UserDataError as error:
        st.info(safe(say(error.problem)), icon=":material/info:")
        return
    subject = read_subject(run_id)
    told = cached.explanation_of(run_id, key).contributions.loc[key]
    agreement = derived_explain.agreement(run_id, key)
    shown = told[told.abs().sort_values(ascending=False, kind="stable").index[:SHOWN]]
    title = _("Both say up or down alike for {same} of the {count} facts that weigh most").format(
        same=number(agreement.same_sign), count=number(agreement.features)
    )
    parts = local.contributions.reindex(shown.index, fill_value=0.0)
    left, middle, right = st.columns(3)
    left.metric(
        _("Fidelity near this customer"),
        "–" if math.isnan(local.fidelity) else percent(local.fidelity),
        help=_(
            "Of how the model's forecasts of like customers differ, the part that the straight"
            " line repeats (weighted R², on people it was not fitted on). Below 0 it does worse"
            " than one number for all of them."
        ),
        border=True,
        height="stretch",
    )
    middle.metric(
        _("Straight line / model"),
        safe(f"{subject.terms.money(local.told)} / {subject.terms.money(local.forecast)}"),
        border=True,
        height="stretch",
    )
    right.metric(
        _("Agreement of ranks"),
        "–" if math.isnan(agreement.rank_correlation) else number(agreement.rank_correlation, 2),
        help=_(
            "Spearman's rank correlation over the {count} facts that weigh most: 1 is the same"
            " order, 0 is none in common. {shared} of them weigh most in both."
        ).format(count=number(agreement.features), shared=number(agreement.shared)),
        border=True,
        height="stretch",
    )
    draw(
        two_attributions(shown, parts, title, subject.terms, has_own_names=subject.has_own_names),
        "local_surrogate_chart",
    )
    st.caption(
        _(
            "The model was asked about people like this customer, some facts taken from others,"
            " and a straight line fitted to its answers, the more alike the more they count. Where"
            " the fidelity is low, believe the contributions above: they add up to the forecast,"
            " the line does not. Both are associations, not causes."
        )
    )
