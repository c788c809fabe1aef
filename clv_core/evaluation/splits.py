"""Which customers of a value table are learnt from, and which only tested on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from clv_core.errors import TooFewCustomers, UnreadableColumn
from clv_core.evaluation.metrics import Floats
from clv_core.sentences import Sentence

HELD_OUT_ONE_IN: Final = 5
FEWEST_KNOWN: Final = 100
FOLDS: Final = 5
FEWER_FOLDS: Final = 3
_ROWS_FOR_ONE_REPEAT: Final = 4_000  # from here each repeat costs more than it tells
_ROWS_FOR_FEWER_FOLDS: Final = 20_000
_USUAL_COLUMNS: Final = 50  # a wider table costs as much as one with more rows

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SplitPlan:
    """How the customers of a value table were divided.

    Attributes
    ----------
    customers : int
        Rows of the table.
    known : int
        Customers whose value is given.
    learning, holdout : int
        Of those: learnt from, and kept back for the test.
    folds, repeats : int
        The learning customers are divided ``repeats`` times anew into ``folds``
        parts; each part is forecast by models that learnt from the others.
    seed : int
        Decides who is in which part.
    """

    customers: int
    known: int
    learning: int
    holdout: int
    folds: int
    repeats: int
    seed: int

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SplitPlan:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(**stored)


def plan_split(values: Floats, columns: int, seed: int) -> SplitPlan:
    """Decide how many customers are kept back and how often models are tried.

    Parameters
    ----------
    values : array of float, shape (customers,)
        NaN where blank.
    columns : int
        Features of the table; many rows or columns mean fewer trials.
    seed : int

    Raises
    ------
    TooFewCustomers
        With fewer than ``FEWEST_KNOWN`` known values.
    UnreadableColumn
        Where all values are the same, or none is above 0.
    """
    known = values[~np.isnan(values)]
    if len(known) < FEWEST_KNOWN:
        raise TooFewCustomers(
            Sentence(
                "The value of {count} customer(s) is known; learning takes {needed} or more.",
                count=len(known),
                needed=FEWEST_KNOWN,
            ),
            Sentence("Bring more customers with a known value."),
        )
    if np.ptp(known) == 0 or known.max() <= 0:
        raise UnreadableColumn(
            Sentence("The value is the same for all customers, or for none of them above 0."),
            Sentence("Choose another column as the value."),
        )
    holdout = len(_hold_out(known, seed))
    size = len(known) * max(1.0, columns / _USUAL_COLUMNS)
    return SplitPlan(
        customers=len(values),
        known=len(known),
        learning=len(known) - holdout,
        holdout=holdout,
        folds=FOLDS if size <= _ROWS_FOR_FEWER_FOLDS else FEWER_FOLDS,
        repeats=2 if size <= _ROWS_FOR_ONE_REPEAT else 1,
        seed=seed,
    )


def split_customers(values: Floats, plan: SplitPlan) -> tuple[Positions, Positions]:
    """Return the positions of the customers to learn from and of those kept back.

    One of every five neighbours in order of value is kept back, so that both
    groups hold customers of every size alike.
    """
    known = np.flatnonzero(~np.isnan(values))
    held = _hold_out(values[known], plan.seed)
    return np.delete(known, held), known[held]


def deal_folds(values: Floats, plan: SplitPlan, repeat: int) -> Positions:
    """Give every learning customer the number of a fold, alike in value.

    Parameters
    ----------
    values : array of float, shape (learning customers,)
    plan : SplitPlan
    repeat : int
        Which of the plan's repeats, from 0.
    """
    return _deal(values, plan.folds, plan.seed + 1 + repeat)


def _hold_out(known: Floats, seed: int) -> Positions:
    return np.flatnonzero(_deal(known, HELD_OUT_ONE_IN, seed) == 0)


def _deal(values: Floats, hands: int, seed: int) -> Positions:
    """Deal customers in order of value, one to each hand in turn, hands in random order."""
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(values))  # who comes first among equal values
    order = shuffled[np.argsort(values[shuffled], kind="stable")]
    rounds = -(-len(values) // hands)
    dealt = random.permuted(np.tile(np.arange(hands), (rounds, 1)), axis=1).ravel()
    numbers = np.empty(len(values), dtype=np.int64)
    numbers[order] = dealt[: len(values)]
    return numbers
