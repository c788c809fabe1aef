"""Other rules for a data set that was read already: previewed, then applied to the same files."""

from __future__ import annotations

from typing import Any

import streamlit as st

from clv_core.cleaning.report import QualityReport, ValueFacts
from clv_core.errors import NothingStored, UserDataError
from clv_core.jobs.queue import Job, submit_job
from clv_core.settings import CleaningSettings
from pages.parts import cached, progress, rule_preview, state
from pages.parts.cleaning_controls import ask_rules
from pages.parts.layout import empty_state
from pages.parts.text import _, show_error


def show_changes(dataset_id: str, report: QualityReport) -> None:
    """Let the user change the rules, see what they would do, and apply them."""
    _open_what_was_applied(dataset_id)
    preview, applied = rule_preview.current(dataset_id), _application(dataset_id)
    began = preview or applied
    with st.expander(
        _("Change the rules"),
        icon=":material/rule:",
        expanded=began is not None,
        key=f"rules_{dataset_id}",
    ):
        source = cached.source(dataset_id)
        if source is None or not _are_files_there(source):
            _say_files_are_gone()
            return
        start = CleaningSettings.model_validate((began.spec if began else source)["cleaning"])
        asked = ask_rules(start, dataset_id, isinstance(report.facts, ValueFacts))
        try:
            rules = CleaningSettings.check(asked)
        except UserDataError as error:
            show_error(error)
            return
        spec = {
            "title": source["title"],
            "files": source["files"],
            "cleaning": rules.model_dump(mode="json"),
            "dataset": dataset_id,
        }
        _offer(spec)
        if preview is not None:
            rule_preview.show(preview, spec, report)
        if applied is not None:
            _show_application(applied)


def _offer(spec: dict[str, Any]) -> None:
    with st.container(horizontal=True):
        if st.button(_("Preview"), icon=":material/preview:", key="preview_rules"):
            rule_preview.submit(spec)
        if st.button(_("Apply"), type="primary", icon=":material/check:", key="apply_rules"):
            state.choose_job(submit_job(state.workspace(), "prepare", "prepare_dataset", spec))
            st.rerun()
    st.caption(
        _("Applying reads the same files again into a new data set; this one stays as it is.")
    )


def _application(dataset_id: str) -> Job | None:
    """Return the job that reads this data set's files again, where this session follows one."""
    job = state.current_job("prepare")
    is_here = (
        job is not None and job.kind == "prepare_dataset" and job.spec.get("dataset") == dataset_id
    )
    return job if is_here else None


def _open_what_was_applied(dataset_id: str) -> None:
    job = _application(dataset_id)
    if job is not None and job.state == "done":
        state.choose_job(None)
        state.choose_dataset(str(job.result_id))
        st.rerun()


def _show_application(job: Job) -> None:
    if job.has_ended:
        progress.show_ending(job)
    else:
        progress.follow(job)


def _are_files_there(source: dict[str, Any]) -> bool:
    try:
        for file in source["files"]:
            state.workspace().upload(file["upload"])
    except NothingStored:
        return False
    return True


def _say_files_are_gone() -> None:
    empty_state(
        _(
            "The files of this data set are not here any more; they are kept for 7 days. Bring"
            " them again to read them with other rules."
        ),
        _("Bring data in"),
        "pages/prepare/upload.py",
        ":material/upload_file:",
    )
