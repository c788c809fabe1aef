"""Everything that came of one run, before it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from clv_core.activation.marketing_tiers import MarketingTiers
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.evaluation.splits import SplitPlan
from clv_core.evaluation.verdict import Verdict
from clv_core.explain.explanation import Explanation
from clv_core.features.windows import WindowPlan
from clv_core.runs.certainty import Certainty
from clv_core.runs.rehearsal import Rehearsal
from clv_core.segments.value_tiers import Segments
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings


@dataclass(frozen=True)
class RunResult:
    """Everything that came of one run.

    Attributes
    ----------
    plan : WindowPlan or SplitPlan
        How days were cut or, for a value table, customers were divided.
    settings : RunSettings
    model : str
        Whose amounts the forecast holds.
    holdout : Rehearsal
        Every model's forecast of the held-out window or customers.
    outcome : DataFrame or None, index ``customer_key``
        ``future_spend`` and ``future_orders`` in it; None where the data end
        earlier. For a value table ``future_spend`` alone, the given value.
    scoreboard : Scoreboard or None
    verdict : Verdict or None
    final : Rehearsal
        Fitted on everything; in a backtest, the holdout's.
    certainty : Certainty
    forecast : DataFrame
        As ``runs.forecast.assemble_forecast`` gives it, with ``value_tier`` and
        ``marketing_tier``. For a value table ``predicted``, ``low``, ``high``,
        ``known_value`` (NaN where blank) and the tiers.
    segments : Segments
    tiers : MarketingTiers
    explanation : Explanation
    training : tuple of dict
        Progress rows of the models' trainings.
    leaks : mapping of str to Sentence
        Columns of a value table that were learnt from although they may give the
        value away, by header, with the reason.
    tuning : tuple of Sentence
        What a search or automatic mode tried and chose; nothing without them.
    validation_scoreboard : Scoreboard or None
        Of the window that chose the model; None where there was none, and for value
        tables.
    """

    plan: WindowPlan | SplitPlan
    settings: RunSettings
    model: str
    holdout: Rehearsal
    outcome: pd.DataFrame | None
    scoreboard: Scoreboard | None
    verdict: Verdict | None
    final: Rehearsal
    certainty: Certainty
    forecast: pd.DataFrame
    segments: Segments
    tiers: MarketingTiers
    explanation: Explanation
    training: tuple[dict[str, Any], ...]
    leaks: Mapping[str, Sentence] = field(default_factory=dict)
    tuning: tuple[Sentence, ...] = ()
    validation_scoreboard: Scoreboard | None = None
