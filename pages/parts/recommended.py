"""Products recommended to one customer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.activation.product_words import METHOD_MEANINGS
from clv_core.errors import NothingStored
from pages.parts import cached, derived_products
from pages.parts.product_words import product_label
from pages.parts.text import _, safe, say, show_error


def show_recommended(run_id: str, key: int) -> None:
    """Show what one customer is recommended, or where that is worked out.

    Nothing is shown where the data name no products.

    Parameters
    ----------
    run_id : str
    key : int
        The customer's ``customer_key``.
    """
    if cached.shape(run_id) == "value_table":
        return
    dataset = cached.dataset_of_run(run_id)
    if not cached.tables(dataset).has("products"):
        return
    st.subheader(_("Recommended products"), anchor=False)
    folder = derived_products.folder(run_id)
    stamp = folder.stamp()
    if stamp is None:
        st.markdown(safe(_("They have not been worked out yet for this result.")))
        if st.button(_("Go to Products"), icon=":material/shopping_bag:", key="recommended_go"):
            st.switch_page("pages/act/recommend.py")
        return
    try:
        advice = derived_products.advice(run_id, stamp)
    except NothingStored as error:
        show_error(error)
        return
    table = list_products(folder.recommended_to(key), dataset)
    if advice is None or table.empty:
        st.markdown(safe(_("Nothing can be recommended: no product was sold lately.")))
        return
    st.caption(safe(say(METHOD_MEANINGS[advice.method])))
    st.dataframe(
        table,
        hide_index=True,
        alt=_("Products recommended to this customer, the best first"),
    )


def list_products(rows: pd.DataFrame, dataset_id: str) -> pd.DataFrame:
    """Return rows with ``product_key`` and ``is_new`` as people read them."""
    known = derived_products.products(dataset_id).loc[rows["product_key"]]
    table = pd.DataFrame({_("Product"): [product_label(one) for _key, one in known.iterrows()]})
    if known["category"].notna().any():
        table[_("Category")] = known["category"].to_numpy()
    table[_("New to the customer")] = rows["is_new"].to_numpy()
    return table
