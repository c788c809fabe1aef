"""What became of every row, and whether the shop is ready for a forecast."""

from __future__ import annotations

import streamlit as st

from clv_core.cleaning.report import ValueFacts
from pages.parts import adding, cached, state
from pages.parts.column_profiles import show_columns
from pages.parts.data_facts import show_facts, show_months, show_readiness, show_values
from pages.parts.layout import next_step, page_head
from pages.parts.rejected_rows import show_rejected
from pages.parts.row_account import choose_file, show_rows
from pages.parts.rule_changes import show_changes
from pages.parts.text import _

page_head(
    _("Review"),
    _("What was kept, what was dropped and why; every row that was read is in one of the two."),
)
dataset = state.require_dataset()
report = cached.quality(dataset.id)
is_value_table = isinstance(report.facts, ValueFacts)

show_facts(report.facts)
next_step(
    _("The data are ready: let the models learn and be tested."),
    _("Train a forecast"),
    "pages/model/train.py",
    ":material/model_training:",
)
adding.show_additions(dataset, report)
st.header(_("What became of the rows"))
place = choose_file(report)
show_rows(report, place)
st.subheader(_("Rows that were left out"))
show_rejected(dataset, report, place)
show_changes(dataset.id, report)
st.header(_("Is it enough?"))
show_readiness(report.facts)
if is_value_table:
    st.header(_("How the values are spread"))
    show_values(report)
else:
    st.header(_("Month by month"))
    show_months(report)
st.header(_("Column by column"))
show_columns(report.files[place], f"{dataset.id}_{place}")
