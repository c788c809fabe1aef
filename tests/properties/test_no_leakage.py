"""Nothing after a cutoff alters what is known at it."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from clv_core.columns import REVIEW_ASPECTS, aspect_column
from clv_core.features.build import build_snapshot
from clv_core.features.matrix import FeatureMatrix
from clv_core.features.snapshots import SEQUENCES, Snapshot
from tests.core.features.shops import random_shop, write_shop

CUTOFF = dt.date(2022, 9, 30)
HORIZON_DAYS = 60
WINDOW_OPENS = pd.Timestamp("2022-10-01")
WINDOW_CLOSES = pd.Timestamp("2022-11-30")  # the first instant after it
TIME_COLUMNS = {
    "orders": "order_time",
    "lines": "order_time",
    "events": "event_time",
    "reviews": "review_time",
}
NUMBERS = (
    *("amount", "quantity", "duration_seconds", "rating", "sentiment"),
    *map(aspect_column, REVIEW_ASPECTS),
)

few_examples = settings(max_examples=6, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
changes = st.fixed_dictionaries(
    {name: st.sampled_from(["keep", "drop", "alter", "add"]) for name in TIME_COLUMNS}
)


def change_rows(frame: pd.DataFrame, rows: pd.Series, change: str, seed: int) -> pd.DataFrame:
    """Drop, alter or double some of the chosen rows; times stay as they are."""
    rng = np.random.default_rng(seed)
    hit = rows & (rng.random(len(frame)) < 0.7)
    if change == "drop":
        return frame[~hit].reset_index(drop=True)
    altered = frame.copy()
    altered.loc[hit, "customer_key"] = rng.integers(0, 90, hit.sum())
    for name in set(NUMBERS) & set(frame):
        altered.loc[hit, name] = rng.normal(0.0, 1e4, hit.sum())
    if "is_return" in altered:
        altered["is_return"] = altered["amount"] < 0
    if change == "alter":
        return altered
    return pd.concat([frame, altered[hit]], ignore_index=True) if change == "add" else frame


def change_shop(shop, chosen, change, seed):
    """Change rows of every table whose time ``chosen`` picks."""
    return {
        name: change_rows(frame, chosen(frame[TIME_COLUMNS[name]]), change[name], seed)
        for name, frame in shop.items()
    }


def snapshot_of(shop: dict[str, pd.DataFrame], cutoff: dt.date, *, label: bool) -> Snapshot:
    """Write a shop whose data end at a fixed day and build one snapshot of it."""
    with tempfile.TemporaryDirectory() as folder:
        tables = write_shop(Path(folder), last_day=dt.date(2023, 5, 1), **shop)
        return build_snapshot(tables, cutoff, HORIZON_DAYS, label)


def assert_same_bits(one: Snapshot, other: Snapshot) -> None:
    """Compare features and sequences bit by bit."""
    assert one.features.columns.equals(other.features.columns)
    assert one.features.index.equals(other.features.index)
    assert one.features.to_numpy().tobytes() == other.features.to_numpy().tobytes()
    assert list(one.sequences) == list(other.sequences) == list(SEQUENCES)
    for name, sequence in one.sequences.items():
        assert sequence.tobytes() == other.sequences[name].tobytes()


@few_examples
@given(shop_seed=seeds, seed=seeds, change=changes)
def test_features_see_nothing_later(shop_seed, seed, change):
    """Dropping, altering or adding later rows leaves features bit-identical."""
    shop = random_shop(shop_seed)
    changed = change_shop(shop, lambda times: times >= WINDOW_OPENS, change, seed)
    before = snapshot_of(shop, CUTOFF, label=False)
    assert_same_bits(before, snapshot_of(changed, CUTOFF, label=False))


@few_examples
@given(shop_seed=seeds)
def test_features_of_a_truncated_shop(shop_seed):
    """A shop that ends at the cutoff gives the same features as one that went on."""
    shop = random_shop(shop_seed)
    cut = {
        name: frame[frame[TIME_COLUMNS[name]] < WINDOW_OPENS].reset_index(drop=True)
        for name, frame in shop.items()
    }
    before = snapshot_of(shop, CUTOFF, label=False)
    assert_same_bits(before, snapshot_of(cut, CUTOFF, label=False))


@few_examples
@given(shop_seed=seeds, seed=seeds, change=changes)
def test_labels_see_only_their_window(shop_seed, seed, change):
    """Rows before and after the window leave labels of the same customers bit-identical."""
    shop = random_shop(shop_seed)
    changed = change_shop(
        shop,
        lambda times: (times < WINDOW_OPENS) | (times >= WINDOW_CLOSES),
        change,
        seed,
    )
    one = snapshot_of(shop, CUTOFF, label=True)
    other = snapshot_of(changed, CUTOFF, label=True)
    both = one.features.index.intersection(other.features.index)
    assert len(both) > 0
    for name in ("future_spend", "future_orders"):
        mine, theirs = getattr(one, name).loc[both], getattr(other, name).loc[both]
        assert mine.to_numpy().tobytes() == theirs.to_numpy().tobytes()


@few_examples
@given(shop_seed=seeds, seed=seeds)
def test_changes_are_seen_from_a_later_cutoff(shop_seed, seed):
    """The same changes do alter features once the cutoff lies after them."""
    shop = random_shop(shop_seed)
    change = dict.fromkeys(TIME_COLUMNS, "alter")
    changed = change_shop(shop, lambda times: times >= WINDOW_OPENS, change, seed)
    later = dt.date(2023, 4, 1)
    one = snapshot_of(shop, later, label=False).features
    other = snapshot_of(changed, later, label=False).features
    assert not one.equals(other)


@few_examples
@given(shop_seed=seeds, seed=seeds, change=changes)
def test_matrix_learns_from_training_rows_only(shop_seed, seed, change):
    """A matrix fitted on a snapshot is the same whatever happens later."""
    shop = random_shop(shop_seed)
    changed = change_shop(shop, lambda times: times >= WINDOW_OPENS, change, seed)
    fitted, again = (
        FeatureMatrix().fit(snapshot_of(given, CUTOFF, label=False).features)
        for given in (shop, changed)
    )
    assert fitted.to_json() == again.to_json()


@few_examples
@given(seed=seeds, scale=st.floats(-1e6, 1e6))
def test_matrix_rows_do_not_mix(seed, scale):
    """Altering other rows leaves a row's place in the matrix bit-identical."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(50, 4)), columns=list("abcd"))
    frame[frame > 2] = np.nan
    matrix = FeatureMatrix().fit(frame.head(30))
    altered = frame.copy()
    altered.iloc[30:] = altered.iloc[30:] * scale
    assert (
        matrix.transform(frame)[:30].tobytes()
        == matrix.transform(altered)[:30].tobytes()
        == matrix.transform(frame.head(30)).tobytes()
    )
