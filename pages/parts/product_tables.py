"""Tables of products as people read them."""

from __future__ import annotations

import pandas as pd

from clv_core.activation.product_words import GUESS_TITLES
from pages.parts.charts_products import write_amount
from pages.parts.product_words import category_name
from pages.parts.terms import Terms
from pages.parts.text import _, say


def demand_table(demand: pd.DataFrame, unit: str, terms: Terms) -> pd.DataFrame:
    """Return what is expected of each category beside the plain guesses, as text."""
    columns = {
        _("Expected"): unit,
        _("At least"): f"low_{unit}",
        _("At most"): f"high_{unit}",
        _("Customers known today"): f"known_{unit}",
        _("Newcomers, as in the period before"): f"new_{unit}",
        say(GUESS_TITLES["last_period"]): f"last_period_{unit}",
        say(GUESS_TITLES["last_year"]): f"last_year_{unit}",
    }
    written = {
        title: [
            "–" if pd.isna(value) else write_amount(value, unit, terms) for value in demand[name]
        ]
        for title, name in columns.items()
        if name in demand
    }
    return pd.DataFrame({_("Category"): [category_name(name) for name in demand.index], **written})
