"""What boosted trees learn: the checked labels of stacked snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from clv_core.errors import HistoryTooShort, NoRepeatBuyers, TooFewCustomers, UnreadableColumn
from clv_core.models.forecaster import TrainingData
from clv_core.sentences import Sentence

__all__ = ["TreeLabels", "stack_labels"]


@dataclass(frozen=True)
class TreeLabels:
    """One label per row.

    Attributes
    ----------
    spend : ndarray of float64
        Money. Refunds can push spend below zero, where the Tweedie loss is not
        defined: it counts as 0.0. A value below zero is what it says.
    bought : ndarray of float64 or None
        1.0 for at least one purchase; None where the table knows none.
    objective : {"tweedie", "regression"}
        The loss that suits ``spend``: the squared error where some is negative.
    """

    spend: np.ndarray
    bought: np.ndarray | None
    objective: Literal["tweedie", "regression"]


def stack_labels(data: TrainingData, rows_needed: int) -> TreeLabels:
    """Gather the labels and refuse what no tree can learn from.

    Raises
    ------
    HistoryTooShort
        When there is no labelled snapshot.
    TooFewCustomers
        With fewer rows than ``rows_needed``.
    NoRepeatBuyers
        When nobody spent anything in the label windows.
    UnreadableColumn
        When all customers of a value table have the same value.
    """
    if not data.labelled:
        raise HistoryTooShort(
            Sentence("There is no earlier period whose outcome is already known to learn from."),
            Sentence("Bring a longer order history or choose a shorter horizon."),
        )
    spend = np.concatenate([snapshot.read_spend() for snapshot in data.labelled])
    if len(spend) < rows_needed:
        raise TooFewCustomers(
            Sentence(
                "Boosted trees learn from {needed} customers or more; there are {count}.",
                needed=rows_needed,
                count=len(spend),
            ),
            Sentence("Bring more customers or use one of the statistical models."),
        )
    if data.labelled[0].cutoff is None:
        return _label_values(spend)
    spend = spend.clip(min=0.0)
    if not spend.any():
        raise NoRepeatBuyers(
            Sentence("No customer bought again in the periods that boosted trees learn from."),
            Sentence("Bring a longer order history or choose a longer horizon."),
        )
    bought = np.concatenate([snapshot.read_bought() for snapshot in data.labelled])
    return TreeLabels(spend, bought.astype(np.float64), "tweedie")


def _label_values(values: np.ndarray) -> TreeLabels:
    if np.ptp(values) == 0:
        raise UnreadableColumn(
            Sentence("All customers that boosted trees learn from have the same value."),
            Sentence("Choose the column with each customer's own value."),
        )
    return TreeLabels(values, None, "tweedie" if (values >= 0).all() else "regression")
