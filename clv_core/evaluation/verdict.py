"""What the scoreboard means, in sentences that claim no more than it shows.

"Beyond chance" always means that the paired bootstrap interval of a difference
leaves zero out. ``Scoreboard.recommended`` is called the model in use: it was
chosen before the test, by the rule or by the user.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clv_core.evaluation.scoreboard import BASELINES, Scoreboard
from clv_core.evaluation.standing import find_best, find_second, judge_network, title_of
from clv_core.sentences import Fact, Sentence

LARGE_BIAS: Final = 0.1  # of the total, from which a caution is given
FEW_CUSTOMERS: Final = 500
FEW_BUYERS: Final = 100


@dataclass(frozen=True)
class Verdict:
    """The scoreboard in words.

    Attributes
    ----------
    headline : Sentence
        Who ranks customers best on the holdout, baselines included.
    network : Sentence
        Whether the network beats the plain baselines beyond chance.
    worth : Sentence
        What the top 20 % of the model in use caught beyond the baseline's.
    meaning : Sentence
        How to read that amount.
    cautions : tuple of Sentence
        Why to be careful; empty where nothing was found.
    """

    headline: Sentence
    network: Sentence
    worth: Sentence
    meaning: Sentence
    cautions: tuple[Sentence, ...]


def write_verdict(scoreboard: Scoreboard) -> Verdict:
    """Put the scoreboard of a held-out window into words."""
    return Verdict(
        headline=_name_winner(scoreboard),
        network=judge_network(scoreboard),
        worth=_price_recommendation(scoreboard),
        meaning=Sentence(
            "This revenue came in anyway; the amount says how much more of it belonged to the"
            " customers chosen, not what a campaign would add."
        ),
        cautions=tuple(
            caution
            for find in (_find_bias, _find_few, _find_other_winner, _find_carried)
            if (caution := find(scoreboard)) is not None
        ),
    )


def _name_winner(board: Scoreboard) -> Sentence:
    found = board.find(board.winner, "normalised_gini")
    if found is None:
        return Sentence(
            "No model can be named best: in the {days} days after {cutoff} the {customers:,}"
            " customers brought no revenue that could be ranked.",
            days=board.horizon_days,
            cutoff=board.cutoff.isoformat(),
            customers=board.customers,
        )
    value, low, high = found
    second = find_second(board)
    lead = board.compare(board.winner, second, "normalised_gini") if second else None
    if second and lead and not lead.is_beyond_noise:
        return Sentence(
            "{model} ranks your customers best (normalised Gini {value:.3f}, between {low:.3f} and"
            " {high:.3f}, on {customers:,} customers in the {days} days after {cutoff}), but its"
            " lead over {second} is no larger than chance alone can make it.",
            model=title_of(board.winner),
            second=title_of(second),
            value=value,
            low=low,
            high=high,
            customers=board.customers,
            days=board.horizon_days,
            cutoff=board.cutoff.isoformat(),
        )
    return Sentence(
        "{model} ranks your customers best: normalised Gini {value:.3f}, between {low:.3f} and"
        " {high:.3f}, on {customers:,} customers in the {days} days after {cutoff}.",
        model=title_of(board.winner),
        value=value,
        low=low,
        high=high,
        customers=board.customers,
        days=board.horizon_days,
        cutoff=board.cutoff.isoformat(),
    )


def _choose_baseline(board: Scoreboard) -> str | None:
    others = [m for m in board.models if m in BASELINES and m != board.recommended]
    return "past_spend" if "past_spend" in others else find_best(board, others, "top_20_revenue")


def _price_recommendation(board: Scoreboard) -> Sentence:
    if board.recommended not in board.models:
        return Sentence(
            "{model} was not part of the test, so its list of customers cannot be priced.",
            model=title_of(board.recommended),
        )
    if board.actual_total <= 0:
        return Sentence(
            "Orders less refunds brought no revenue in the {days} days of the test, so no list of"
            " customers can be priced.",
            days=board.horizon_days,
        )
    baseline = _choose_baseline(board)
    gain = board.compare(board.recommended, baseline, "top_20_revenue") if baseline else None
    if baseline is None or gain is None:
        return Sentence("There is no baseline in this run to price the model in use against.")
    facts: dict[str, Fact] = {
        "model": title_of(board.recommended),
        "baseline": title_of(baseline),
        "days": board.horizon_days,
        "low": gain.low,
        "high": gain.high,
    }
    if not gain.is_beyond_noise:
        return Sentence(
            "Choosing the top 20 % of customers by {model} instead of {baseline} changed the"
            " revenue caught in {days} days by {value:+,.0f} (between {low:+,.0f} and"
            " {high:+,.0f}), which may as well be nothing: treat the two lists as equally good.",
            value=gain.value,
            **facts,
        )
    share = abs(gain.value) / board.actual_total * 100
    if gain.value < 0:
        return Sentence(
            "Choosing the top 20 % of customers by {model} instead of {baseline} caught"
            " {loss:,.0f} less revenue in {days} days (change between {low:+,.0f} and"
            " {high:+,.0f}), {share:.1f} % of all of it: choose that list by {baseline}.",
            loss=-gain.value,
            share=share,
            **facts,
        )
    return Sentence(
        "Choosing the top 20 % of customers by {model} instead of {baseline} caught {value:,.0f}"
        " more revenue in {days} days (between {low:,.0f} and {high:,.0f}), {share:.1f} % of all"
        " of it.",
        value=gain.value,
        share=share,
        **facts,
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
            "{model} forecast {percent:.0f} % more in total than came in ({predicted:,.0f} against"
            " {actual:,.0f}): rely on its order of customers more than on its sums.",
            **facts,
        )
    return Sentence(
        "{model} forecast {percent:.0f} % less in total than came in ({predicted:,.0f} against"
        " {actual:,.0f}): rely on its order of customers more than on its sums.",
        **facts,
    )


def _find_few(board: Scoreboard) -> Sentence | None:
    buyers = round((board.buyers_share or 0.0) * board.customers)
    if board.customers >= FEW_CUSTOMERS and buyers >= FEW_BUYERS:
        return None
    return Sentence(
        "The test rests on {customers:,} customers of whom {buyers:,} bought; below"
        " {few_customers} customers or {few_buyers} buyers such results move a lot by chance.",
        customers=board.customers,
        buyers=buyers,
        few_customers=FEW_CUSTOMERS,
        few_buyers=FEW_BUYERS,
    )


def _find_other_winner(board: Scoreboard) -> Sentence | None:
    if board.recommended not in board.models:
        return Sentence(
            "{model}, which the forecast comes from, could not be fitted for the test: nothing is"
            " known of how well it forecasts.",
            model=title_of(board.recommended),
        )
    if board.winner == board.recommended:
        return None
    facts: dict[str, Fact] = {
        "winner": title_of(board.winner),
        "model": title_of(board.recommended),
    }
    if board.winner not in board.predicted_totals:
        return Sentence(
            "{winner} ranked best in the test but gives no amounts; the forecast comes from {model}"
            " because it needs them.",
            **facts,
        )
    lead = board.compare(board.winner, board.recommended, "normalised_gini")
    if lead is not None and lead.is_beyond_noise:
        return Sentence(
            "{winner} ranked better in the test than {model}, beyond chance. {model} was chosen"
            " before the test; choosing by the test would make it worthless as one.",
            **facts,
        )
    return Sentence(
        "{winner} ranked best in the test, but no further ahead of {model}, which was chosen before"
        " it, than chance alone can make it.",
        **facts,
    )


def _find_carried(board: Scoreboard) -> Sentence | None:
    if not board.days.is_carried:
        return None
    return Sentence(
        "History is too short to learn from whole windows of {days} days: learning models were"
        " trained on {training_days} days and carried further by the purchase model's"
        " expectation.",
        days=board.horizon_days,
        training_days=board.days.training_horizon_days,
    )
