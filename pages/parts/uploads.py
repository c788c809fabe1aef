"""The files on the table: stored at once, named in the URL, mapped by the user."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from clv_core.columns import FIELDS, TableKind
from clv_core.errors import UserDataError
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.kinds import NEEDED_FIELDS, missing_fields
from clv_core.ingest.presets import PRESETS
from clv_core.ingest.raw import Dialect, RawTable
from clv_core.sentences import Sentence
from clv_core.storage.workspace import Upload
from pages.parts import cached, state
from pages.parts.fields import field_names, kind_names
from pages.parts.text import _, number, safe, say, show_error

SAMPLE_FOLDER: Final = Path(__file__).parents[2] / "sample_data"
SAMPLE_FILES: Final = ("orders.csv", "events.csv", "reviews.csv", "customers.csv")
SAMPLES_SHOWN: Final = 3
LONGEST_TITLE: Final = 80
KEPT_MAPPINGS: Final = "mappings"
LIMIT_OPTION: Final = "server.maxUploadSize"  # megabytes
DROP_ZONE_STYLE: Final = "<style>{rules}</style>"
DROP_ZONE_RULE: Final = (
    "[data-testid=stFileUploaderDropzone] {place} {{ font-size: 0 }}"
    "[data-testid=stFileUploaderDropzone] {place}::after"
    " {{ font-size: 0.9rem; content: {words} }}"
)


@dataclass(frozen=True)
class MappedFile:
    """One file as the user confirmed it."""

    upload_id: str
    kind: TableKind
    mapping: Mapping[str, str]

    @property
    def choice(self) -> FileChoice:
        """The user's word on the file."""
        return FileChoice(kind=self.kind, mapping=dict(self.mapping), is_confirmed=True)

    @property
    def is_complete(self) -> bool:
        """Whether every needed field has a column."""
        return not missing_fields(self.kind, self.mapping)


def take_uploads() -> None:
    """Show the drop zone; what falls into it goes to disk, and the zone is emptied.

    Streamlit would keep the bytes in memory long after the tab is gone.
    """
    _label_drop_zone()
    zone = f"drop_zone_{st.session_state.setdefault('drops', 0)}"
    dropped = st.file_uploader(
        _("Orders, and browsing, reviews and customers if you have them (CSV, TSV or text)"),
        type=["csv", "tsv", "txt"],
        accept_multiple_files=True,
        key=zone,
    )
    if dropped:
        try:
            stored = state.workspace().store_uploads((file.name, file) for file in dropped)
        except UserDataError as error:  # no room on the disk
            show_error(error)
            return
        state.choose_files([*state.file_ids(), *(upload.id for upload in stored)])
        st.session_state["drops"] += 1
        st.rerun()


def _label_drop_zone() -> None:
    """Write the reader's language over the words that Streamlit fixes in English."""
    megabytes = st.get_option(LIMIT_OPTION)
    limits = _("or drop files here; up to {size} GB each").format(
        size=number(megabytes / 1024, 0 if megabytes % 1024 == 0 else 1)
    )
    words = {"button p": _("Choose files"), "[data-testid*=Instructions] span": limits}
    rules = [
        DROP_ZONE_RULE.format(place=place, words=json.dumps(told, ensure_ascii=False))
        for place, told in words.items()
    ]
    st.html(DROP_ZONE_STYLE.format(rules="".join(rules)))


def take_sample() -> None:
    """Put the sample shop's files on the table in place of what lies there."""
    sample = ((name, (SAMPLE_FOLDER / name).read_bytes()) for name in SAMPLE_FILES)
    try:
        stored = state.workspace().store_uploads(sample)
    except UserDataError as error:  # no room on the disk; what lies on the table stays
        show_error(error)
        return
    remove_all()
    state.choose_files([upload.id for upload in stored])


def is_sample() -> bool:
    """Whether the files on the table are the sample shop's, by their names."""
    return tuple(upload.file_name for upload in on_table()) == SAMPLE_FILES


def propose_title(files: list[MappedFile]) -> str:
    """Propose the orders' file name, so that two data sets can be told apart."""
    if is_sample():
        return _("Sample shop")
    named = {upload.id: Path(upload.file_name).stem for upload in on_table()}
    orders = [named[file.upload_id] for file in files if file.kind == "orders"]
    return orders[0][:LONGEST_TITLE].strip() if orders else _("My shop")


def remove(upload_id: str) -> None:
    """Take a file off the table and delete its bytes."""
    state.choose_files([other for other in state.file_ids() if other != upload_id])
    state.workspace().delete_upload(upload_id)


def remove_all() -> None:
    """Clear the table and delete the bytes."""
    for upload in on_table():
        remove(upload.id)
    state.choose_files([])


