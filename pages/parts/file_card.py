"""One file on the table: what it was understood to be, and the user's corrections."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from clv_core.columns import FIELDS, TableKind
from clv_core.errors import UserDataError
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.kinds import missing_fields
from clv_core.ingest.presets import PRESETS
from clv_core.ingest.raw import RawTable
from clv_core.sentences import Sentence
from clv_core.storage.workspace import Upload
from pages.parts import (
    cached,
    file_reading,
    from_database,
    saved_layouts,
    uploads,
    value_columns,
)
from pages.parts.confirmed_file import ConfirmedFile
from pages.parts.fields import field_names, kind_names
from pages.parts.mapping_editor import edit_mapping, show_samples
from pages.parts.text import _, listed, safe, say, show_error


def look_at_all(table: Sequence[Upload]) -> None:
    """Find out what all files on the table are, at once."""
    with st.spinner(_("Looking at the files …")):
        cached.recognise_all(
            [
                (upload.id, from_database.as_written(upload.id, file_reading.said_of(upload.id)))
                for upload in table
            ]
        )


def show_file(upload: Upload) -> ConfirmedFile | None:
    """Show what a file was understood to be and let the user correct it.

    Returns None where it cannot be read at all.
    """
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(upload.file_name, width="stretch")
            st.button(
                _("Remove"),
                icon=":material/delete:",
                key=f"remove_{upload.id}",
                on_click=uploads.remove,
                args=(upload.id,),
            )
        said = file_reading.said_of(upload.id)
        try:
            recalled, raw = _understand(upload, said)
        except UserDataError as error:
            show_error(error)
            _show_reading(upload, None, is_open=True)
            return None
        try:
            return _show_understanding(upload, raw, said, recalled)
        except UserDataError as error:
            show_error(error)
            return None


def _understand(upload: Upload, said: FileChoice) -> tuple[FileChoice | None, RawTable]:
    """Return the layout that was saved for such a file, if any, and the file as of its kind."""
    detected = _look_at(upload, said)
    recalled = saved_layouts.recall(detected, said)
    if recalled is not None:
        detected = _look_at(upload, recalled)
    kind = _ask_kind(detected, f"kind_{upload.id}{file_reading.suffix_of(recalled or said)}")
    if kind == detected.kind:
        return recalled, detected
    return recalled, _look_at(upload, said.model_copy(update={"kind": kind}))


def _look_at(upload: Upload, choice: FileChoice) -> RawTable:
    with st.spinner(_("Looking at the file …")):
        return cached.recognised(upload.id, from_database.as_written(upload.id, choice))


def _show_understanding(
    upload: Upload, raw: RawTable, said: FileChoice, recalled: FileChoice | None
) -> ConfirmedFile:
    table = from_database.table_of(upload.id)
    if table is None:
        st.caption(file_reading.describe_reading(raw))
    else:
        from_database.describe_table(table, raw)
    for note in raw.notes:
        st.caption(safe(_read_note(raw, note)))
    if table is None:
        _show_reading(upload, raw, is_open=False)
    key = f"{upload.id}_{raw.kind}{file_reading.suffix_of(recalled or said)}"
    said = said.model_copy(update={"kind": raw.kind})
    choice = (
        value_columns.choose(upload, raw, said, key)
        if raw.kind == "value_table"
        else _choose_columns(raw, said, key)
    )
    _ask_missing(raw.kind, choice)
    file = ConfirmedFile(upload.id, upload.file_name, raw.kind, choice, table is not None)
    if file.is_complete:
        saved_layouts.offer(raw, choice, recalled, key)
    return file


def _ask_kind(detected: RawTable, key: str) -> TableKind:
    names = kind_names()
    kind: TableKind = st.segmented_control(
        _("What is in it"),
        list(names),
        default=detected.kind,
        format_func=names.__getitem__,
        key=key,
        persist_state="session",
        required=True,
    )
    return kind


def _show_reading(upload: Upload, raw: RawTable | None, is_open: bool) -> None:
    file_reading.ask_part(upload.id, raw or _find_another_part(upload))
    with st.expander(
        _("How the file is read"),
        icon=":material/tune:",
        expanded=is_open,
        key=f"reading_{upload.id}",
    ):
        file_reading.ask_reading(upload.id, raw)


def _find_another_part(upload: Upload) -> RawTable | None:
    """Return what can be read of a file without the user's word, where anything can."""
    try:
        return _look_at(upload, FileChoice())
    except UserDataError:
        return None


def _choose_columns(raw: RawTable, said: FileChoice, key: str) -> FileChoice:
    with st.expander(
        _("Which column is which"),
        icon=":material/table_chart:",
        expanded=bool(missing_fields(raw.kind, raw.mapping)),
        key=f"columns_{key}",
    ):
        show_samples(raw)
        mapping = edit_mapping(raw, FIELDS[raw.kind], f"mapping_{key}")
    return said.model_copy(update={"mapping": mapping, "is_confirmed": True})


def _ask_missing(kind: TableKind, choice: FileChoice) -> None:
    missing = missing_fields(kind, choice.mapping or {})
    if missing:
        wanted = listed(field_names()[field] for field in missing)
        st.warning(
            safe(_("Choose the column that holds: {fields}.").format(fields=wanted)),
            icon=":material/help:",
        )


def _read_note(raw: RawTable, note: Sentence) -> str:
    is_title = raw.preset is not None and note == PRESETS[raw.preset].title
    return _("Recognised as: {name}").format(name=say(note)) if is_title else say(note)
