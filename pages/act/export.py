"""Take a list of customers away."""

from functools import partial

import streamlit as st

from clv_core.activation.audience import select_audience
from clv_core.activation.exports import build_export
from clv_core.segments.value_tiers import VALUE_TIERS
from pages.parts import derived
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.downloads import MIME, SHEET_ROWS, write_list
from pages.parts.gate import confirm_anyway, show_objection
from pages.parts.layout import page_head
from pages.parts.people import knows_consent, read_customers
from pages.parts.state import require_run, workspace
from pages.parts.subjects import show_subject
from pages.parts.tables import export_columns
from pages.parts.text import _, number, safe
from pages.parts.words import marketing_tier, value_tier

PREVIEW_ROWS = 10

page_head(_("Export"), _("Take a list of customers to your mailing tool or spreadsheet."))
run = require_run()
subject = show_subject(run.id)
is_beaten = show_objection(run.id)
forecast = derived.tiered_forecast(run.id, chosen_cutoffs(run.id))
people = read_customers(run.id)

with st.container(border=True):
    values = st.pills(
        _("Value tiers"),
        VALUE_TIERS,
        selection_mode="multi",
        format_func=value_tier,
        key="export_value",
        persist_state="session",
        help=_("None chosen means all."),
    )
    tiers = st.pills(
        _("Marketing tiers"),
        subject.marketing_tiers,
        selection_mode="multi",
        format_func=marketing_tier,
        key="export_marketing",
        persist_state="session",
        help=_("None chosen means all."),
    )
    tell_moved_cutoffs(run.id)
    is_consent_known = knows_consent(people)
    consented_only = st.toggle(
        _("Only customers who agreed to be contacted"),
        value=is_consent_known,
        disabled=not is_consent_known,
        key=f"export_consent:{run.id}",
        persist_state="session",
    )
    if not is_consent_known:
        st.caption(subject.tell_consent())
    file_format = st.segmented_control(
        _("Format"),
        ["csv", "xlsx"],
        format_func=str.upper,
        default="csv",
        required=True,
        key="export_format",
        persist_state="session",
    )

audience = select_audience(forecast, values, tiers)
bundle = build_export(
    audience,
    audience["marketing_tier"],
    people,
    consented_only=consented_only,
    file_format=file_format,
)
st.subheader(_("{rows} customers").format(rows=number(bundle.row_count)), anchor=False)
if consented_only:
    st.caption(
        _("{rows} more are left out: they did not agree, or are not known to.").format(
            rows=number(bundle.without_consent)
        )
    )
if not bundle.row_count:
    st.info(_("Nobody is on this list. Choose other tiers."))
    st.stop()
st.caption(
    safe(
        _("The first {rows} as they will be written:").format(
            rows=number(min(PREVIEW_ROWS, bundle.row_count))
        )
    )
)
st.dataframe(
    bundle.frame.head(PREVIEW_ROWS),
    hide_index=True,
    placeholder="",
    column_config=export_columns(),
    alt=_("The first rows of the list"),
)
is_too_long = file_format == "xlsx" and bundle.row_count > SHEET_ROWS
if is_too_long:
    st.warning(_("An XLSX sheet does not hold so many customers. Choose CSV, or fewer tiers."))
is_confirmed = confirm_anyway(run.id) if is_beaten else None
st.download_button(
    _("Download {format}").format(format=file_format.upper()),
    partial(
        write_list,
        workspace(),
        bundle,
        file_format,
        run=run.id,
        value_tiers=list(values),
        marketing_tiers=list(tiers),
        consented_only=consented_only,
        **({"confirmed_not_beating_past_spend": True} if is_confirmed else {}),
    ),
    file_name=bundle.file_name,
    mime=MIME[file_format],
    type="primary",
    icon=":material/download:",
    disabled=is_too_long or is_confirmed is False,
    # A rerun would clear what waits to be sent, the answer that holds the file among it.
    on_click="ignore",
    key="export_download",
)
st.caption(
    _(
        "The list holds personal data. What was taken, when and how many rows is kept on record"
        " here; who is on the list is not. Cells that a spreadsheet would run as a formula are"
        " disarmed."
    )
)