def on_table() -> list[Upload]:
    """Return the files on the table; what was deleted meanwhile is left out."""
    found = []
    for upload_id in state.file_ids():
        try:
            found.append(state.workspace().upload(upload_id))
        except UserDataError as error:
            show_error(error)
            state.choose_files([other for other in state.file_ids() if other != upload_id])
    return found


def show_file(upload: Upload) -> MappedFile | None:
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
                on_click=remove,
                args=(upload.id,),
            )
        try:
            return _show_understanding(upload)
        except UserDataError as error:
            show_error(error)
            return None


def _show_understanding(upload: Upload) -> MappedFile:
    names = kind_names()
    detected = cached.recognised(upload.id, FileChoice())
    kind: TableKind = st.segmented_control(
        _("What is in it"),
        list(names),
        default=detected.kind,
        format_func=names.__getitem__,
        key=f"kind_{upload.id}",
        required=True,
    )
    raw = detected if kind == detected.kind else cached.recognised(upload.id, FileChoice(kind=kind))
    st.caption(safe(_describe(raw)))
    for note in raw.notes:
        st.caption(safe(_read_note(raw, note)))
    needed = missing_fields(raw.kind, raw.mapping)
    with st.expander(
        _("Which column is which"),
        icon=":material/table_chart:",
        expanded=bool(needed),
        key=f"columns_{upload.id}",
    ):
        mapping = _edit_mapping(raw, f"mapping_{upload.id}_{kind}")
    missing = missing_fields(kind, mapping)
    if missing:
        wanted = ", ".join(field_names()[field] for field in missing)
        st.warning(
            safe(_("Choose the column that holds: {fields}.").format(fields=wanted)),
            icon=":material/help:",
        )
    return MappedFile(upload.id, kind, mapping)


def _edit_mapping(raw: RawTable, key: str) -> dict[str, str]:
    """Let the user correct the mapping; corrections outlive a visit to another page.

    The editor forgets when its page is left and begins anew from what was last chosen.
    While it lives its table stays the same: examples stand in the options, where they
    always belong to the column that they are beside.
    """
    fields, labels, needed = FIELDS[raw.kind], field_names(), NEEDED_FIELDS[raw.kind]
    kept = st.session_state.setdefault(KEPT_MAPPINGS, {})
    found = {field: raw.mapping[field] for field in fields if field in raw.mapping}
    began_with, last = kept.get(key, (found, found))
    if key not in st.session_state:
        began_with = last
    table = pd.DataFrame(
        {
            "field": [
                _("{field} (needed)").format(field=labels[f]) if f in needed else labels[f]
                for f in fields
            ],
            "column": [began_with.get(field) for field in fields],
        },
        index=list(fields),
    )
    st.caption(_("The first rows of the file:"))
    st.dataframe(
        raw.samples.head(SAMPLES_SHOWN), hide_index=True, alt=_("The first rows of the file")
    )
    st.caption(_("Click twice on a cell below “Column in the file” to choose another column."))
    chosen = st.data_editor(
        table,
        key=key,
        hide_index=True,
        num_rows="fixed",
        height="content",
        placeholder=_("not used"),
        disabled=["field"],
        alt=_("Which column of the file holds which field"),
        column_config={
            "field": st.column_config.TextColumn(_("Field"), width="small"),
            "column": st.column_config.SelectboxColumn(
                _("Column in the file"),
                options=list(raw.column_names),
                format_func=lambda column: _with_examples(raw, column),
                width="large",
            ),
        },
    )["column"]
    if raw.kind == "orders":
        st.caption(_("Without an amount, quantity and price of one piece are multiplied."))
    mapping = {field: str(chosen[field]) for field in fields if pd.notna(chosen[field])}
    kept[key] = (began_with, mapping)
    return mapping


def _with_examples(raw: RawTable, column: str) -> str:
    values = raw.samples[column]
    examples = values[values.str.strip() != ""].drop_duplicates().head(SAMPLES_SHOWN)
    return f"{column}: {' · '.join(examples)}" if len(examples) else column


def _read_note(raw: RawTable, note: Sentence) -> str:
    is_title = raw.preset is not None and note == PRESETS[raw.preset].title
    return _("Recognised as: {name}").format(name=say(note)) if is_title else say(note)


def _describe(raw: RawTable) -> str:
    dialect = raw.dialect
    parts = [
        _("{count} columns").format(count=len(raw.column_names)),
        _("encoding {name}").format(name=dialect.encoding),
        _separator(dialect),
        _("first row names the columns") if dialect.has_header else _("no row of column names"),
    ]
    return " · ".join(parts)


def _separator(dialect: Dialect) -> str:
    names = {
        ",": _("separated by commas"),
        ";": _("separated by semicolons"),
        "\t": _("separated by tabs"),
        "|": _("separated by bars"),
        " ": _("separated by blanks"),
    }
    return names.get(dialect.delimiter, _("separated by {sign}").format(sign=dialect.delimiter))
