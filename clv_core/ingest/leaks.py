"""Columns of a value table that would give the value away.

A model that reads what only became known together with the value, or after it,
looks perfect in every test and is of no use on the customers it is meant for.
Such columns are found by their names and by a look at the first rows; they are
left out unless the user wants them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from clv_core.ingest.spelling import fold_header
from clv_core.ingest.values import is_amount, share_that
from clv_core.sentences import Sentence

__all__ = ["find_leaks"]

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
# Leaving is known only afterwards, whatever else the header says.
_OUTCOME_WORDS: Final = frozenset(
    {"churn", "churned", "churner", "exited", "attrition", "attrited", "lapsed", "winback"}
)
_ENDING_WORDS: Final = frozenset(
    {"cancel", "cancelled", "canceled", "cancellation", "exit", "leaving", "termination"}
    | {"terminated", "unsubscribe", "unsubscribed", "deactivated", "deactivation", "closure"}
)
_ABOUT_ENDING: Final = frozenset(
    {"reason", "date", "time", "at", "on", "label", "flag", "status", "category", "code"}
)
_MODEL_WORDS: Final = frozenset(
    {"predicted", "prediction", "predictions", "predict", "forecast", "forecasted", "propensity"}
    | {"probability", "prob", "classifier", "yhat", "uplift"}
)
_VALUE_WORDS: Final = frozenset({"cltv", "clv", "ltv", "pltv", "cltvs", "rltv"})
_VALUE_PHRASES: Final = ("lifetimevalue", "customerequity", "valuesegment", "valuetier")
_SCORE_WORDS: Final = frozenset({"score", "risk", "likelihood", "rank", "rating"})
_CHINESE_OUTCOMES: Final = ("流失", "退订", "注销", "销户")
_CHINESE_MODELS: Final = ("预测", "倾向")
_CHINESE_VALUES: Final = ("终身价值", "生命周期价值")
_OUTCOME_CELLS: Final = frozenset(
    {"churned", "churn", "exited", "attrited customer", "attrited", "流失", "已流失"}
)
_FEWEST_ROWS: Final = 20  # fewer agree by chance
_FEWEST_VALUES: Final = 10
_FEWEST_FILLED: Final = 5
_SAME_ORDER: Final = 0.98  # absolute rank correlation


def find_leaks(
    column_names: Sequence[str], samples: pd.DataFrame, target: str
) -> dict[str, Sentence]:
    """Say which columns would give the value away, and why.

    Parameters
    ----------
    column_names : sequence of str
    samples : DataFrame of str
        The first rows, one column per name, blank cells empty.
    target : str
        The column with the value.

    Returns
    -------
    dict
        Column -> what it is and what to do about it; in the file's order.
    """
    leaks: dict[str, Sentence] = {}
    outcomes: list[str] = []
    for column in column_names:
        if column == target:
            continue
        cells = samples[column]
        if _is_outcome(column, cells):
            outcomes.append(column)
            leaks[column] = Sentence(
                "It says whether or why the customer left, which is known only after the value "
                "has come about. Leave it out."
            )
        elif why := _judge_name(column) or _compare(cells, samples[target]):
            leaks[column] = why
    for column in column_names:
        if column != target and column not in leaks:
            followed = _find_followed(samples[column], outcomes, samples)
            if followed is not None:
                leaks[column] = Sentence(
                    'It is filled in only for one answer of "{outcome}", so it is known only '
                    "after that is. Leave it out.",
                    outcome=followed,
                )
    return {column: leaks[column] for column in column_names if column in leaks}


def _words(header: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", header)
    return {word.casefold() for word in _WORD.findall(plain)}


def _is_outcome(column: str, cells: pd.Series) -> bool:
    words = _words(column)
    if words & _OUTCOME_WORDS and not words & (_SCORE_WORDS | _MODEL_WORDS):
        return True
    if words & _ENDING_WORDS and words & _ABOUT_ENDING:
        return True
    if any(part in column for part in _CHINESE_OUTCOMES):
        return True
    return bool(set(cells.str.strip().str.casefold()) & _OUTCOME_CELLS)


def _judge_name(column: str) -> Sentence | None:
    words, folded = _words(column), fold_header(column)
    is_score = bool(words & _OUTCOME_WORDS and words & _SCORE_WORDS)
    if words & _MODEL_WORDS or is_score or any(part in column for part in _CHINESE_MODELS):
        return Sentence(
            "By its name it is the answer of another model, which has seen what is to be "
            "learnt here. Leave it out unless it was made before the value came about."
        )
    if (
        words & _VALUE_WORDS
        or any(part in folded for part in _VALUE_PHRASES)
        or any(part in column for part in _CHINESE_VALUES)
    ):
        return Sentence(
            "By its name it is the value itself in another form, which is not known for a "
            "customer whose value is asked for. Leave it out."
        )
    return None


def _compare(cells: pd.Series, target: pd.Series) -> Sentence | None:
    """Hold a column against the value, cell by cell."""
    filled = (cells.str.strip() != "") & (target.str.strip() != "")
    if filled.sum() < _FEWEST_ROWS or target[filled].nunique() < _FEWEST_VALUES:
        return None
    mine, value = cells[filled].str.strip(), target[filled].str.strip()
    if (mine == value).all():
        return Sentence("It is a copy of the value. Leave it out.")
    if share_that(is_amount, mine) == share_that(is_amount, value) == 1.0:
        return _compare_order(mine.map(_read_number), value.map(_read_number))
    return _compare_groups(mine, value)


def _compare_order(mine: pd.Series, value: pd.Series) -> Sentence | None:
    if mine.nunique() < _FEWEST_VALUES:
        return _compare_groups(mine, value)
    ranks = np.corrcoef(mine.rank(), value.rank())[0, 1]
    if abs(ranks) < _SAME_ORDER:
        return None
    return Sentence(
        "It puts the customers into almost the same order as the value does (rank correlation "
        "{correlation}), like the value in another unit. Leave it out unless it is known "
        "before the value is.",
        correlation=f"{ranks:.3f}",
    )


def _compare_groups(mine: pd.Series, value: pd.Series) -> Sentence | None:
    """Customers that share this column's cell all share their value, too."""
    groups = value.groupby(mine)
    shared = groups.transform("size") > 1
    if shared.sum() < _FEWEST_ROWS or (groups.nunique() > 1).any():
        return None
    return Sentence(
        "All customers with the same entry here have the same value, so it tells the value. "
        "Leave it out unless it is known before the value is."
    )


def _find_followed(cells: pd.Series, outcomes: Sequence[str], samples: pd.DataFrame) -> str | None:
    """Return the outcome one of whose answers decides whether a cell is filled."""
    filled = cells.str.strip() != ""
    if min(filled.sum(), (~filled).sum()) < _FEWEST_FILLED:
        return None
    for outcome in outcomes:
        answers = samples[outcome].str.strip()
        if (
            len(set(answers[filled])) == 1
            and not (answers[~filled] == answers[filled].iloc[0]).any()
        ):
            return outcome
    return None


def _read_number(cell: str) -> float:
    """Read a number well enough to compare sizes; cleaning reads it with the whole column."""
    digits = re.sub(r"[^0-9.,eE+-]", "", cell)
    negative = cell.startswith("(") or "-" in digits[:1] or digits.endswith("-")
    bare = digits.strip("+-")
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma > point and (point >= 0 or not re.search(r",[0-9]{3}$", bare)):
        bare = bare.replace(".", "").replace(",", ".")
    else:
        bare = bare.replace(",", "")
    try:
        size = float(bare)
    except ValueError:
        return float("nan")
    return -size if negative else size
