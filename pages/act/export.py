"""Take a list of customers away."""

from functools import partial

import streamlit as st

from clv_core.activation.export_plan import Barred, plan_export
from clv_core.activation.exports import foresee_size, lay_out, name_file
from clv_core.activation.handover import Taken, local_account
from clv_core.activation.spreadsheets import SHEET_ROWS
from clv_core.errors import NothingStored
from clv_core.storage.exports import list_exports
from clv_core.storage.suppression import SuppressionList
from pages.parts import cached, derived, derived_exports
from pages.parts.cutoffs import chosen_cutoffs
from pages.parts.downloads import MIME, write_control_list, write_list
from pages.parts.export_account import show_account, show_limits, show_power, show_taken
from pages.parts.export_choices import choose_export
from pages.parts.gate import confirm_anyway, show_objection
from pages.parts.layout import page_head
from pages.parts.people import knows_consent, read_customers
from pages.parts.state import require_run, workspace
from pages.parts.subjects import show_subject
from pages.parts.suppressed import edit_suppression
from pages.parts.tables import export_columns, tell_apart
from pages.parts.text import _, number, safe, say, show_error

PREVIEW_ROWS = 10
SAMPLE_ROWS = 200  # tell how large the file will be

page_head(_("Export"), _("Take a list of customers to the tool that reaches them."))
run = require_run()
subject = show_subject(run.id)
is_beaten = show_objection(run.id)
forecast = derived.tiered_forecast(run.id, chosen_cutoffs(run.id))
people = read_customers(run.id).set_index("customer_key")
choices = choose_export(subject, knows_consent(people))
settings = choices.settings
place = settings.place

with st.expander(_("Suppression list"), icon=":material/person_off:"):
    edit_suppression(workspace())
dataset = cached.dataset_of_run(run.id)
records = list_exports(workspace(), dataset)
try:
    suppressed = derived_exports.suppressed(
        run.id, settings.default_country, SuppressionList(workspace()).stamp()
    )
except NothingStored as error:  # nobody is written to while it is not known who may not be
    show_error(error)
    st.stop()
plan = plan_export(
    forecast,
    people,
    derived_exports.survey(run.id, settings.default_country),
    settings,
    Barred(
        suppressed,
        derived_exports.earlier_controls(dataset, tuple(one.id for one in records)),
        choices.named,
    ),
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
sample = lay_out(plan, people, SAMPLE_ROWS)
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
    st.download_button(
        _("Download {format}").format(format=place.file_format.upper()),
        partial(write_list, taken, plan, people),
        file_name=name_file("customers", place.file_format),
        mime=MIME[place.file_format],
        type="primary",
        icon=":material/download:",
        disabled=is_too_long or is_confirmed is False,
        # A rerun would clear what waits to be sent, the answer that holds the file among it.
        on_click="ignore",
        key="export_download",
    )
    if plan.is_control.any():
        st.download_button(
            _("Download the control group"),
            partial(write_control_list, taken, plan, people),
            file_name=name_file("control-group", "csv"),
            mime=MIME["csv"],
            icon=":material/group_off:",
            disabled=is_confirmed is False,
            on_click="ignore",
            key="export_controls",
            help=_("Ids of the customers who must not be contacted, by whatever channel."),
        )
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
