"""What a forecast showed beyond its one test: other days, other seeds, less to learn from."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from clv_core.evaluation.gate import YARDSTICK, find_objection
from clv_core.evaluation.metrics import METRICS
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.evaluation.stability import Stability
from clv_core.sentences import Sentence

SCORES: Final = ("cutoff", "seed", "model", "metric", "value")
TESTS: Final = ("cutoff", "seed", "chosen", "beats_past_spend", "customers", "buyers_share")


@dataclass(frozen=True)
class Proof:
    """What was found by testing anew.

    Attributes
    ----------
    model : str
        In use in the run.
    horizon_days : int
    seeds : tuple of int
    scores : DataFrame
        ``cutoff`` (date), ``seed, model, metric, value``; a row per test, model and
        metric that is defined.
    tests : DataFrame
        A row per test: ``cutoff, seed, chosen`` (the model chosen before it),
        ``beats_past_spend`` (bool, beyond chance; None where it cannot be said),
        ``customers, buyers_share``.
    stability : Stability or None
        None with a single seed.
    history : DataFrame
        As ``variants.compare_variants`` gives it, a variant per history, with ``days``
        it holds before the cutoff and ``forecast_by``, the model that could be fitted.
        A gain is that of the whole history over the shorter one. Empty where nothing
        shorter could be tried.
    history_customers : int
        Whom all histories know.
    files : DataFrame
        The same, a variant per set of files. A gain is that over the set before it.
        Empty where there are orders alone.
    reasons : tuple of Sentence
        Why it is not more, and whether windows overlap.
    """

    model: str
    horizon_days: int
    seeds: tuple[int, ...]
    scores: pd.DataFrame
    tests: pd.DataFrame
    stability: Stability | None
    history: pd.DataFrame
    history_customers: int
    files: pd.DataFrame
    reasons: tuple[Sentence, ...] = ()

    def to_json(self) -> str:
        """Return the proof as JSON text; undefined numbers are null."""
        stored: dict[str, Any] = {
            **self.__dict__,
            **{name: _to_records(getattr(self, name)) for name in _FRAMES},
            "stability": None if self.stability is None else self.stability.to_json(),
            "reasons": [reason.to_json() for reason in self.reasons],
        }
        return json.dumps(stored, indent=1, allow_nan=False, default=dt.date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> Proof:
        """Rebuild what :meth:`to_json` wrote."""
        stored = json.loads(text)
        stability = stored["stability"]
        return cls(
            **{
                **stored,
                **{name: _from_records(stored[name]) for name in _FRAMES},
                "seeds": tuple(stored["seeds"]),
                "stability": None if stability is None else Stability.from_json(stability),
                "reasons": tuple(map(Sentence.from_json, stored["reasons"])),
            }
        )


@dataclass(frozen=True)
class Standing:
    """How often the chosen model did what was hoped of it.

    Attributes
    ----------
    tests : int
    best : int
        Tests in which the model chosen before them was the best of all.
    beat_past_spend, judged : int
        Tests in which it ordered customers better than past spend beyond chance, of
        those in which that can be said.
    """

    tests: int
    best: int
    beat_past_spend: int
    judged: int


_FRAMES: Final = ("scores", "tests", "history", "files")


def collect_scores(tests: Iterable[tuple[int, Scoreboard]]) -> pd.DataFrame:
    """Return ``Proof.scores`` of the scoreboards of some tests, each with its seed."""
    columns = list(SCORES)
    tables = [board.table.assign(cutoff=board.cutoff, seed=seed)[columns] for seed, board in tests]
    return pd.concat(tables, ignore_index=True).dropna(subset="value")


def collect_tests(tests: Iterable[tuple[int, Scoreboard]]) -> pd.DataFrame:
    """Return ``Proof.tests`` of the scoreboards of some tests, each with its seed."""
    rows = [
        (
            board.cutoff,
            seed,
            board.recommended,
            find_objection(board) is None if _is_judged(board) else None,
            board.customers,
            board.buyers_share,
        )
        for seed, board in tests
    ]
    return pd.DataFrame(rows, columns=list(TESTS))


def _is_judged(board: Scoreboard) -> bool:
    """Say whether the chosen model took part in a test, and past spend beside it."""
    return {board.recommended, YARDSTICK} <= set(board.models)


def summarise_scores(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Sum one metric up over all tests, best mean first.

    Parameters
    ----------
    scores : DataFrame
        ``Proof.scores``.
    metric : str

    Returns
    -------
    DataFrame
        ``model, tests, mean, deviation, low, high, seed_deviation, window_deviation``:
        standard deviation and range over all tests; then the standard deviation between
        seeds of one window (root mean square over the windows) and that between windows,
        each at the mean of its seeds. NaN where there is one of them only. Models
        that took part in every test come first.
    """
    rows = []
    measured = scores[scores["metric"] == metric]
    for model, own in measured.groupby("model", sort=False):
        windows = own.groupby("cutoff")["value"]
        rows.append(
            {
                "model": model,
                "tests": len(own),
                "mean": own["value"].mean(),
                "deviation": own["value"].std(),
                "low": own["value"].min(),
                "high": own["value"].max(),
                "seed_deviation": windows.var().mean() ** 0.5,
                "window_deviation": windows.mean().std(),
            }
        )
    table = pd.DataFrame(
        rows,
        columns=[
            *("model", "tests", "mean", "deviation", "low", "high"),
            *("seed_deviation", "window_deviation"),
        ],
    )
    order = table.assign(missed=-table["tests"], badness=table["mean"].map(METRICS[metric].badness))
    ranked = order.sort_values(["missed", "badness"], kind="stable")
    return ranked.drop(columns=["missed", "badness"]).reset_index(drop=True)


def count_standing(proof: Proof, metric: str) -> Standing:
    """Count how often the model chosen before a test was the best in it, and beat past spend.

    Equal values count as the best. A test that the chosen model took no part in is one
    of the tests, without it as the best; whether it beat past spend is not judged there.
    """
    measured = proof.scores[proof.scores["metric"] == metric]
    ranked = measured.assign(badness=measured["value"].map(METRICS[metric].badness))
    least = ranked.groupby(["cutoff", "seed"])["badness"].transform("min")
    leaders = ranked[ranked["badness"] <= least].rename(columns={"model": "chosen"})
    best = len(proof.tests.merge(leaders, on=["cutoff", "seed", "chosen"]))
    judged = proof.tests["beats_past_spend"].dropna()
    return Standing(len(proof.tests), best, int(judged.sum()), len(judged))


def _to_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _from_records(records: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(records)
    if "cutoff" in table:
        table["cutoff"] = [dt.date.fromisoformat(day) for day in table["cutoff"]]
    numbers = [
        name
        for name in ("value", "low", "high", "gain", "gain_low", "gain_high", "buyers_share")
        if name in table
    ]
    return table.astype(dict.fromkeys(numbers, float))
