"""What became of every row: kept, rejected with a reason, or kept but interpreted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from clv_core.columns import TableKind
from clv_core.sentences import Sentence

__all__ = ["FileQuality", "OrderFacts", "QualityReport", "ReadinessCheck", "Rejection"]

MONTHLY_COLUMNS = ("month", "orders", "revenue", "customers")


@dataclass(frozen=True)
class Rejection:
    """Rows of one file that share a reason.

    The same shape tells of rows that were dropped (``FileQuality.rejected``)
    and of rows that were kept but interpreted (``FileQuality.treated``).

    Attributes
    ----------
    code : str
        Stable name of the rule.
    reason : Sentence
        Why, for people.
    rows : int
    examples : tuple of int
        The first few source rows (1-based, counted after the header).
    """

    code: str
    reason: Sentence
    rows: int
    examples: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {
            "code": self.code,
            "reason": self.reason.to_json(),
            "rows": self.rows,
            "examples": list(self.examples),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Rejection:
        """Rebuild what :meth:`to_json` wrote."""
        reason = Sentence.from_json(stored["reason"])
        return cls(stored["code"], reason, stored["rows"], tuple(stored["examples"]))


@dataclass(frozen=True)
class FileQuality:
    """The account of one file: rows read = rows kept + rows rejected.

    Attributes
    ----------
    file_name : str
        What the user calls the file.
    kind : {"orders", "events", "reviews", "customers"}
    preset : str or None
    rows_read, rows_kept : int
    rejected : tuple of Rejection
        Disjoint: a row counts under the first reason that matches.
    treated : tuple of Rejection
        Kept rows that were interpreted; a row may count under several reasons.

    Raises
    ------
    ValueError
        When the account does not add up, which would be our fault.
    """

    file_name: str
    kind: TableKind
    preset: str | None
    rows_read: int
    rows_kept: int
    rejected: tuple[Rejection, ...] = ()
    treated: tuple[Rejection, ...] = ()

    def __post_init__(self) -> None:
        dropped = sum(rejection.rows for rejection in self.rejected)
        if self.rows_read != self.rows_kept + dropped:
            raise ValueError(
                f"{self.rows_read} rows read, but {self.rows_kept} kept + {dropped} rejected"
            )
        if any(treated.rows > self.rows_kept for treated in self.treated):
            raise ValueError("more rows treated than kept")

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {
            "file_name": self.file_name,
            "kind": self.kind,
            "preset": self.preset,
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "rejected": [rejection.to_json() for rejection in self.rejected],
            "treated": [treated.to_json() for treated in self.treated],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> FileQuality:
        """Rebuild what :meth:`to_json` wrote."""
        outcomes = {
            outcome: tuple(Rejection.from_json(case) for case in stored[outcome])
            for outcome in ("rejected", "treated")
        }
        return cls(**{**stored, **outcomes})


@dataclass(frozen=True)
class ReadinessCheck:
    """One number of the readiness gate beside what the learned models need.

    Attributes
    ----------
    code : str
    label : Sentence
    actual, needed : int
    met : bool
        Below the gate the statistical models still work; nothing is refused.
    """

    code: str
    label: Sentence
    actual: int
    needed: int
    met: bool


@dataclass(frozen=True)
class OrderFacts:
    """What the kept orders amount to.

    Attributes
    ----------
    customers, orders, returns : int
        ``returns`` are orders that give money back.
    revenue : float
        Sum of all amounts, refunds negative, in ``currency``.
    repeat_customers, frequent_customers : int
        Customers with at least two and at least three orders.
    first_day, last_day : date
    history_days : int
        Days from the first to the last order day, both included.
    currency : str
        ISO code, empty where unknown.
    """

    customers: int
    orders: int
    returns: int
    revenue: float
    repeat_customers: int
    frequent_customers: int
    first_day: dt.date
    last_day: dt.date
    history_days: int
    currency: str = ""

    def check_readiness(self, today: dt.date) -> tuple[ReadinessCheck, ...]:
        """Hold the facts against the readiness gate.

        Parameters
        ----------
        today : date
            From which the days since the last order are counted.
        """
        days_since = max(0, (today - self.last_day).days)
        enough = (
            ("customers", Sentence("Customers with orders"), self.customers, 500),
            ("history_days", Sentence("Days of history"), self.history_days, 180),
            (
                "frequent_customers",
                Sentence("Customers with 3 or more orders"),
                self.frequent_customers,
                1,
            ),
        )
        recent = ReadinessCheck(
            "days_since_order",
            Sentence("Days since the last order"),
            days_since,
            30,
            days_since <= 30,
        )
        return (
            *(
                ReadinessCheck(code, label, actual, needed, actual >= needed)
                for code, label, actual, needed in enough
            ),
            recent,
        )

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        days = {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}
        return {**self.__dict__, **days}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> OrderFacts:
        """Rebuild what :meth:`to_json` wrote."""
        days = {day: dt.date.fromisoformat(stored[day]) for day in ("first_day", "last_day")}
        return cls(**{**stored, **days})


@dataclass(frozen=True)
class QualityReport:
    """The account of a whole upload.

    Attributes
    ----------
    files : tuple of FileQuality
        In the order given.
    facts : OrderFacts
    monthly : DataFrame
        ``month`` (first day, datetime64), ``orders``, ``revenue`` (currency),
        ``customers``; one row per calendar month, empty ones included.
    notes : tuple of Sentence
        What was decided about the upload as a whole.
    """

    files: tuple[FileQuality, ...]
    facts: OrderFacts
    monthly: pd.DataFrame
    notes: tuple[Sentence, ...] = ()

    def to_table(self) -> pd.DataFrame:
        """Return one row per file and reason.

        Returns
        -------
        DataFrame with ``file``, ``kind``, ``outcome`` (kept, rejected, treated),
        ``code``, ``reason`` (Sentence) and ``rows``
        """
        rows = [line for quality in self.files for line in _account_lines(quality)]
        return pd.DataFrame(rows, columns=["file", "kind", "outcome", "code", "reason", "rows"])

    def to_json(self) -> str:
        """Return the report as indented JSON text."""
        months = self.monthly["month"].dt.strftime("%Y-%m-%d")
        stored = {
            "files": [quality.to_json() for quality in self.files],
            "facts": self.facts.to_json(),
            "monthly": self.monthly.assign(month=months).to_dict(orient="records"),
            "notes": [note.to_json() for note in self.notes],
        }
        return json.dumps(stored, indent=2, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> QualityReport:
        """Rebuild a report that :meth:`to_json` wrote."""
        stored = json.loads(text)
        monthly = pd.DataFrame(stored["monthly"], columns=list(MONTHLY_COLUMNS))
        return cls(
            files=tuple(FileQuality.from_json(quality) for quality in stored["files"]),
            facts=OrderFacts.from_json(stored["facts"]),
            monthly=monthly.assign(month=pd.to_datetime(monthly["month"]).astype("datetime64[us]")),
            notes=tuple(Sentence.from_json(note) for note in stored["notes"]),
        )


def _account_lines(quality: FileQuality) -> list[tuple[str, str, str, str, Sentence, int]]:
    kept = Rejection("kept", Sentence("Kept"), quality.rows_kept)
    outcomes = (
        ("kept", (kept,)),
        ("rejected", quality.rejected),
        ("treated", quality.treated),
    )
    return [
        (quality.file_name, quality.kind, outcome, case.code, case.reason, case.rows)
        for outcome, cases in outcomes
        for case in cases
    ]
