"""Exact Shapley values of small functions, worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clv_core.explain import coalitions
from clv_core.explain.coalitions import Factor, attribute_exactly

TWO_INPUTS = (
    Factor(("a",), lambda rows: rows["a"].to_numpy()),
    Factor(("b",), lambda rows: rows["b"].to_numpy()),
)


def test_a_product_is_split_evenly() -> None:
    """3 x 5 against a background of 1 x 1: a adds (2 + 10) / 2, b adds (4 + 12) / 2."""
    customers = pd.DataFrame({"a": [3.0], "b": [5.0]}, index=[42])
    background = pd.DataFrame({"a": [1.0], "b": [1.0]})
    contributions, base_value = attribute_exactly(TWO_INPUTS, customers, background)
    assert base_value == 1.0
    assert contributions.loc[42].to_dict() == {"a": 6.0, "b": 8.0}


def test_the_base_is_the_mean_product() -> None:
    """Against (1, 1) and (3, 3) the base is (1 + 9) / 2, not the product of the means."""
    background = pd.DataFrame({"a": [1.0, 3.0], "b": [1.0, 3.0]})
    contributions, base_value = attribute_exactly(TWO_INPUTS, background, background)
    assert base_value == 5.0
    np.testing.assert_allclose(contributions.sum(axis=1) + base_value, [1.0, 9.0])


def test_an_input_without_influence_adds_nothing() -> None:
    """A factor that ignores one of its inputs gives that input 0."""
    factor = Factor(("a", "b"), lambda rows: rows["a"].to_numpy() ** 2)
    random = np.random.default_rng(0)
    customers = pd.DataFrame(random.normal(size=(20, 2)), columns=["a", "b"])
    contributions, _ = attribute_exactly([factor], customers, customers)
    np.testing.assert_allclose(contributions["b"], 0.0, atol=1e-12)


def test_large_tables_are_cut_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers explained three at a time get what they get all at once."""
    random = np.random.default_rng(1)
    customers = pd.DataFrame(random.integers(0, 4, size=(10, 2)) + 0.5, columns=["a", "b"])
    whole, _ = attribute_exactly(TWO_INPUTS, customers, customers)
    monkeypatch.setattr(coalitions, "CHUNK_CUSTOMERS", 3)
    cut, _ = attribute_exactly(TWO_INPUTS, customers, customers)
    pd.testing.assert_frame_equal(cut, whole)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(*[st.floats(-9, 9)] * 3), min_size=1, max_size=6),
    st.lists(st.tuples(*[st.floats(-9, 9)] * 3), min_size=1, max_size=6),
)
def test_contributions_add_up(
    customers: list[tuple[float, ...]], background: list[tuple[float, ...]]
) -> None:
    """For any rows, contributions and base value are the function's value."""
    factors = (
        Factor(("a", "b"), lambda rows: np.sin(rows["a"].to_numpy()) + rows["b"].to_numpy()),
        Factor(("b", "c"), lambda rows: rows["b"].to_numpy() * rows["c"].to_numpy() - 1.0),
    )
    rows = pd.DataFrame(customers, columns=["a", "b", "c"])
    typical = pd.DataFrame(background, columns=["a", "b", "c"])
    contributions, base_value = attribute_exactly(factors, rows, typical)
    value = factors[0].evaluate(rows) * factors[1].evaluate(rows)
    np.testing.assert_allclose(contributions.sum(axis=1) + base_value, value, atol=1e-9)
