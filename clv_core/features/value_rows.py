"""Rows of a value table as a snapshot that knows no time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clv_core.cleaning.value_table import ValueTable
from clv_core.features.snapshots import Snapshot


def take_value_rows(table: ValueTable, rows: npt.NDArray[np.int64] | None = None) -> Snapshot:
    """Return customers of a value table as models see them.

    Parameters
    ----------
    table : ValueTable
    rows : ndarray of int64, optional
        Positions of the customers, in the table's order; all by default.

    Returns
    -------
    Snapshot
        Without cutoff, horizon and sequence. ``future_spend`` is the value; it
        is None where the value of one of the customers is blank, so that no
        model can learn from a blank.
    """
    features = table.read_features(rows)
    values = table.read_values().loc[features.index]
    return Snapshot(
        cutoff=None,
        horizon_days=0,
        features=features,
        spend_sequence=np.zeros((len(features), 0), dtype=np.float32),
        future_spend=None if values.isna().any() else values.rename("future_spend"),
    )
