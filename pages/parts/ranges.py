"""Ranges of totals in words."""

from __future__ import annotations

from clv_core.evaluation.totals import TotalInterval
from pages.parts.terms import Terms
from pages.parts.text import _, percent


def write_total(total: TotalInterval, terms: Terms) -> str:
    """Write between what a total should lie."""
    return f"{terms.money(total.low)} – {terms.money(total.high)}"


def tell_total(total: TotalInterval, terms: Terms) -> str:
    """Say between what a total should lie, and how surely."""
    return _("Between {low} and {high} with a chance of {share}").format(
        low=terms.money(total.low), high=terms.money(total.high), share=percent(total.share)
    )
