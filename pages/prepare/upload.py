"""Bring files in."""

import streamlit as st

from pages.parts.layout import page_head
from pages.parts.text import _

page_head(_("Bring data in"), _("Upload the shop's orders."))
st.text("")
