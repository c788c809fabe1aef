"""What looking back showed, as tables and facts, and as JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import pandas as pd

from clv_core.evaluation.coverage import Coverage
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.monitoring.comparison import ALL
from clv_core.monitoring.effects import Effect
from clv_core.monitoring.past import PastChange
from clv_core.sentences import Sentence

FORMAT_VERSION: Final = 1


@dataclass(frozen=True)
class ListOutcome:
    """What came of one list that was taken away.

    Attributes
    ----------
    export : str
        Id of the export.
    target : str
        Platform or file format.
    made_on : date
    since : date
        Last day before the days that are compared.
    days : int
        That are compared.
    is_rehearsal : bool
        Whether the list was made after the newest order, so that it can have changed
        nothing: the days after the result's own cutoff are compared instead, and a
        difference is chance.
    members, matched : int
        On the list or kept out of it; those of them whom the newer orders hold.
    effects : tuple of Effect
    """

    export: str
    target: str
    made_on: dt.date
    since: dt.date
    days: int
    is_rehearsal: bool
    members: int
    matched: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class LookBack:
    """What a result's forecast was worth, by what happened after its cutoff.

    Attributes
    ----------
    run : str
        Fingerprint of the result's manifest.
    dataset : str
        Id of the newer data set; empty where the newer orders are none.
    made_at : str
        ISO time.
    model, currency : str
    cutoff : date
        Last day that the result saw.
    first_day, last_day : date
        Of the newer orders.
    days, horizon_days : int
        Compared, and forecast.
    way : Sentence or None
        How the forecast was brought to ``days``; None where all days have passed.
    customers, matched : int
        Forecast; those of them whom the newer orders hold.
    new_customers : int
        Who bought in these days and are in no forecast.
    new_revenue : float
        What customers in no forecast brought in these days.
    groups : DataFrame with ``comparison.GROUP_COLUMNS``
        ``kind`` is ``all``, ``value_tier``, ``marketing_tier`` or ``decile``.
    deciles : DataFrame
        As ``curves.decile_calibration`` gives it.
    scoreboard : Scoreboard
        The model in use beside past spend, past rate and Pareto/NBD on these days.
    coverage : Coverage or None
        None where the forecast has no bounds for these days.
    reliability : DataFrame
        As ``chances.trace_reliability`` gives it.
    past : PastChange or None
        None where the past cannot be compared.
    shop : DataFrame
        As ``drift.compare_shop`` gives it.
    features : DataFrame
        As ``drift.compare_features`` gives it; empty where it cannot be said.
    lists : tuple of ListOutcome
    findings, caveats : tuple of Sentence
        What it comes to, most important first; what to keep in mind.
    advice : Sentence
        Whether to train again.
    """

    run: str
    dataset: str
    made_at: str
    model: str
    currency: str
    cutoff: dt.date
    first_day: dt.date
    last_day: dt.date
    days: int
    horizon_days: int
    way: Sentence | None
    customers: int
    matched: int
    new_customers: int
    new_revenue: float
    groups: pd.DataFrame
    deciles: pd.DataFrame
    scoreboard: Scoreboard
    coverage: Coverage | None
    reliability: pd.DataFrame
    past: PastChange | None
    shop: pd.DataFrame
    features: pd.DataFrame
    lists: tuple[ListOutcome, ...] = ()
    findings: tuple[Sentence, ...] = ()
    caveats: tuple[Sentence, ...] = ()
    advice: Sentence | None = None

    @property
    def total(self) -> dict[str, float]:
        """The row of ``groups`` that holds all customers."""
        return read_total(self.groups)

    def take(self, kind: str) -> pd.DataFrame:
        """Return the rows of ``groups`` of one kind."""
        return self.groups[self.groups["kind"] == kind].reset_index(drop=True)

    def to_json(self) -> str:
        """Return everything as JSON text; undefined numbers are null."""
        stored: dict[str, Any] = {
            **self.__dict__,
            **{name: _to_records(getattr(self, name)) for name in _FRAMES},
            "scoreboard": self.scoreboard.to_json(),
            "coverage": None if self.coverage is None else self.coverage.to_json(),
            "past": None if self.past is None else asdict(self.past),
            "lists": [_list_to_json(one) for one in self.lists],
            "way": None if self.way is None else self.way.to_json(),
            "advice": None if self.advice is None else self.advice.to_json(),
            **{name: [told.to_json() for told in getattr(self, name)] for name in _TOLD},
        }
        text = {"format": FORMAT_VERSION, **stored}
        return json.dumps(text, indent=1, allow_nan=False, default=dt.date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> LookBack:
        """Rebuild what :meth:`to_json` wrote.

        Raises
        ------
        ValueError, KeyError, TypeError
            Where it is damaged, or of a version that wrote other fields.
        """
        stored = json.loads(text)
        if stored.pop("format") != FORMAT_VERSION:
            raise ValueError("another version's")
        coverage, past = stored["coverage"], stored["past"]
        return cls(
            **{
                **stored,
                **{name: dt.date.fromisoformat(stored[name]) for name in _DAYS},
                **{name: _from_records(stored[name]) for name in _FRAMES},
                "scoreboard": Scoreboard.from_json(stored["scoreboard"]),
                "coverage": None if coverage is None else Coverage.from_json(coverage),
                "past": None if past is None else PastChange(**_with_day(past, "first_day")),
                "lists": tuple(map(_list_from_json, stored["lists"])),
                **{
                    name: None if stored[name] is None else Sentence.from_json(stored[name])
                    for name in ("way", "advice")
                },
                **{name: tuple(map(Sentence.from_json, stored[name])) for name in _TOLD},
            }
        )


def read_total(groups: pd.DataFrame) -> dict[str, float]:
    """Return the numbers of the row that holds all customers, by name."""
    row = groups[groups["kind"] == ALL].iloc[0].drop(["kind", "group"])
    return {str(name): float(value) for name, value in row.items()}


_FRAMES: Final = ("groups", "deciles", "reliability", "shop", "features")
_DAYS: Final = ("cutoff", "first_day", "last_day")
_TOLD: Final = ("findings", "caveats")


def _list_to_json(told: ListOutcome) -> dict[str, Any]:
    effects = [{**effect.__dict__, "table": _to_records(effect.table)} for effect in told.effects]
    return {**told.__dict__, "effects": effects}


def _list_from_json(stored: Mapping[str, Any]) -> ListOutcome:
    effects = tuple(
        Effect(**{**effect, "table": _from_records(effect["table"])})
        for effect in stored["effects"]
    )
    days = _with_day(_with_day(stored, "made_on"), "since")
    return ListOutcome(**{**days, "effects": effects})


def _with_day(stored: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**stored, name: dt.date.fromisoformat(stored[name])}


def _to_records(table: pd.DataFrame) -> dict[str, list[Any]]:
    return {
        str(name): [None if pd.isna(value) else value for value in column.tolist()]
        for name, column in table.items()
    }


def _from_records(stored: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Rebuild a table; a column with nothing but gaps held numbers."""
    table = pd.DataFrame(stored)
    gone = [name for name in table if len(table) and table[name].isna().all()]
    return table.astype(dict.fromkeys(gone, float))
