"""A list that leaves the house: put on record, and remembered to be compared with later."""

from __future__ import annotations

import getpass
import hashlib
from dataclasses import dataclass
from typing import Final

import pandas as pd

from clv_core.activation.export_plan import ExportPlan
from clv_core.activation.exports import ExportBundle
from clv_core.storage.exports import ExportRecord, list_exports, read_members, remember_export
from clv_core.storage.workspace import Workspace

UNKNOWN: Final = "unknown"


@dataclass(frozen=True)
class Taken:
    """Whose list it is and who takes it.

    Attributes
    ----------
    workspace : Workspace
    run, dataset : str
        Ids.
    who : str
        Name of the account on this machine; ``unknown`` where it has none.
    is_confirmed : bool
        The user wants the list although the forecast did not beat past spend.
    named_only : bool
        Only customers that were picked on another page.
    """

    workspace: Workspace
    run: str
    dataset: str
    who: str = UNKNOWN
    is_confirmed: bool = False
    named_only: bool = False


def hand_over(taken: Taken, plan: ExportPlan, bundle: ExportBundle) -> bytes:
    """Put on record that a list is taken, remember who is on it, and return the file."""
    put_on_record(taken, plan, len(bundle.frame), hashlib.sha256(bundle.content).hexdigest())
    return bundle.content


def put_on_record(taken: Taken, plan: ExportPlan, rows: int, digest: str) -> None:
    """Put on record that a list is taken, and remember who is on it.

    The same file taken twice is on record twice, and remembered once.

    Parameters
    ----------
    taken : Taken
    plan : ExportPlan
    rows : int
        Of the file.
    digest : str
        SHA-256 of the file.
    """
    settings = plan.settings
    filters = settings.describe(taken.named_only)
    taken.workspace.record(
        "export",
        who=taken.who,
        run=taken.run,
        target=settings.target,
        rows=rows,
        controls=int(plan.is_control.sum()),
        dropped=dict(plan.dropped),
        sha256=digest,
        filters=filters,
        **({"confirmed_not_beating_past_spend": True} if taken.is_confirmed else {}),
    )
    known = list_exports(taken.workspace, taken.dataset)
    if not any((one.run, one.sha256) == (taken.run, digest) for one in known):
        record = ExportRecord(
            run=taken.run,
            dataset=taken.dataset,
            target=settings.target,
            rows=rows,
            control_share=settings.control_share,
            seed=settings.seed,
            sha256=digest,
            filters=filters,
        )
        remember_export(taken.workspace, record, plan.members)


def hand_over_controls(taken: Taken, plan: ExportPlan, bundle: ExportBundle) -> bytes:
    """Put on record that the ids of a control group are taken, and return the file."""
    put_controls_on_record(
        taken, plan, len(bundle.frame), hashlib.sha256(bundle.content).hexdigest()
    )
    return bundle.content


def put_controls_on_record(taken: Taken, plan: ExportPlan, rows: int, digest: str) -> None:
    """Put on record that the ids of a control group are taken.

    Who they are is remembered with the list itself.
    """
    taken.workspace.record(
        "export_controls",
        who=taken.who,
        run=taken.run,
        target=plan.settings.target,
        rows=rows,
        sha256=digest,
    )


def local_account() -> str:
    """Return the name of the account on this machine that a list is taken with."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return UNKNOWN


def find_earlier_controls(workspace: Workspace, dataset: str) -> pd.Index:
    """Return whom any earlier export of a data set kept out on purpose."""
    kept_out: set[int] = set()
    for export in list_exports(workspace, dataset):
        members = read_members(workspace, export.id)
        kept_out |= set(members.index[members["is_control"]])
    return pd.Index(sorted(kept_out), dtype="int64")
