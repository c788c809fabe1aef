"""A file for a manager: what the customers are worth, how sure that is, what to do."""

from functools import partial
from secrets import token_hex

import streamlit as st

from pages.parts import derived_explain
from pages.parts.cutoffs import tell_moved_cutoffs
from pages.parts.gate import show_objection
from pages.parts.layout import page_head
from pages.parts.report import compose_report, section_titles
from pages.parts.reporting import FORMATS, write_report
from pages.parts.state import require_run, workspace
from pages.parts.subjects import show_subject
from pages.parts.text import LANGUAGES, _, language, safe, speaking

page_head(
    _("Report"),
    _("One file to hand on: the verdict, the tiers, the method and what became of the data."),
)
run = require_run()
subject = show_subject(run.id)
show_objection(run.id)
tell_moved_cutoffs(run.id)

with st.container(border=True):
    titles = section_titles()
    chosen = st.pills(
        _("What is in it"),
        list(titles),
        selection_mode="multi",
        default=list(titles),
        format_func=titles.__getitem__,
        key="report_sections",
        persist_state="session",
    )
    left, right = st.columns(2)
    with left:
        spoken = st.segmented_control(
            _("Language of the report"),
            list(LANGUAGES),
            default=language(),
            format_func=LANGUAGES.__getitem__,
            required=True,
            key="report_language",
            persist_state="session",
        )
    with right:
        file_format = st.segmented_control(
            _("Format"),
            list(FORMATS),
            default="html",
            format_func=str.upper,
            required=True,
            key="report_format",
            persist_state="session",
        )
    st.caption(
        _(
            "HTML opens in any browser without a network, and its charts show their values under"
            " the pointer. PDF is for paper."
        )
    )
if not chosen:
    st.info(_("Choose at least one part."))
    st.stop()

if "reasons" in chosen:
    derived_explain.require_reasons(run.id)
with speaking(spoken):
    report = compose_report(type(subject).read(run.id), run.title, tuple(chosen))
st.download_button(
    _("Download {format}").format(format=file_format.upper()),
    partial(write_report, workspace(), report, file_format, run=run.id),
    file_name=f"perennial-report-{token_hex(8)}.{file_format}",
    mime=FORMATS[file_format].mime,
    type="primary",
    icon=":material/download:",
    on_click="ignore",
    key="report_download",
)
st.caption(
    _(
        "The report holds no customer's id, name or address. That it was taken is kept on record"
        " here."
    )
)
st.subheader(safe(report.title), anchor=False)
st.caption(_("How each part begins; charts, tables and the rest are in the file."))
for section in report.sections:
    st.markdown(f"**{safe(section.title)}**")
    for text in (*section.warnings, *section.paragraphs)[:2]:
        st.caption(safe(text))
