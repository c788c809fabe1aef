"""Bring the shop's files in, say what they are, have them read and cleaned."""

from __future__ import annotations

from typing import Final

import streamlit as st

from clv_core.errors import AmbiguousDates
from clv_core.jobs.queue import Job, submit_job
from pages.parts import adding, file_card, from_database, progress, state, uploads
from pages.parts.confirmed_file import appended_kinds, find_obstacle
from pages.parts.layout import page_head
from pages.parts.reading_options import ask_options
from pages.parts.text import _, safe

READING: Final = ("prepare_dataset", adding.KIND)

page_head(
    _("Bring data in"),
    _("Give the shop's orders, and whatever else you have; every row will be accounted for."),
)


def ask_date_order(job: Job) -> None:
    """Ask what no date in the file settles, and read again with the answer."""
    with st.container(horizontal=True):
        if st.button(_("Day first (31/01)"), icon=":material/event:"):
            progress.repeat(job, cleaning={**job.spec["cleaning"], "date_order": "day_first"})
        if st.button(_("Month first (01/31)"), icon=":material/event:"):
            progress.repeat(job, cleaning={**job.spec["cleaning"], "date_order": "month_first"})


job = state.current_job("prepare")
if job is not None and job.kind not in READING:
    job = None  # a preview, shown beside the rules it is of
if job is not None and job.state == "done":
    state.choose_job(None)
    state.choose_dataset(str(job.result_id))
    st.switch_page("pages/prepare/review.py")
if job is not None and not job.has_ended:
    progress.follow(job)
    st.stop()
if job is not None:
    progress.show_ending(job)
    if job.failure_kind == AmbiguousDates.__name__:
        ask_date_order(job)

progress.show_others(
    [one for one in state.jobs_at_work("prepare") if one.kind in READING],
    _("Files are being read already, asked for in another window."),
)
uploads.take_uploads()
from_database.offer_tables()
on_table = uploads.on_table()
if not on_table:
    with st.container(border=True):
        st.markdown(_("No file at hand? A made-up shop with two years of orders shows the way."))
        st.button(
            _("Try the sample shop"),
            type="primary",
            icon=":material/storefront:",
            on_click=uploads.take_sample,
        )
    st.stop()

file_card.look_at_all(on_table)
files = [file_card.show_file(upload) for upload in on_table]
readable = [file for file in files if file is not None]
for sentence in appended_kinds(readable):
    st.caption(safe(sentence))
base = adding.ask_base(readable)
obstacle = find_obstacle(readable, len(files) - len(readable), is_added=base is not None)
if obstacle:
    st.warning(safe(obstacle), icon=":material/help:")
if not readable:
    st.stop()  # nothing that rules or a name could be about
is_ready = all(file.is_complete for file in readable)
if base is None:
    kind, spec = "prepare_dataset", ask_options(readable, is_ready and not obstacle)
else:
    kind, spec = adding.KIND, adding.to_add(base, readable)
with st.container(horizontal=True):
    if st.button(
        _("Read and clean") if base is None else _("Add these files"),
        type="primary",
        icon=":material/cleaning_services:" if base is None else ":material/library_add:",
        disabled=bool(obstacle) or not is_ready or spec is None,
    ):
        state.choose_job(submit_job(state.workspace(), "prepare", kind, spec))
        st.rerun()
    st.button(_("Remove all"), icon=":material/delete_sweep:", on_click=uploads.remove_all)
