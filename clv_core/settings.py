"""Frozen, validated settings; units in the names; JSON there and back.

``RunSettings`` holds one group per room. Pages build these objects from forms,
the command line from ``--settings FILE`` and flags; a run's manifest keeps them.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from clv_core.errors import InvalidSetting
from clv_core.model_settings import (
    BoostedSettings,
    DecisionTreeSettings,
    EnsembleSettings,
    LinearSettings,
    LogisticSettings,
    MatrixSettings,
    NetworkSettings,
    PurchaseSettings,
    RandomForestSettings,
    SvmSettings,
)
from clv_core.sentences import Sentence
from clv_core.settings_base import Settings, ShortText

DateOrder = Literal["day_first", "month_first"]
Guests = Literal["drop", "email", "email_or_phone"]
KeepOrDrop = Literal["keep", "drop"]
MissingValues = Literal["drop", "mean", "median", "regression"]
SearchedModel = Literal[
    "boosted_trees", "network", "logistic", "decision_tree", "random_forest", "svm"
]
SearchMethod = Literal["bayesian", "grid"]
CutBy = Literal["value_share", "quantile", "natural_breaks"]
Rate = Annotated[float, Field(gt=0, le=1e9)]
CurrencyCode = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class CleaningSettings(Settings):
    """What becomes of rows that are doubtful. Defaults are what an analyst would do.

    Whatever is learnt from rows (limits, means, fitted lines) is learnt for each
    calendar month from the months before it; the first month is left as it is. So
    no row changes what an earlier one becomes, wherever a cutoff is put later.
    """

    date_order: DateOrder | None = None  # how 03/04/2024 is meant where no row decides it
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""  # where the files name none
    rates: dict[CurrencyCode, Rate] = Field(default_factory=dict)  # shop's currency per unit
    repeated_lines: KeepOrDrop = "drop"  # equal in every mapped column
    repeated_orders: KeepOrDrop = "drop"  # same order in two files: the later file's rows stay
    guests: Guests = "drop"  # rows without a customer id
    missing_amounts: Literal["drop", "mean", "median", "regression"] = "drop"
    outliers: Literal["keep", "z_score", "iqr", "winsorise"] = "keep"
    z_limit: Annotated[float, Field(gt=1, le=20)] = 4.0  # standard deviations of log amounts
    iqr_factor: Annotated[float, Field(gt=0.5, le=20)] = 3.0  # box lengths beyond the quartiles
    winsor_share: Annotated[float, Field(gt=0, lt=0.2)] = 0.005  # capped at each end
    reversed_pairs: KeepOrDrop = "drop"  # an order and its cancellation on the same day
    unmatched_returns: KeepOrDrop = "drop"  # of goods whose purchase the files do not hold
    unpriced_lines: KeepOrDrop = "drop"  # unit price of zero or below
    non_goods: KeepOrDrop = "drop"  # postage, fees, vouchers
    non_goods_codes: tuple[ShortText, ...] = ()  # the shop's own, besides the known ones
    test_orders: KeepOrDrop = "drop"
    staff_domains: tuple[ShortText, ...] = ()  # e-mail domains of the shop's own people
    missing_values: MissingValues = "median"  # value tables


class WindowSettings(Settings):
    """Which days are history and which are the future that is forecast."""

    cutoff: dt.date | None = None  # last day features may see in the holdout test; None: chosen
    horizon_days: Annotated[int, Field(ge=7, le=1095)] | None = None  # None: chosen
    max_snapshots: Annotated[int, Field(ge=1, le=60)] = 9
    snapshot_spacing_days: Annotated[int, Field(ge=7, le=365)] = 30
    cutoff_jitter_days: Annotated[int, Field(ge=0, le=182)] = 0  # training cutoffs move by so many


class EvaluationSettings(Settings):
    """How the held-out window is reported."""

    bootstrap_samples: Annotated[int, Field(ge=50, le=10000)] = 400
    interval_share: Annotated[float, Field(gt=0.5, lt=1)] = 0.8  # of customers inside low..high
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95  # of bootstrap intervals


class SegmentSettings(Settings):
    """Where high ends and low begins; natural breaks find both ends by themselves."""

    cut_by: CutBy = "value_share"
    high: Annotated[float, Field(gt=0, lt=1)] = (
        0.5  # top customers until this share of value (or of customers)
    )
    middle: Annotated[float, Field(gt=0, lt=1)] = 0.8  # and the next ones until this share

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high >= self.middle:
            raise ValueError("the middle cut-off must lie above the high one")
        return self


class SearchSettings(Settings):
    """Which settings of one family are tried, how, and for how long."""

    model: SearchedModel = "boosted_trees"
    method: SearchMethod = "bayesian"
    minutes: Annotated[float, Field(gt=0, le=1440)] = 5.0  # nothing is begun that would not fit
    most_trials: Annotated[int, Field(ge=1, le=1000)] = 60  # the default settings not counted
    most_windows: Annotated[int, Field(ge=1, le=6)] = 3  # before the holdout, the newest first
    searched: tuple[ShortText, ...] = ()  # names of settings; empty: all that are worth it


class RunSettings(Settings):
    """Everything a run can be told."""

    window: WindowSettings = WindowSettings()
    matrix: MatrixSettings = MatrixSettings()
    network: NetworkSettings = NetworkSettings()
    boosted: BoostedSettings = BoostedSettings()
    purchases: PurchaseSettings = PurchaseSettings()
    ensemble: EnsembleSettings = EnsembleSettings()
    linear: LinearSettings = LinearSettings()
    logistic: LogisticSettings = LogisticSettings()
    decision_tree: DecisionTreeSettings = DecisionTreeSettings()
    random_forest: RandomForestSettings = RandomForestSettings()
    svm: SvmSettings = SvmSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    segments: SegmentSettings = SegmentSettings()
    families: tuple[ShortText, ...] = ()  # fitted beside the standard ones
    model: str | None = None  # forecast with this one; None: the one that wins before the holdout
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 20240601
    network_seeds: Annotated[int, Field(ge=1, le=10)] = (
        1  # networks averaged, each with its own seed
    )
    # The whole run ends within them, settings of trees and network tried in what is left over.
    automatic_minutes: Annotated[float, Field(gt=0, le=1440)] | None = None


def read_settings(path: Path) -> RunSettings:
    """Read run settings from a JSON file."""
    return RunSettings.from_json(_read_text(path))


def read_cleaning(path: Path) -> CleaningSettings:
    """Read cleaning settings from a JSON file."""
    return CleaningSettings.from_json(_read_text(path))


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InvalidSetting(
            Sentence("The settings file {name} cannot be read.", name=path.name),
            Sentence("Give a JSON file in UTF-8."),
        ) from None
