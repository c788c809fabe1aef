"""Where the forecast says something else than past behaviour, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import pandas as pd

from clv_core.sentences import Sentence

FEWEST: Final = 5  # customers in a cell that is spoken of
_MOST_SENTENCES: Final = 3
_TIERS: Final = {"high": Sentence("high"), "middle": Sentence("middle")}


def tell_surprises(
    crossed: pd.DataFrame,
    titles: Mapping[str, Sentence],
    silent: Collection[str],
    lively: Collection[str],
) -> tuple[Sentence, ...]:
    """Name customers whom past behaviour and forecast would treat differently.

    Parameters
    ----------
    crossed : DataFrame
        As :func:`segments.groups.cross_with_tiers` gives it.
    titles : mapping of str to Sentence
        What the groups are called.
    silent, lively : collection of str
        Groups that past behaviour would give up on; groups it would put first.

    Returns
    -------
    tuple of Sentence
        At most three, the dearest first: silent groups with customers of high or
        middle value, then a lively group with customers of low value. One that says so where there
        are none of at least ``FEWEST`` customers.
    """
    spoken = crossed[crossed["customers"] >= FEWEST]
    worth = spoken[(spoken["tier"] != "low") & spoken["group"].isin(list(silent))]
    low = spoken[(spoken["tier"] == "low") & spoken["group"].isin(list(lively))]
    sizes = {
        str(group): int(size) for group, size in crossed.groupby("group")["customers"].sum().items()
    }
    told = [
        Sentence(
            "{group} by their past, yet of {tier} predicted value: {customers} of {size} customers,"
            " with {money:,.2f} expected together.",
            group=titles[group],
            tier=_TIERS[tier],
            customers=customers,
            size=sizes[group],
            money=value,
        )
        for group, tier, customers, value in _list_cells(
            worth.nlargest(_MOST_SENTENCES - 1, "value")
        )
    ]
    told += [
        Sentence(
            "{group} by their past, yet of low predicted value: {customers} of {size} customers.",
            group=titles[group],
            customers=customers,
            size=sizes[group],
        )
        for group, _, customers, _ in _list_cells(low.nlargest(1, "customers"))
    ]
    if told:
        return tuple(told)
    return (
        Sentence(
            "Past behaviour and forecast agree: hardly anybody who fell silent is of high or"
            " middle predicted value, and hardly anybody lively is of low."
        ),
    )


def _list_cells(cells: pd.DataFrame) -> list[tuple[str, str, int, float]]:
    columns = (cells[name] for name in ("group", "tier", "customers", "value"))
    return [
        (str(g), str(t), int(count), float(value))
        for g, t, count, value in zip(*columns, strict=True)
    ]
