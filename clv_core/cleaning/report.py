"""What became of every row: kept, rejected with a reason, or kept but interpreted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from clv_core.cleaning.readiness import OrderFacts, ReadinessCheck, ValueFacts, facts_from_json
from clv_core.columns import TableKind
from clv_core.ingest.summaries import ColumnSummary
from clv_core.sentences import Sentence

__all__ = [
    "MONTHLY_COLUMNS",
    "FileQuality",
    "OrderFacts",
    "QualityReport",
    "ReadinessCheck",
    "Rejection",
    "ValueFacts",
    "empty_months",
]

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
    amount : float or None
        Money the rule moved, in the shop's currency: the sum of the dropped rows'
        amounts, or by how much interpreted rows came to say more (or less) than
        was written. None where unknown or where no money is concerned.
    """

    code: str
    reason: Sentence
    rows: int
    examples: tuple[int, ...] = ()
    amount: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {
            "code": self.code,
            "reason": self.reason.to_json(),
            "rows": self.rows,
            "examples": list(self.examples),
            "amount": self.amount,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Rejection:
        """Rebuild what :meth:`to_json` wrote."""
        read = {
            "reason": Sentence.from_json(stored["reason"]),
            "examples": tuple(stored["examples"]),
        }
        return cls(**{**stored, **read})


@dataclass(frozen=True)
class FileQuality:
    """The account of one file: rows read = rows kept + rows rejected.

    Attributes
    ----------
    file_name : str
        What the user calls the file.
    kind : {"orders", "events", "reviews", "customers", "value_table"}
    preset : str or None
    rows_read, rows_kept : int
    rejected : tuple of Rejection
        Disjoint: a row counts under the first reason that matches.
    treated : tuple of Rejection
        Kept rows that were interpreted; a row may count under several reasons.
    columns : mapping of str to str
        Canonical field -> the user's own header.
    summaries : tuple of ColumnSummary
        The file's columns, profiled; empty where they were not.

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
    columns: Mapping[str, str] = field(default_factory=dict)
    summaries: tuple[ColumnSummary, ...] = ()

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
            "columns": dict(self.columns),
            "summaries": [summary.to_json() for summary in self.summaries],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> FileQuality:
        """Rebuild what :meth:`to_json` wrote."""
        outcomes = {
            outcome: tuple(Rejection.from_json(case) for case in stored[outcome])
            for outcome in ("rejected", "treated")
        }
        summaries = tuple(ColumnSummary.from_json(one) for one in stored.get("summaries", ()))
        return cls(**{**stored, **outcomes, "summaries": summaries})


@dataclass(frozen=True)
class QualityReport:
    """The account of a whole upload.

    Attributes
    ----------
    files : tuple of FileQuality
        In the order given.
    facts : OrderFacts or ValueFacts
        The latter for a table with one row per customer.
    monthly : DataFrame
        ``month`` (first day, datetime64), ``orders``, ``revenue`` (currency),
        ``customers``; one row per calendar month, empty ones included. No rows
        where the data know no time.
    notes : tuple of Sentence
        What was decided about the upload as a whole.
    """

    files: tuple[FileQuality, ...]
    facts: OrderFacts | ValueFacts
    monthly: pd.DataFrame
    notes: tuple[Sentence, ...] = ()

    def to_table(self) -> pd.DataFrame:
        """Return one row per file and reason.

        Returns
        -------
        DataFrame with ``file``, ``kind``, ``outcome`` (kept, rejected, treated),
        ``code``, ``reason`` (Sentence), ``rows`` and ``amount`` (float, missing
        where unknown)
        """
        rows = [line for quality in self.files for line in _account_lines(quality)]
        columns = ["file", "kind", "outcome", "code", "reason", "rows", "amount"]
        return pd.DataFrame(rows, columns=columns).astype({"amount": "float64"})

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
        if monthly.empty:
            monthly = empty_months()
        return cls(
            files=tuple(FileQuality.from_json(quality) for quality in stored["files"]),
            facts=facts_from_json(stored["facts"]),
            monthly=monthly.assign(month=pd.to_datetime(monthly["month"]).astype("datetime64[us]")),
            notes=tuple(Sentence.from_json(note) for note in stored["notes"]),
        )


def empty_months() -> pd.DataFrame:
    """Return ``QualityReport.monthly`` of data that know no time."""
    kinds = ("datetime64[us]", "int64", "float64", "int64")
    return pd.DataFrame(
        {name: pd.Series(dtype=kind) for name, kind in zip(MONTHLY_COLUMNS, kinds, strict=True)}
    )


def _account_lines(quality: FileQuality) -> list[tuple[object, ...]]:
    kept = Rejection("kept", Sentence("Kept"), quality.rows_kept)
    outcomes = (
        ("kept", (kept,)),
        ("rejected", quality.rejected),
        ("treated", quality.treated),
    )
    return [
        (quality.file_name, quality.kind, outcome, case.code, case.reason, case.rows, case.amount)
        for outcome, cases in outcomes
        for case in cases
    ]
