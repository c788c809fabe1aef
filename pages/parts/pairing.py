"""Which two results are compared, and what may stand against comparing their customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from clv_core.storage.workspace import Stored
from pages.parts import cached
from pages.parts.sidebar import told_apart
from pages.parts.text import _, moment


def choose_two(runs: Sequence[Stored], opened: str) -> tuple[Stored, Stored]:
    """Let the user choose an earlier and a later result, from the open one and its forerunner.

    Parameters
    ----------
    runs : sequence of Stored
        At least two, newest first.
    opened : str
        Id of the open result.
    """
    ids = [run.id for run in runs]
    kinds = {run: (cached.dataset_of_run(run), cached.shape(run)) for run in ids}
    then, now = propose_two(ids, opened, kinds)
    names = told_apart({run.id: f"{run.title} · {_time(run)}" for run in runs})
    left, right = st.columns(2)
    chosen = [
        column.selectbox(
            label,
            ids,
            index=ids.index(proposed),
            format_func=names.__getitem__,
            key=f"{key}:{opened}",
        )
        for column, label, proposed, key in (
            (left, _("Earlier result"), then, "compare_then"),
            (right, _("Later result"), now, "compare_now"),
        )
    ]
    first, second = (runs[ids.index(one)] for one in chosen)
    return first, second


def propose_two(
    ids: Sequence[str], opened: str, kinds: dict[str, tuple[str, str]]
) -> tuple[str, str]:
    """Return the open result with the one most like it, the earlier of the two first.

    Parameters
    ----------
    ids : sequence of str
        Of all results, newest first.
    opened : str
    kinds : dict
        Data set and shape of each result: the same data set is more alike than the same
        shape, and of those equally alike the newest before the open one is taken.
    """
    at = ids.index(opened)
    others = [*ids[at + 1 :], *reversed(ids[:at])]

    def is_like(one: str) -> list[bool]:
        return [own == its for own, its in zip(kinds[opened], kinds[one], strict=True)]

    other = max(others, key=is_like)
    return (other, opened) if other in ids[at + 1 :] else (opened, other)


def find_obstacle(then_id: str, now_id: str) -> str | None:
    """Say why customers of two results cannot be followed from one to the other, if so."""
    if cached.shape(then_id) != cached.shape(now_id):
        return _(
            "One result forecasts days to come and the other a given column: their amounts cannot"
            " be compared."
        )
    one, other = cached.manifest(then_id), cached.manifest(now_id)
    if one["currency"] != other["currency"]:
        return _("The two results are in different currencies: their amounts cannot be compared.")
    if one["data"].get("target") != other["data"].get("target"):
        return _("The two results predict different columns: their amounts cannot be compared.")
    if cached.dataset_of_run(then_id) != cached.dataset_of_run(now_id) and not (
        _has_ids(then_id) and _has_ids(now_id)
    ):
        return _(
            "A table without customer ids cannot be matched with another one: nobody can tell who"
            " is whom."
        )
    return None


def _has_ids(run_id: str) -> bool:
    """Say whether customers bear ids of the shop's; rows of a table without them are numbered."""
    dataset = cached.dataset_of_run(run_id)
    source = cached.source(dataset)
    if cached.shape(run_id) == "log" or source is None:
        return True
    return any("customer_id" in (file["choice"]["mapping"] or {}) for file in source["files"])


def _time(run: Stored) -> str:
    return moment(dt.datetime.fromtimestamp(run.created_at))
