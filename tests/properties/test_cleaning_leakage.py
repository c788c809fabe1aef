"""Nothing that happens after a day changes what cleaning makes of the rows up to it."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.cleaning.uploads import Cleaned, clean_uploads, write_upload
from tests.properties.cleaning_settings import WAYS

CHANGES = ("drop", "alter", "add")
CUTOFF = pd.Timestamp("2024-04-11")  # the first instant that is not seen, within a month
few_examples = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
seeds = st.integers(0, 2**32 - 1)


def random_lines(seed: int, rows: int = 500) -> pd.DataFrame:
    """Return order lines of five months with a bit of everything, in no order."""
    rng = np.random.default_rng(seed)
    times = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 150 * 24, rows), unit="h")
    returned = rng.random(rows) < 0.15
    quantity = np.where(returned, -1, 1) * rng.integers(1, 4, rows)
    product = rng.choice(["tea", "jam", "bag", "Postage", ""], rows, p=[0.4, 0.3, 0.2, 0.05, 0.05])
    price = np.round(np.exp(rng.normal(2, 0.8, rows)), 1)
    contact = rng.integers(0, 12, rows)
    is_guest = rng.random(rows) < 0.15
    return pd.DataFrame(
        {
            "customer_id": np.where(is_guest, "", np.char.add("c", contact.astype(str))),
            "order_time": times.strftime("%Y-%m-%d %H:%M:%S"),
            "amount": np.where(rng.random(rows) < 0.08, "", (quantity * price).astype(str)),
            "order_id": rng.integers(0, rows, rows).astype(str),
            "quantity": quantity.astype(str),
            "unit_price": np.where(rng.random(rows) < 0.03, "0", price.astype(str)),
            "product_id": product,
            "email": np.char.add(contact.astype(str), rng.choice(["@a.shop", "@b.shop"], rows)),
            "phone": np.char.add("+4930", (contact + 100000).astype(str)),
            "order_status": rng.choice(["", "cancelled", "test"], rows, p=[0.9, 0.05, 0.05]),
            "currency": rng.choice(["EUR", "USD", "GBP"], rows, p=[0.8, 0.15, 0.05]),
        }
    )


def change_later(lines: pd.DataFrame, change: str, seed: int) -> pd.DataFrame:
    """Drop, alter or add rows after the cutoff; how columns are written stays as it was."""
    rng = np.random.default_rng(seed)
    later = pd.to_datetime(lines["order_time"]) >= CUTOFF
    hit = later & (rng.random(len(lines)) < 0.7)
    if change == "drop":
        return lines[~hit].reset_index(drop=True)
    altered = lines.copy()
    altered.loc[hit, "amount"] = rng.normal(0, 1e4, hit.sum()).round(1).astype(str)
    altered.loc[hit, "quantity"] = rng.integers(-9, 9, hit.sum()).astype(str)
    altered.loc[hit, "customer_id"] = rng.choice(["", "c1", "c2", "new"], hit.sum())
    altered.loc[hit, "order_status"] = rng.choice(["", "cancelled"], hit.sum())
    altered.loc[hit, "product_id"] = rng.choice(["tea", "aloe", "bag"], hit.sum())
    return altered if change == "alter" else pd.concat([lines, altered[hit]], ignore_index=True)


def clean(folder: str, lines: pd.DataFrame, way: str) -> Cleaned:
    """Clean lines that lie in two files, in one of the ways."""
    half = len(lines) // 3
    parts = (lines.iloc[:half], lines.iloc[half:])
    files = [write_upload(Path(folder), part.to_dict("records")) for part in parts]
    return clean_uploads(Path(folder), *files, **WAYS[way])


def seen(cleaned: Cleaned, name: str) -> pd.DataFrame:
    """Return a table's rows up to the cutoff, with the ids behind their keys."""
    table = cleaned.open(name)
    ids = cleaned.open("customers")[["customer_key", "customer_id"]]
    return table[table["order_time"] < CUTOFF].merge(ids, on="customer_key")


def assert_nothing_leaks(way: str, shop_seed: int, seed: int, change: str) -> None:
    """Clean a shop as it is and with other rows after the cutoff; compare what is before it."""
    lines = random_lines(shop_seed)
    with tempfile.TemporaryDirectory() as folder:
        one = clean(folder, lines, way)
        other = clean(folder, change_later(lines, change, seed), way)
        for name in ("orders", "lines"):
            mine, theirs = seen(one, name), seen(other, name)
            assert len(mine) > 50
            pd.testing.assert_frame_equal(mine, theirs, check_exact=True)


@pytest.mark.parametrize(("way", "change"), list(zip(WAYS, itertools.cycle(CHANGES), strict=False)))
def test_later_rows_change_nothing_before_them(way, change):
    """In every way of cleaning, orders and lines up to a day are the same to the last bit."""
    assert_nothing_leaks(way, 0, 1, change)


@few_examples
@given(shop_seed=seeds, seed=seeds, change=st.sampled_from(CHANGES))
def test_nothing_leaks_through_all_rules_at_once(shop_seed, seed, change):
    """Guests, filled amounts, caps, rates, pairs and returns, in any shop."""
    assert_nothing_leaks("everything", shop_seed, seed, change)
