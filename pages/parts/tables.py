"""Tables of the core as people read them: translated columns, numbers in their units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from clv_core.evaluation.metrics import METRICS
from clv_core.evaluation.scoreboard import BASELINES, Scoreboard
from clv_core.evaluation.totals import TotalInterval
from clv_core.segments.value_tiers import Segments
from pages.parts.ranges import write_total
from pages.parts.terms import Terms
from pages.parts.text import _, listed, percent
from pages.parts.words import marketing_tier, metric_value, model_name, value_tier

UNKNOWN = "–"


def metric_rows(scoreboard: Scoreboard, metric: str) -> pd.DataFrame:
    """Return ``model, value, low, high`` of one metric, best first, undefined ones left out."""
    rows = scoreboard.table[scoreboard.table["metric"] == metric].dropna(subset=["value"])
    return rows.sort_values("value", key=lambda values: values.map(METRICS[metric].badness))


def scoreboard_table(scoreboard: Scoreboard, metric: str, currency: str) -> pd.DataFrame:
    """Return every model's value of one metric, best first, as text."""
    rows = metric_rows(scoreboard, metric)
    defined = list(rows["model"])
    order = defined + [model for model in scoreboard.models if model not in defined]
    table = rows.set_index("model").reindex(order)
    texts = {
        name: [
            UNKNOWN if pd.isna(value) else metric_value(metric, value, currency)
            for value in table[column]
        ]
        for name, column in ((_("Measured"), "value"), (_("From"), "low"), (_("To"), "high"))
    }
    return pd.DataFrame(
        {
            _("Model"): [model_name(model) for model in order],
            **texts,
            _("Note"): [_note(scoreboard, model, metric) for model in order],
        }
    )


def _note(scoreboard: Scoreboard, model: str, metric: str) -> str:
    notes = []
    if model == scoreboard.recommended:
        notes.append(_("in use"))
    if model == scoreboard.winners.get(metric):
        notes.append(_("best here"))
    if model in BASELINES:
        notes.append(_("plain baseline"))
    if scoreboard.find(model, metric) is None:
        notes.append(_("does not give what this measures"))
    return listed(notes)


def value_tier_table(
    segments: Segments, terms: Terms, totals: Mapping[str, TotalInterval]
) -> pd.DataFrame:
    """Return the profile of the value tiers as text; chances and ranges where there are some."""
    profile = segments.profile
    table = pd.DataFrame(
        {
            _("Tier"): [value_tier(tier) for tier in profile["tier"]],
            _("Customers"): profile["customers"],
            _("Share of customers"): [_share(share) for share in profile["customer_share"]],
            terms.forecast_mean: [terms.money(value) for value in profile["value"]],
            _("Range of the total"): [
                write_total(totals[tier], terms) if tier in totals else UNKNOWN
                for tier in profile["tier"]
            ],
            _("Share of value"): [_share(share) for share in profile["value_share"]],
            _("Mean per customer"): [_amount(mean, terms) for mean in profile["mean_value"]],
            _("Mean chance to buy"): [_share(share) for share in profile["p_buy"]],
            terms.lowest: [_amount(value, terms) for value in profile["threshold"]],
        }
    )
    empty = [] if totals else [_("Range of the total")]
    if profile["p_buy"].isna().all():
        empty.append(_("Mean chance to buy"))
    return table.drop(columns=empty)


def customer_table(listed: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Return listed customers with tiers in words; numbers stay numbers, to be sorted by."""
    table = listed[["customer_id", *columns]].copy()
    for name, title in (("value_tier", value_tier), ("marketing_tier", marketing_tier)):
        titles = {tier: title(tier) for tier in listed[name].unique()}
        table[name] = [titles[tier] for tier in listed[name]]
    return table


def customer_columns(columns: Mapping[str, object]) -> dict[str, object]:
    """Return how the columns of :func:`customer_table` are headed and written."""
    return {
        "customer_id": st.column_config.TextColumn(_("Customer"), pinned=True),
        **columns,
        "value_tier": st.column_config.TextColumn(_("Value tier")),
        "marketing_tier": st.column_config.TextColumn(_("Marketing tier")),
    }


def export_columns() -> dict[str, object]:
    """Return how the preview of an export writes numbers; headings are the file's own."""
    return {
        name: st.column_config.NumberColumn(format="%.2f")
        for name in (
            "predicted",
            "low",
            "high",
            "p_buy",
            "expected_orders",
            "past_spend",
            "known_value",
        )
    }


def tell_apart(table: pd.DataFrame) -> pd.DataFrame:
    """Number columns of the same name, which a table on a page cannot have."""
    names = list(table.columns)
    numbered = [
        name if names.count(name) == 1 else f"{name} ({names[: place + 1].count(name)})"
        for place, name in enumerate(names)
    ]
    return table.set_axis(numbered, axis="columns")


def fact_table(customer: pd.Series, contact: pd.Series, facts: Mapping[str, str]) -> pd.DataFrame:
    """Return what is known of one customer as two columns of text; empty fields left out.

    Parameters
    ----------
    customer : Series
        A row of the forecast with tiers.
    contact : Series
        The customer's row of ``columns.CUSTOMERS``.
    facts : mapping of str to str
        What else is known, by its name.
    """
    shown = [
        (_("Customer"), contact["customer_id"]),
        (_("Name"), contact["customer_name"]),
        (_("E-mail"), contact["email"]),
        (_("Phone"), contact["phone"]),
        (_("Country"), contact["country"]),
        (_("Value tier"), value_tier(customer["value_tier"])),
        (_("Marketing tier"), marketing_tier(customer["marketing_tier"])),
        *facts.items(),
    ]
    known = [(what, str(value)) for what, value in shown if not pd.isna(value)]
    return pd.DataFrame(known, columns=[_("Fact"), _("Entry")])


def _share(share: float) -> str:
    return UNKNOWN if pd.isna(share) else percent(share, 1)


def _amount(amount: float, terms: Terms) -> str:
    return UNKNOWN if pd.isna(amount) else terms.money(amount)
