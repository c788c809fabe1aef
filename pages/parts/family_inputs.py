"""Which models are fitted beside the standard ones, and their settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import streamlit as st

from clv_core.model_settings import (
    DecisionTreeSettings,
    EnsembleSettings,
    LinearSettings,
    LogisticSettings,
    PurchaseSettings,
    RandomForestSettings,
    SvmSettings,
)
from clv_core.settings_base import Settings
from pages.parts.inputs import Label, ask_group
from pages.parts.text import _
from pages.parts.words import model_name

SETTINGS_OF: Final[dict[str, type[Settings]]] = {
    "purchases": PurchaseSettings,
    "ensemble": EnsembleSettings,
    "linear": LinearSettings,
    "logistic": LogisticSettings,
    "decision_tree": DecisionTreeSettings,
    "random_forest": RandomForestSettings,
    "svm": SvmSettings,
}
"""Groups of ``RunSettings``: of the purchase models, the ensemble and, by name, of one family."""


def purchase_labels() -> dict[str, Label]:
    """Return a label for every field of ``PurchaseSettings``."""
    return {
        "penalty_spread": Label(
            _("Looseness"),
            _("How far parameters may move from usual ones before the data have to ask for it."),
            0.5,
        )
    }


def ensemble_labels() -> dict[str, Label]:
    """Return a label for every field of ``EnsembleSettings``."""
    return {
        "weights": Label(
            _("Weight of its members"),
            _(
                "The fewer buyers there are, the more Pareto/NBD counts. Where history has a window"
                " before the test, how each did there counts as well."
            ),
        )
    }


def family_labels() -> dict[str, dict[str, Label]]:
    """Return labels for every field of the families' own settings, by family."""
    rows_per_leaf = Label(
        _("Rows per leaf"), _("Fewest customers in a group; more of them is calmer."), 5
    )
    return {
        "linear": {
            "least_penalty": Label(
                _("Least penalty"), _("Where the search for the best penalty begins."), 0.0001
            ),
            "most_penalty": Label(_("Most penalty"), _("Where that search ends."), 1.0),
        },
        "logistic": {
            "penalty": Label(
                _("Penalty"), _("Keeps weights small; more of it learns less by heart."), 1.0
            )
        },
        "decision_tree": {
            "leaves": Label(_("Leaves"), _("Groups that one tree can tell apart."), 2),
            "min_rows_per_leaf": rows_per_leaf,
        },
        "random_forest": {
            "trees": Label(_("Trees"), _("How many trees are averaged."), 50),
            "min_rows_per_leaf": rows_per_leaf,
            "column_share": Label(
                _("Share of columns"),
                _("What each split may look at; less makes trees differ."),
                0.05,
            ),
            "row_share": Label(_("Share of rows"), _("What each tree learns from."), 0.05),
        },
        "svm": {
            "kernel": Label(
                _("Kernel"), _("Radial: likeness to other customers. Linear: weighted columns.")
            ),
            "landmarks": Label(
                _("Landmarks"), _("Customers that all others are compared with."), 50
            ),
            "narrowness": Label(
                _("Narrowness"), _("How near customers must be to count as alike."), 0.1
            ),
            "cost": Label(_("Cost"), _("What an error costs, against a simple rule."), 0.1),
            "margin": Label(_("Margin"), _("Errors of amounts up to here cost nothing."), 0.05),
        },
    }


def ask_families(families: Sequence[str], key: str) -> list[str]:
    """Ask which models are to be fitted beside the standard ones."""
    return st.multiselect(
        _("More models"),
        families,
        format_func=model_name,
        placeholder=_("None beside the standard ones"),
        help=_("Each is tested like the others. Training takes longer with every one."),
        key=f"families_{key}",
        persist_state="session",
    )


def ask_family_settings(families: Iterable[str], has_days: bool) -> dict[str, dict[str, Any]]:
    """Ask for the settings of the chosen models and the purchase models; not yet checked."""
    asked = {}
    if has_days:
        with st.expander(_("Purchase models (BG/NBD and its kin)"), icon=":material/redeem:"):
            asked["purchases"] = ask_group(PurchaseSettings(), purchase_labels(), "purchases")
        with st.expander(model_name("ensemble"), icon=":material/join:"):
            asked["ensemble"] = ask_group(EnsembleSettings(), ensemble_labels(), "ensemble")
    labels = family_labels()
    standard = [] if has_days else ["linear"]
    for name in [name for name in (*standard, *families) if name in labels]:
        with st.expander(model_name(name), icon=":material/add_circle:"):
            asked[name] = ask_group(SETTINGS_OF[name](), labels[name], f"family_{name}")
    return asked
