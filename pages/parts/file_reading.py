"""How a file is read: sheet, encoding, separator, header; recognised, corrected by the user.

What the user says is kept in the session and read before anything is drawn, so
that the widgets can tell what was recognised with it.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import streamlit as st

from clv_core.ingest.choice import FileChoice
from clv_core.ingest.dialect import SEPARATORS, WHITE_SPACE
from clv_core.ingest.raw import RawTable
from pages.parts.text import _, number, safe

ENCODINGS: Final = (
    *("utf-8", "utf-16", "gb18030", "big5", "shift_jis", "euc_kr"),
    *("cp1252", "latin-1", "cp1250", "cp1251", "cp1254"),
)
WORDS: Final = ("part", "has_header", "header_line", "encoding", "delimiter")
MOST_LEAD_LINES: Final = 1000  # as ``FileChoice`` allows


def said_of(upload_id: str) -> FileChoice:
    """Return what the user has said of how a file is to be read."""
    said = {word: st.session_state.get(_key(word, upload_id)) for word in WORDS}
    line = said.pop("header_line")
    return FileChoice(**said, lead_lines=None if line is None else int(line) - 1)


def suffix_of(said: FileChoice) -> str:
    """Return what tells widgets apart that belong to different readings of one file."""
    if said == FileChoice():
        return ""
    return "_" + hashlib.sha256(said.to_json().encode()).hexdigest()[:8]


def ask_part(upload_id: str, raw: RawTable | None) -> None:
    """Ask which sheet or file holds the table, where there are several.

    ``raw`` is what was recognised, of this part or of another; None where nothing was.
    """
    if raw is None or len(raw.parts) < 2:
        return
    st.selectbox(
        _("Sheet of the workbook") if raw.container == "xlsx" else _("File in the archive"),
        raw.parts,
        index=None,
        placeholder=_recognised(raw.part or ""),
        help=_("To read another one as well, bring the same file once more and choose it there."),
        key=_key("part", upload_id),
        persist_state="session",
    )


def ask_reading(upload_id: str, raw: RawTable | None) -> None:
    """Ask for everything else that decides how the bytes become rows."""
    dialect = raw.dialect if raw is not None else None
    headings = {True: _("names the columns"), False: _("is data already")}
    with st.grid("auto", min_column_width=210, vertical_alignment="bottom"):
        _number_of_header_line(upload_id, raw)
        st.selectbox(
            _("That line"),
            list(headings),
            index=None,
            format_func=headings.__getitem__,
            placeholder=_recognised(headings[dialect.has_header] if dialect else ""),
            key=_key("has_header", upload_id),
            persist_state="session",
        )
        if raw is None or raw.container != "xlsx":
            _ask_text_layout(upload_id, raw)
    st.caption(_("Empty means: as recognised. Choose something only where it is wrong."))


def _number_of_header_line(upload_id: str, raw: RawTable | None) -> None:
    st.number_input(
        _("The table begins in line"),
        min_value=1,
        max_value=MOST_LEAD_LINES + 1,
        value=None,
        step=1,
        placeholder=_recognised(number(raw.dialect.lead_lines + 1) if raw else ""),
        help=_("The lines above it, such as a title, are not read."),
        key=_key("header_line", upload_id),
        persist_state="session",
    )


def _ask_text_layout(upload_id: str, raw: RawTable | None) -> None:
    st.selectbox(
        _("Encoding"),
        ENCODINGS,
        index=None,
        placeholder=_recognised(raw.dialect.encoding if raw else ""),
        help=_("Another one may help where names look garbled."),
        key=_key("encoding", upload_id),
        persist_state="session",
    )
    signs = separator_names()
    st.selectbox(
        _("Separator"),
        (*SEPARATORS, WHITE_SPACE),
        index=None,
        format_func=signs.__getitem__,
        placeholder=_recognised(signs.get(raw.dialect.delimiter, "") if raw else ""),
        key=_key("delimiter", upload_id),
        persist_state="session",
    )


def describe_reading(raw: RawTable) -> str:
    """Say in one line how a file is read."""
    dialect, parts = raw.dialect, [_container(raw)]
    parts.append(_("{count} columns").format(count=number(len(raw.column_names))))
    if raw.container != "xlsx":
        parts.append(_("encoding {name}").format(name=dialect.encoding))
        parts.append(
            _("separated by {sign}").format(
                sign=separator_names().get(dialect.delimiter, dialect.delimiter)
            )
        )
    line = number(dialect.lead_lines + 1)
    if dialect.has_header:
        parts.append(_("column names in line {line}").format(line=line))
    else:
        parts.append(_("no row of column names"))
    if dialect.lead_lines:
        parts.append(_("{count} lines above it skipped").format(count=number(dialect.lead_lines)))
    return safe(" · ".join(part for part in parts if part))


def separator_names() -> dict[str, str]:
    """Return what people call the signs between columns."""
    return {
        ",": _("commas"),
        ";": _("semicolons"),
        "\t": _("tabs"),
        "|": _("bars"),
        WHITE_SPACE: _("blanks"),
    }


def _container(raw: RawTable) -> str:
    names: dict[str, str] = {
        "gzip": _("gzip archive"),
        "zip": _("zip archive"),
        "xlsx": _("Excel workbook"),
    }
    told = names.get(raw.container, "")
    if raw.part is None or not told:
        return told
    shown: dict[str, Any] = {"container": told, "part": raw.part}
    if raw.container == "xlsx":
        return _("{container}, sheet {part}").format(**shown)
    return _("{container}, file {part}").format(**shown)


def _recognised(what: str) -> str:
    return _("as recognised: {what}").format(what=what) if what else _("as recognised")


def _key(word: str, upload_id: str) -> str:
    return f"{word}_{upload_id}"
