"""Every kind of figure, drawn of five customers whose numbers can be checked by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from clv_core.evaluation.splits import SplitPlan
from clv_core.explain.explanation import Explanation
from clv_core.explain.summaries import beeswarm as lay_out_swarm
from clv_core.explain.summaries import waterfall as lay_out_steps
from clv_core.segments.outlook import Outlook, bin_forecast, sum_forecast
from clv_core.segments.tier_features import describe_categories, describe_features
from clv_core.segments.value_tiers import assign_value_tiers
from clv_core.segments.value_tiers import concentration as trace_concentration
from clv_core.settings import SegmentSettings
from pages.parts import (
    charts_customers,
    charts_error,
    charts_explain,
    charts_trust,
    charts_value,
)
from pages.parts.terms import Terms, name_days_to_come

KEYS = pd.Index([900_001, 900_002, 900_003, 900_004, 900_005], name="customer_key")
FORECAST = pd.DataFrame(
    {
        "predicted": [600.0, 200.0, 150.0, 50.0, 0.0],
        "p_buy": [0.9, 0.6, 0.5, 0.2, 0.0],
        "expected_orders": [4.0, 2.0, 1.0, 0.5, 0.0],
    },
    index=KEYS,
)
CONTRIBUTIONS = pd.DataFrame(
    {
        "recency_days": [30.0, -10.0, 5.0, -5.0, -20.0],
        "order_count": [5.0, 1.0, -1.0, -2.0, -3.0],
        "mean_rating": [0.5, 0.0, 0.0, 0.0, -0.5],
    },
    index=KEYS,
)
VALUES = pd.DataFrame(
    {
        "recency_days": [1.0, 50.0, 20.0, 60.0, 300.0],
        "order_count": [9.0, 4.0, 3.0, 2.0, 1.0],
        "mean_rating": [5.0, np.nan, np.nan, 3.0, 1.0],
    },
    index=KEYS,
)
EXPLANATION = Explanation(CONTRIBUTIONS, VALUES, base_value=40.0)
SCORES = pd.DataFrame(
    {
        "model": ["ensemble", "past_spend"],
        "value": [0.8, 0.6],
        "low": [0.7, 0.55],
        "high": [0.85, 0.7],
    }
)
GAIN = pd.concat(
    [
        pd.DataFrame({"model": model, "customer_share": [0.0, 0.2, 1.0], "revenue_share": shares})
        for model, shares in {
            "ensemble": [0.0, 0.7, 1.0],
            "past_spend": [0.0, 0.5, 1.0],
            "perfect": [0.0, 0.9, 1.0],
            "random": [0.0, 0.2, 1.0],
        }.items()
    ]
)
DECILES = pd.DataFrame(
    {
        "decile": [1, 2],
        "customers": [5, 5],
        "predicted_mean": [250.0, 20.0],
        "actual_mean": [240.0, 25.0],
        "actual_low": [200.0, 15.0],
        "actual_high": [280.0, 35.0],
    }
)
CELLS = pd.DataFrame(
    {
        "predicted_low": [1.0, 10.0],
        "predicted_high": [10.0, 100.0],
        "actual_low": [0.0, 10.0],
        "actual_high": [0.0, 100.0],
        "customers": [30, 10],
    }
)
WINDOWS = pd.DataFrame(
    {
        "role": ["history", "test", "forecast"],
        "start": pd.to_datetime(["2024-01-01", "2024-09-01", "2024-12-10"]).date,
        "end": pd.to_datetime(["2024-09-01", "2024-12-10", "2025-03-20"]).date,
    }
)
SEGMENTS = assign_value_tiers(FORECAST, SegmentSettings())
CITIES = pd.DataFrame(
    {"city": pd.Categorical(["Ulm", "Bonn", "<b>Rom</b>", "Bonn", "Bonn"])}, index=KEYS
)
DIVISION = SplitPlan(120, known=110, learning=88, holdout=22, folds=5, repeats=2, seed=1)
MARKETING = pd.DataFrame(
    {
        "tier": ["reward", "rest"],
        "customers": [1, 4],
        "customer_share": [0.2, 0.8],
        "value": [600.0, 400.0],
        "value_share": [0.6, 0.4],
    }
)
FAMILIES = pd.DataFrame({"family": ["recency", "frequency"], "mean_abs": [14.0, 2.4]})
SIZES = pd.DataFrame({"feature": ["recency_days", "order_count"], "mean_abs": [14.0, 2.4]})


def outlook() -> Outlook:
    """Return the five forecasts summed up."""
    return sum_forecast(FORECAST)


def terms(currency: str = "EUR", name: Callable[[str], Terms] = name_days_to_come) -> Terms:
    """Return the words of figures; of days to come unless told otherwise."""
    return name(currency)


FIGURES: dict[str, Callable[[], go.Figure]] = {
    "scoreboard": lambda: charts_trust.scoreboard_dots(
        SCORES, "normalised_gini", "ensemble", "ensemble", terms()
    ),
    "gain": lambda: charts_trust.gain_curve(GAIN, "ensemble", terms()),
    "timeline": lambda: charts_trust.timeline(WINDOWS),
    "calibration": lambda: charts_error.calibration(DECILES, "ensemble", terms()),
    "outcomes": lambda: charts_error.predicted_against_actual(CELLS, 12.0, terms()),
    "coverage": lambda: charts_error.coverage_bars(
        pd.DataFrame({"decile": [1, 2], "customers": [5, 5], "covered_share": [0.7, 0.9]}),
        0.8,
        0.8,
        terms(),
    ),
    "concentration": lambda: charts_value.concentration(trace_concentration(FORECAST), terms()),
    "value_tiers": lambda: charts_value.value_tier_bars(SEGMENTS.profile, terms()),
    "histogram": lambda: charts_value.forecast_histogram(
        bin_forecast(FORECAST, bins=4), outlook(), terms()
    ),
    "boxes": lambda: charts_value.feature_boxes(
        describe_features(VALUES[["order_count"]], SEGMENTS.assignment), "Orders so far", "number"
    ),
    "marketing": lambda: charts_value.marketing_tier_bars(MARKETING, terms()),
    "treemap": lambda: charts_value.value_treemap(MARKETING, terms()),
    "importance": lambda: charts_explain.importance_bars(SIZES, terms()),
    "families": lambda: charts_explain.family_bars(FAMILIES, terms()),
    "beeswarm": lambda: charts_explain.beeswarm(lay_out_swarm(EXPLANATION), terms()),
    "division": lambda: charts_customers.division_bar(DIVISION),
    "categories": lambda: charts_customers.category_bars(
        describe_categories(CITIES, SEGMENTS.assignment), "city"
    ),
    "waterfall": lambda: charts_explain.waterfall(lay_out_steps(EXPLANATION, 900_001), terms()),
}
