"""What pages draw of a result's reasons, worked out by the core and kept by the run's id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from clv_core.explain.comparison import Comparison, compare_families, compare_features
from clv_core.explain.interactions import lay_out_dependence, rank_interactions
from clv_core.explain.leading import find_leading_families, find_leading_features
from clv_core.explain.methods import describe_method
from clv_core.explain.patterns import Patterns, find_patterns
from clv_core.runs.folder import RunFolder
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from clv_core.storage.workspace import Workspace
from pages.parts import cached, derived

if TYPE_CHECKING:
    from clv_core.explain.local_surrogate import Agreement, LocalSurrogate

BY_TEXT: Final = {SegmentSettings: SegmentSettings.to_json}  # how settings become keys


@st.cache_data(max_entries=128, show_spinner=False)
def interactions(run_id: str, feature: str) -> pd.DataFrame:
    """Return on which other features depends what one adds, strongest first."""
    return rank_interactions(cached.explanation(run_id), feature)


@st.cache_data(max_entries=32, show_spinner=False)
def dependence(run_id: str, feature: str, partner: str | None, customers: int) -> pd.DataFrame:
    """Return what one feature adds by its value, for some customers drawn at random."""
    return lay_out_dependence(cached.explanation(run_id), feature, partner, customers)


@st.cache_data(max_entries=8, show_spinner=False)
def patterns(run_id: str) -> Patterns:
    """Return the groups of customers with like reasons."""
    return find_patterns(cached.explanation(run_id))


@st.cache_data(max_entries=8, show_spinner=False)
def leading_features(run_id: str) -> pd.Series:
    """Return the feature that moves each customer's forecast most."""
    return find_leading_features(cached.explanation(run_id))


@st.cache_data(max_entries=8, show_spinner=False)
def leading_families(run_id: str) -> pd.Series:
    """Return the family of features that moves each forecast most."""
    return find_leading_families(cached.explanation(run_id))


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_TEXT)
def comparison(
    run_id: str, cutoffs: SegmentSettings, column: str, groups: tuple[str, str], steps: str
) -> Comparison:
    """Return why one tier is above another; raises ``UserDataError`` where one is empty.

    ``column`` is ``value_tier`` or ``marketing_tier``; ``steps`` is ``features`` or
    ``families``.
    """
    tiers = derived.tiered_forecast(run_id, cutoffs)[column]
    above, below = (tiers.index[tiers == group] for group in groups)
    compare = compare_families if steps == "families" else compare_features
    return compare(cached.explanation(run_id), above, below)


@st.cache_data(max_entries=16, show_spinner=False)
def method(run_id: str) -> tuple[Sentence, ...]:
    """Return how the contributions were worked out."""
    manifest = cached.manifest(run_id)
    members = ["boosted_trees", "network"]
    if cached.shape(run_id) == "log":
        members = ["pareto_nbd", *members]
    fitted = [name for name in members if name not in manifest["left_out"]]
    architecture = manifest["settings"]["network"].get("architecture", "dense")
    return describe_method(str(manifest["model"]), str(architecture), fitted)


@st.cache_data(max_entries=128, show_spinner=False)
def local_surrogate(run_id: str, key: int) -> LocalSurrogate:
    """Return a local linear model of one customer; raises ``UserDataError`` where none can be."""
    from clv_core.runs.local_surrogates import (  # noqa: PLC0415  # brings in LightGBM
        explain_locally,
    )

    return explain_locally(RunFolder(Workspace.default().run(run_id).folder), key)


@st.cache_data(max_entries=128, show_spinner=False)
def agreement(run_id: str, key: int) -> Agreement:
    """Return how far a customer's contributions and the local linear model go together."""
    from clv_core.explain.local_surrogate import (  # noqa: PLC0415  # brings in LightGBM
        compare_attributions,
    )

    told = cached.explanation(run_id).contributions.loc[key]
    return compare_attributions(told, local_surrogate(run_id, key).contributions)
