"""Which days, which model, which money: what every number on a page is of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import streamlit as st

from pages.parts import cached
from pages.parts.text import _, day, number, safe
from pages.parts.words import model_name


@dataclass(frozen=True)
class Horizon:
    """What a result's forecast is of.

    Attributes
    ----------
    cutoff : date
        Last day of data.
    first, last : date
        First and last day that are forecast.
    days : int
    model : str
    customers : int
    currency : str
        Empty where unknown.
    """

    cutoff: dt.date
    first: dt.date
    last: dt.date
    days: int
    model: str
    customers: int
    currency: str


def read_horizon(run_id: str) -> Horizon:
    """Read what a result's forecast is of."""
    plan, manifest = cached.plan(run_id), cached.manifest(run_id)
    cutoff, days = plan.forecast_cutoff, plan.horizon_days
    return Horizon(
        cutoff=cutoff,
        first=cutoff + dt.timedelta(days=1),
        last=cutoff + dt.timedelta(days=days),
        days=days,
        model=manifest["model"],
        customers=cached.outlook(run_id).customers,
        currency=manifest["currency"],
    )


def show_horizon(run_id: str) -> Horizon:
    """Show in one line what the numbers below are of."""
    found = read_horizon(run_id)
    line = _(
        "Forecast for the {days} days from {first} to {last}, by {model}, for {customers} customers"
    ).format(
        days=found.days,
        first=day(found.first),
        last=day(found.last),
        model=model_name(found.model),
        customers=number(found.customers),
    )
    unit = _("amounts in {currency}").format(currency=found.currency) if found.currency else ""
    st.caption(safe(" · ".join(part for part in (line, unit) if part)))
    return found
