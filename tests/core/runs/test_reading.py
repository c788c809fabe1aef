"""Parts of a run's tables, read by column and by customer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.runs.reading import draw_rows, order_as, own_order, read_columns, read_rows

SIZE = 500


@pytest.fixture(params=["stored keys", "keys that count the rows"])
def stored(request, tmp_path):
    """A table in groups of 64 rows, with what lies in it."""
    random = np.random.default_rng(5)
    index = (
        pd.Index(random.permutation(2 * SIZE)[:SIZE], name="customer_key")
        if request.param == "stored keys"
        else pd.RangeIndex(10, 10 + SIZE, name="customer_key")
    )
    table = pd.DataFrame(
        {"predicted": random.normal(size=SIZE), "a.b (c)": random.integers(0, 9, SIZE)},
        index=index,
    ).assign(tier=pd.Categorical(random.choice(["high", "low"], SIZE)))
    path = tmp_path / "forecast.parquet"
    table.to_parquet(path, row_group_size=64)
    return path, table


def test_rows_come_in_the_order_of_the_keys(stored):
    """From several groups of the file, each column as it was, unknown keys left out."""
    path, table = stored
    keys = np.random.default_rng(1).permutation(table.index.to_numpy())[:40]
    asked = [int(keys[0]), 10**7, *keys[1:].tolist(), 5 * SIZE]
    expected = table.loc[keys]
    expected.index = pd.Index(keys, name="customer_key")
    pd.testing.assert_frame_equal(read_rows(path, asked), expected)
    some = read_rows(path, asked, ["a.b (c)", "unknown"])
    pd.testing.assert_frame_equal(some, expected[["a.b (c)"]])


def test_nobody_is_an_empty_table_with_the_columns(stored):
    """Whether nobody is asked for or nobody is known."""
    path, table = stored
    for keys in ([], [10**7]):
        rows = read_rows(path, keys)
        assert rows.empty
        assert list(rows.columns) == list(table.columns)


def test_a_table_that_was_written_anew_is_read_anew(stored):
    """Keys lie elsewhere then."""
    path, table = stored
    key = int(table.index[0])
    assert len(read_rows(path, [key])) == 1
    table.iloc[1:].to_parquet(path)
    assert read_rows(path, [key]).empty


def test_two_tables_share_one_index(stored, tmp_path):
    """Columns are those of the same customers, read in the other table's order."""
    path, table = stored
    order = own_order(path)
    other = table.sort_values("predicted").rename_axis("customer_key")
    file = tmp_path / "features.parquet"
    other.to_parquet(file, row_group_size=50)
    as_first = order_as(file, order.keys)
    assert as_first is not None
    read = read_columns(file, ["predicted"], as_first)
    assert read.index is order.keys
    assert read["predicted"].tolist() == table["predicted"].tolist()
    assert read_columns(path, ["predicted"], order).index is order.keys
    other.iloc[:-1].to_parquet(file)
    assert order_as(file, order.keys) is None


def test_some_are_drawn_and_one_is_among_them(stored):
    """The same for the same seed, in the order of the file."""
    path, table = stored
    own = int(table.index[77])
    drawn = draw_rows(path, 30, seed=2, also=own)
    assert own in drawn.index
    assert len(drawn) in (30, 31)
    pd.testing.assert_frame_equal(
        drawn, table[table.index.isin(drawn.index)], check_index_type=False
    )
    with pytest.raises(KeyError):
        draw_rows(path, 30, seed=2, also=10**7)
