"""Which column holds which field: proposed, shown beside examples, corrected by the user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from clv_core.ingest.kinds import NEEDED_FIELDS
from clv_core.ingest.raw import RawTable
from pages.parts import kept_edits
from pages.parts.fields import field_names
from pages.parts.text import _

SAMPLES_SHOWN: Final = 3
LONGEST_EXAMPLE: Final = 40  # characters


def edit_mapping(raw: RawTable, fields: Sequence[str], key: str) -> dict[str, str]:
    """Let the user correct the mapping.

    Examples stand in the options, where they always belong to the column that they
    are beside.
    """
    labels, needed = field_names(), NEEDED_FIELDS[raw.kind]
    found = {field: raw.mapping[field] for field in fields if field in raw.mapping}
    began_with = kept_edits.begin_with(key, found)
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
                format_func=lambda column: with_examples(raw, column),
                width="large",
            ),
        },
    )["column"]
    if raw.kind == "orders":
        st.caption(_("Without an amount, quantity and price of one piece are multiplied."))
    mapping = {field: str(chosen[field]) for field in fields if pd.notna(chosen[field])}
    kept_edits.keep(key, began_with, mapping)
    return mapping


def show_samples(raw: RawTable) -> None:
    """Show the first rows as they stand in the file."""
    st.caption(_("The first rows of the file:"))
    st.dataframe(
        raw.samples.head(SAMPLES_SHOWN), hide_index=True, alt=_("The first rows of the file")
    )


def with_examples(raw: RawTable, column: str) -> str:
    """Return a column's name with the first few different values in it."""
    examples = list_examples(raw, column)
    return f"{column}: {examples}" if examples else column


def list_examples(raw: RawTable, column: str) -> str:
    """Return the first few different values of a column."""
    values = raw.samples[column]
    told = values[values.str.strip() != ""].drop_duplicates().head(SAMPLES_SHOWN)
    return " · ".join(value[:LONGEST_EXAMPLE] for value in told)
