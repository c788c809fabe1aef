"""Who is on a list, who is left out of it and why, and who is kept out to be compared with.

Everyone chosen is accounted for: written + left out as controls + dropped, by reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from clv_core.activation.audience import select_audience
from clv_core.activation.control_group import draw_controls
from clv_core.activation.export_settings import ExportSettings
from clv_core.activation.platforms.target import PROBLEMS
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

    Raises
    ------
    KeyError
        A forecast customer without a row in ``customers``.
    """
    barred = barred or Barred()
    chosen = select_audience(forecast, settings.value_tiers, settings.marketing_tiers)
    chosen = chosen.sort_values("predicted", ascending=False, kind="stable")
    agreed = has_agreed(customers.loc[chosen.index])
    spared = barred.earlier_controls if settings.spares_earlier_controls else _nobody()
    gone = {
        "not_named": pd.Series(False, chosen.index)
        if barred.named is None
        else pd.Series(~chosen.index.isin(barred.named), chosen.index),
        "no_consent": ~agreed & settings.consented_only,
        "suppressed": pd.Series(
            chosen.index.isin(_with_namesakes(barred.suppressed, survey)), chosen.index
        ),
        "earlier_control": pd.Series(chosen.index.isin(spared), chosen.index),
    }
    left, dropped = chosen, {}
    for reason, has_it in gone.items():
        leaves = has_it.loc[left.index]
        dropped[reason] = int(leaves.sum())
        left = left[~leaves]
    problems = settings.place.find_problems(survey.loc[left.index], settings.wishes)
    dropped |= {name: int((problems == name).sum()) for name in PROBLEMS}
    audience = left[problems == ""]
    keys = pd.Series(audience.index.astype(str), audience.index)  # where a table gives no ids
    ids = customers.loc[audience.index, "customer_id"].fillna(keys).astype(str)
    is_control = draw_controls(
        audience["marketing_tier"], settings.control_share, settings.seed, ids
    )
    return ExportPlan(
        settings,
        audience,
        is_control,
        {reason: dropped[reason] for reason in REASONS if dropped.get(reason)},
        len(chosen),
        int((~agreed.loc[audience.index]).sum()),
        int(audience.index[~is_control.to_numpy()].isin(barred.earlier_controls).sum()),
        int(survey.loc[audience.index, "is_unread_email"].sum()),
        int(survey.loc[audience.index, "is_unread_phone"].sum()),
    )


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
