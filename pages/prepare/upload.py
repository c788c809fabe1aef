"""Bring the shop's files in, say what they are, have them read and cleaned."""

from __future__ import annotations

from typing import Any

import streamlit as st

from clv_core.errors import AmbiguousDates
from clv_core.jobs.queue import Job, submit_job
from clv_core.settings import CleaningSettings
from pages.parts import file_card, progress, state, uploads
from pages.parts.confirmed_file import (
    ConfirmedFile,
    appended_kinds,
    find_obstacle,
    propose_title,
)
from pages.parts.layout import page_head
from pages.parts.text import _, safe

CURRENCIES = (
    *("", "USD", "EUR", "GBP", "CNY", "JPY", "AUD", "BRL", "CAD", "CHF", "CZK", "DKK", "HKD"),
    *("HUF", "IDR", "ILS", "INR", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK"),
    *("SGD", "THB", "TRY", "TWD", "UAH", "VND", "ZAR"),
)

page_head(
    _("Bring data in"),
    _("Give the shop's orders, and whatever else you have; every row will be accounted for."),
)


def ask_options(proposed: str) -> dict[str, Any]:
    """Ask what no file says; propose a name for the data set."""
    orders = {"": _("As the file shows"), "day_first": _("Day first (31/01)")}
    orders["month_first"] = _("Month first (01/31)")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(
            _("Name of this data set"),
            value=proposed,
            max_chars=80,
            key=f"title_{proposed}",
            persist_state="session",
        )
        currency = st.selectbox(
            _("Currency, where the orders name none"),
            CURRENCIES,
            format_func=lambda code: code or _("Not known"),
            key="currency",
            persist_state="session",
        )
        date_order = st.selectbox(
            _("Dates such as 03/04/2025"),
            list(orders),
            format_func=orders.__getitem__,
            help=_("Needed only where no date in the file settles it; reading would then stop."),
            key="date_order",
            persist_state="session",
        )
    cleaning = CleaningSettings(currency=currency, date_order=date_order or None)
    return {"title": title.strip() or proposed, "cleaning": cleaning.model_dump(mode="json")}


def ask_date_order(job: Job) -> None:
    """Ask what no date in the file settles, and read again with the answer."""
    with st.container(horizontal=True):
        if st.button(_("Day first (31/01)"), icon=":material/event:"):
            progress.repeat(job, cleaning={**job.spec["cleaning"], "date_order": "day_first"})
        if st.button(_("Month first (01/31)"), icon=":material/event:"):
            progress.repeat(job, cleaning={**job.spec["cleaning"], "date_order": "month_first"})


def read_and_clean(files: list[ConfirmedFile], options: dict[str, Any]) -> None:
    """Ask the worker for it."""
    described = [
        {"upload": file.upload_id, "choice": file.choice.model_dump(mode="json")} for file in files
    ]
    spec = {**options, "files": described}
    state.choose_job(submit_job(state.workspace(), "prepare", "prepare_dataset", spec))


job = state.current_job("prepare")
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
    state.jobs_at_work("prepare"), _("Files are being read already, asked for in another window.")
)
uploads.take_uploads()
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

files = [file_card.show_file(upload) for upload in on_table]
readable = [file for file in files if file is not None]
options = ask_options(propose_title(readable))
for sentence in appended_kinds(readable):
    st.caption(safe(sentence))
obstacle = find_obstacle(readable)
if obstacle:
    st.warning(safe(obstacle), icon=":material/help:")
ready = len(readable) == len(files) and all(file.is_complete for file in readable)
with st.container(horizontal=True):
    st.button(
        _("Read and clean"),
        type="primary",
        icon=":material/cleaning_services:",
        disabled=bool(obstacle) or not ready,
        on_click=read_and_clean,
        args=(readable, options),
    )
    st.button(_("Remove all"), icon=":material/delete_sweep:", on_click=uploads.remove_all)
