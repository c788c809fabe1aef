"""What a list is to be: where it goes, who is on it, who is kept out to be compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from babel import Locale

from clv_core.activation.control_group import DEFAULT_SHARE
from clv_core.activation.countries import country_codes
from clv_core.activation.export_settings import DEFAULT_SEED, ExportSettings
from clv_core.activation.platforms.registry import TARGETS
from clv_core.activation.platforms.target import Target
from clv_core.segments.value_tiers import VALUE_TIERS
from pages.parts.behind import behind_keys
from pages.parts.cutoffs import tell_moved_cutoffs
from pages.parts.subject import Subject
from pages.parts.text import LOCALES, _, language, number, safe, say
from pages.parts.words import marketing_tier, value_tier

MOST_PERCENT = 50


@dataclass(frozen=True)
class Choices:
    """What was chosen.

    Attributes
    ----------
    settings : ExportSettings
    named : Index or None
        Customers picked on another page, where the list is to have only them.
    """

    settings: ExportSettings
    named: pd.Index | None


def choose_export(subject: Subject, is_consent_known: bool) -> Choices:
    """Let the user choose place, customers and control group, in this order."""
    place = _choose_place()
    with st.container(border=True):
        who = _choose_customers(subject, is_consent_known)
        named = _choose_named(subject.run_id)
    with st.container(border=True):
        controls = _choose_controls(place)
    cells = _choose_cells(place, subject.run_id)
    settings = ExportSettings.check({"target": place.name, **who, **controls, **cells})
    return Choices(settings, named)


def _choose_place() -> Target:
    name = st.selectbox(
        _("Where does the list go?"),
        list(TARGETS),
        format_func=lambda name: say(TARGETS[name].title),
        key="export_target",
        persist_state="session",
    )
    place = TARGETS[str(name)]
    st.markdown(safe(say(place.purpose)))
    for rule in place.rules:
        st.caption(safe(say(rule)))
    return place


def _choose_customers(subject: Subject, is_consent_known: bool) -> dict[str, Any]:
    values = st.pills(
        _("Value tiers"),
        VALUE_TIERS,
        selection_mode="multi",
        format_func=value_tier,
        key="export_value",
        persist_state="session",
        help=_("None chosen means all."),
    )
    tiers = st.pills(
        _("Marketing tiers"),
        subject.marketing_tiers,
        selection_mode="multi",
        format_func=marketing_tier,
        key="export_marketing",
        persist_state="session",
        help=_("None chosen means all."),
    )
    tell_moved_cutoffs(subject.run_id)
    consented_only = st.toggle(
        _("Only customers who agreed to be contacted"),
        value=is_consent_known,
        disabled=not is_consent_known,
        key=f"export_consent:{subject.run_id}",
        persist_state="session",
    )
    if not is_consent_known:
        st.caption(subject.tell_consent())
    return {
        "value_tiers": tuple(values),
        "marketing_tiers": tuple(tiers),
        "consented_only": consented_only,
    }


def _choose_named(run_id: str) -> pd.Index | None:
    behind = behind_keys(run_id)
    if behind is None:
        return None
    title, keys = behind
    is_narrowed = st.toggle(
        _("Only the {count} customers you picked on another page").format(count=number(len(keys))),
        key=f"export_behind:{run_id}",
        persist_state="session",
    )
    st.text(title)
    return keys if is_narrowed else None


def _choose_controls(place: Target) -> dict[str, Any]:
    has_group = st.toggle(
        _("Keep a control group out"),
        value=True,
        key="export_has_controls",
        persist_state="session",
        help=_(
            "Some customers of every tier, drawn at random, are not contacted. Later the page Look"
            " back compares the others with them: without them nobody can say what the list did."
        ),
    )
    if not has_group:
        return {"control_share": 0.0}
    share = st.slider(
        _("Share of customers kept out (%)"),
        min_value=1,
        max_value=MOST_PERCENT,
        value=round(100 * DEFAULT_SHARE),
        key="export_share",
        persist_state="session",
    )
    leaves_out = place.keeps_controls and st.toggle(
        _("Leave them out of the file instead of marking them"),
        key="export_leaves_out",
        persist_state="session",
    )
    if not place.keeps_controls:
        st.caption(_("They are left out of the file: this platform reaches everyone who is in it."))
    spares = st.toggle(
        _("Leave out whoever is in the control group of an earlier export"),
        key="export_spares",
        persist_state="session",
        help=_("They would be contacted after all, and the earlier comparison spoilt."),
    )
    seed = st.number_input(
        _("Number of the draw"),
        min_value=0,
        max_value=2**31 - 1,
        value=DEFAULT_SEED,
        key="export_seed",
        persist_state="session",
        help=_(
            "The same number keeps nearly the same people out of every list. Change it for a new"
            " draw."
        ),
    )
    return {
        "control_share": share / 100,
        "leaves_controls_out": bool(leaves_out),
        "spares_earlier_controls": spares,
        "seed": int(seed),
    }


def _choose_cells(place: Target, run_id: str) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if place.reads_contacts:
        chosen["default_country"] = st.selectbox(
            _("Country of customers whose country is not known"),
            ["", *country_codes()],
            format_func=_name_country,
            key=f"export_country:{run_id}",
            persist_state="session",
            help=_("Needed to read a telephone number that has no country code."),
        )
    if place.hashing in ("offered", "advised"):
        chosen["is_hashed"] = st.toggle(
            _("Hash the contact fields (SHA-256)"),
            value=place.hashing == "advised",
            key=f"export_hash:{place.name}",
            persist_state="session",
            help=_("The file then holds no contact field that can be read."),
        )
    if place.writes_value:
        chosen["value"] = st.segmented_control(
            _("Value of a customer"),
            ["predicted", "low"],
            format_func=lambda name: _("Expected") if name == "predicted" else _("Lower bound"),
            default="predicted",
            required=True,
            key="export_worth",
            persist_state="session",
        )
    return chosen


def _name_country(code: str) -> str:
    if not code:
        return _("Not given")
    names = Locale.parse(LOCALES[language()]).territories  # Chinese has none for some islands
    return f"{names[code]} ({code})" if code in names else code
