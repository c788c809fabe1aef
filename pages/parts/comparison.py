"""Two results side by side, as tables of text."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from clv_core.evaluation.metrics import METRICS
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.storage.workspace import Stored
from pages.parts import cached, derived
from pages.parts.ranges import write_total
from pages.parts.subject import UNKNOWN, Subject
from pages.parts.terms import Terms
from pages.parts.text import _, day, day_of, moment, number
from pages.parts.words import metric_value, model_name


def name_results(then: Stored, now: Stored) -> tuple[str, str]:
    """Return what the columns of two results are headed."""
    return _("Earlier: {time}").format(time=_time(then)), _("Later: {time}").format(time=_time(now))


def fact_columns(run: Stored, subject: Subject) -> dict[str, str]:
    """Return what a result was made from and came to, by its name."""
    manifest, total = cached.manifest(run.id), derived.total(run.id)
    data, board = manifest["data"], cached.scoreboard(run.id)
    dated = {}
    if "last_day" in data:
        plan = cached.plan(run.id)
        dated = {
            _("Days of data"): f"{day_of(data['first_day'])} – {day_of(data['last_day'])}",
            _("Orders"): number(data["orders"]),
            _("Days that are forecast"): number(plan.horizon_days),
        }
    return {
        _("Data set"): run.title,
        **dated,
        _("Customers"): number(subject.customers),
        _("Model in use"): model_name(subject.model),
        _("Tested on"): _tell_test(board),
        _("Total of all forecasts"): subject.terms.money(derived.outlook(run.id).total),
        _("Range of the total"): UNKNOWN if total is None else write_total(total, subject.terms),
        _("Made with version"): manifest["perennial"],
    }


def _tell_test(board: Scoreboard | None) -> str:
    if board is None:
        return _("not tested")
    customers = _("{count} customers").format(count=number(board.customers))
    if board.window is None:
        return customers
    opens = board.cutoff + dt.timedelta(days=1)
    closes = board.cutoff + dt.timedelta(days=board.horizon_days)
    return f"{day(opens)} – {day(closes)}, {customers}"


def side_by_side(
    one: dict[str, str], other: dict[str, str], heads: tuple[str, str]
) -> pd.DataFrame:
    """Put facts of two results beside each other; a dash where only one has a fact."""
    names = list(dict.fromkeys([*one, *other]))
    return pd.DataFrame(
        {
            _("Fact"): names,
            heads[0]: [one.get(name, UNKNOWN) for name in names],
            heads[1]: [other.get(name, UNKNOWN) for name in names],
        }
    )


def marks_table(
    boards: tuple[Scoreboard, Scoreboard], subjects: tuple[Subject, Subject], heads: tuple[str, str]
) -> pd.DataFrame:
    """Return every measure of either result's model with its interval, in its own currency."""
    own = list(zip(heads, boards, subjects, strict=True))
    measures = [
        metric
        for metric in METRICS
        if any(board.find(one.model, metric) for _head, board, one in own)
    ]
    columns = {
        head: [_write_mark(board.find(one.model, metric), metric, one.terms) for metric in measures]
        for head, board, one in own
    }
    labels = [subjects[1].terms.metric_label(metric) for metric in measures]
    return pd.DataFrame({_("Measure"): labels, **columns})


def _write_mark(found: tuple[float, float, float] | None, metric: str, terms: Terms) -> str:
    if found is None:
        return UNKNOWN
    value, low, high = (metric_value(metric, one, terms.currency) for one in found)
    return f"{value} ({low} – {high})"


def _time(run: Stored) -> str:
    return moment(dt.datetime.fromtimestamp(run.created_at))
