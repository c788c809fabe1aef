"""How deep an offer to each tier can be, and whom it falls on."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from clv_core.activation.offers import FairnessCheck
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from pages.parts import cached, derived_products
from pages.parts.economics import choose_economics
from pages.parts.playbook import read_playbook
from pages.parts.subject import Subject
from pages.parts.text import _, number, percent, safe, say
from pages.parts.words import marketing_tier

LIMITS = {
    "share": Sentence("The planned share of the margin"),
    "margin": Sentence("The margin: nothing is sold below cost"),
    "nothing": Sentence("No offer is planned"),
    "unknown": Sentence("Not known: no lower bound, or no orders expected"),
}


def show_offers(subject: Subject, cutoffs: SegmentSettings) -> None:
    """Show the deepest discount on the next order that each tier can carry, with cautions."""
    st.subheader(_("How deep an offer can be"), anchor=False)
    dataset = cached.dataset_of_run(subject.run_id)
    economics = choose_economics(dataset, subject.currency)
    if economics.margin_rate is None:
        st.markdown(
            safe(_("Say above what share of revenue is left as margin; nothing is guessed."))
        )
        return
    derived_products.require_groups(subject.run_id)
    table, checks = derived_products.offers(
        subject.run_id, cutoffs, read_playbook(dataset), economics.margin_rate
    )
    money = subject.terms.money
    st.dataframe(
        pd.DataFrame(
            {
                _("Tier"): [marketing_tier(tier) for tier in table.index],
                _("Customers"): [number(count) for count in table["customers"]],
                _("Discount up to"): [_write(depth, percent) for depth in table["depth"]],
                _("On an order of"): [_write(value, money) for value in table["order_value"]],
                _("Costs at most"): [_write(value, money) for value in table["ceiling"]],
                _("Limited by"): [say(LIMITS[name]) for name in table["limited_by"]],
            }
        ),
        hide_index=True,
        alt=_("The deepest discount on the next order for each marketing tier"),
    )
    st.caption(
        safe(
            _(
                "Margin × the tier's share of it (page Tiers) × what a customer of the tier brings"
                " at least, against the mean order expected. It says what a tier can carry, not"
                " that an offer pays: only customers left without one can tell."
            )
        )
    )
    _show_fairness(checks)


def _show_fairness(checks: dict[str, FairnessCheck]) -> None:
    same = all(check.is_same_within_tiers for check in checks.values())
    told = [
        _(
            "Fairness: a tier is made from what customers bought and are expected to buy. Name,"
            " e-mail, telephone, address and country take no part in the forecast, the tier or the"
            " depth."
        )
    ]
    if checks and same:
        told.append(_("Checked: everybody in a tier is offered the same."))
    titles = {"country": _("country"), "name_script": _("the script of the name")}
    for name, check in checks.items():
        if len(check.by_group) < 2 or check.by_group["depth"].isna().any():
            continue
        told.append(_tell_groups(titles[name], check))
    told.append(
        _(
            "Look at it before you send: habits of buying can follow age, income or origin even"
            " where nothing says so, and some countries' laws on prices that differ by person ask"
            " you to tell customers."
        )
    )
    with st.container(border=True):
        for sentence in told:
            st.markdown(safe(sentence))


def _tell_groups(title: str, check: FairnessCheck) -> str:
    facts = {
        "what": title,
        "low": percent(float(check.by_group["depth"].min()), 1),
        "high": percent(float(check.by_group["depth"].max()), 1),
        "groups": number(len(check.by_group)),
    }
    if check.differs:
        return _(
            "By {what}, tiers are not spread alike: the mean discount of {groups} groups goes from"
            " {low} to {high}, more than chance explains. Ask why before you send."
        ).format(**facts)
    return _(
        "By {what}, no more difference than chance explains: the mean discount of {groups} groups"
        " goes from {low} to {high}."
    ).format(**facts)


def _write(value: float, write: Callable[[float], str]) -> str:
    return "–" if pd.isna(value) else write(value)
