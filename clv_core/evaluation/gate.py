"""Whether the model in use orders customers better than what they spent so far.

A list that costs a training must beat the one any spreadsheet gives. Where it does
not, people are told before they act on it.
"""

from __future__ import annotations

from typing import Final

from clv_core.evaluation.metrics import METRICS
from clv_core.evaluation.recommendation import OF_ORDER
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.evaluation.standing import title_of
from clv_core.sentences import Sentence

YARDSTICK: Final = "past_spend"


def find_objection(board: Scoreboard | None) -> Sentence | None:
    """Say why the list of the model in use should not be relied on.

    The model beats past spend where, on the held-out customers, it orders them
    better beyond chance by normalised Gini or Spearman, and by neither worse
    beyond chance: the paired bootstrap interval of the difference leaves zero
    out. As good as past spend is not better.

    Parameters
    ----------
    board : Scoreboard or None
        Of the holdout; None where it has no outcome.

    Returns
    -------
    Sentence or None
        None where the model beats past spend, and where nothing can be said:
        nothing was tested, or the table knows no past spend.
    """
    if board is None or YARDSTICK not in board.models:
        return None
    model = title_of(board.recommended)
    if board.recommended not in board.models:
        return Sentence(
            "{model}, which the forecast comes from, was not part of the test: nothing shows that"
            " its list of customers is better than one by past spend.",
            model=model,
        )
    worse = better = 0
    for metric in OF_ORDER:
        difference = board.compare(board.recommended, YARDSTICK, metric)
        if difference is not None and difference.is_beyond_noise:
            is_better = METRICS[metric].badness(difference.value) < 0
            better, worse = better + is_better, worse + (not is_better)
    if better and not worse:
        return None
    if worse:
        return Sentence(
            "{model} did not beat past spend: on the customers held out, past spend put them in a"
            " better order, beyond chance. Do not rely on this forecast to choose customers.",
            model=model,
        )
    return Sentence(
        "{model} did not beat past spend: on the customers held out, its order of them was no"
        " better than the order by what they had spent, beyond chance. A list by past spend"
        " would do as well.",
        model=model,
    )
