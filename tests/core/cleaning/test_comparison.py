"""Two accounts of the same files side by side, with numbers set by hand."""

from __future__ import annotations

import pandas as pd

from clv_core.cleaning.comparison import compare_reports, count_rows
from clv_core.cleaning.report import (
    FileQuality,
    QualityReport,
    Rejection,
    ValueFacts,
    empty_months,
)
from clv_core.sentences import Sentence


def account(*files: tuple[dict[str, int], dict[str, int]]) -> QualityReport:
    """Return the account of files of ten rows, each with its rules' rows: dropped, interpreted."""

    def cases(rows: dict[str, int]) -> tuple[Rejection, ...]:
        return tuple(Rejection(c, Sentence("Why"), n, amount=n * 2.0) for c, n in rows.items())

    qualities = tuple(
        FileQuality("a.csv", "orders", None, 10, 10 - sum(lost.values()), cases(lost), cases(read))
        for lost, read in files
    )
    return QualityReport(qualities, ValueFacts(1, 1, 0, 1.0, 1.0), empty_months())


def test_rules_of_either_account_stand_side_by_side() -> None:
    """A rule that one account lacks has no rows there; the largest change comes first."""
    before = account(({"repeated": 2}, {"refund": 1}), ({"repeated": 1}, {}))
    after = account(({"priceless": 5}, {"refund": 1}), ({}, {}))
    table = compare_reports(before, after).set_index("code")

    assert list(table.index) == ["priceless", "repeated", "refund"]
    assert table.loc["repeated", ["rows_before", "rows_after"]].tolist() == [3, 0]
    assert table.loc["repeated", "amount_before"] == 6.0
    assert pd.isna(table.loc["repeated", "amount_after"])
    assert table.loc["priceless", ["rows_before", "rows_after"]].tolist() == [0, 5]
    assert table.loc["refund", "outcome"] == "treated"
    assert table["reason"].tolist() == [Sentence("Why")] * 3


def test_accounts_without_rules_compare_to_nothing() -> None:
    """Where nothing was dropped or interpreted there is no row to show."""
    assert compare_reports(account(({}, {})), account(({}, {}))).empty


def test_rows_of_all_files_are_counted() -> None:
    """Rows read and kept are those of every file together."""
    assert count_rows(account(({"repeated": 3}, {}), ({}, {}))) == (20, 17)
