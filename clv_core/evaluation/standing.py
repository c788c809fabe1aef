"""Who stands where on a scoreboard, in words that both verdicts share."""

from __future__ import annotations

from typing import Final

from clv_core.evaluation.metrics import METRICS
from clv_core.evaluation.recommendation import DECISIVE
from clv_core.evaluation.scoreboard import BASELINES, Scoreboard
from clv_core.models.titles import MODEL_TITLES
from clv_core.sentences import Sentence

NETWORK: Final = "network"


def title_of(model: str) -> Sentence:
    """Return what people call a model; its own name where that is unknown."""
    return MODEL_TITLES.get(model, Sentence("{name}", name=model))


def find_second(board: Scoreboard) -> str | None:
    """Return the model that orders customers best after the winner."""
    return find_best(board, [m for m in board.models if m != board.winner], "normalised_gini")


def find_best(board: Scoreboard, models: list[str], metric: str) -> str | None:
    """Return which of some models is best on a metric; None where none has it."""
    scores = {
        model: METRICS[metric].badness(found[0])
        for model in models
        if (found := board.find(model, metric)) is not None
    }
    return min(scores, key=scores.__getitem__) if scores else None


def judge_network(board: Scoreboard) -> Sentence:
    """Say whether the network beats the plain baselines, or they it, beyond chance."""
    baselines = [model for model in board.models if model in BASELINES]
    if NETWORK not in board.models or not baselines:
        return Sentence("The network was not measured against plain baselines in this run.")
    won = lost = measured = 0
    for metric in DECISIVE:
        best = find_best(board, baselines, metric)
        difference = board.compare(NETWORK, best, metric) if best else None
        if difference is None:
            continue
        measured += 1
        if difference.is_beyond_noise:
            is_better = METRICS[metric].badness(difference.value) < 0
            won, lost = won + is_better, lost + (not is_better)
    if measured and won == measured:
        return Sentence(
            "The network beats the best plain baseline beyond chance on all of normalised Gini,"
            " rank correlation and absolute error that could be measured ({measured}).",
            measured=measured,
        )
    if not won and not lost:
        return Sentence(
            "The network does neither better nor worse than the best plain baseline beyond chance"
            " (normalised Gini, rank correlation, absolute error)."
        )
    if not won:
        return Sentence(
            "A plain baseline beats the network beyond chance on {lost} of {measured} measures"
            " (normalised Gini, rank correlation, absolute error); the network beats them on none.",
            lost=lost,
            measured=measured,
        )
    return Sentence(
        "Against the best plain baseline on each of {measured} measures (normalised Gini, rank"
        " correlation, absolute error) the network is better beyond chance on {won} and worse"
        " beyond chance on {lost}.",
        measured=measured,
        won=won,
        lost=lost,
    )
