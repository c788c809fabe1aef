"""Next month's files: to which data set they can be added, and what came of adding them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from clv_core.cleaning.kept_rows import are_rows_kept
from clv_core.cleaning.report import OrderFacts, QualityReport
from clv_core.jobs.extending import are_files_there
from clv_core.storage.workspace import Stored
from pages.parts import cached, state
from pages.parts.confirmed_file import ConfirmedFile
from pages.parts.fields import kind_names
from pages.parts.text import _, day, number, safe

NEW: Final = ""
KIND: Final = "extend_dataset"


def ask_base(files: Sequence[ConfirmedFile]) -> str | None:
    """Ask whether the files are a data set of their own or go to one that is laid out alike.

    Returns its id; None for a new data set, and where there is none to add to.
    """
    bases = {base.id: base for base in find_bases(files)}
    if not bases:
        return None
    told = {NEW: _("A new data set"), **{key: _name(base) for key, base in bases.items()}}
    chosen = st.selectbox(
        _("Where these files go"),
        list(told),
        format_func=told.__getitem__,
        help=_(
            "Adding reads the new files only and judges their rows together with those from"
            " before: what comes of it is what reading all files together would give. The data"
            " set as it was, and its results, stay."
        ),
        key=f"added_to_{next(iter(bases))}",
        persist_state="session",
    )
    if not chosen:
        return None
    st.caption(_("The cleaning rules of these data hold for the new rows too."))
    return str(chosen)


def find_bases(files: Sequence[ConfirmedFile]) -> list[Stored]:
    """List the data sets that these files can be added to, the newest first.

    Those of dated rows, not extended already, in which every kind of file that both have is
    laid out alike: the same fields were found in it.
    """
    datasets = state.workspace().datasets()
    sources = {one.id: cached.source(one.id) or {} for one in datasets}
    extended = {source.get("extends") for source in sources.values()}
    return [
        one
        for one in datasets
        if one.id not in extended
        and _is_alike(cached.quality(one.id), files)
        and (are_rows_kept(one.folder) or _can_read_again(sources[one.id]))
    ]


def to_add(base: str, files: Sequence[ConfirmedFile]) -> dict[str, Any]:
    """Return what a worker is told."""
    return {
        "dataset": base,
        "files": [file.spec for file in files],
        "cleaning": {"date_order": None},
    }


def show_additions(dataset: Stored, report: QualityReport) -> None:
    """Say of an extended data set what came from before and what is new, file by file."""
    source = cached.source(dataset.id) or {}
    if "extends" not in source:
        return
    added, files = int(source["added"]), report.files
    st.header(_("What was added"))
    new = files[len(files) - added :]
    st.markdown(
        safe(
            _("New rows read: {read}; kept {kept}, dropped {dropped}.").format(
                read=number(sum(file.rows_read for file in new)),
                kept=number(sum(file.rows_kept for file in new)),
                dropped=number(sum(file.rows_read - file.rows_kept for file in new)),
            )
            + " "
            + _tell_earlier(len(files) - added, is_read_again=source["read_again"])
        )
    )
    st.dataframe(
        account_of_files(report, added),
        hide_index=True,
        alt=_("Rows read, kept and dropped of each file, new or from before"),
        column_config={
            name: st.column_config.NumberColumn(format="localized")
            for name in (_("Rows read"), _("Rows kept"), _("Rows dropped"))
        },
    )
    st.caption(
        _(
            "Rows from before may be judged anew: an order that a new file holds as well counts"
            " there, and browsing of somebody who has now bought counts at last."
        )
    )
    _offer_look_back(str(source["extends"]))


def _tell_earlier(files: int, is_read_again: bool) -> str:
    told = (
        _("Files from before, read once more since their rows had not been kept: {files}.")
        if is_read_again
        else _("Files from before that were not read again: {files}.")
    )
    return told.format(files=number(files))


def account_of_files(report: QualityReport, added: int) -> pd.DataFrame:
    """Return a row per file: new or from before, and what became of its rows."""
    files, kinds = report.files, kind_names()
    before = len(files) - added
    return pd.DataFrame(
        {
            _("File"): [file.file_name for file in files],
            _("Kind"): [kinds[file.kind] for file in files],
            _("Came"): [_("new") if at >= before else _("before") for at in range(len(files))],
            _("Rows read"): [file.rows_read for file in files],
            _("Rows kept"): [file.rows_kept for file in files],
            _("Rows dropped"): [file.rows_read - file.rows_kept for file in files],
        }
    )


def _offer_look_back(base: str) -> None:
    runs = state.runs_of(base)
    if not runs:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(
            safe(_("The result from before can be held against what has come since.")),
            width="stretch",
        )
        if st.button(_("Look back"), icon=":material/history:", key="look_back_at_base"):
            state.choose_run(runs[0].id)
            st.switch_page("pages/act/look_back.py")


def _is_alike(report: QualityReport, files: Sequence[ConfirmedFile]) -> bool:
    if not isinstance(report.facts, OrderFacts):
        return False
    known: dict[str, set[frozenset[str]]] = {}
    for file in report.files:
        known.setdefault(file.kind, set()).add(frozenset(file.columns))
    shared = [file for file in files if file.kind in known]
    return bool(shared) and all(
        frozenset(file.choice.mapping or {}) in known[file.kind] for file in shared
    )


def _can_read_again(source: dict[str, Any]) -> bool:
    return bool(source.get("files")) and are_files_there(state.workspace(), source)


def _name(base: Stored) -> str:
    facts = cached.quality(base.id).facts
    last_day = day(facts.last_day) if isinstance(facts, OrderFacts) else ""
    return _("Add to {title} (orders until {last_day})").format(title=base.title, last_day=last_day)
