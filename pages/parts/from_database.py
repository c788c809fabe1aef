"""A table of a database in place of a file: chosen, and laid on the table by its first rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd
import streamlit as st

from clv_core.databases.catalogue import Table
from clv_core.databases.connections import read_connections
from clv_core.databases.reading import AS_WRITTEN, fetch_sample, fetch_tables
from clv_core.errors import UserDataError
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.database_table import DatabaseTable
from clv_core.ingest.raw import RawTable
from clv_core.storage.table_samples import find_source, store_sample
from pages.parts import state
from pages.parts.text import _, day, number, safe, show_error

LISTED: Final = "tables_of_connection"


def offer_tables() -> None:
    """Let the user choose a table, where an admin has set up a connection."""
    try:
        names = list(read_connections())
    except UserDataError as error:
        show_error(error)
        return
    if not names:
        return
    with st.expander(_("From a database"), icon=":material/database:", key="from_database"):
        connection = st.selectbox(_("Connection"), names, key="connection")
        if st.button(_("Show its tables"), icon=":material/list:"):
            _list_tables(connection)
        listed: dict[str, list[Table]] = st.session_state.get(LISTED, {})
        if connection in listed:
            _choose_table(connection, listed[connection])


def table_of(upload_id: str) -> DatabaseTable | None:
    """Return the table whose first rows an upload holds; None for a file."""
    source = find_source(state.workspace(), upload_id)
    return None if source is None else DatabaseTable.from_json(source)


def as_written(upload_id: str, said: FileChoice) -> FileChoice:
    """Return how an upload is to be read: of a table's first rows nobody has to say it."""
    if table_of(upload_id) is None:
        return said
    return said.model_copy(update=dict(AS_WRITTEN))


def describe_table(table: DatabaseTable, raw: RawTable) -> None:
    """Say in one line what will be read of a table."""
    told = [
        _("Table of a database"),
        _("{count} columns").format(count=number(len(raw.samples.columns))),
    ]
    if table.rows is not None:
        told.append(_("about {count} rows").format(count=number(table.rows)))
    if table.since is not None:
        told.append(_("from {day} on").format(day=day(table.since)))
    st.caption(safe(" · ".join(told)))
    st.caption(_("Only the first rows were fetched; the columns you choose are read in the job."))


def _list_tables(connection: str) -> None:
    with st.spinner(_("Asking the database …")):
        try:
            tables = fetch_tables(connection)
        except UserDataError as error:
            show_error(error)
            return
    st.session_state.setdefault(LISTED, {})[connection] = tables


def _choose_table(connection: str, tables: list[Table]) -> None:
    usable = [table for table in tables if table.may_read and table.readable_columns]
    if len(usable) < len(tables):
        hidden = number(len(tables) - len(usable))
        st.caption(_("{count} more may not be read by the connection's user.").format(count=hidden))
    if not usable:
        st.warning(_("There is no table that could be read."), icon=":material/help:")
        return
    chosen = st.selectbox(_("Table or view"), usable, format_func=_name, key=f"table_{connection}")
    st.dataframe(
        pd.DataFrame(
            [(one.name, one.type_name, one.is_readable) for one in chosen.columns],
            columns=[_("Column"), _("Type"), _("Can be read")],
        ),
        hide_index=True,
        height=210,
    )
    since: dt.date | None = st.date_input(
        _("Only rows from this day on"),
        value=None,
        key=f"since_{connection}",
        help=_("Empty means all of them. The day is compared with the column of times, in UTC."),
    )
    if st.button(_("Take this table"), type="primary", icon=":material/table:"):
        _take(DatabaseTable(connection, chosen.full_name, since))


def _name(table: Table) -> str:
    if table.rows is None:
        return table.full_name
    rows = _("about {count} rows").format(count=number(table.rows))
    return f"{table.full_name} · {rows}"


def _take(table: DatabaseTable) -> None:
    """Fetch the first rows and put them on the table like a file."""
    with st.spinner(_("Asking the database …")), TemporaryDirectory(prefix="perennial-") as scratch:
        sample = Path(scratch) / "sample.csv"
        try:
            found, _known = fetch_sample(table, sample)
            upload = store_sample(
                state.workspace(), found.title, sample.read_bytes(), found.to_json()
            )
        except UserDataError as error:
            show_error(error)
            return
    state.choose_files([*state.file_ids(), upload.id])
    st.rerun()
