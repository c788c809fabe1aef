"""Who is on a list, who is left out of it and why, and who is kept out to be compared with.

Everyone chosen is accounted for: written + left out as controls + dropped, by reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from clv_core.activation.audience import select_audience
from clv_core.activation.control_group import number_customers, pick_controls
from clv_core.activation.export_settings import ExportSettings
from clv_core.activation.platforms.target import PROBLEMS, find_repeats
from clv_core.activation.spreadsheets import SHEET_ROWS
from clv_core.sentences import Sentence

REASONS: Final = {
    "not_named": Sentence("not among the customers you came with"),
    "no_consent": Sentence("did not agree to be contacted, or are not known to"),
    "suppressed": Sentence("on the suppression list"),
    "earlier_control": Sentence("in the control group of an earlier export"),
    **PROBLEMS,
}
"""Why somebody who was chosen is not on a list; the first that holds is counted."""


def _nobody() -> pd.Index:
    return pd.Index([], dtype="int64")


_Rows = TypeVar("_Rows", pd.DataFrame, pd.Series)


@dataclass(frozen=True)
class Barred:
    """Customers who may not be on a list, by ``customer_key``.

    Attributes
    ----------
    suppressed : Index
        On the suppression list; whoever shares a mailbox with them is barred too.
    earlier_controls : Index
        Kept out of an earlier export; barred only where the settings say so, counted always.
    named : Index or None
        The only ones who may; None for everybody.
    """

    suppressed: pd.Index = field(default_factory=_nobody)
    earlier_controls: pd.Index = field(default_factory=_nobody)
    named: pd.Index | None = None


@dataclass(frozen=True)
class ExportPlan:
    """Who is on a list, before a cell of it is written.

    Attributes
    ----------
    settings : ExportSettings
    audience : DataFrame, index ``customer_key``
        The forecast of treated customers and controls, highest first.
    is_control : Series of bool, same index
    dropped : mapping of str to int
        Customers by the name of a reason in ``REASONS``; those that hold for nobody
        are not in it.
    chosen : int
        Customers of the chosen tiers.
    without_consent : int
        On the list although they did not agree, or are not known to.
    spoilt_controls : int
        Contacted now although an earlier export kept them out to be compared with.
    unread_emails, unread_phones : int
        Fields of theirs that hold something, of which nothing could be made.
    """

    settings: ExportSettings
    audience: pd.DataFrame
    is_control: pd.Series
    dropped: Mapping[str, int]
    chosen: int
    without_consent: int
    spoilt_controls: int
    unread_emails: int
    unread_phones: int

    @property
    def written(self) -> pd.Index:
        """Keys of the customers that the file has rows of."""
        marks = self.settings.place.keeps_controls and not self.settings.leaves_controls_out
        return self.audience.index if marks else self.audience.index[~self.is_control.to_numpy()]

    @property
    def controls(self) -> pd.Index:
        """Keys of the customers who are kept out to be compared with."""
        return self.audience.index[self.is_control.to_numpy()]

    @property
    def left_out_controls(self) -> int:
        """Controls that the file does not have."""
        return len(self.audience) - len(self.written)

    @property
    def members(self) -> pd.DataFrame:
        """Who was on it and who kept out: ``tier``, ``is_control``, to be remembered."""
        return pd.DataFrame(
            {"tier": self.audience["marketing_tier"], "is_control": self.is_control},
            index=self.audience.index,
        )


def plan_export(
    forecast: pd.DataFrame,
    customers: pd.DataFrame,
    survey: pd.DataFrame,
    settings: ExportSettings,
    barred: Barred | None = None,
    numbers: pd.Series | None = None,
) -> ExportPlan:
    """Decide who is on a list and who is kept out of it as a control.

    Controls are drawn last, among those who could all be written: so that nothing but
    chance tells them from the others.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        With ``predicted``, ``value_tier`` and ``marketing_tier``.
    customers : DataFrame, index ``customer_key``
        ``columns.CUSTOMERS``; of it ``consent`` and, for the draw, ``customer_id`` are read.
    survey : DataFrame, index ``customer_key``
        As from :func:`~clv_core.activation.contacts.survey_contacts`.
    settings : ExportSettings
    barred : Barred, optional
    numbers : Series of uint64, index ``customer_key``, optional
        As from ``control_group.number_customers`` for the settings' seed, where they are known
        already; then ``customers`` need no ``customer_id``.

    Raises
    ------
    KeyError
        A forecast customer without a row in ``customers``.
    """
    barred = barred or Barred()
    chosen = select_audience(forecast, settings.value_tiers, settings.marketing_tiers)
    if not chosen["predicted"].is_monotonic_decreasing:
        chosen = chosen.sort_values("predicted", ascending=False, kind="stable")
    people, known = _look_up(customers, chosen.index), _look_up(survey, chosen.index)
    agreed = has_agreed(people).to_numpy(bool)
    place, leaves = settings.place, _Leaving(len(chosen))
    if barred.named is not None:
        leaves.drop("not_named", ~_are_among(chosen.index, barred.named))
    if settings.consented_only:
        leaves.drop("no_consent", ~agreed)
    suppressed = _with_namesakes(barred.suppressed, survey)
    leaves.drop("suppressed", _are_among(chosen.index, suppressed))
    if settings.spares_earlier_controls:
        leaves.drop("earlier_control", _are_among(chosen.index, barred.earlier_controls))
    for problem, has_it in place.find_problems(known, settings.wishes).items():
        leaves.drop(problem, has_it.to_numpy(bool))
    if place.same_person is not None:
        left = np.flatnonzero(leaves.stays)
        repeats = find_repeats(known.iloc[left], place.same_person)
        leaves.drop("duplicate", np.isin(np.arange(len(chosen)), left[repeats]))
    stays = leaves.stays
    audience = chosen[stays]
    if numbers is None:
        numbers = number_customers(people.loc[stays, "customer_id"], settings.seed)
    else:
        numbers = _look_up(numbers, chosen.index)[stays]
    is_control = pick_controls(audience["marketing_tier"], settings.control_share, numbers)
    treated = audience.index[~is_control.to_numpy()]
    return ExportPlan(
        settings,
        audience,
        is_control,
        leaves.counted(),
        len(chosen),
        int((~agreed[stays]).sum()),
        int(_are_among(treated, barred.earlier_controls).sum()),
        int(known["is_unread_email"].to_numpy()[stays].sum()),
        int(known["is_unread_phone"].to_numpy()[stays].sum()),
    )


class _Leaving:
    """Who is still on a list, and how many left it for which reason."""

    def __init__(self, customers: int) -> None:
        self.stays: npt.NDArray[np.bool_] = np.ones(customers, dtype=bool)
        self._dropped: dict[str, int] = {}

    def drop(self, reason: str, has_it: npt.NDArray[np.bool_]) -> None:
        """Take those out who have a reason and are still there."""
        leaves = self.stays & has_it
        self._dropped[reason] = int(leaves.sum())
        self.stays &= ~leaves

    def counted(self) -> dict[str, int]:
        """Return the reasons that hold for somebody, in the order of ``REASONS``."""
        return {name: self._dropped[name] for name in REASONS if self._dropped.get(name)}


def _look_up(rows: _Rows, keys: pd.Index) -> _Rows:
    """Return the rows of some customers; as they are where they are in that order already."""
    return rows if rows.index.equals(keys) else rows.loc[keys]


def _are_among(keys: pd.Index, some: pd.Index) -> npt.NDArray[np.bool_]:
    """Say who is one of some customers; where those are none, without a look at a million."""
    return np.zeros(len(keys), dtype=bool) if some.empty else keys.isin(some)


def _with_namesakes(customers: pd.Index, survey: pd.DataFrame) -> pd.Index:
    """Return some customers and all who have the mailbox of one: the same people once more."""
    if customers.empty:
        return customers
    mailboxes = survey.loc[survey.index.isin(customers), "mailbox_group"]
    named = mailboxes[mailboxes >= 0]
    return customers.union(survey.index[survey["mailbox_group"].isin(named)])


def warn_of_limits(plan: ExportPlan) -> tuple[Sentence, ...]:
    """Say where a list is too short or too long for the place it goes to."""
    place, rows = plan.settings.place, len(plan.written)
    told = []
    if 0 < rows < place.fewest:
        told.append(
            Sentence(
                "Only {rows:,} customers: below {fewest:,} {place} does little with a list.",
                rows=rows,
                fewest=place.fewest,
                place=place.title,
            )
        )
    if place.file_format == "xlsx" and rows > SHEET_ROWS:
        told.append(
            Sentence(
                "An XLSX sheet holds {limit:,} customers; the list has {rows:,}.",
                limit=SHEET_ROWS,
                rows=rows,
            )
        )
    return tuple(told)


def has_agreed(customers: pd.DataFrame) -> pd.Series:
    """Say who is known to have agreed to be contacted."""
    if "consent" not in customers:
        return pd.Series(False, index=customers.index)
    return customers["consent"].astype("boolean").fillna(False).astype(bool)
