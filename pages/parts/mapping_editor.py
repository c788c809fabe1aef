"""Which column holds which field: proposed, shown beside examples, corrected by the user."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

import pandas as pd
import streamlit as st

from clv_core.ingest.kinds import NEEDED_FIELDS
from clv_core.ingest.raw import RawTable
from pages.parts import kept_edits
from pages.parts.fields import field_names
from pages.parts.text import _

FIELD_WIDTH: Final = 140  # pixels: narrow screens would cut the names
SAMPLES_SHOWN: Final = 3
SAMPLES_LOOKED_AT: Final = 30
COLUMNS_SHOWN: Final = 100  # of the first rows; all of them are in the choices
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
            "field": st.column_config.TextColumn(_("Field"), width=FIELD_WIDTH),
            "column": st.column_config.SelectboxColumn(
                _("Column in the file"),
                options=list(raw.column_names),
                format_func=name_with_examples(raw).__getitem__,
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
        raw.samples.iloc[:SAMPLES_SHOWN, :COLUMNS_SHOWN],
        hide_index=True,
        alt=_("The first rows of the file"),
    )


def name_with_examples(raw: RawTable) -> dict[str, str]:
    """Return each column's name with the first few different values in it, by the name."""
    return {
        column: f"{column}: {told}" if told else column
        for column, told in list_examples(raw).items()
    }


def list_examples(raw: RawTable) -> dict[str, str]:
    """Return the first few different values of each column."""
    rows = raw.samples.head(SAMPLES_LOOKED_AT).to_numpy(dtype=object)
    told = {}
    for place, column in enumerate(raw.column_names):
        cells = dict.fromkeys(cell[:LONGEST_EXAMPLE] for cell in rows[:, place] if cell.strip())
        told[column] = " · ".join(islice(cells, SAMPLES_SHOWN))
    return told
