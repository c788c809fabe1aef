"""Rows of a value table as a snapshot that knows no time."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from clv_core.cleaning.value_table import ValueTable
from clv_core.errors import TooFewCustomers
from clv_core.features.snapshots import Snapshot
from clv_core.sentences import Sentence

FEWEST_COMPLETE: Final = 50


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


def keep_complete_rows(snapshot: Snapshot) -> Snapshot:
    """Leave out customers who lack a feature, where the user wants only whole rows learnt.

    Raises
    ------
    TooFewCustomers
        When fewer than ``FEWEST_COMPLETE`` lack nothing.
    """
    complete = snapshot.features.notna().all(axis=1).to_numpy()
    if complete.sum() < FEWEST_COMPLETE:
        raise TooFewCustomers(
            Sentence(
                "Only {complete} of {rows} customers have an entry in every column; {needed} are "
                "needed to learn from.",
                complete=int(complete.sum()),
                rows=len(complete),
                needed=FEWEST_COMPLETE,
            ),
            Sentence("Let missing values be filled, or leave out the columns with many gaps."),
        )
    return snapshot.take(np.flatnonzero(complete))
