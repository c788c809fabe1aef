"""Shapes that pages share: the head of a page, what is shown where there is nothing yet."""

from __future__ import annotations

import streamlit as st

from pages.parts.text import safe


def page_head(title: str, purpose: str) -> None:
    """Begin a page: its name and one sentence on what it answers."""
    st.title(title)
    st.markdown(safe(purpose))


def empty_state(message: str, action: str, page: str, icon: str) -> None:
    """Show one sentence and the one thing to do next."""
    with st.container(border=True):
        st.markdown(safe(message))
        if st.button(action, type="primary", icon=icon, key=f"next:{page}"):
            st.switch_page(page)


def next_step(message: str, action: str, page: str, icon: str) -> None:
    """End a page: where to go from here."""
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(safe(message), width="stretch")
        if st.button(action, type="primary", icon=icon, key=f"next:{page}"):
            st.switch_page(page)
