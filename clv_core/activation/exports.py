"""Lists for other tools, written as each of them reads them."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd

from clv_core.activation.contacts import is_plain, read_contacts
from clv_core.activation.export_plan import ExportPlan
from clv_core.activation.formula_guard import guard_cells
from clv_core.activation.platforms.target import GROUP
from clv_core.activation.spreadsheets import export_csv, export_exact_csv, export_xlsx
from clv_core.columns import CUSTOMERS
from clv_core.errors import InvalidSetting
from clv_core.sentences import Sentence

FileContent = Literal["customers", "control-group"]
TREATED: Final = "treated"
CONTROL: Final = "control"
_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class ExportBundle:
    """A file of a list.

    Attributes
    ----------
    frame : DataFrame
        The cells, guarded; some columns may bear the same name.
    content : bytes
    """

    frame: pd.DataFrame
    content: bytes


def lay_out(
    plan: ExportPlan,
    customers: pd.DataFrame,
    rows: int | None = None,
    *,
    forecast: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Write the customers of a plan as their platform reads them, guarded.

    Parameters
    ----------
    plan : ExportPlan
    customers : DataFrame, index ``customer_key``
        ``columns.CUSTOMERS`` as uploaded, of these customers at least.
    rows : int, optional
        Only the first so many, for a preview.
    forecast : DataFrame, index ``customer_key``, optional
        All that is known of them, where the plan was made from less.
    """
    return lay_out_some(plan, plan.written[:rows], customers, forecast)


def lay_out_some(
    plan: ExportPlan,
    keys: pd.Index,
    customers: pd.DataFrame,
    forecast: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Write some of the customers of a plan; parameters as of :func:`lay_out`."""
    place, wishes = plan.settings.place, plan.settings.wishes
    known = customers.loc[keys]
    raw = {f"raw_{name}": known[name] for name in CUSTOMERS if name in known}
    told = plan.audience.loc[keys]
    if forecast is not None:
        more = forecast.loc[keys, forecast.columns.difference(told.columns)]
        told = told.join(more)
    laid = told.assign(**raw, consent=known.get("consent"))
    if place.reads_contacts:
        contacts = read_contacts(known, plan.settings.default_country)
        if not wishes.is_hashed:  # a sign before it would make it another address
            contacts["email"] = [email if is_plain(email) else "" for email in contacts["email"]]
        laid = laid.join(contacts)
    laid[GROUP] = _name_groups(plan, keys)
    return guard_cells(place.lay_out(laid, wishes).reset_index(drop=True))


def write_export(
    plan: ExportPlan, customers: pd.DataFrame, forecast: pd.DataFrame | None = None
) -> ExportBundle:
    """Write the file of a plan; parameters as of :func:`lay_out`.

    Raises
    ------
    InvalidSetting
        Where it is larger than the platform or the format takes.
    """
    place = plan.settings.place
    frame = lay_out(plan, customers, forecast=forecast)
    writers = {
        "xlsx": export_xlsx,
        "csv": export_exact_csv if place.has_exact_header else export_csv,
    }
    content = writers[place.file_format](frame)
    refuse_too_large(plan, len(content))
    return ExportBundle(frame, content)


def refuse_too_large(plan: ExportPlan, size_bytes: int) -> None:
    """Refuse a file that is larger than its platform takes.

    Raises
    ------
    InvalidSetting
    """
    too_large = _tell_size(plan, size_bytes)
    if too_large is not None:
        raise InvalidSetting(too_large, Sentence("Choose fewer tiers and take several files."))


def write_controls(plan: ExportPlan, customers: pd.DataFrame) -> ExportBundle:
    """Write the control group alone, by the shop's own ids, for whoever must leave it alone."""
    frame = lay_out_controls(customers.loc[plan.controls])
    return ExportBundle(frame, export_csv(frame))


def lay_out_controls(customers: pd.DataFrame) -> pd.DataFrame:
    """Write customers as the ids of a control group, guarded."""
    named = customers[["customer_id"]].assign(**{GROUP: CONTROL})
    return guard_cells(named.reset_index(drop=True))


def foresee_size(plan: ExportPlan, sample: pd.DataFrame) -> Sentence | None:
    """Say so where a file is going to be larger than its platform takes.

    Parameters
    ----------
    plan : ExportPlan
    sample : DataFrame
        Its first rows as from :func:`lay_out`.
    """
    if sample.empty:
        return None
    return _tell_size(plan, len(export_exact_csv(sample)) / len(sample) * len(plan.written))


def _tell_size(plan: ExportPlan, size_bytes: float) -> Sentence | None:
    place = plan.settings.place
    if place.most_bytes is None or size_bytes <= place.most_bytes:
        return None
    return Sentence(
        "The file would have {size:.0f} MB; {place} takes {limit:.0f}.",
        size=size_bytes / _MEBIBYTE,
        place=place.title,
        limit=place.most_bytes / _MEBIBYTE,
    )


def name_file(what: FileContent, file_format: str) -> str:
    """Name a file neutrally: nothing of the customers', of their worth or their tier.

    The random token keeps a download from being confused with one of like size.
    """
    return f"perennial-{what}-{secrets.token_hex(8)}.{file_format}"


def _name_groups(plan: ExportPlan, keys: Collection[Any]) -> pd.Series:
    if not plan.settings.control_share:
        return pd.Series("", index=pd.Index(keys))
    return plan.is_control.loc[list(keys)].map({True: CONTROL, False: TREATED})
