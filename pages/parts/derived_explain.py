"""What pages draw of a result's reasons, worked out by the core and kept by the run's id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from clv_core.explain.comparison import (
    Comparison,
    compare_families,
    compare_features,
    compare_means,
)
from clv_core.explain.explanation import Explanation
from clv_core.explain.families import importance_of_families, measure_largest_gap
from clv_core.explain.interactions import lay_out_dependence, rank_interactions
from clv_core.explain.leading import find_leading_families, find_leading_features
from clv_core.explain.methods import describe_method
from clv_core.explain.patterns import Patterns, find_patterns
from clv_core.explain.summaries import beeswarm, importance
from clv_core.runs.folder import RunFolder
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from clv_core.storage.workspace import Workspace
from clv_core.views.reasons import read_leading, read_means, read_patterns, read_sample
from pages.parts import cached, derived
from pages.parts.views import open_view, require_view

if TYPE_CHECKING:
    from clv_core.explain.local_surrogate import Agreement, LocalSurrogate

BY_TEXT: Final = {SegmentSettings: SegmentSettings.to_json}  # how settings become keys


REASONS: Final = "reasons"
MEANS: Final = "reason_means"


def require_reasons(run_id: str) -> None:
    """See to it that the reasons of a large run are summed up, or end the page."""
    if cached.is_large(run_id):
        require_view(run_id, REASONS, {})


def require_means(run_id: str, cutoffs: SegmentSettings) -> None:
    """See to it that a large run's tiers can be compared, or end the page."""
    if cached.is_large(run_id):
        require_view(run_id, MEANS, _asked(cutoffs))


def _asked(cutoffs: SegmentSettings) -> dict[str, Any]:
    return {"cutoffs": cutoffs.model_dump(mode="json")}


@st.cache_data(max_entries=16, show_spinner=False)
def feature_importance(run_id: str) -> pd.DataFrame:
    """Return the features by how much money they move."""
    if cached.is_large(run_id):
        return open_view(run_id, REASONS, {}).table("importance")
    return importance(cached.explanation(run_id))


@st.cache_data(max_entries=16, show_spinner=False)
def family_importance(run_id: str) -> pd.DataFrame:
    """Return the families of features by how much money they move."""
    if cached.is_large(run_id):
        return open_view(run_id, REASONS, {}).table("families")
    return importance_of_families(cached.explanation(run_id))


@st.cache_data(max_entries=16, show_spinner=False)
def swarm(run_id: str, customers: int) -> pd.DataFrame:
    """Return what the strongest features add or take for some customers drawn at random."""
    ranked = feature_importance(run_id)
    return beeswarm(_drawn(run_id), top=10, sample=customers, ranked=ranked)


@st.cache_data(max_entries=16, show_spinner=False)
def explanation_gap(run_id: str) -> float:
    """Return the largest difference between a forecast and the sum of its reasons."""
    if cached.is_large(run_id):
        return float(open_view(run_id, REASONS, {}).facts()["gap"])
    return measure_largest_gap(cached.explanation(run_id), cached.forecast(run_id, "predicted"))


def _drawn(run_id: str) -> Explanation:
    """Return the reasons of everybody or, of a large run, of customers drawn at random."""
    return _sample(run_id) if cached.is_large(run_id) else cached.explanation(run_id)


@st.cache_resource(max_entries=2, show_spinner=False)
def _sample(run_id: str) -> Explanation:
    return read_sample(open_view(run_id, REASONS, {}), _folder(run_id))


def _folder(run_id: str) -> RunFolder:
    return RunFolder(Workspace.default().run(run_id).folder)


@st.cache_data(max_entries=128, show_spinner=False)
def interactions(run_id: str, feature: str) -> pd.DataFrame:
    """Return on which other features depends what one adds, strongest first."""
    return rank_interactions(_drawn(run_id), feature)


@st.cache_data(max_entries=32, show_spinner=False)
def dependence(run_id: str, feature: str, partner: str | None, customers: int) -> pd.DataFrame:
    """Return what one feature adds by its value, for some customers drawn at random."""
    return lay_out_dependence(_drawn(run_id), feature, partner, customers)


@st.cache_resource(max_entries=2, show_spinner=False)
def patterns(run_id: str) -> Patterns:
    """Return the groups of customers with like reasons."""
    if cached.is_large(run_id):
        return read_patterns(open_view(run_id, REASONS, {}))
    return find_patterns(cached.explanation(run_id))


@st.cache_resource(max_entries=4, show_spinner=False)
def leading(run_id: str, kind: str) -> pd.Series:
    """Return the feature or the family of features that moves each forecast most.

    ``kind`` is ``feature`` or ``family``; category, index ``customer_key``.
    """
    if cached.is_large(run_id):
        return read_leading(open_view(run_id, REASONS, {}), kind)
    find = find_leading_families if kind == "family" else find_leading_features
    return find(cached.explanation(run_id)).astype("category")


@st.cache_data(max_entries=8, show_spinner=False)
def count_led(run_id: str, kind: str) -> dict[str, int]:
    """Return how many customers are led by each feature or family."""
    counted = leading(run_id, kind).value_counts()
    return {str(name): int(count) for name, count in counted.items()}


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_TEXT)
def comparison(
    run_id: str, cutoffs: SegmentSettings, column: str, groups: tuple[str, str], steps: str
) -> Comparison:
    """Return why one tier is above another; raises ``UserDataError`` where one is empty.

    ``column`` is ``value_tier`` or ``marketing_tier``; ``steps`` is ``features`` or
    ``families``.
    """
    by_family = steps == "families"
    if cached.is_large(run_id):
        view, own = open_view(run_id, MEANS, _asked(cutoffs)), cached.own_features(run_id)
        means = (read_means(view, column, groups[0]), read_means(view, column, groups[1]))
        base_value = float(view.facts()["base_value"])
        return compare_means(means, base_value, by_family=by_family, has_own_names=bool(own))
    tiers = derived.tiers(run_id, cutoffs)[column]
    above, below = (tiers.index[tiers == group] for group in groups)
    compare = compare_families if by_family else compare_features
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

    told = cached.explanation_of(run_id, key).contributions.loc[key]
    return compare_attributions(told, local_surrogate(run_id, key).contributions)
