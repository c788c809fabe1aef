"""Whether one customer of a run is still one, over time: read and asked, nothing trained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

import pandas as pd

from clv_core.models.alive_history import trace_p_alive
from clv_core.models.expectation import ExpectationModel
from clv_core.models.purchase_process import PurchaseProcess
from clv_core.runs.folder import RunFolder

EXPECTATION_FILE: Final = "expectation.json"


def read_process(run: RunFolder) -> PurchaseProcess | None:
    """Return the purchase process that a run was made with; None where it has none.

    A run on a table with one value per customer has none.
    """
    file = run.folder / EXPECTATION_FILE
    if not file.is_file():
        return None
    return ExpectationModel.from_json(file.read_text("utf-8")).forecaster_.process_


def trace_customer(
    process: PurchaseProcess,
    purchase_days: Collection[dt.date],
    cutoff: dt.date,
    horizon_days: int,
) -> pd.DataFrame:
    """Trace P(alive) through a customer's history and through silence after it.

    Parameters
    ----------
    process : PurchaseProcess
    purchase_days : collection of date
    cutoff : date
        Last day of data.
    horizon_days : int
        Days after it that are told as if no order came.

    Returns
    -------
    DataFrame with ``day``, ``p_alive``, ``is_silence``
        ``is_silence`` (bool): after the cutoff.
    """
    seen = [day for day in purchase_days if day <= cutoff]
    traced = trace_p_alive(process, seen, cutoff + dt.timedelta(days=horizon_days))
    return traced.assign(is_silence=traced["day"] > pd.Timestamp(cutoff))
