"""What to recommend to whom, what will be asked for, and how deep an offer can be."""

import streamlit as st

from clv_core.errors import NothingStored
from clv_core.jobs.queue import submit_job
from pages.parts import cached, derived_products, progress, state
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.gate import show_objection
from pages.parts.layout import empty_state, next_step, page_head
from pages.parts.offer_table import show_offers
from pages.parts.product_results import show_demand, show_recommendations
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _, safe, show_error

KIND = "recommend_products"

page_head(
    _("Products"),
    _("What to recommend to whom, what will be asked for, and how deep an offer can be."),
)
run = require_run()
subject = show_subject(run.id)
if cached.shape(run.id) == "value_table":
    empty_state(
        _(
            "A table with one value per customer names no products and no orders. Bring the shop's"
            " orders, with a column for the product, to see what to recommend."
        ),
        _("Bring data in"),
        "pages/prepare/upload.py",
        ":material/upload_file:",
    )
    st.stop()
show_objection(run.id)
tell_moved_cutoffs(run.id)
tables = cached.tables(cached.dataset_of_run(run.id))
if not tables.has("lines"):
    empty_state(
        _(
            "Your orders name no products. Bring them with a column for the product's id or its"
            " name, and better still one for its category."
        ),
        _("Bring data in"),
        "pages/prepare/upload.py",
        ":material/upload_file:",
    )
elif not tables.has("products"):
    empty_state(
        _(
            "These data were read before the names of products were kept. Read the files again and"
            " train on them."
        ),
        _("Bring data in"),
        "pages/prepare/upload.py",
        ":material/upload_file:",
    )
else:
    followed = state.current_job("train")
    jobs = [*state.jobs_at_work("train"), *([followed] if followed else [])]
    job = next((job for job in jobs if job.kind == KIND and job.spec["run"] == run.id), None)
    at_work = job is not None and not job.has_ended
    stamp = derived_products.folder(run.id).stamp()
    advice = None
    if stamp is not None and not at_work:
        try:
            advice = derived_products.advice(run.id, stamp)
        except NothingStored as error:
            show_error(error)
    if job is not None and at_work:
        progress.follow(job)
    elif job is not None and job.state != "done":
        progress.tell_ending(job)
    if advice is not None and stamp is not None:
        show_recommendations(subject, advice, stamp)
        show_demand(subject, advice, stamp, cached.plan(run.id).horizon_days)
    elif not at_work:
        with st.container(border=True):
            st.markdown(
                safe(
                    _(
                        "Ways to recommend are tried on days they have not seen, and each"
                        " customer's forecast is divided over what the customer buys. It takes"
                        " seconds to minutes, and nothing of the result changes."
                    )
                )
            )
            if st.button(
                _("Work out recommendations and demand"),
                type="primary",
                icon=":material/shopping_bag:",
                key="recommend",
            ):
                spec = {"dataset": cached.dataset_of_run(run.id), "run": run.id}
                state.choose_job(submit_job(state.workspace(), "train", KIND, spec))
                st.rerun()
show_offers(subject, chosen_cutoffs(run.id))
next_step(
    _("Send a group's list to the tool that reaches them."),
    _("Export"),
    "pages/act/export.py",
    ":material/download:",
)
