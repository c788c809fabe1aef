"""What pages draw of a run: worked out by the core from what is stored, and kept by its id.

The other half of the caches; ``cached.py`` says why the id is the whole key.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import pandas as pd
import streamlit as st

from clv_core.activation.marketing_tiers import MarketingTiers, assign_marketing_tiers
from clv_core.activation.tiers_by_value import assign_tiers_by_value
from clv_core.columns import FREQUENCY, RECENCY, TENURE
from clv_core.evaluation.chances import trace_reliability
from clv_core.evaluation.curves import (
    cumulative_gain,
    decile_calibration,
    predicted_against_actual,
)
from clv_core.evaluation.proof import Standing, count_standing, summarise_scores
from clv_core.evaluation.timeline import lay_out_windows
from clv_core.evaluation.totals import TotalInterval
from clv_core.runs.proof_plan import ProofPlan, ProofSettings, plan_proof
from clv_core.runs.segment_totals import bound_groups
from clv_core.segments.outlook import Outlook, bin_forecast, sum_forecast
from clv_core.segments.tier_features import describe_categories, describe_features
from clv_core.segments.value_tiers import Segments, assign_value_tiers, concentration
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from pages.parts import cached

BY_TEXT: Final = {SegmentSettings: SegmentSettings.to_json}  # how settings become keys


@st.cache_data(max_entries=16, show_spinner=False)
def total(run_id: str) -> TotalInterval | None:
    """Return between what the total should lie; None where no window could teach it."""
    stored = cached.manifest(run_id)["total"]
    if stored is None:
        return None
    return TotalInterval(**{**stored, "contains": Sentence.from_json(stored["contains"])})


@st.cache_data(max_entries=16, show_spinner=False)
def windows(run_id: str) -> pd.DataFrame:
    """Return how the days were cut, a row per part."""
    first_day = dt.date.fromisoformat(cached.manifest(run_id)["data"]["first_day"])
    return lay_out_windows(cached.plan(run_id), first_day)


@st.cache_data(max_entries=64, show_spinner=False)
def gain(run_id: str, models: tuple[str, ...]) -> pd.DataFrame:
    """Return the gain curves of some models in the held-out window."""
    told = {f"predicted_{model}": model for model in models}
    held = cached.holdout(run_id, "actual_spend", *told)
    predictions = {told[str(name)]: held[name] for name in held if name in told}
    return cumulative_gain(held["actual_spend"], predictions)


@st.cache_data(max_entries=64, show_spinner=False)
def calibration(run_id: str, model: str) -> pd.DataFrame:
    """Return a model's forecast and the outcome in ten groups of customers."""
    held = cached.holdout(run_id, "actual_spend", f"predicted_{model}")
    return decile_calibration(held["actual_spend"], held[f"predicted_{model}"])


@st.cache_data(max_entries=16, show_spinner=False)
def reliability(run_id: str) -> pd.DataFrame | None:
    """Return chances told and shares that bought in the held-out window; None where unknown."""
    held = cached.holdout(run_id, "p_buy", "actual_orders")
    if "p_buy" not in held or "actual_orders" not in held:
        return None
    return trace_reliability(held["p_buy"], held["actual_orders"] > 0)


@st.cache_data(max_entries=64, show_spinner=False)
def outcomes(run_id: str, model: str) -> pd.DataFrame:
    """Return the counts of customers by a model's forecast and by the outcome."""
    held = cached.holdout(run_id, "actual_spend", f"predicted_{model}")
    return predicted_against_actual(held["actual_spend"], held[f"predicted_{model}"], bins=24)


@st.cache_data(max_entries=64, show_spinner=False)
def proof_plan(run_id: str, windows: int, seeds: int) -> ProofPlan:
    """Return which tests a proof of a run would make."""
    return plan_proof(
        cached.tables(cached.dataset_of_run(run_id)),
        cached.plan(run_id),
        cached.settings(run_id),
        str(cached.manifest(run_id)["model"]),
        ProofSettings(windows=windows, seeds=seeds),
    )


