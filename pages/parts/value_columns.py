"""Which column of a table with one row per customer is the value, and what is learnt from."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from clv_core.columns import VALUE_FIELDS
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.columns_seen import see_columns
from clv_core.ingest.raw import RawTable
from clv_core.storage.workspace import Upload
from pages.parts import cached, kept_edits
from pages.parts.column_profiles import type_names
from pages.parts.mapping_editor import (
    SAMPLES_LOOKED_AT,
    edit_mapping,
    list_examples,
    name_with_examples,
    show_samples,
)
from pages.parts.text import _, number, say

CONTACT_FIELDS: Final = tuple(field for field in VALUE_FIELDS if field != "target_value")
HEIGHT: Final = 420  # pixels; a longer table scrolls inside
ROWS_AT_ONCE: Final = 10
LEAKS_TOLD: Final = 8


def choose(upload: Upload, raw: RawTable, said: FileChoice, key: str) -> FileChoice:
    """Ask for the value, the customer's id and the features, in this order."""
    st.caption(
        _(
            "The models learn how the value in one column follows from the other columns, and are"
            " tested on customers set aside. This measures fit to that column; it is not a"
            " forecast in time."
        )
    )
    target = st.selectbox(
        _("Which column is the value?"),
        list(raw.column_names),
        index=_place(raw, raw.mapping.get("target_value")),
        format_func=name_with_examples(raw).__getitem__,
        placeholder=_("Choose a column"),
        key=f"target_{key}",
        persist_state="session",
    )
    if target is None:
        show_samples(raw)
        return said.model_copy(update={"mapping": {}, "is_confirmed": True})
    if target != raw.mapping.get("target_value"):  # what gives a value away hangs on the value
        named = said.model_copy(update={"mapping": {"target_value": target}})
        with st.spinner(_("Looking at the file …")):
            raw = cached.recognised(upload.id, named)
    with st.expander(_("Who the customer is"), icon=":material/person:", key=f"columns_{key}"):
        show_samples(raw)
        mapping = edit_mapping(raw, CONTACT_FIELDS, f"mapping_{key}_{target}")
    mapping = {"target_value": target} | {f: c for f, c in mapping.items() if c != target}
    features = _choose_features(raw, mapping, f"features_{key}_{target}")
    return said.model_copy(update={"mapping": mapping, "features": features, "is_confirmed": True})


def _choose_features(raw: RawTable, mapping: dict[str, str], key: str) -> tuple[str, ...]:
    columns = [column for column in raw.column_names if column not in mapping.values()]
    _tell_leaks(raw, columns)
    with st.expander(
        _("What the models learn from"), icon=":material/checklist:", key=f"learnt_{key}"
    ):
        features = _edit_features(raw, columns, key)
    st.caption(
        _("{used} of {all} columns are used to learn from.").format(
            used=number(len(features)), all=number(len(columns))
        )
    )
    if not features:
        st.warning(_("Choose at least one column to learn from."), icon=":material/help:")
    return features


def _tell_leaks(raw: RawTable, columns: list[str]) -> None:
    """Name the columns that would give the value away, and why."""
    leaks = [column for column in columns if column in raw.leaks]
    if not leaks:
        return
    st.warning(
        _(
            "{count} columns look as if they gave the value away, or were known only after it."
            " They are left out: with them the test would look better than any real use. You may"
            " use them all the same, below."
        ).format(count=number(len(leaks))),
        icon=":material/warning:",
    )
    for column in leaks[:LEAKS_TOLD]:
        st.text(f"{column}: {say(raw.leaks[column])}")
    if len(leaks) > LEAKS_TOLD:
        st.caption(
            _("And {count} more, marked in the table below.").format(
                count=number(len(leaks) - LEAKS_TOLD)
            )
        )


def _edit_features(raw: RawTable, columns: list[str], key: str) -> tuple[str, ...]:
    began_with = kept_edits.begin_with(key, tuple(c for c in columns if c in raw.features))
    examples = list_examples(raw)
    used = set(began_with)
    table = pd.DataFrame(
        {
            "used": [column in used for column in columns],
            "column": columns,
            "type": list_types(raw, columns),
            "examples": [examples[column] for column in columns],
            "note": [say(raw.leaks[c]) if c in raw.leaks else "" for c in columns],
        }
    )
    edited = st.data_editor(
        table,
        key=key,
        hide_index=True,
        num_rows="fixed",
        height=HEIGHT if len(columns) > ROWS_AT_ONCE else "content",
        disabled=["column", "type", "examples", "note"],
        alt=_("Which columns the models learn from"),
        column_config={
            "used": st.column_config.CheckboxColumn(_("Used"), width="small"),
            "column": st.column_config.TextColumn(_("Column")),
            "type": st.column_config.TextColumn(_("Type"), width="small"),
            "examples": st.column_config.TextColumn(_("Examples")),
            "note": st.column_config.TextColumn(_("Note"), width="large"),
        },
    )["used"]
    features = tuple(column for column, is_used in zip(columns, edited, strict=True) if is_used)
    kept_edits.keep(key, began_with, features)
    return features


def list_types(raw: RawTable, columns: list[str]) -> list[str]:
    """Return what the columns' first values look like, in the reader's words."""
    rows = raw.samples.head(SAMPLES_LOOKED_AT).to_numpy(dtype=object).tolist()
    seen, names = see_columns(raw.column_names, rows), type_names()
    return [
        names["time" if seen[c].is_time else "number" if seen[c].is_number else "category"]
        for c in columns
    ]


def _place(raw: RawTable, column: str | None) -> int | None:
    return raw.column_names.index(column) if column in raw.column_names else None
