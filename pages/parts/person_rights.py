"""What a person may ask for: a copy of all that is held on them, or to be erased."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from clv_core.errors import UserDataError
from clv_core.storage.erasure import Erased, erase_person
from clv_core.storage.people import describe_person, find_namesakes
from clv_core.storage.workspace import Workspace
from pages.parts import cached, derived_customers
from pages.parts.customer_list import forget_opened
from pages.parts.state import workspace
from pages.parts.text import _, number, safe, show_error

_ERASING: Final = "customers_erasing"
_ERASED: Final = "customers_erased"


def show_rights(run_id: str, key: int) -> None:
    """Offer a copy of everything held on a customer, and to erase them."""
    dataset = cached.dataset_of_run(run_id)
    st.subheader(_("This person's data"), anchor=False)
    st.caption(
        _(
            "For a person who asks what you hold on them or wants to be forgotten. The copy is one"
            " JSON file: contact fields, orders, visits, reviews, and forecasts with reasons of"
            " every result of these data."
        )
    )
    with st.container(horizontal=True):
        st.download_button(
            _("Download a copy"),
            partial(write_copy, workspace(), dataset, key, _tell_copy()),
            file_name=f"person-{secrets.token_hex(8)}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
            key="customers_copy",
        )
        st.button(
            _("Erase this person"),
            icon=":material/person_remove:",
            on_click=lambda: st.session_state.update({_ERASING: (dataset, key)}),
            key="customers_erase",
        )
    if st.session_state.get(_ERASING) == (dataset, key):
        st.dialog(_("Erase this person?"), width="medium", on_dismiss=_stop_erasing)(
            partial(_confirm, dataset, key)
        )()


def tell_erased() -> None:
    """Say once what became of the person who was erased last."""
    erased: Erased | None = st.session_state.pop(_ERASED, None)
    if erased is not None:
        st.success(
            _(
                "The person was erased. Rows removed: {rows}; results: {runs}; exported lists:"
                " {exports}; uploaded files deleted: {uploads}."
            ).format(
                rows=number(erased.rows),
                runs=number(erased.runs),
                exports=number(erased.exports),
                uploads=number(erased.uploads),
            ),
            icon=":material/person_remove:",
        )


def write_copy(workspace: Workspace, dataset: str, key: int, about: Sequence[str]) -> bytes:
    """Write everything held on a person, and put on record that it was taken."""
    content = describe_person(workspace, dataset, key, list(about))
    digest = hashlib.sha256(content).hexdigest()
    workspace.record("export_person", dataset=dataset, bytes=len(content), sha256=digest)
    return content


def _tell_copy() -> tuple[str, ...]:
    return (
        _("Everything that Perennial holds on one person in these data."),
        _("Customers bear a number (customer_key) in place of their id in all tables but one."),
        _(
            "Forecasts and reasons are estimates of models. The files as they were uploaded are"
            " deleted after 7 days and are not in this copy."
        ),
    )


def _confirm(dataset: str, key: int) -> None:
    for told in (
        _(
            "Removed: contact fields, orders, visits and reviews; the forecasts, reasons and tests"
            " of every result of these data; the person's place in searches and exported lists;"
            " the files these data were read from, so the data cannot be read anew without"
            " uploading them again."
        ),
        _(
            "Not removed: sums over all customers, such as totals and counts of rows, and what"
            " models learnt from everybody. It cannot be taken out of a trained model; train"
            " again where that matters."
        ),
        _(
            "Lists that you downloaded before are outside Perennial. If the same file is brought"
            " again, so is this person: take them out of the shop's system first."
        ),
    ):
        st.markdown(f"- {safe(told)}")
    elsewhere = find_namesakes(workspace(), dataset, key)
    if elsewhere:
        st.warning(
            _("The same customer id is in other data sets too. Erase there as well, if it is them:")
        )
        for other in elsewhere:
            st.text(other.title)
    is_sure = st.checkbox(_("I know that this cannot be undone."), key=f"customers_sure:{key}")
    is_asked = st.button(
        _("Erase for good"),
        type="primary",
        icon=":material/delete_forever:",
        disabled=not is_sure,
        key="customers_erase_now",
    )
    if is_asked and is_sure and _erase(dataset, key):
        st.rerun()


def _erase(dataset: str, key: int) -> bool:
    """Erase a person; where that cannot be, say why and return False."""
    source = cached.source(dataset) or {"files": []}
    try:
        with st.spinner(_("Erasing")):
            st.session_state[_ERASED] = erase_person(workspace(), dataset, key)
    except UserDataError as error:
        show_error(error)
        return False
    finally:
        derived_customers.forget_everything()
    for file in source["files"]:
        cached.forget_recognised(str(file["upload"]))
    _stop_erasing()
    forget_opened()
    return True


def _stop_erasing() -> None:
    st.session_state.pop(_ERASING, None)
