"""What became of the rows of each part of an upload, and all of it as one account."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb
import pandas as pd

from clv_core.cleaning import refusals
from clv_core.cleaning.clean import refuse_nothing
from clv_core.cleaning.facts import write_notes
from clv_core.cleaning.judging import list_reader_rejections
from clv_core.cleaning.readiness import facts_from_json
from clv_core.cleaning.report import (
    MONTHLY_COLUMNS,
    FileQuality,
    OrderFacts,
    QualityReport,
    Rejection,
)
from clv_core.cleaning.staging import StagedFile
from clv_core.settings import CleaningSettings

__all__ = ["PartAccount", "add_up"]

_EXAMPLES: Final = 5


@dataclass(frozen=True)
class PartAccount:
    """What became of the rows of one part.

    Attributes
    ----------
    files : tuple of FileQuality
        Of every file the rows that are in this part.
    rules : tuple of tuple of str
        Codes of each file's rules, in the order they are tried.
    facts : OrderFacts or None
        None where no order is left.
    monthly : DataFrame
        As ``QualityReport.monthly``.
    unusable : tuple of dict
        Of every file, by ``unusable:<field>``: rows, those of no use, the first of them.
    """

    files: tuple[FileQuality, ...]
    rules: tuple[tuple[str, ...], ...]
    facts: OrderFacts | None
    monthly: pd.DataFrame
    unusable: tuple[dict[str, Any], ...]

    def to_json(self) -> str:
        """Return a text that :meth:`from_json` reads back."""
        months = self.monthly.assign(month=self.monthly["month"].dt.strftime("%Y-%m-%d"))
        return json.dumps(
            {
                "files": [quality.to_json() for quality in self.files],
                "rules": self.rules,
                "facts": None if self.facts is None else self.facts.to_json(),
                "monthly": months.to_dict(orient="records"),
                "unusable": self.unusable,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> PartAccount:
        """Rebuild what :meth:`to_json` wrote."""
        stored = json.loads(text)
        months = pd.DataFrame(stored["monthly"], columns=list(MONTHLY_COLUMNS))
        return cls(
            files=tuple(map(FileQuality.from_json, stored["files"])),
            rules=tuple(map(tuple, stored["rules"])),
            facts=_read_facts(stored["facts"]),
            monthly=months.assign(month=pd.to_datetime(months["month"]).astype("datetime64[us]")),
            unusable=tuple(stored["unusable"]),
        )


def _read_facts(stored: dict[str, Any] | None) -> OrderFacts | None:
    read = None if stored is None else facts_from_json(stored)
    return read if isinstance(read, OrderFacts) else None


def add_up(
    cursor: duckdb.DuckDBPyConnection,
    parts: Sequence[PartAccount],
    staged: Sequence[StagedFile],
    settings: CleaningSettings,
    named: str,
) -> tuple[QualityReport, OrderFacts]:
    """Make one account of those of all parts; the facts in it stand beside it.

    Parameters
    ----------
    cursor : DuckDBPyConnection
        On which the whole files are staged.
    parts : sequence of PartAccount
    staged : sequence of StagedFile
        The whole files.
    settings : CleaningSettings
    named : str
        ISO code that the orders name, empty where they name none.

    Raises
    ------
    UnreadableColumn
        When most dates, amounts or customer ids of a file are of no use.
    TooFewCustomers
        When no order is left.
    """
    for file in staged:
        _refuse_unusable(cursor, file, [part.unusable[file.number] for part in parts])
    qualities = tuple(_add_files(file, parts) for file in staged)
    found = [part.facts for part in parts if part.facts is not None]
    refuse_nothing(len(found), qualities)
    facts = _add_facts(found, named or settings.currency)
    notes = write_notes(facts.returns, staged, named, settings.currency)
    monthly = _add_months([part.monthly for part in parts])
    return QualityReport(qualities, facts, monthly, notes), facts


def _refuse_unusable(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, counted: Sequence[Mapping[str, Any]]
) -> None:
    """Refuse the file as one machine would that had all its rows."""
    for name in dict.fromkeys(name for counts in counted for name in counts):
        told = [counts[name] for counts in counted if name in counts]
        firsts = [first for _, _, first in told if first is not None]
        total = (
            sum(one[0] for one in told),
            sum(one[1] for one in told),
            min(firsts, default=None),
        )
        field = name.removeprefix(refusals.UNUSABLE)
        whole = replace(file, learnt={name: total}, is_part=False)
        refusals.refuse_field(cursor, whole, field)


def _add_files(file: StagedFile, parts: Sequence[PartAccount]) -> FileQuality:
    told = [part.files[file.number] for part in parts]
    places: dict[str, int] = {}
    for part in parts:
        for place, code in enumerate(part.rules[file.number]):
            places[code] = max(place, places.get(code, place))
    rejected = _add_cases((case for one in told for case in one.rejected), places)
    return replace(
        told[0],
        rows_read=file.rows.rows_read,
        rows_kept=sum(one.rows_kept for one in told),
        rejected=(*list_reader_rejections(file), *rejected),
        treated=tuple(_add_cases((case for one in told for case in one.treated), places)),
        summaries=file.rows.summaries,
    )


def _add_cases(cases: Iterable[Rejection], places: Mapping[str, int]) -> list[Rejection]:
    by_code: dict[str, list[Rejection]] = {}
    for case in cases:
        by_code.setdefault(case.code, []).append(case)
    # What the reader mended is no rule and comes first, as on one machine.
    ordered = sorted(by_code, key=lambda code: places.get(code, -1))
    return [_add_case(by_code[code]) for code in ordered]


def _add_case(cases: Sequence[Rejection]) -> Rejection:
    money = [case.amount for case in cases if case.amount is not None]
    examples = sorted(row for case in cases for row in case.examples)
    return replace(
        cases[0],
        rows=sum(case.rows for case in cases),
        examples=tuple(examples[:_EXAMPLES]),
        amount=sum(money) if money else None,
    )


def _add_facts(found: Sequence[OrderFacts], currency: str) -> OrderFacts:
    first = min(facts.first_day for facts in found)
    last = max(facts.last_day for facts in found)
    return OrderFacts(
        customers=sum(facts.customers for facts in found),
        orders=sum(facts.orders for facts in found),
        returns=sum(facts.returns for facts in found),
        revenue=sum(facts.revenue for facts in found),
        repeat_customers=sum(facts.repeat_customers for facts in found),
        frequent_customers=sum(facts.frequent_customers for facts in found),
        first_day=first,
        last_day=last,
        history_days=(last - first).days + 1,
        currency=currency,
    )


def _add_months(months: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Add up months; a customer is in one part only, so customers add up too."""
    table = pd.concat(list(months)).groupby("month", as_index=False).sum()
    every = pd.date_range(table["month"].min(), table["month"].max(), freq="MS", unit="us")
    filled = table.set_index("month").reindex(every, fill_value=0).rename_axis("month")
    told = filled.reset_index().astype({"orders": "int64", "customers": "int64"})
    return told.astype({"month": "datetime64[us]", "revenue": "float64"})[list(MONTHLY_COLUMNS)]
