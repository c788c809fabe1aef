"""Two accounts of the same files under different rules, side by side."""

from __future__ import annotations

import pandas as pd

from clv_core.cleaning.report import QualityReport

__all__ = ["compare_reports", "count_rows"]

_RULE = ["outcome", "code"]


def compare_reports(before: QualityReport, after: QualityReport) -> pd.DataFrame:
    """Say per rule what it dropped or interpreted before, and what it would after.

    Parameters
    ----------
    before, after : QualityReport
        Of the same files.

    Returns
    -------
    DataFrame with ``outcome`` (rejected, treated), ``code``, ``reason`` (Sentence),
        ``rows_before``, ``rows_after`` (int64), ``amount_before``, ``amount_after``
        (float64, currency; missing where unknown or no money is concerned)
        One row per rule that either account names, the largest change first.
    """
    sides = [_by_rule(before).add_suffix("_before"), _by_rule(after).add_suffix("_after")]
    table = sides[0].join(sides[1], how="outer")
    table["reason"] = table["reason_after"].combine_first(table["reason_before"])
    counts = table[["rows_before", "rows_after"]].fillna(0).astype("int64")
    table = table.assign(**counts, change=(counts["rows_after"] - counts["rows_before"]).abs())
    ordered = table.sort_values(["change", "rows_after"], ascending=False, kind="stable")
    columns = [*_RULE, "reason", *counts.columns, "amount_before", "amount_after"]
    return ordered.reset_index()[columns]


def count_rows(report: QualityReport) -> tuple[int, int]:
    """Return how many rows were read and how many were kept."""
    read = sum(quality.rows_read for quality in report.files)
    return read, sum(quality.rows_kept for quality in report.files)


def _by_rule(report: QualityReport) -> pd.DataFrame:
    table = report.to_table()
    rules = table[table["outcome"] != "kept"].groupby(_RULE, sort=False)
    return pd.DataFrame(
        {
            "reason": rules["reason"].first(),
            "rows": rules["rows"].sum(),
            "amount": rules["amount"].sum(min_count=1),
        }
    )