@st.cache_data(max_entries=64, show_spinner=False)
def proof_summary(run_id: str, stamp: int, metric: str) -> tuple[pd.DataFrame, Standing]:
    """Return one metric summed up over all tests of a proof, and how the chosen model stood."""
    proof = cached.proof(run_id, stamp)
    if proof is None:
        raise ValueError("there is no proof to sum up")
    return summarise_scores(proof.scores, metric), count_standing(proof, metric)


@st.cache_data(max_entries=16, show_spinner=False)
def outlook(run_id: str) -> Outlook:
    """Return the forecast summed up."""
    return sum_forecast(cached.forecast(run_id, "predicted", "p_buy", "expected_orders"))


@st.cache_data(max_entries=16, show_spinner=False)
def forecast_bins(run_id: str) -> pd.DataFrame:
    """Return the counts of customers by size of forecast."""
    return bin_forecast(cached.forecast(run_id, "predicted"))


@st.cache_data(max_entries=16, show_spinner=False)
def concentration_curve(run_id: str) -> pd.DataFrame:
    """Return how much of the value the most valuable customers hold."""
    return concentration(cached.forecast(run_id, "predicted"))


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_TEXT)  # 9 MB of a million
def segments(run_id: str, cutoffs: SegmentSettings) -> Segments:
    """Return the value tiers at these cut-offs."""
    return assign_value_tiers(cached.forecast(run_id, "predicted", "p_buy"), cutoffs)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def value_tier_totals(run_id: str, cutoffs: SegmentSettings) -> dict[str, TotalInterval]:
    """Return between what the total of each value tier should lie; empty where unknown."""
    tiers = segments(run_id, cutoffs).assignment
    told = cached.forecast(run_id, "predicted", "p_buy")
    return bound_groups(cached.manifest(run_id), told, tiers)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def marketing_tier_totals(run_id: str, cutoffs: SegmentSettings) -> dict[str, TotalInterval]:
    """Return between what the total of each marketing tier should lie; empty where unknown."""
    tiers = marketing_tiers(run_id, cutoffs).assignment
    told = cached.forecast(run_id, "predicted", "p_buy")
    return bound_groups(cached.manifest(run_id), told, tiers)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_TEXT)
def tier_features(run_id: str, cutoffs: SegmentSettings, feature: str) -> pd.DataFrame:
    """Return a feature spread out within the value tiers at these cut-offs."""
    shown = cached.features(run_id, feature)
    return describe_features(shown, segments(run_id, cutoffs).assignment)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_TEXT)
def tier_categories(run_id: str, cutoffs: SegmentSettings, feature: str) -> pd.DataFrame:
    """Return the shares of a column's categories, or of yes and no, in the value tiers."""
    shown = cached.features(run_id, feature)
    if cached.own_features(run_id)[feature].type == "yes_no":
        answers = shown[feature].map({1.0: "yes", 0.0: "no"}).astype("category")
        shown = shown.assign(**{feature: answers})
    return describe_categories(shown, segments(run_id, cutoffs).assignment)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_TEXT)
def marketing_tiers(run_id: str, cutoffs: SegmentSettings) -> MarketingTiers:
    """Return the marketing tiers at these cut-offs of value."""
    told = cached.forecast(run_id, "predicted", "p_buy", "past_spend")
    sorted_out = told.assign(value_tier=segments(run_id, cutoffs).assignment)
    if cached.shape(run_id) == "value_table":
        return assign_tiers_by_value(sorted_out)
    return assign_marketing_tiers(sorted_out, cached.features(run_id, FREQUENCY, RECENCY, TENURE))


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs=BY_TEXT)  # 18 MB of a million
def tiers(run_id: str, cutoffs: SegmentSettings) -> pd.DataFrame:
    """Return ``predicted, value_tier, marketing_tier`` of everybody at these cut-offs."""
    return cached.forecast(run_id, "predicted").assign(
        value_tier=segments(run_id, cutoffs).assignment,
        marketing_tier=marketing_tiers(run_id, cutoffs).assignment,
    )


def tiered_forecast(run_id: str, cutoffs: SegmentSettings, *columns: str) -> pd.DataFrame:
    """Return the forecast or some of its columns with both tiers at these cut-offs."""
    told = tiers(run_id, cutoffs)
    return cached.forecast(run_id, *columns).assign(
        value_tier=told["value_tier"], marketing_tier=told["marketing_tier"]
    )
