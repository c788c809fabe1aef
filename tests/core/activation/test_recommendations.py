"""Which way to recommend is chosen, and what becomes of everybody's lists."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.activation.recommendations import (
    LENGTH,
    RecommendationTest,
    choose_method,
    recommend_all,
    summarise_segments,
    try_methods,
)
from tests.core.activation.shops import FIRST_DAY, draw_rows, read_shop

DAY = dt.timedelta(days=1)


def judge(**leads: tuple[float, float, float]) -> RecommendationTest:
    """Return a test in which ways lead bestsellers by so much, with those intervals."""
    told = {"bestsellers": (0.0, 0.0, 0.0), **leads}
    marks = [(name, "ndcg", 0.2 + lead[0], 0.1, 0.3) for name, lead in told.items()]
    return RecommendationTest(
        cutoff=FIRST_DAY,
        horizon_days=30,
        customers=50,
        products=20,
        marks=pd.DataFrame(marks, columns=["method", "metric", "value", "low", "high"]),
        leads=pd.DataFrame(
            [(name, *lead) for name, lead in told.items()],
            columns=["method", "value", "low", "high"],
        ),
        repeat_share=0.3,
    )


WINS, TIES, LOSES = (0.1, 0.05, 0.15), (0.02, -0.01, 0.05), (-0.1, -0.15, -0.05)


@pytest.mark.parametrize(
    ("before", "held", "chosen"),
    [
        (judge(buy_again=WINS, neighbours=TIES), judge(buy_again=WINS), "buy_again"),
        (judge(buy_again=WINS), judge(buy_again=TIES), "buy_again"),
        (judge(buy_again=WINS), None, "buy_again"),
        (judge(buy_again=WINS), judge(buy_again=LOSES), "bestsellers"),
        (judge(buy_again=TIES), judge(buy_again=WINS), "bestsellers"),
        (None, judge(buy_again=WINS), "bestsellers"),
    ],
)
def test_bestsellers_unless_beaten_beyond_chance(before, held, chosen):
    """The earlier window chooses; the held-out one may only call it off."""
    assert choose_method(before, held) == chosen


def test_where_tastes_differ_bestsellers_lose(tmp_path):
    """Neighbours know who drinks tea; the marks have their intervals, repeats are counted."""
    tables = read_shop(tmp_path, draw_rows())
    tested = try_methods(tables, FIRST_DAY + 150 * DAY, 60, seed=0)
    assert tested is not None
    assert tested.lead_of("neighbours")[1] > 0
    ndcg = tested.marks[tested.marks["metric"] == "ndcg"]
    assert ((ndcg["low"] < ndcg["value"]) & (ndcg["value"] < ndcg["high"])).all()
    assert 0 < tested.repeat_share < 1
    assert tested.products == 17


def test_too_few_to_be_marked(tmp_path):
    """A handful of buyers marks nothing."""
    tables = read_shop(tmp_path, draw_rows(customers=10))
    assert try_methods(tables, FIRST_DAY + 150 * DAY, 60, seed=0) is None


def test_everybody_has_a_list(tmp_path):
    """Customers without a usable purchase get bestsellers; nothing is called new that is owned."""
    rows = draw_rows()
    tables = read_shop(tmp_path, [*rows, ("z", FIRST_DAY, "gone", "x", 3, 1)])
    cutoff = FIRST_DAY + 239 * DAY
    keys = pd.Index(pd.read_parquet(tables.folder / "customers.parquet")["customer_key"])
    table = recommend_all(tables, cutoff, 60, "neighbours", keys)
    assert set(table["customer_key"]) == set(keys)
    assert (table.groupby("customer_key")["place"].max() == LENGTH).all()
    lines = pd.read_parquet(tables.folder / "lines.parquet")
    owned = pd.MultiIndex.from_frame(lines[["customer_key", "product_key"]])
    is_owned = pd.MultiIndex.from_frame(table[["customer_key", "product_key"]]).isin(owned)
    assert (table["is_new"].to_numpy() == ~is_owned).all()
    gone = lines.groupby("product_key")["order_time"].max().idxmin()
    assert gone not in set(table["product_key"])


def test_segments_by_hand():
    """High places count for more; a lift is the segment's share over everybody's."""
    recommended = pd.DataFrame(
        {
            "customer_key": [1, 1, 2, 2, 3, 3],
            "place": [1, 2, 1, 2, 1, 2],
            "product_key": [7, 8, 7, 9, 8, 9],
            "is_new": True,
        }
    )
    table = summarise_segments([recommended], pd.Series({1: "a", 2: "a", 3: "b"}))
    assert table["segment"].tolist() == ["a", "a", "a", "b", "b"]
    assert table["product_key"].tolist() == [7, 8, 9, 8, 9]
    assert table["customers"].tolist() == [2, 1, 1, 1, 1]
    assert table["share"].tolist() == [1.0, 0.5, 0.5, 1.0, 1.0]
    np.testing.assert_allclose(table["lift"], [1.5, 0.75, 0.75, 1.5, 1.5])
