"""What pages call products, categories and measures of lists."""

from __future__ import annotations

import pandas as pd

from clv_core.activation.demand_history import NOT_GIVEN, OTHERS
from pages.parts.terms import Terms
from pages.parts.text import _


def category_name(category: str) -> str:
    """Return a category as it is written in the data, or what stands for none or many."""
    if category == NOT_GIVEN:
        return _("No category")
    return _("All smaller categories") if category == OTHERS else category


def product_label(product: pd.Series) -> str:
    """Return a product's name, else its id."""
    for field in ("product_name", "product_id"):
        if isinstance(product[field], str):
            return str(product[field])
    return "–"


def unit_axis(unit: str, terms: Terms) -> str:
    """Return the title of an axis of money or pieces."""
    return terms.amounts(_("Demand")) if unit == "money" else _("Demand (pieces)")


def metric_titles() -> dict[str, str]:
    """Return what the measures of lists are called."""
    return {
        "ndcg": _("nDCG: hits count for more near the top"),
        "precision": _("Precision: share of the list that was bought"),
        "recall": _("Recall: share of what was bought that was on the list"),
        "average_precision": _("Average precision: precision at each hit"),
        "coverage": _("Coverage: share of the products that is on any list"),
    }
