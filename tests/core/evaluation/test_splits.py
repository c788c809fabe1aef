"""Who is learnt from, who is kept back, who is in which fold."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.errors import TooFewCustomers, UnreadableColumn
from clv_core.evaluation.splits import SplitPlan, deal_folds, plan_split, split_customers

VALUES = np.random.default_rng(0).lognormal(3, 1, 1000)


def test_keeps_back_one_of_every_five_neighbours_in_value() -> None:
    """Of the customers sorted by value, each five in a row hold one who is kept back."""
    learning, held = split_customers(VALUES, plan_split(VALUES, 10, seed=3))
    is_held = np.zeros(len(VALUES), dtype=int)
    is_held[held] = 1
    in_order = is_held[np.argsort(VALUES, kind="stable")].reshape(-1, 5)
    assert (in_order.sum(axis=1) == 1).all()
    assert sorted([*learning, *held]) == list(range(1000))


def test_the_seed_decides() -> None:
    """The same seed keeps the same customers back, another one others."""
    plans = [plan_split(VALUES, 10, seed) for seed in (3, 3, 4)]
    first, again, other = (set(split_customers(VALUES, plan)[1].tolist()) for plan in plans)
    assert first == again
    assert first != other


def test_blank_values_are_in_neither_group() -> None:
    """Nobody learns from a blank or is tested on one."""
    values = VALUES.copy()
    values[::4] = np.nan
    plan = plan_split(values, 10, seed=3)
    learning, held = split_customers(values, plan)
    assert not np.isnan(values[[*learning, *held]]).any()
    assert (plan.customers, plan.known) == (1000, 750)
    assert (plan.learning, plan.holdout) == (len(learning), len(held)) == (600, 150)


def test_folds_are_equal_and_alike() -> None:
    """Five folds of 160 differ in mean value by far less than customers do; repeats differ."""
    plan = plan_split(VALUES, 10, seed=3)
    values = VALUES[split_customers(VALUES, plan)[0]]
    folds = deal_folds(values, plan, 0)
    assert np.bincount(folds).tolist() == [160] * 5
    means = [values[folds == number].mean() for number in range(5)]
    assert np.ptp(means) < values.std() / 4
    assert (deal_folds(values, plan, 1) != folds).any()


def test_equal_values_are_still_dealt_out() -> None:
    """Where most customers share one value, a fifth of those is kept back too."""
    values = np.where(np.arange(500) < 400, 10.0, VALUES[:500])
    _, held = split_customers(values, plan_split(values, 10, seed=1))
    assert np.isclose((values[held] == 10).sum(), 80, atol=1)


@pytest.mark.parametrize(
    ("rows", "columns", "folds", "repeats"),
    [(1000, 20, 5, 2), (9000, 20, 5, 1), (9000, 1000, 3, 1), (50_000, 20, 3, 1)],
)
def test_larger_tables_are_tried_less_often(
    rows: int, columns: int, folds: int, repeats: int
) -> None:
    """Time is spent where chance is large: on small tables."""
    plan = plan_split(np.arange(1.0, rows + 1), columns, seed=0)
    assert (plan.folds, plan.repeats) == (folds, repeats)
    assert SplitPlan.from_json(plan.to_json()) == plan


def test_refuses_what_cannot_be_split() -> None:
    """Too few known values, one value for all, or none above zero are refused in words."""
    with pytest.raises(TooFewCustomers, match="99 customer"):
        plan_split(np.append(np.arange(1.0, 100), np.full(500, np.nan)), 5, seed=0)
    with pytest.raises(UnreadableColumn, match="the same"):
        plan_split(np.full(500, 7.0), 5, seed=0)
    with pytest.raises(UnreadableColumn, match="above 0"):
        plan_split(-np.arange(500.0), 5, seed=0)
