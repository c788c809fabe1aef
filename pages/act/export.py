"""Take a list of customers away."""

import streamlit as st

from clv_core.activation.export_plan import Barred, plan_export
from clv_core.activation.exports import foresee_size, lay_out
from clv_core.activation.handover import Taken, local_account
from clv_core.activation.spreadsheets import SHEET_ROWS
from clv_core.errors import NothingStored
from clv_core.storage.exports import list_exports
from pages.parts import cached, derived_exports
from pages.parts.cutoffs import chosen_cutoffs
from pages.parts.downloads import offer_controls, offer_list
from pages.parts.export_account import show_account, show_limits, show_power, show_taken
from pages.parts.export_choices import choose_export
from pages.parts.gate import confirm_anyway, show_objection
from pages.parts.layout import page_head
from pages.parts.people import knows_consent, read_some
from pages.parts.state import require_run, workspace
from pages.parts.subjects import show_subject
from pages.parts.suppressed import edit_suppression
from pages.parts.tables import export_columns, tell_apart
from pages.parts.text import _, number, safe, say, show_error

PREVIEW_ROWS = 10
SAMPLE_ROWS = 200  # tell how large the file will be, where the platform has a limit

page_head(_("Export"), _("Take a list of customers to the tool that reaches them."))
run = require_run()
subject = show_subject(run.id)
is_beaten = show_objection(run.id)
choices = choose_export(subject, knows_consent(run.id))
settings = choices.settings
place = settings.place

with st.expander(_("Suppression list"), icon=":material/person_off:"):
    edit_suppression(workspace())
dataset = cached.dataset_of_run(run.id)
records = list_exports(workspace(), dataset)
try:
    derived_exports.require(run.id, settings)
    suppressed = derived_exports.suppressed(run.id, settings.default_country)
except NothingStored as error:  # nobody is written to while it is not known who may not be
    show_error(error)
    st.stop()
cutoffs = chosen_cutoffs(run.id)
survey = derived_exports.survey(run.id, settings.default_country)
plan = plan_export(
    derived_exports.candidates(run.id, cutoffs),
    survey,
    survey,
    settings,
    Barred(
        suppressed,
        derived_exports.earlier_controls(dataset, tuple(one.id for one in records)),
        choices.named,
    ),
    derived_exports.numbers(run.id, settings.seed),
)
show_account(plan)
rows = len(plan.written)
if not rows:
    st.info(_("Nobody is on this list. Choose other tiers."))
    st.stop()
show_power(plan, run.id)
show_limits(plan)
st.caption(
    safe(
        _("The first {rows} as they will be written:").format(rows=number(min(PREVIEW_ROWS, rows)))
    )
)
first = plan.written[: SAMPLE_ROWS if place.most_bytes else PREVIEW_ROWS]
told = derived_exports.read_forecast(run.id, first)
sample = lay_out(plan, read_some(run.id, first), len(first), forecast=told)
st.dataframe(
    tell_apart(sample.head(PREVIEW_ROWS)),
    hide_index=True,
    placeholder="",
    column_config=export_columns(),
    alt=_("The first rows of the list"),
)
is_confirmed = confirm_anyway(run.id) if is_beaten else None
too_large = foresee_size(plan, sample)
if too_large is not None:
    st.warning(safe(say(too_large)) + " " + _("Choose fewer tiers and take several files."))
is_too_long = (place.file_format == "xlsx" and rows > SHEET_ROWS) or too_large is not None
taken = Taken(
    workspace(), run.id, dataset, local_account(), bool(is_confirmed), choices.named is not None
)
with st.container(horizontal=True):
    offer_list(
        *(taken, plan, choices.named, cutoffs),
        is_disabled=is_too_long or is_confirmed is False,
    )
    if plan.is_control.any():
        offer_controls(*(taken, plan, choices.named, cutoffs), is_disabled=is_confirmed is False)
st.caption(
    _(
        "The list holds personal data. What was taken, when, by whom and how many rows is kept on"
        " record here. Who was on it is remembered by number alone, to be compared with the"
        " control group later. Cells that a spreadsheet would run as a formula are disarmed."
    )
)
if records:
    with st.expander(_("Lists taken before"), icon=":material/history:"):
        show_taken(records)
