"""Tables in files: the same numbers, and nothing of them in memory until looked at."""

import numpy as np
import pandas as pd

from clv_core.features.mapped import (
    MappedTable,
    let_go,
    map_parts,
    map_snapshot,
    split_rows,
    stack_mapped,
)
from clv_core.features.snapshots import Snapshot


def make_table(rows, start=0):
    """Return numbers with gaps under keys that begin somewhere."""
    index = pd.Index(np.arange(start, start + rows), name="customer_key")
    numbers = np.arange(2.0 * rows).reshape(rows, 2)
    numbers[0, 1] = np.nan
    return pd.DataFrame(numbers, index, ["a", "b"])


def test_a_stacked_table_is_the_tables_one_after_the_other():
    """Values, gaps, keys and names are those of a plain concatenation."""
    tables = [make_table(5), make_table(3, start=2)]
    pd.testing.assert_frame_equal(stack_mapped(tables), pd.concat(tables))


def test_rows_are_written_from_a_position_on():
    """A table written block by block reads as if it had been written at once."""
    whole = make_table(7)
    written = MappedTable(whole.index, ["a", "b"])
    for start in (0, 4):
        written.write(start, whole.to_numpy()[start : start + 4])
    pd.testing.assert_frame_equal(written.read(), whole)


def test_looking_at_some_rows_copies_nothing():
    """A window of a table in a file is a view of the file."""
    table = stack_mapped([make_table(100)])
    assert np.shares_memory(table.iloc[10:20].to_numpy(), table.to_numpy())


def test_only_large_shops_lie_in_files(monkeypatch):
    """A small shop's snapshot is handed back as it is; a large one's features are equal."""
    table = make_table(10)
    snapshot = Snapshot(None, 30, table, np.zeros((10, 0), np.float32))
    assert map_snapshot(snapshot) is snapshot
    monkeypatch.setattr("clv_core.features.mapped.LARGE_SHOP_CUSTOMERS", 5)
    mapped = map_snapshot(snapshot)
    assert mapped is not snapshot
    pd.testing.assert_frame_equal(mapped.features, table)


def test_blocks_hold_every_row_once():
    """Blocks follow each other without gap; no rows are one empty block."""
    rows = np.concatenate([np.arange(200_000)[block] for block in split_rows(200_000)])
    assert (rows == np.arange(200_000)).all()
    assert len(split_rows(0)) == 1


def test_what_was_let_go_is_read_again():
    """Letting a table's pages go changes no number, nor a table that lies in no file."""
    table = make_table(50)
    mapped = stack_mapped([table])
    for one in (mapped, mapped.drop(columns="b"), table):
        let_go(one)
    pd.testing.assert_frame_equal(mapped, table)


def test_parts_are_put_together_as_one_snapshot():
    """Features, sequences and labels of all parts follow each other, in too large a room."""
    table = make_table(9)
    labels = pd.Series(np.arange(9.0), table.index, name="future_spend")
    months = np.arange(18, dtype=np.float32).reshape(9, 2)
    whole = Snapshot(None, 30, table, months, labels)
    parts = (whole.take(np.arange(start, min(start + 4, 9))) for start in (0, 4, 8))
    found = map_parts(parts, most_rows=20)
    pd.testing.assert_frame_equal(found.features, table)
    pd.testing.assert_series_equal(found.future_spend, labels)
    np.testing.assert_array_equal(found.spend_sequence, months)
    assert found.future_orders is None
