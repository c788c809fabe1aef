"""Whether a forecast holds on other days, with other seeds and with less to learn from."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from clv_core.errors import NothingStored, UserDataError
from clv_core.evaluation.proof import Proof
from clv_core.evaluation.proof_words import FILE_TITLES, take_metric, tell_files, tell_history
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.jobs.queue import Job, list_jobs, submit_job
from clv_core.runs.proof_folder import ProofFolder
from clv_core.runs.proof_plan import ProofPlan, ProofSettings, count_trainings
from pages.parts import cached, derived, progress, state
from pages.parts.charts import draw
from pages.parts.charts_proof import file_gains, history_curve, moved_tiers, tests_dots
from pages.parts.subject import Subject
from pages.parts.text import _, duration, number, percent, safe, say, show_error
from pages.parts.words import metric_value, model_name

KIND: Final = "retest_run"
DEFAULTS: Final = ProofSettings()


def show_proof(subject: Subject, board: Scoreboard, metric: str) -> None:
    """Show what came of testing anew, follow it while it goes on, and offer it."""
    if cached.shape(subject.run_id) == "value_table":
        st.caption(
            safe(
                _(
                    "A table with one value per customer knows no time, so the test cannot be"
                    " repeated at an earlier one. That it does not hang on one division of the"
                    " customers is what the cross-validation is for."
                )
            )
        )
        return
    st.subheader(_("On other days and with other seeds"), anchor=False)
    job = _find_job(subject.run_id)
    if job is not None and not job.has_ended:
        progress.follow(job)
    folder = ProofFolder(state.workspace().run(subject.run_id).folder)
    stamp = folder.stamp()
    proof = None if stamp is None else _read_proof(subject.run_id, stamp)
    if proof is not None and stamp is not None:
        _show_tests(subject, proof, stamp, metric)
        _show_history(subject, proof, metric, board.confidence)
        _show_files(subject, proof, metric)
        _show_stability(proof)
    if job is None or job.has_ended:
        if job is not None and job.state != "done":
            progress.show_ending(job)
        _offer(subject, folder, is_first=proof is None)


def _read_proof(run_id: str, stamp: int) -> Proof | None:
    """Return what was found, or say that it cannot be read."""
    try:
        return cached.proof(run_id, stamp)
    except NothingStored as error:
        show_error(error)
        return None


def _find_job(run_id: str) -> Job | None:
    """Return the job that tests this run anew: at work, else the one that was followed."""
    followed = state.current_job("train")
    jobs = state.jobs_at_work("train") + ([followed] if followed else [])
    return next((job for job in jobs if job.kind == KIND and job.spec["run"] == run_id), None)


def _offer(subject: Subject, folder: ProofFolder, *, is_first: bool) -> None:
    """Offer to test anew, saying what that takes."""
    with st.container(border=True):
        if is_first:
            st.markdown(
                safe(
                    _(
                        "So far this forecast was tested on one window with one seed. Test it on"
                        " earlier windows and with other seeds, and see whether more history would"
                        " help and what each file adds."
                    )
                )
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            windows = st.number_input(
                _("Windows"),
                1,
                12,
                DEFAULTS.windows,
                key="proof_windows",
                width=120,
                persist_state="session",
            )
            seeds = st.number_input(
                _("Seeds"),
                1,
                10,
                DEFAULTS.seeds,
                key="proof_seeds",
                width=120,
                persist_state="session",
            )
            try:
                plan = derived.proof_plan(subject.run_id, int(windows), int(seeds))
            except UserDataError as error:  # made by another version, or its data are gone
                show_error(error)
                return
            left = len(folder.pending(plan))
            pressed = st.button(
                _("Prove it on more windows and seeds"),
                type="primary" if is_first else "secondary",
                icon=":material/science:",
                key="prove",
                disabled=not left and not is_first,
            )
        st.caption(safe(_tell_effort(subject.run_id, folder, plan)))
    if pressed:
        spec = {
            "dataset": cached.dataset_of_run(subject.run_id),
            "run": subject.run_id,
            "proof": {"windows": int(windows), "seeds": int(seeds)},
        }
        state.choose_job(submit_job(state.workspace(), "train", KIND, spec))
        st.rerun()


def _tell_effort(run_id: str, folder: ProofFolder, plan: ProofPlan) -> str:
    """Say how long it will take, from how long the training took, and what is done already."""
    pending, parts = folder.pending(plan), len(list(plan.units()))
    if not pending:
        return _("All of it was done.")
    trainings = count_trainings(pending, plan.newest)
    training = next((j for j in list_jobs(state.workspace(), "train") if j.id == run_id), None)
    if training is None or training.started_at is None or training.ended_at is None:
        told = _("It takes about {count} times as long as the training did.").format(
            count=number(trainings, 1)
        )
    else:
        told = _("It takes about {time}, reckoned from how long the training took.").format(
            time=duration(trainings * (training.ended_at - training.started_at))
        )
    if len(pending) < parts:
        done = _("{done} of {parts} parts are done and will not be done again.")
        told = f"{told} {done.format(done=number(parts - len(pending)), parts=number(parts))}"
    return told


def _show_tests(subject: Subject, proof: Proof, stamp: int, metric: str) -> None:
    summary, standing = derived.proof_summary(subject.run_id, stamp, metric)
    if summary.empty:
        st.caption(_("This measure was not defined in these tests."))
        return
    scores = take_metric(proof.scores, metric)
    draw(tests_dots(scores, summary, metric, proof.model, subject.terms), "proof_tests")
    told = _(
        "The model chosen before each test was the best of all in {best} of {tests} tests, and put"
        " customers in a better order than past spend, beyond chance, in {beat} of {judged}."
    ).format(
        best=number(standing.best),
        tests=number(standing.tests),
        beat=number(standing.beat_past_spend),
        judged=number(standing.judged),
    )
    st.markdown(safe(told))
    for reason in proof.reasons:
        st.caption(safe(say(reason)))
    st.dataframe(
        _summary_table(summary, metric, subject.currency),
        hide_index=True,
        alt=_("Every model's mean of the chosen measure over all tests, with its spread"),
    )


def _summary_table(summary: pd.DataFrame, metric: str, currency: str) -> pd.DataFrame:
    titles = {
        "mean": _("Mean"),
        "deviation": _("Standard deviation"),
        "low": _("Lowest"),
        "high": _("Highest"),
        "seed_deviation": _("Deviation between seeds"),
        "window_deviation": _("Deviation between windows"),
    }
    written = {
        title: [
            "–" if pd.isna(value) else metric_value(metric, value, currency)
            for value in summary[name]
        ]
        for name, title in titles.items()
    }
    models = [model_name(model) for model in summary["model"]]
    counts = [number(count) for count in summary["tests"]]
    return pd.DataFrame({_("Model"): models, **written, _("Tests"): counts})


def _show_history(subject: Subject, proof: Proof, metric: str, confidence: float) -> None:
    rows, finding = take_metric(proof.history, metric), say(tell_history(proof, metric))
    if rows.empty:
        st.markdown(safe(finding))
        return
    draw(history_curve(rows, metric, finding, subject.terms), "proof_history")
    told = _(
        "The newest test, forecast from ever shorter histories, measured on the {customers}"
        " customers whom all of them know; seeds averaged: {seeds}, with a {share} interval. Two"
        " histories are compared customer by customer, more surely than the intervals suggest."
    ).format(
        customers=number(proof.history_customers),
        seeds=number(len(proof.seeds)),
        share=percent(confidence),
    )
    others = sorted(set(rows["forecast_by"]) - {proof.model})
    if others:
        told += " " + _(
            "Where {model} could not be fitted, {others} forecast in its place."
        ).format(model=model_name(proof.model), others=", ".join(map(model_name, others)))
    st.caption(safe(told))


def _show_files(subject: Subject, proof: Proof, metric: str) -> None:
    finding = " ".join(say(told) for told in tell_files(proof, metric))
    rows = take_metric(proof.files, metric)
    rows = rows.dropna(subset="gain") if len(rows) else rows
    if rows.empty:
        st.markdown(safe(finding))
        return
    added = [
        _("With: {file}").format(file=say(FILE_TITLES[variant.rpartition("+")[2]]))
        for variant in rows["variant"]
    ]
    draw(file_gains(rows.assign(added=added), metric, finding, subject.terms), "proof_files")
    st.caption(
        safe(
            _(
                "Each file beside those before it, orders first: the same test, customers and"
                " seeds. Customer attributes are read by no model of days to come."
            )
        )
    )


def _show_stability(proof: Proof) -> None:
    found = proof.stability
    if found is None:
        return
    draw(moved_tiers(found), "proof_stability")
    agreed = sum(model == proof.model for model in found.models)
    st.caption(
        safe(
            _(
                "The forecast in use, made with {seeds} seeds: {ever} of {customers} customers are"
                " not in one tier under all of them, and amounts of single customers differ by"
                " {change} of the total. {agreed} of {seeds} seeds chose {model}."
            ).format(
                seeds=number(found.seeds),
                ever=percent(found.ever_moved_share, 1),
                customers=number(found.customers),
                change=percent(found.customer_change, 1),
                agreed=number(agreed),
                model=model_name(proof.model),
            )
        )
    )
