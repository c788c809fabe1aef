"""What families that read the feature matrix learn from: stacked, labelled rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from clv_core.errors import HistoryTooShort, NoRepeatBuyers, TooFewCustomers
from clv_core.features.mapped import stack_mapped
from clv_core.features.snapshots import LARGE_SHOP_CUSTOMERS, Snapshot, is_large_shop
from clv_core.models.forecaster import TrainingData
from clv_core.models.horizon import drop_log_ratio
from clv_core.sentences import Sentence

MOST_ROWS: Final = 10 * LARGE_SHOP_CUSTOMERS  # more than these families' weights can tell apart

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class LabelledRows:
    """One row per customer and labelled snapshot.

    Attributes
    ----------
    features : DataFrame
        Without the horizon ratio; the index is ``customer_key`` and repeats.
    spend : ndarray of float64, shape (rows,)
        Net revenue in the label window, negative where refunds exceed orders;
        for a value table the value.
    bought : ndarray of bool, shape (rows,), or None
        Whether there was a purchase in the window; None for a value table.
    """

    features: pd.DataFrame
    spend: Array
    bought: Array | None

    @property
    def customers(self) -> Array:
        """Return each row's ``customer_key``."""
        return np.asarray(self.features.index)

    def take(self, rows: Array) -> LabelledRows:
        """Return some of the rows, by position."""
        bought = None if self.bought is None else self.bought[rows]
        return LabelledRows(self.features.iloc[rows], self.spend[rows], bought)


def gather_rows(data: TrainingData, model: Sentence, rows_needed: int) -> LabelledRows:
    """Stack the labelled snapshots and refuse what cannot be learnt from.

    Parameters
    ----------
    data : TrainingData
    model : Sentence
        The family's title, for the refusal.
    rows_needed : int

    Raises
    ------
    HistoryTooShort
        When no outcome is known.
    TooFewCustomers
        With fewer rows than needed.
    NoRepeatBuyers
        When nobody brought anything in the label windows.
    """
    if not data.labelled:
        raise _nothing_known(data.history)
    spend = np.concatenate([snapshot.read_spend() for snapshot in data.labelled])
    if len(spend) < rows_needed:
        raise TooFewCustomers(
            Sentence(
                "{model} learns from {needed} customers or more; there are {count}.",
                model=model,
                needed=rows_needed,
                count=len(spend),
            ),
            Sentence("Bring more customers, or use another model."),
        )
    bought = None
    if data.labelled[0].cutoff is not None:
        bought = np.concatenate([snapshot.read_bought() for snapshot in data.labelled])
        if not bought.any() or spend.sum() <= 0:
            raise NoRepeatBuyers(
                Sentence(
                    "In the periods that {model} learns from, customers brought nothing.",
                    model=model,
                ),
                Sentence("Bring a longer order history or choose a longer horizon."),
            )
    return _stack(data.labelled, spend, bought)


def _stack(labelled: Sequence[Snapshot], spend: Array, bought: Array | None) -> LabelledRows:
    """Stack snapshots; of a large shop ``MOST_ROWS`` rows in even distances."""
    tables = [snapshot.features for snapshot in labelled]
    if labelled[0].cutoff is None or not is_large_shop(labelled):
        return LabelledRows(drop_log_ratio(pd.concat(tables)), spend, bought)
    step = -(-len(spend) // MOST_ROWS)
    stacked = drop_log_ratio(stack_mapped(tables)).iloc[::step].copy()
    return LabelledRows(stacked, spend[::step], None if bought is None else bought[::step])


def _nothing_known(history: Snapshot) -> HistoryTooShort:
    if history.cutoff is None:
        return HistoryTooShort(
            Sentence("There are no customers whose value is already known to learn from."),
            Sentence("Bring customers with a known value."),
        )
    return HistoryTooShort(
        Sentence("There is no earlier period whose outcome is already known to learn from."),
        Sentence("Bring a longer order history or choose a shorter horizon."),
    )
