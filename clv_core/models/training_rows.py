"""Labelled snapshots stacked into rows, and split for early stopping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from clv_core.errors import HistoryTooShort, NoRepeatBuyers, TooFewCustomers, UnreadableColumn
from clv_core.features.mapped import stack_mapped
from clv_core.features.snapshots import Snapshot, is_large_shop
from clv_core.models.horizon import drop_log_ratio
from clv_core.sentences import Sentence

FEWEST_ROWS: Final = 50
SNAPSHOTS_TO_SPLIT_BY_TIME: Final = 3
VALIDATION_SHARE: Final = 0.3  # of customers
MOST_VALIDATION_ROWS: Final = 20_000  # seen in one batch after every epoch


@dataclass(frozen=True)
class TrainingRows:
    """One row per customer and labelled snapshot.

    Attributes
    ----------
    features : DataFrame
        Without the horizon ratio; the index is ``customer_key`` and repeats.
    spend : ndarray of float64, shape (rows,)
        Net revenue in the label window, as it is.
    snapshot : ndarray of int64, shape (rows,)
        Which snapshot a row is from; the newest has the greatest number.
    knows_time : bool
        False for rows of a value table.
    is_large : bool
        Whether the features lie in a file (``features.mapped``) and are read by windows.
    """

    features: pd.DataFrame
    spend: np.ndarray
    snapshot: np.ndarray
    knows_time: bool = True
    is_large: bool = False

    def split(self, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Choose the rows to learn from and the rows to validate on.

        A share of the customers validates and teaches nothing: label windows of
        neighbouring snapshots overlap, so a network that has seen a customer's
        older rows looks good on the newest one by remembering. With three
        snapshots or more only their newest rows validate, and only older rows
        of the others teach, as forecasting itself goes from older to newer.

        Returns
        -------
        (ndarray of int64, ndarray of int64)
            Row positions, without overlap.
        """
        random = np.random.default_rng(seed)
        keys = self.features.index.to_numpy()
        customers = np.unique(keys)
        drawn = customers[random.random(len(customers)) < VALIDATION_SHARE]
        validates = np.isin(keys, drawn)
        teaches = ~validates
        newest = self.snapshot == self.snapshot.max()
        if self.snapshot.max() + 1 >= SNAPSHOTS_TO_SPLIT_BY_TIME:
            validates &= newest
            teaches &= ~newest
        validation = np.flatnonzero(validates)
        if len(validation) > MOST_VALIDATION_ROWS:
            validation = np.sort(random.choice(validation, MOST_VALIDATION_ROWS, replace=False))
        return np.flatnonzero(teaches), validation


def stack_rows(labelled: Sequence[Snapshot]) -> TrainingRows:
    """Stack labelled snapshots and refuse what no network can learn from.

    Raises
    ------
    HistoryTooShort
        When there is no labelled snapshot.
    TooFewCustomers
        With fewer than ``FEWEST_ROWS`` rows.
    NoRepeatBuyers
        When nobody spent anything in the label windows.
    UnreadableColumn
        When all customers of a value table have the same value.
    """
    if not labelled:
        raise HistoryTooShort(
            Sentence("There is no earlier period whose outcome is already known to learn from."),
            Sentence("Bring a longer order history or choose a shorter horizon."),
        )
    spend = np.concatenate([snapshot.read_spend() for snapshot in labelled])
    if len(spend) < FEWEST_ROWS:
        raise TooFewCustomers(
            Sentence(
                "The network learns from {needed} customers or more; there are {count}.",
                needed=FEWEST_ROWS,
                count=len(spend),
            ),
            Sentence("Bring more customers or use one of the statistical models."),
        )
    knows_time = labelled[0].cutoff is not None
    if not knows_time and np.ptp(spend) == 0:
        raise UnreadableColumn(
            Sentence("All customers that the network learns from have the same value."),
            Sentence("Choose the column with each customer's own value."),
        )
    if knows_time and not (spend > 0).any():
        raise NoRepeatBuyers(
            Sentence("No customer bought again in the periods that the network learns from."),
            Sentence("Bring a longer order history or choose a longer horizon."),
        )
    tables = [snapshot.features for snapshot in labelled]
    is_large = knows_time and is_large_shop(labelled)
    return TrainingRows(
        features=drop_log_ratio(stack_mapped(tables) if is_large else pd.concat(tables)),
        spend=spend,
        snapshot=np.repeat(np.arange(len(labelled)), [len(s.features) for s in labelled]),
        knows_time=knows_time,
        is_large=is_large,
    )
