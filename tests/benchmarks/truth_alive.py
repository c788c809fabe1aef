"""``python -m tests.benchmarks.truth_alive [SEED ...]``: P(alive) held against the truth.

The sample shop's generator knows on which day each customer silently leaves. The
purchase process is fitted on the cleaned orders alone, as a run fits it, and asked
for every customer how likely they still are one: on the last day, and on earlier
days as the page Customers draws them (by the orders up to that day). The shop is no
exact Pareto/NBD: channels differ and the calendar has busy days.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.features.build import build_snapshot
from clv_core.ingest.understand import understand_file
from clv_core.models.expectation import ExpectationModel
from clv_core.models.purchase_process import PurchaseHistories, PurchaseProcess
from clv_core.pipeline import prepare_tables
from clv_core.samples import write_samples

SEEDS: Final = (11, 12)  # never 7, whose windows are for reporting alone
CUSTOMERS: Final = 3000
HORIZON_DAYS: Final = 90
DAYS_BACK: Final = (0, 90, 180, 365)
BINS: Final = 10
KINDS: Final = ("orders", "customers")


@dataclass(frozen=True)
class Check:
    """Chances told for one day beside what was true.

    Attributes
    ----------
    told : Series of float64, index ``customer_key``
    is_alive : Series of bool, same index
        Whether they could still order after that day.
    """

    told: pd.Series
    is_alive: pd.Series

    @property
    def brier(self) -> float:
        """Mean squared miss of the chances."""
        return float(((self.told - self.is_alive) ** 2).mean())

    @property
    def base_brier(self) -> float:
        """Mean squared miss of telling everybody the true share of the living."""
        share = float(self.is_alive.mean())
        return share * (1 - share)

    def reliability(self) -> pd.DataFrame:
        """Return ``customers``, ``told`` and ``alive`` (means) in ten bins of the chance told."""
        bins = pd.cut(self.told, np.linspace(0, 1, BINS + 1), include_lowest=True)
        table = pd.DataFrame({"told": self.told, "alive": self.is_alive.astype(float)})
        grouped = table.groupby(bins, observed=True)
        return grouped.mean().assign(customers=grouped.size())


def check_days(
    tables: Tables, truth: pd.DataFrame, days_back: tuple[int, ...] = DAYS_BACK
) -> dict[int, Check]:
    """Fit the process on the last day and compare what it tells of several days.

    Parameters
    ----------
    tables : Tables
    truth : DataFrame
        ``SampleTruth.customers``.
    days_back : tuple of int
        Days before the last one.
    """
    ids = tables.scan("customers").collect("pandas").to_native()
    gone = truth.set_index("customer_id")["dropped_out_on"]
    left_on = pd.to_datetime(ids.set_index("customer_key")["customer_id"].map(gone))
    history = build_snapshot(tables, tables.last_day, HORIZON_DAYS, label=False, has_months=False)
    process = ExpectationModel.fit(history, HORIZON_DAYS).forecaster_.process_
    checks = {}
    for back in days_back:
        day = tables.last_day - dt.timedelta(days=back)
        told = _tell_all(tables, process, day)
        checks[back] = Check(told, left_on.loc[told.index] > pd.Timestamp(day))
    return checks


def _tell_all(tables: Tables, process: PurchaseProcess, day: dt.date) -> pd.Series:
    """Return everybody's chance on a day, from the features of that day."""
    snapshot = build_snapshot(tables, day, HORIZON_DAYS, label=False, has_months=False)
    histories = PurchaseHistories.from_features(snapshot.features)
    return pd.Series(process.p_alive(histories), snapshot.features.index)


def main(seeds: tuple[int, ...]) -> int:
    """Print reliability and Brier scores of every seed; measures and never judges."""
    for seed in seeds:
        with TemporaryDirectory(prefix="perennial-alive-") as scratch:
            files, cleaned = Path(scratch) / "files", Path(scratch) / "cleaned"
            cleaned.mkdir()
            truth = write_samples(files, CUSTOMERS, seed).customers
            raws = [understand_file(files / f"{kind}.csv") for kind in KINDS]
            tables, _ = prepare_tables(raws, cleaned)
            checks = check_days(tables, truth)
        print(f"\nsample shop, {CUSTOMERS} customers, seed {seed}")
        print(f"{'days back':>10}{'customers':>11}{'told':>8}{'alive':>8}{'Brier':>8}{'base':>8}")
        for back, check in checks.items():
            print(
                f"{back:>10}{len(check.told):>11}{check.told.mean():>8.3f}"
                f"{check.is_alive.mean():>8.3f}{check.brier:>8.4f}{check.base_brier:>8.4f}"
            )
        print(checks[0].reliability().round(3).to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main(tuple(map(int, sys.argv[1:])) or SEEDS))
