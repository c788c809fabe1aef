"""Orders and lines made span by span of time are those made at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clv_core.cleaning import order_spans
from clv_core.samples import write_order_lines
from tests.core.cleaning.uploads import clean_orders, clean_uploads, read_upload, sell

TABLES = ("orders", "lines", "products", "customers")


def clean_in_spans(
    monkeypatch: pytest.MonkeyPatch, folder: Path, lines_per_span: int
) -> dict[str, pd.DataFrame]:
    """Clean the same sample file, so many lines at a time."""
    monkeypatch.setattr(order_spans, "_LINES_PER_SPAN", lines_per_span)
    cleaned = clean_uploads(folder, read_upload(folder / "orders.csv"))
    return {name: cleaned.open(name) for name in TABLES}


@pytest.mark.parametrize("is_shuffled", [False, True])
def test_spans_change_nothing(monkeypatch, tmp_path, is_shuffled):
    """Whether the file is in order of time or not, and where a day is longer than a span."""
    path = tmp_path / "orders.csv"
    write_order_lines(path, 6_000)
    if is_shuffled:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        frame.sample(frac=1, random_state=1).to_csv(path, index=False)
    at_once = clean_in_spans(monkeypatch, tmp_path, 1_000_000)
    assert len(at_once["lines"]) > 5_000
    for lines_per_span in (700, 1):
        by_span = clean_in_spans(monkeypatch, tmp_path, lines_per_span)
        for name in TABLES:
            pd.testing.assert_frame_equal(at_once[name], by_span[name])


def test_spans_serve_orders_without_products_and_numbers(monkeypatch, tmp_path):
    """Every row is an order; three days are three spans."""
    monkeypatch.setattr(order_spans, "_LINES_PER_SPAN", 2)
    rows = [sell(f"c{n % 3}", f"2024-05-0{1 + n // 2}", f"{n + 1}.00") for n in (5, 0, 3, 1, 4, 2)]
    sold = clean_orders(tmp_path, rows)
    orders = sold.open("orders")
    assert orders["order_key"].tolist() == list(range(6))
    assert orders["order_time"].is_monotonic_increasing
    assert sorted(orders["amount"]) == [1, 2, 3, 4, 5, 6]
    assert (orders["distinct_products"] == 0).all()
