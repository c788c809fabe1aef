"""Contributions by family, and their sum beside the forecast."""

import pandas as pd
import pytest

from clv_core.explain.explanation import Explanation
from clv_core.explain.families import (
    FAMILY_TITLES,
    importance_of_families,
    measure_largest_gap,
)
from clv_core.features.catalogue import CATALOGUE

CONTRIBUTIONS = pd.DataFrame(
    {"net_spend": [10.0, -10.0], "gross_spend": [-8.0, 8.0], "recency_days": [3.0, -5.0]},
    index=pd.Index([4, 7], name="customer_key"),
)
EXPLANATION = Explanation(CONTRIBUTIONS, CONTRIBUTIONS, base_value=20.0)


def test_sisters_that_cancel_do_not_count_twice():
    """Spend adds 10 and takes 8 back: it moves 2, less than recency's mean of 4."""
    table = importance_of_families(EXPLANATION).set_index("family")
    assert list(table.index) == ["recency", "spend"]
    assert table.loc["spend", "mean_abs"] == 2.0
    assert table.loc["recency", "mean_abs"] == 4.0
    assert table.loc["spend", "features"] == 2


def test_the_largest_gap_is_found_whatever_the_order_of_rows():
    """Reasons add up to 25 and 13; a forecast of 13.5 is half a unit off."""
    forecast = pd.DataFrame({"predicted": [13.5, 25.0]}, index=[7, 4])
    assert measure_largest_gap(EXPLANATION, forecast) == pytest.approx(0.5)


def test_every_family_has_a_title():
    """No chart shows a family by its code name."""
    assert {info.family for info in CATALOGUE.values()} <= set(FAMILY_TITLES)
