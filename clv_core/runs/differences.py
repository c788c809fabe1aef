"""What two runs were told differently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from clv_core.settings import CleaningSettings, RunSettings

_COLUMNS = ["setting", "one", "other"]


def compare_settings(one: Mapping[str, Any], other: Mapping[str, Any]) -> pd.DataFrame:
    """List the settings in which two runs differ.

    Parameters
    ----------
    one, other : mapping
        Manifests. A setting that an earlier version did not know counts as its default.

    Returns
    -------
    DataFrame with ``setting`` (the groups' names and its own, with points between),
    ``one``, ``other`` (plain values)
        In the order of the settings.
    """
    known = _flatten(RunSettings().model_dump(mode="json"))
    return _list_differences(*(known | _flatten(run["settings"]) for run in (one, other)))


def compare_rules(one: Mapping[str, Any], other: Mapping[str, Any]) -> pd.DataFrame:
    """List the cleaning rules in which the data of two runs differ.

    Parameters
    ----------
    one, other : mapping
        What the data sets were made from, with the rules under ``cleaning``.

    Returns
    -------
    DataFrame
        As of :func:`compare_settings`, in a group named ``cleaning``.
    """
    known = _flatten(CleaningSettings().model_dump(mode="json"), "cleaning")
    return _list_differences(
        *(known | _flatten(source["cleaning"], "cleaning") for source in (one, other))
    )


def _list_differences(first: dict[str, Any], second: dict[str, Any]) -> pd.DataFrame:
    names = list(dict.fromkeys([*first, *second]))
    rows = [
        (name, first.get(name), second.get(name))
        for name in names
        if first.get(name) != second.get(name)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS, dtype=object)


def share_test(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two runs were tested on the same customers, days and rows of data."""
    plans = [manifest["plan"] for manifest in (one, other)]
    data = [manifest["data"]["checksums"] for manifest in (one, other)]
    if data[0] != data[1] or one.get("shape", "log") != other.get("shape", "log"):
        return False
    held = ("holdout_cutoff", "horizon_days", "holdout", "seed", "customers")
    return [plans[0].get(name) for name in held] == [plans[1].get(name) for name in held]


def _flatten(settings: Mapping[str, Any], group: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        path = f"{group}.{name}" if group else name
        flat |= _flatten(value, path) if isinstance(value, Mapping) else {path: value}
    return flat
