"""Windows before the holdout, on which settings can be compared."""

from __future__ import annotations

import datetime as dt

from clv_core.errors import HistoryTooShort
from clv_core.features.windows import WindowPlan
from clv_core.sentences import Sentence


def place_windows(plan: WindowPlan, most: int) -> tuple[dt.date, ...]:
    """Return the cutoffs of the windows to search on, newest first.

    The first is the plan's validation window. Earlier ones begin half a window
    before the next, as long as at least half as many snapshots teach there: what is
    found with few would not hold for many.

    Raises
    ------
    HistoryTooShort
        Where there is no validation window, or nothing to learn from before it.
    """
    newest, days = plan.validation_cutoff, plan.validation_horizon_days
    if newest is None or days is None or not plan.training_cutoffs(newest):
        raise HistoryTooShort(
            Sentence(
                "The orders before {cutoff} hold no window of {days} days with another one before"
                " it to learn from, so that settings cannot be compared without looking at the"
                " test.",
                cutoff=plan.holdout_cutoff.isoformat(),
                days=plan.training_horizon_days,
            ),
            Sentence("Bring a longer order history or choose a shorter horizon."),
        )
    enough = len(plan.training_cutoffs(newest)) / 2
    step = dt.timedelta(days=max(1, days // 2))
    cutoffs = [newest]
    while len(cutoffs) < most and len(plan.training_cutoffs(cutoffs[-1] - step)) >= enough:
        cutoffs.append(cutoffs[-1] - step)
    return tuple(cutoffs)
