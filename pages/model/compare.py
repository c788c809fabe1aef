"""Two results side by side: what they were told, how they did, and who moved between them."""

import pandas as pd
import streamlit as st

from clv_core.runs.differences import compare_rules, compare_settings, share_test
from pages.parts import cached, derived_movement, state
from pages.parts.charts import draw
from pages.parts.charts_movement import change_bars
from pages.parts.comparison import fact_columns, marks_table, name_results, side_by_side
from pages.parts.cutoffs import chosen_cutoffs
from pages.parts.layout import empty_state, next_step, page_head
from pages.parts.movement_parts import show_changes, show_flow
from pages.parts.pairing import choose_two, find_obstacle
from pages.parts.setting_names import settings_table
from pages.parts.state import require_run
from pages.parts.subjects import read_subject
from pages.parts.text import _, number, safe

page_head(
    _("Compare"),
    _("Two results side by side: what they were told, how they did, and who moved between them."),
)
run = require_run()
runs = state.workspace().runs()
if len(runs) < 2:
    empty_state(
        _(
            "There is only one result yet. Train again, with other settings or with newer data, to"
            " see what changes."
        ),
        _("Train a forecast"),
        "pages/model/train.py",
        ":material/model_training:",
    )
    st.stop()
then, now = choose_two(runs, run.id)
if then.id == now.id:
    st.info(_("Choose two different results."))
    st.stop()
subjects = read_subject(then.id), read_subject(now.id)
heads = name_results(then, now)
manifests = cached.manifest(then.id), cached.manifest(now.id)

st.subheader(_("What they are"), anchor=False)
facts = [fact_columns(one, subject) for one, subject in zip((then, now), subjects, strict=True)]
st.dataframe(
    side_by_side(facts[0], facts[1], heads),
    hide_index=True,
    height="content",
    alt=_("Data, model, test and total of the two results"),
)
differences = compare_settings(*manifests)
sources = [cached.source(cached.dataset_of_run(one.id)) for one in (then, now)]
if sources[0] is not None and sources[1] is not None:
    differences = pd.concat([compare_rules(sources[0], sources[1]), differences])
if differences.empty:
    st.caption(_("Both were made with the same settings."))
else:
    st.markdown(safe(_("Settings that differ: {count}").format(count=number(len(differences)))))
    st.dataframe(
        settings_table(differences, *heads),
        hide_index=True,
        height="content",
        alt=_("The settings in which the two results differ"),
    )

st.subheader(_("How each did in its own test"), anchor=False)
boards = cached.scoreboard(then.id), cached.scoreboard(now.id)
terms = subjects[1].terms
if boards[0] is None or boards[1] is None:
    st.info(_("One of the two was not tested: what came after it is not in its data."))
else:
    if share_test(*manifests):
        st.caption(
            _(
                "Both were tested on the same customers and days, so the marks can be held against"
                " each other. Whoever chooses by them makes the test kinder than life will be."
            )
        )
    else:
        st.warning(
            _(
                "The two were tested on different days or customers. A better mark may come from"
                " an easier test, not from a better model."
            ),
            icon=":material/warning:",
        )
    st.dataframe(
        marks_table((boards[0], boards[1]), subjects, heads),
        hide_index=True,
        height="content",
        alt=_("Every measure of the model in use of either result, with its interval"),
    )

st.subheader(_("Who moved"), anchor=False)
obstacle = find_obstacle(then.id, now.id)
if obstacle:
    st.info(obstacle)
    st.stop()
scale = derived_movement.scale_of(then.id, now.id)
if scale != 1:
    st.caption(
        _(
            "The two forecast different numbers of days. Earlier amounts are multiplied by"
            " {factor}, as if money came in evenly."
        ).format(factor=number(scale, 2))
    )
cutoffs = chosen_cutoffs(now.id)
derived_movement.require(then.id, now.id, cutoffs)
movement = derived_movement.movement(then.id, now.id, cutoffs)
show_flow(movement, then.id, now.id, terms)
if movement.has_changes:
    draw(change_bars(movement, terms), "compare_change")
show_changes(movement, now.id, terms)
next_step(
    _("Every customer of the open result, with the reasons for each forecast."),
    _("Look at customers"),
    "pages/value/customers.py",
    ":material/person_search:",
)
