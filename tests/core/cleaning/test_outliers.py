"""Amounts far from those of earlier months."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.cleaning.uploads import clean_orders, sell

AMOUNTS = np.arange(1.0, 121.0)  # January: 1, 2, ... 120


def shop(*february):
    """Return January's orders and amounts of February."""
    january = [sell(f"c{n}", "2024-01-15", f"{amount:.2f}") for n, amount in enumerate(AMOUNTS)]
    return january + [sell("7", f"2024-02-{d:02d}", a) for d, a in enumerate(february, start=1)]


def outcome(cleaned):
    """Return February's amounts, and how many were left out."""
    orders = cleaned.open("orders")
    return (
        orders["amount"][orders["order_time"].dt.month == 2].tolist(),
        cleaned.rejected.get("outlier", 0),
    )


def test_amounts_stay_unless_asked_for(tmp_path):
    """A large order may be the shop's best customer."""
    assert outcome(clean_orders(tmp_path, shop("1000000"))) == ([1_000_000.0], 0)


def test_z_scores_are_of_log_amounts(tmp_path):
    """Two standard deviations of January's log amounts either side of their mean."""
    logs = np.log(AMOUNTS)
    high = np.exp(logs.mean() + 2 * logs.std(ddof=1))
    rows = shop(f"{high - 1:.2f}", f"{high + 1:.2f}", f"{-high - 1:.2f}")
    cleaned = clean_orders(tmp_path, rows, outliers="z_score", z_limit=2.0)
    assert outcome(cleaned) == ([pytest.approx(high - 1, abs=0.01)], 2)


def test_box_lengths_reach_beyond_the_quartiles(tmp_path):
    """Quartiles 30.75 and 90.25: with one box length amounts up to 149.75 stay."""
    cleaned = clean_orders(tmp_path, shop("149.75", "149.76"), outliers="iqr", iqr_factor=1.0)
    assert outcome(cleaned) == ([149.75], 1)


def test_winsorising_sets_to_the_limit_and_says_what_it_moved(tmp_path):
    """The upper twentieth of January begins at 114.05; a refund is held to it as well."""
    rows = shop("1000", "-1000", "50")
    cleaned = clean_orders(tmp_path, rows, outliers="winsorise", winsor_share=0.05)
    assert outcome(cleaned) == ([114.05, -114.05, 50.0], 0)
    capped = next(case for case in cleaned.file.treated if case.code == "amount_capped")
    assert (capped.rows, capped.amount) == (2, pytest.approx(0.0))


def test_the_first_month_has_no_limits(tmp_path):
    """Nothing was known in January, so nothing in it is far from anything."""
    cleaned = clean_orders(tmp_path, shop(), outliers="winsorise", winsor_share=0.1)
    assert cleaned.report.facts.revenue == AMOUNTS.sum()


def test_few_earlier_rows_set_no_limits(tmp_path):
    """Twenty orders do not tell what is unusual."""
    rows = [sell(f"c{n}", "2024-01-15", "10") for n in range(20)]
    cleaned = clean_orders(tmp_path, [*rows, sell("7", "2024-02-01", "9999")], outliers="iqr")
    assert cleaned.rejected == {}
