"""The CDNOW sample, reduced to what customers did up to 1997-09-30."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

CDNOW = Path(__file__).parents[3] / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
CUTOFF = pd.Timestamp("1997-09-30")


def read_cdnow_days() -> pd.DataFrame:
    """Return one row per customer and purchase day: ``customer``, ``day``, ``spend``."""
    if not CDNOW.is_file():
        pytest.skip("the CDNOW sample is not beside the project (../shared/data)")
    names = ["master", "customer", "day", "count", "spend"]
    text = dict.fromkeys(("master", "customer", "day"), str)
    orders = pd.read_csv(CDNOW, sep=r"\s+", header=None, names=names, dtype=text)
    orders["day"] = pd.to_datetime(orders["day"], format="%Y%m%d")
    return orders.groupby(["customer", "day"], as_index=False)["spend"].sum()


def summarise_cdnow() -> pd.DataFrame:
    """Return ``frequency``, ``recency_days``, ``tenure_days``, ``monetary_value`` per customer."""
    days = read_cdnow_days()
    known = days[days["day"] <= CUTOFF].groupby("customer")
    first, last = known["day"].min(), known["day"].max()
    return pd.DataFrame(
        {
            "frequency": known.size() - 1,
            "recency_days": (CUTOFF - last).dt.days,
            "tenure_days": (CUTOFF - first).dt.days,
            "monetary_value": known["spend"].mean(),
        }
    )


def repeat_spend() -> pd.DataFrame:
    """Return mean spend and number of purchase days after the first one, where there are any."""
    days = read_cdnow_days()
    known = days[days["day"] <= CUTOFF].sort_values(["customer", "day"])
    repeats = known[known.duplicated("customer")]
    return repeats.groupby("customer")["spend"].agg(["mean", "count"])
