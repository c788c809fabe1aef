"""What a proof shows, in sentences that claim no more than it does."""

from __future__ import annotations

from typing import Final

import pandas as pd

from clv_core.evaluation.proof import Proof
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.evaluation.standing import find_best, title_of
from clv_core.evaluation.variants import READ_ORDERS_ALONE, Judgement, judge_gain
from clv_core.sentences import Fact, Sentence

FILE_TITLES: Final = {
    "orders": Sentence("Orders alone"),
    "events": Sentence("Browsing"),
    "reviews": Sentence("Reviews"),
}


def tell_both(board: Scoreboard, validation: Scoreboard, metric: str) -> Sentence | None:
    """Say whether the window that chose the model and the test agree; None where unmeasured."""
    tested, earlier = (find_best(one, list(one.models), metric) for one in (board, validation))
    if tested is None or earlier is None:
        return None
    if tested == earlier:
        return Sentence("{model} is best in both windows.", model=title_of(tested))
    return Sentence(
        "In the earlier window {earlier} is best, in the test {tested}.",
        earlier=title_of(earlier),
        tested=title_of(tested),
    )


def tell_history(proof: Proof, metric: str) -> Sentence:
    """Say whether more history would help, as far as less of it shows."""
    rows = take_metric(proof.history, metric)
    shorter = rows.sort_values("days").dropna(subset="gain") if len(rows) else rows
    if len(proof.history) and not len(shorter):
        return Sentence("By this measure nothing can be said of shorter histories.")
    if not len(shorter):
        return Sentence("History is too short to be cut shorter: what more would help is unknown.")
    whole = rows.sort_values("days").iloc[-1]
    shortest, nearest = shorter.iloc[0], shorter.iloc[-1]
    facts: dict[str, Fact] = {"days": int(whole["days"]), "last": int(nearest["days"])}
    told = {
        "better": Sentence(
            "More history would probably help: {days} days still do better than {last} days, beyond"
            " chance.",
            **facts,
        ),
        "worse": Sentence(
            "More history would probably not help: {last} days do better than {days} days, beyond"
            " chance. The shop of old is not the shop of today.",
            **facts,
        ),
        "alike": Sentence(
            "More history would hardly help: {days} days do as well as {last} days.", **facts
        ),
    }
    found = _judge(nearest, float(whole["value"]))
    if found in told:
        return told[found]
    if _judge(shortest, float(whole["value"])) == "better":
        return Sentence(
            "More history may help a little: {days} days do better than {first} days, beyond"
            " chance, but whether they do better than {last} days cannot be told.",
            first=int(shortest["days"]),
            **facts,
        )
    return Sentence(
        "Too few customers to tell whether more history would help: between {last} and {days} days"
        " the difference is no larger than chance alone can make it.",
        **facts,
    )


def tell_files(proof: Proof, metric: str) -> list[Sentence]:
    """Say what each further file adds; one sentence where nothing could be added."""
    rows = take_metric(proof.files, metric)
    if proof.model in READ_ORDERS_ALONE:
        return [
            Sentence(
                "{model}, the model in use, reads orders alone: no other file changes its"
                " forecast.",
                model=title_of(proof.model),
            )
        ]
    if not len(proof.files):
        return [
            Sentence("Your data hold orders alone: what browsing or reviews would add is unknown.")
        ]
    gains = rows.dropna(subset="gain")
    if gains.empty:
        return [Sentence("By this measure nothing can be said of fewer files.")]
    told = []
    for _, row in gains.iterrows():
        added = FILE_TITLES[str(row["variant"]).rpartition("+")[2]]
        told.append(_tell_file(_judge(row, float(row["value"])), added))
    return told


def take_metric(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the rows of one metric of a table of variants, which may be empty."""
    return table[table["metric"] == metric] if len(table) else table


def _tell_file(found: Judgement, file: Sentence) -> Sentence:
    if found == "better":
        return Sentence("{file}: with this file the forecast is better, beyond chance.", file=file)
    if found == "worse":
        return Sentence("{file}: with this file the forecast is worse, beyond chance.", file=file)
    if found == "alike":
        return Sentence("{file}: this file adds nothing to speak of.", file=file)
    return Sentence("{file}: too few customers to tell whether this file adds anything.", file=file)


def _judge(row: pd.Series, value: float) -> Judgement:
    return judge_gain(
        str(row["metric"]),
        value,
        float(row["gain"]),
        float(row["gain_low"]),
        float(row["gain_high"]),
    )
