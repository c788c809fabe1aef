"""How the forecast did when it was tested, in words first."""

from pathlib import Path

import streamlit as st

from clv_core.evaluation.metrics import METRICS
from pages.parts import cached
from pages.parts.charts import draw
from pages.parts.charts_error import calibration, coverage_bars, predicted_against_actual
from pages.parts.charts_trust import gain_curve, scoreboard_dots, timeline
from pages.parts.horizon import show_horizon
from pages.parts.layout import next_step, page_head
from pages.parts.state import require_run
from pages.parts.tables import metric_rows, scoreboard_table
from pages.parts.text import _, number, percent, safe, say
from pages.parts.words import BETTER, CAVEATS, METRIC_WORDS, model_name

METHOD = Path(__file__).parents[2] / "docs/method.md"

page_head(
    _("Can I trust this?"),
    _("Every model forecast a past window it had not seen. This is how each of them did."),
)
run = require_run()
horizon = show_horizon(run.id)
currency, in_use = horizon.currency, horizon.model
board, verdict = cached.scoreboard(run.id), cached.verdict(run.id)

if board is None or verdict is None:
    st.info(_("This forecast was not tested: what came after it is not in the data."))
    st.stop()

with st.container(border=True):
    st.markdown(f"**{safe(say(verdict.headline))}**")
    st.markdown(safe(say(verdict.network)))
    st.markdown(safe(say(verdict.worth, currency)))
    st.caption(safe(say(verdict.meaning)))
    st.caption(safe(_("In use for the forecast: {model}.").format(model=model_name(in_use))))
for caution in verdict.cautions:
    st.warning(safe(say(caution, currency)), icon=":material/warning:")

st.subheader(_("Scoreboard"), anchor=False)
metric = st.selectbox(
    _("Measure"),
    [name for name in METRICS if not metric_rows(board, name).empty],
    format_func=lambda name: say(METRICS[name].label),
    key="trust_metric",
    persist_state="session",
)
st.caption(safe(f"{say(METRIC_WORDS[metric])} {say(BETTER[METRICS[metric].better])}"))
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
    draw(scoreboard_dots(rows, metric, in_use, board.winners[metric], currency), "trust_scoreboard")

st.subheader(_("Does it find the right customers?"), anchor=False)
shown = st.pills(
    _("Compare with"),
    [model for model in board.models if model != in_use],
    selection_mode="multi",
    default=[
        model for model in ("past_spend", "network") if model in board.models and model != in_use
    ],
    format_func=model_name,
    key=f"trust_models:{run.id}",
)
draw(gain_curve(cached.gain(run.id, (in_use, *shown)), in_use), "trust_gain")

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
    draw(calibration(cached.calibration(run.id, model), model, currency), "trust_calibration")
with right:
    draw(predicted_against_actual(cached.outcomes(run.id, model), currency), "trust_outcomes")

coverage = cached.coverage(run.id)
st.subheader(_("Are the ranges right?"), anchor=False)
if coverage is None:
    st.markdown(
        safe(_("The ranges could not be checked: history is too short for a second window."))
    )
else:
    draw(
        coverage_bars(coverage.by_decile, coverage.share, coverage.covered_share), "trust_coverage"
    )
    st.caption(
        safe(
            _(
                "Measured: {covered}, between {low} and {high}. Where many customers buy nothing, a"
                " range from nothing upwards covers more of them than it was built for."
            ).format(
                covered=percent(coverage.covered_share, 1),
                low=percent(coverage.low, 1),
                high=percent(coverage.high, 1),
            )
        )
    )

st.subheader(_("How the days were cut"), anchor=False)
for reason in cached.plan(run.id).reasons:
    st.markdown(f"- {safe(say(reason))}")
draw(timeline(cached.windows(run.id)), "trust_timeline")

for name, why in cached.left_out(run.id).items():
    st.warning(safe(say(why)), title=safe(_("Left out: {model}").format(model=model_name(name))))

st.subheader(_("What this test does not show"), anchor=False)
for caveat in CAVEATS:
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
    _("What the customers are expected to bring."),
    _("See the overview"),
    "pages/value/overview.py",
    ":material/monitoring:",
)
