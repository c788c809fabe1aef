"""Rows of a value table as models see them."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.errors import TooFewCustomers
from clv_core.features.value_rows import keep_complete_rows, take_value_rows
from tests.value_tables import simulate_people, write_value_table


def test_rows_know_no_time(tmp_path):
    """All features under their own headers, the value as label, no day and no horizon."""
    people = simulate_people(80, seed=1)
    table, _ = write_value_table(people, tmp_path)
    rows = take_value_rows(table, np.array([5, 2]))
    assert rows.features.index.tolist() == [5, 2]
    assert list(rows.features) == ["Vehicle Class", "Income", "frequency", "Noise"]
    assert rows.future_spend is not None
    assert rows.future_spend.tolist() == people["value"].iloc[[5, 2]].tolist()
    assert rows.horizon_days == 0
    with pytest.raises(ValueError, match="no day"):
        _ = rows.day


def test_a_blank_value_labels_nothing(tmp_path):
    """With one blank value among the rows there is no label to learn by mistake."""
    people = simulate_people(80, seed=1)
    people.loc[3, "value"] = np.nan
    table, _ = write_value_table(people, tmp_path)
    assert take_value_rows(table).future_spend is None
    assert take_value_rows(table, np.array([0, 1, 2])).is_labelled


def test_whole_rows_only(tmp_path):
    """Rows with a gap go, their labels with them; too few whole ones are refused."""
    people = simulate_people(80, seed=1)
    table, _ = write_value_table(people, tmp_path)
    rows = take_value_rows(table)
    whole = keep_complete_rows(rows)
    assert whole.future_spend is not None
    assert whole.features.index.equals(people.index[people["Income"].notna()])
    assert whole.future_spend.index.equals(whole.features.index)
    assert len(whole.spend_sequence) == len(whole.features) < 80
    with pytest.raises(TooFewCustomers, match="an entry in every column"):
        keep_complete_rows(take_value_rows(table, np.arange(50)))
