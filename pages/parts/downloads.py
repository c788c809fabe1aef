"""Lists that leave the house: written when the user asks, and put on record."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from clv_core.activation.export_plan import ExportPlan
from clv_core.activation.exports import name_file, write_controls, write_export
from clv_core.activation.handover import Taken, hand_over, hand_over_controls
from clv_core.jobs.queue import Job, list_jobs, submit_job
from clv_core.settings import SegmentSettings
from clv_core.storage.handed_files import find_handed
from clv_core.views.exporting import keep_named
from clv_core.views.list_files import read_in_order
from clv_core.views.source import Source
from pages.parts import handing, progress
from pages.parts.text import _, number
from pages.parts.views import LANE

MIME: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
KIND: Final = "write_list"
MOST_AT_ONCE: Final = 50_000  # customers whose file is written while the browser waits for it
_MEGABYTE: Final = 1024 * 1024


def write_list(taken: Taken, plan: ExportPlan) -> bytes:
    """Write the file of a plan, and put on record and remember that it was taken."""
    told, people = _read(taken, plan.written)
    return hand_over(taken, plan, write_export(plan, people, told))


def write_control_list(taken: Taken, plan: ExportPlan) -> bytes:
    """Write who is kept out of it, and put on record that it was taken."""
    _told, people = _read(taken, plan.controls)
    return hand_over_controls(taken, plan, write_controls(plan, people))


def _read(taken: Taken, keys: pd.Index) -> tuple[pd.DataFrame, pd.DataFrame]:
    blocks = list(read_in_order(Source(taken.workspace, taken.run), keys))
    told, people = (pd.concat(tables) for tables in zip(*blocks, strict=True))
    return told, people


def offer_list(
    taken: Taken,
    plan: ExportPlan,
    named: pd.Index | None,
    cutoffs: SegmentSettings,
    *,
    is_disabled: bool,
) -> None:
    """Offer the file of a plan; one that takes long is written by a worker first.

    Parameters
    ----------
    taken : Taken
    plan : ExportPlan
    named : Index or None
        The only customers who may be on it, as the plan was made.
    cutoffs : SegmentSettings
        Of the tiers.
    is_disabled : bool
    """
    place = plan.settings.place
    if len(plan.written) > MOST_AT_ONCE:
        _offer_written(taken, plan, named, cutoffs, controls=False, is_disabled=is_disabled)
        return
    st.download_button(
        _("Download {format}").format(format=place.file_format.upper()),
        partial(write_list, taken, plan),
        file_name=name_file("customers", place.file_format),
        mime=MIME[place.file_format],
        type="primary",
        icon=":material/download:",
        disabled=is_disabled,
        # A rerun would clear what waits to be sent, the answer that holds the file among it.
        on_click="ignore",
        key="export_download",
    )


def offer_controls(
    taken: Taken,
    plan: ExportPlan,
    named: pd.Index | None,
    cutoffs: SegmentSettings,
    *,
    is_disabled: bool,
) -> None:
    """Offer who is kept out of it; parameters as of :func:`offer_list`."""
    if len(plan.controls) > MOST_AT_ONCE:
        _offer_written(taken, plan, named, cutoffs, controls=True, is_disabled=is_disabled)
        return
    st.download_button(
        _("Download the control group"),
        partial(write_control_list, taken, plan),
        file_name=name_file("control-group", "csv"),
        mime=MIME["csv"],
        icon=":material/group_off:",
        disabled=is_disabled,
        on_click="ignore",
        key="export_controls",
        help=_("Ids of the customers who must not be contacted, by whatever channel."),
    )


def _offer_written(
    taken: Taken,
    plan: ExportPlan,
    named: pd.Index | None,
    cutoffs: SegmentSettings,
    *,
    controls: bool,
    is_disabled: bool,
) -> None:
    source = Source(taken.workspace, taken.run)
    asked = {
        "settings": plan.settings.model_dump(mode="json"),
        "cutoffs": cutoffs.model_dump(mode="json"),
        "named": None if named is None else keep_named(source, named),
        "controls": controls,
        "who": taken.who,
        "is_confirmed": taken.is_confirmed,
    }
    spec = {"dataset": taken.dataset, "run": taken.run, "asked": asked}
    job = _find_job(taken, spec)
    if job is not None and not job.has_ended:
        progress.follow(job)
        return
    file = None if job is None else find_handed(taken.workspace, job.id)
    if job is not None and file is not None:
        name = _("Download the control group") if controls else _("Download the list")
        size = number(file.stat().st_size / _MEGABYTE)
        st.link_button(
            _("{file} ({size} MB)").format(file=name, size=size),
            handing.link_to(job.id),
            type="primary",
            icon=":material/download:",
            disabled=is_disabled,
        )
        return
    if job is not None:
        progress.tell_ending(job)
    label = _("Write the file of the control group") if controls else _("Write the file")
    if st.button(
        label,
        type="secondary" if controls else "primary",
        icon=":material/edit_document:",
        disabled=is_disabled,
        key="export_write_controls" if controls else "export_write",
        help=_("So long a list takes a while: it is written beside this page and kept for a day."),
    ):
        submit_job(taken.workspace, LANE, KIND, spec)
        st.rerun()


def _find_job(taken: Taken, spec: dict[str, Any]) -> Job | None:
    jobs = [job for job in list_jobs(taken.workspace, LANE) if job.spec == spec]
    return jobs[-1] if jobs else None
