"""How the forecast did when it was tested, in words first."""

from pathlib import Path

import streamlit as st

from clv_core.evaluation.metrics import METRICS
from pages.parts import cached, derived
from pages.parts.certainty import show_chances, show_coverage
from pages.parts.charts import draw
from pages.parts.charts_error import calibration, predicted_against_actual
from pages.parts.charts_trust import gain_curve, scoreboard_dots
from pages.parts.gate import show_objection
from pages.parts.layout import next_step, page_head
from pages.parts.proof import show_proof
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.tables import metric_rows, scoreboard_table
from pages.parts.text import _, number, percent, safe, say
from pages.parts.validation import show_validation
from pages.parts.words import BETTER, model_name

METHOD = Path(__file__).parents[2] / "docs/method.md"

page_head(
    _("Can I trust this?"),
    _("Every model was tried on what it had not seen. This is how each of them did."),
)
run = require_run()
subject = show_subject(run.id)
terms, currency, in_use = subject.terms, subject.currency, subject.model
board, verdict = cached.scoreboard(run.id), cached.verdict(run.id)

if board is None or verdict is None:
    st.info(subject.tell_untested())
    st.stop()

show_objection(run.id)
with st.container(border=True):
    st.markdown(f"**{safe(say(verdict.headline))}**")
    st.markdown(safe(say(verdict.network)))
    st.markdown(safe(say(verdict.worth, currency)))
    st.caption(safe(say(verdict.meaning)))
    st.caption(safe(_("In use: {model}.").format(model=model_name(in_use))))
    for sentence in cached.tuning(run.id):
        st.caption(safe(say(sentence)))
for caution in verdict.cautions:
    st.warning(safe(say(caution, currency)), icon=":material/warning:")

st.subheader(_("Scoreboard"), anchor=False)
metric = st.selectbox(
    _("Measure"),
    [name for name in METRICS if not metric_rows(board, name).empty],
    format_func=terms.metric_label,
    key="trust_metric",
    persist_state="session",
)
st.caption(safe(f"{terms.metric_meaning(metric)} {say(BETTER[METRICS[metric].better])}"))
left, right = st.columns([3, 2])
with left:
    st.dataframe(
        scoreboard_table(board, metric, currency),
        hide_index=True,
        alt=_("Every model's value of the chosen measure with its interval"),
    )
    st.caption(
        safe(
            _(
                "From–to: in {share} of samples drawn again from the same {customers} customers the"
                " value lies in between. Where two models' ranges overlap widely, either may be"
                " better."
            ).format(share=percent(board.confidence), customers=number(board.customers))
        )
    )
with right:
    rows = metric_rows(board, metric)
    draw(scoreboard_dots(rows, metric, in_use, board.winners[metric], terms), "trust_scoreboard")
show_validation(run.id, board, metric, currency)
show_proof(subject, board, metric)

st.subheader(_("Does it find the right customers?"), anchor=False)
shown = st.pills(
    _("Compare with"),
    [model for model in board.models if model != in_use],
    selection_mode="multi",
    default=[model for model in subject.compared if model in board.models and model != in_use],
    format_func=model_name,
    key=f"trust_models:{run.id}",
)
draw(gain_curve(derived.gain(run.id, (in_use, *shown)), in_use, terms), "trust_gain")

st.subheader(_("Are the amounts right?"), anchor=False)
with_amounts = list(board.predicted_totals)
model = st.selectbox(
    _("Model"),
    with_amounts,
    index=with_amounts.index(in_use),
    format_func=model_name,
    key=f"trust_model:{run.id}",
)
left, right = st.columns(2)
with left:
    draw(calibration(derived.calibration(run.id, model), model, terms), "trust_calibration")
with right:
    error = board.find(model, "mae")
    draw(
        predicted_against_actual(
            derived.outcomes(run.id, model), error[0] if error else float("nan"), terms
        ),
        "trust_outcomes",
    )

show_chances(run.id)
show_coverage(subject)
subject.show_division()

for name, why in cached.left_out(run.id).items():
    st.warning(safe(say(why)), title=safe(_("Left out: {model}").format(model=model_name(name))))
for note in dict.fromkeys(note for notes in cached.notes(run.id).values() for note in notes):
    st.caption(safe(say(note)))

st.subheader(_("What this test does not show"), anchor=False)
for caveat in subject.caveats:
    st.markdown(f"- {safe(say(caveat))}")
method = st.expander(
    _("The method, formula by formula (in English)"),
    icon=":material/menu_book:",
    on_change="rerun",
    key="trust_method",
)
if method.open:
    method.markdown(METHOD.read_text("utf-8"))
next_step(
    _("What all customers come to, and who holds it."),
    _("See the overview"),
    "pages/value/overview.py",
    ":material/monitoring:",
)
