"""What was found out about a result's products, kept by its id and the advice's stamp."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from clv_core.activation.marketing_tiers import MARKETING_TIERS
from clv_core.activation.offers import FairnessCheck, check_fairness, suggest_offers
from clv_core.activation.playbook import STARTING_PLAYS, PlaybookSettings
from clv_core.runs.product_folder import ProductAdvice, ProductFolder
from clv_core.settings import SegmentSettings
from clv_core.storage.workspace import Workspace
from clv_core.views.products import GROUPS, read_groups
from pages.parts import cached, derived
from pages.parts.derived_act import tier_bounds
from pages.parts.views import open_view, require_view

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


def require_segments(run_id: str, stamp: int, cutoffs: SegmentSettings) -> None:
    """See to it that the products of tiers are there, or end the page with how far they are."""
    require_view(run_id, "segment_products", _asked(stamp, cutoffs))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def segment_products(run_id: str, stamp: int, cutoffs: SegmentSettings, by: str) -> pd.DataFrame:
    """Return the best products of each tier; ``by`` is ``value_tier`` or ``marketing_tier``."""
    return open_view(run_id, "segment_products", _asked(stamp, cutoffs)).table(by)


def _asked(stamp: int, cutoffs: SegmentSettings) -> dict[str, Any]:
    return {"stamp": stamp, "cutoffs": cutoffs.model_dump(mode="json")}


@st.cache_data(max_entries=64, show_spinner=False)
def count_buyers(run_id: str, stamp: int, category: str) -> int:
    """Count the customers of :func:`likely_buyers`."""
    del stamp
    amounts = np.sort(_expected(run_id, category).to_numpy())[::-1]
    before = amounts.cumsum() - amounts
    return int(((before < DEMAND_SHARE * amounts.sum()) & (amounts > 0)).sum())


def likely_buyers(run_id: str, category: str) -> pd.Index:
    """Return the customers who bring most of the money that is expected for a category.

    Largest first, until they bring ``DEMAND_SHARE`` of it.
    """
    expected = _expected(run_id, category).sort_values(ascending=False, kind="stable")
    before = expected.cumsum() - expected
    return expected.index[(before < DEMAND_SHARE * expected.sum()) & (expected > 0)]


def _expected(run_id: str, category: str) -> pd.Series:
    share = folder(run_id).shares([category])[category]
    return (cached.forecast(run_id, "predicted")["predicted"] * share).clip(lower=0)


def require_groups(run_id: str) -> None:
    """See to it that countries and scripts of names are there, or end the page."""
    require_view(run_id, "peoples", {})


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_TEXT)
def offers(
    run_id: str, cutoffs: SegmentSettings, book: PlaybookSettings, margin_rate: float
) -> tuple[pd.DataFrame, dict[str, FairnessCheck]]:
    """Return the offer of each marketing tier, and whether offers fall differently on people.

    Told apart by ``country`` and by ``name_script``, where the data know them.
    """
    tiers = derived.marketing_tiers(run_id, cutoffs).assignment
    table = suggest_offers(
        cached.forecast(run_id, "predicted", "expected_orders"),
        tiers,
        tier_bounds(run_id, cutoffs)["lower"].to_dict(),
        {tier: book.play(tier).offer_share for tier in STARTING_PLAYS},
        margin_rate,
    )
    table = table.loc[[name for name in MARKETING_TIERS if name in table.index]]
    depths = tiers.map(table["depth"]).astype(float)
    view = open_view(run_id, "peoples", {})
    groups = {name: read_groups(view, name, tiers.index) for name in GROUPS}
    checks = {
        name: check_fairness(depths, tiers, known)
        for name, known in groups.items()
        if known.notna().any()
    }
    return table, checks
