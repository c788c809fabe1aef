"""What the scoreboard of a value table means, in plain sentences.

The test asks how well a given column can be told from the other columns of the
same table, on customers kept back. It asks nothing of the future, and the
verdict says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.evaluation.standing import find_second, judge_network, title_of
from clv_core.evaluation.verdict import FEW_CUSTOMERS, LARGE_BIAS, Verdict
from clv_core.sentences import Fact, Sentence

MEAN: Final = "mean_value"
LINEAR: Final = "linear"
LITTLE_EXPLAINED: Final = 0.25  # of the variance, below which a caution is given


def write_value_verdict(scoreboard: Scoreboard, leaks: Mapping[str, Sentence]) -> Verdict:
    """Put the scoreboard of held-out customers into words.

    Parameters
    ----------
    scoreboard : Scoreboard
        Without a window.
    leaks : mapping of str to Sentence
        Columns that are learnt from although they may give the value away, by
        header, with the reason.
    """
    finders: tuple[Callable[[Scoreboard], Sentence | None], ...] = (
        _find_little,
        _find_plain_better,
        _find_bias,
        _find_few,
        _find_other_winner,
    )
    found = [caution for find in finders if (caution := find(scoreboard)) is not None]
    return Verdict(
        headline=_name_winner(scoreboard),
        network=judge_network(scoreboard),
        worth=_hold_against_mean(scoreboard),
        meaning=Sentence(
            "This tells how well a given column can be told from the other columns of the same"
            " table. It is not a forecast in time: nothing here was tested on what customers did"
            " later."
        ),
        cautions=(*(_warn_of_leak(name, why) for name, why in leaks.items()), *found),
    )


def _name_winner(board: Scoreboard) -> Sentence:
    found = board.find(board.winner, "normalised_gini")
    if found is None:
        return Sentence(
            "No model can be named best: the values of the {customers:,} customers kept back cannot"
            " be ranked.",
            customers=board.customers,
        )
    value, low, high = found
    facts: dict[str, Fact] = {
        "model": title_of(board.winner),
        "value": value,
        "low": low,
        "high": high,
        "customers": board.customers,
    }
    if low <= 0:
        return Sentence(
            "No model orders customers by value better than chance: of {model}, the best of them,"
            " the normalised Gini is {value:.3f}, between {low:.3f} and {high:.3f}, on"
            " {customers:,} customers no model had seen.",
            **facts,
        )
    second = find_second(board)
    lead = board.compare(board.winner, second, "normalised_gini") if second else None
    if second and lead and not lead.is_beyond_noise:
        return Sentence(
            "{model} orders customers by value best (normalised Gini {value:.3f}, between {low:.3f}"
            " and {high:.3f}, on {customers:,} customers no model had seen), but its lead over"
            " {second} is no larger than chance alone can make it.",
            second=title_of(second),
            **facts,
        )
    return Sentence(
        "{model} orders customers by value best: normalised Gini {value:.3f}, between {low:.3f} and"
        " {high:.3f}, on {customers:,} customers no model had seen.",
        **facts,
    )


def _hold_against_mean(board: Scoreboard) -> Sentence:
    """Say how much closer the model in use comes than the same number for everyone."""
    used, mean = board.find(board.recommended, "mae"), board.find(MEAN, "mae")
    change = board.compare(board.recommended, MEAN, "mae")
    if used is None or mean is None or change is None:
        return Sentence(
            "{model} was not part of the test, so nothing is known of how close it comes.",
            model=title_of(board.recommended),
        )
    facts: dict[str, Fact] = {
        "model": title_of(board.recommended),
        "error": used[0],
        "mean_error": mean[0],
    }
    if not change.is_beyond_noise:
        return Sentence(
            "{model} misses the value of a customer by {error:,.2f} on average; saying the mean of"
            " all customers for everyone misses it by {mean_error:,.2f}. The difference may as well"
            " be chance: the columns of this table do not bring the value closer.",
            **facts,
        )
    if change.value > 0:
        return Sentence(
            "{model} misses the value of a customer by {error:,.2f} on average, more than the"
            " {mean_error:,.2f} of saying the mean of all customers for everyone: its amounts are"
            " of no use here.",
            **facts,
        )
    return Sentence(
        "{model} misses the value of a customer by {error:,.2f} on average; saying the mean of all"
        " customers for everyone misses it by {mean_error:,.2f}, so the columns of this table take"
        " {percent:.0f} % off the error.",
        percent=-change.value / mean[0] * 100,
        **facts,
    )


def _warn_of_leak(column: str, why: Sentence) -> Sentence:
    return Sentence(
        "The column “{column}” is learnt from although it may give the value away, so the test may"
        " look better than it is. {why}",
        column=column,
        why=why,
    )


def _find_little(board: Scoreboard) -> Sentence | None:
    found = board.find(board.recommended, "r2")
    if found is None or found[0] >= LITTLE_EXPLAINED:
        return None
    if found[0] <= 0:
        return Sentence(
            "{model} explains none of the differences between customers' values (R² {r2:.2f}).",
            model=title_of(board.recommended),
            r2=found[0],
        )
    return Sentence(
        "{model} explains {percent:.0f} % of the differences between customers' values (R²"
        " {r2:.2f}): most of what makes a customer valuable is not in this table.",
        model=title_of(board.recommended),
        percent=found[0] * 100,
        r2=found[0],
    )


def _find_plain_better(board: Scoreboard) -> Sentence | None:
    """Say where the linear model beats the one in use on the held-out customers."""
    if board.recommended in (LINEAR, MEAN):
        return None
    change = board.compare(board.recommended, LINEAR, "mae")
    if change is None or change.value <= 0 or not change.is_beyond_noise:
        return None
    return Sentence(
        "The linear model came closer in the test than {model}, beyond chance: by {amount:,.2f} per"
        " customer.",
        model=title_of(board.recommended),
        amount=change.value,
    )


def _find_bias(board: Scoreboard) -> Sentence | None:
    found = board.find(board.recommended, "bias")
    if found is None or abs(found[0]) <= LARGE_BIAS:
        return None
    facts: dict[str, Fact] = {
        "model": title_of(board.recommended),
        "percent": abs(found[0]) * 100,
        "predicted": board.predicted_totals[board.recommended],
        "actual": board.actual_total,
    }
    if found[0] > 0:
        return Sentence(
            "{model} puts the total of the customers kept back {percent:.0f} % too high"
            " ({predicted:,.0f} against {actual:,.0f}): rely on its order of customers more than on"
            " its sums.",
            **facts,
        )
    return Sentence(
        "{model} puts the total of the customers kept back {percent:.0f} % too low"
        " ({predicted:,.0f} against {actual:,.0f}): rely on its order of customers more than on its"
        " sums.",
        **facts,
    )


def _find_few(board: Scoreboard) -> Sentence | None:
    if board.customers >= FEW_CUSTOMERS:
        return None
    return Sentence(
        "The test rests on {customers:,} customers; below {few_customers} such results move a lot"
        " by chance.",
        customers=board.customers,
        few_customers=FEW_CUSTOMERS,
    )


def _find_other_winner(board: Scoreboard) -> Sentence | None:
    if board.recommended not in board.models or board.winner == board.recommended:
        return None
    facts: dict[str, Fact] = {
        "winner": title_of(board.winner),
        "model": title_of(board.recommended),
    }
    lead = board.compare(board.winner, board.recommended, "normalised_gini")
    if lead is not None and lead.is_beyond_noise:
        return Sentence(
            "{winner} ordered customers better in the test than {model}, beyond chance. {model} was"
            " chosen before the test; choosing by the test would make it worthless as one.",
            **facts,
        )
    return Sentence(
        "{winner} ordered customers best in the test, but no further ahead of {model}, which was"
        " chosen before it, than chance alone can make it.",
        **facts,
    )
