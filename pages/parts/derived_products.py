"""What was found out about a result's products, kept by its id and the advice's stamp."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from clv_core.activation.marketing_tiers import MARKETING_TIERS
from clv_core.activation.offers import (
    FairnessCheck,
    check_fairness,
    name_scripts,
    suggest_offers,
)
from clv_core.activation.playbook import STARTING_PLAYS, PlaybookSettings
from clv_core.activation.recommendations import summarise_segments
from clv_core.runs.product_folder import ProductAdvice, ProductFolder
from clv_core.settings import SegmentSettings
from clv_core.storage.workspace import Workspace
from pages.parts import cached, derived
from pages.parts.derived_act import tier_bounds
from pages.parts.people import read_customers

BY_TEXT: Final = {
    SegmentSettings: SegmentSettings.to_json,
    PlaybookSettings: PlaybookSettings.to_json,
}
DEMAND_SHARE: Final = 0.8  # of a category's expected money, brought by those it names


def folder(run_id: str) -> ProductFolder:
    """Return where the advice of a result lies, or would."""
    return ProductFolder(Workspace.default().run(run_id).folder)


@st.cache_data(max_entries=16, show_spinner=False)
def advice(run_id: str, stamp: int) -> ProductAdvice | None:
    """Return what was found out; raises ``NothingStored`` where it cannot be read."""
    del stamp
    return folder(run_id).advice()


@st.cache_data(max_entries=16, show_spinner=False)
def products(dataset_id: str) -> pd.DataFrame:
    """Return ``product_id``, ``product_name`` and ``category``, index ``product_key``."""
    scanned = cached.tables(dataset_id).scan("products").collect("pyarrow")
    found: pd.DataFrame = scanned.to_pandas().set_index("product_key")
    return found


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def segment_products(run_id: str, stamp: int, cutoffs: SegmentSettings, by: str) -> pd.DataFrame:
    """Return the best products of each tier; ``by`` is ``value_tier`` or ``marketing_tier``."""
    del stamp
    tiers = derived.tiered_forecast(run_id, cutoffs)[by].astype(str)
    return summarise_segments(folder(run_id).recommended(), tiers)


@st.cache_data(max_entries=32, show_spinner=False)
def likely_buyers(run_id: str, stamp: int, category: str) -> pd.Index:
    """Return the customers who bring most of the money that is expected for a category.

    Largest first, until they bring ``DEMAND_SHARE`` of it.
    """
    del stamp
    share = folder(run_id).shares()[category]
    expected = (cached.forecast(run_id)["predicted"] * share).clip(lower=0)
    expected = expected.sort_values(ascending=False, kind="stable")
    before = expected.cumsum() - expected
    return expected.index[(before < DEMAND_SHARE * expected.sum()) & (expected > 0)]


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_TEXT)
def offers(
    run_id: str, cutoffs: SegmentSettings, book: PlaybookSettings, margin_rate: float
) -> tuple[pd.DataFrame, dict[str, FairnessCheck]]:
    """Return the offer of each marketing tier, and whether offers fall differently on people.

    Told apart by ``country`` and by ``name_script``, where the data know them.
    """
    tiers = derived.marketing_tiers(run_id, cutoffs).assignment
    table = suggest_offers(
        cached.forecast(run_id),
        tiers,
        tier_bounds(run_id, cutoffs)["lower"].to_dict(),
        {tier: book.play(tier).offer_share for tier in STARTING_PLAYS},
        margin_rate,
    )
    table = table.loc[[name for name in MARKETING_TIERS if name in table.index]]
    people = read_customers(run_id).set_index("customer_key").reindex(tiers.index)
    depths = tiers.map(table["depth"]).astype(float)
    groups = {"country": people["country"], "name_script": name_scripts(people["customer_name"])}
    checks = {
        name: check_fairness(depths, tiers, known)
        for name, known in groups.items()
        if known.notna().any()
    }
    return table, checks
