"""Frozen, validated settings; units in the names; JSON there and back.

``RunSettings`` holds one group per room. Pages build these objects from forms,
the command line from ``--settings FILE`` and flags; a run's manifest keeps them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from clv_core.errors import InvalidSetting
from clv_core.sentences import Sentence

Architecture = Literal["dense", "gru", "lstm", "conv1d", "wide_and_deep"]
Loss = Literal["ziln", "signed_ziln", "hurdle", "cross_entropy", "mse", "mae", "huber", "tweedie"]
RowWeights = Literal["even", "buyers", "value"]
Optimiser = Literal["adam", "adamw", "sgd", "rmsprop"]
Schedule = Literal["constant", "cosine", "exponential", "plateau"]
Activation = Literal["relu", "gelu", "silu", "tanh", "elu", "selu"]
Width = Annotated[int, Field(ge=1, le=4096)]
DateOrder = Literal["day_first", "month_first"]
Guests = Literal["drop", "email", "email_or_phone"]
KeepOrDrop = Literal["keep", "drop"]
MissingValues = Literal["drop", "mean", "median", "regression"]
Rate = Annotated[float, Field(gt=0, le=1e9)]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]


class Settings(BaseModel):
    """Base of all settings groups: frozen, nothing unknown, checked when made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self) -> str:
        """Return the settings as indented JSON text."""
        return self.model_dump_json(indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read settings written by :meth:`to_json` or by hand.

        Raises
        ------
        InvalidSetting
            Names every field that is unknown or outside what it may be.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise invalid_setting(error) from None

    @classmethod
    def check(cls, values: Mapping[str, Any]) -> Self:
        """Make settings from plain values, or say which of them cannot be used.

        Raises
        ------
        InvalidSetting
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise invalid_setting(error) from None


def invalid_setting(error: ValidationError) -> InvalidSetting:
    """Turn pydantic's findings into one error with a case per field."""
    cases = [
        Sentence(
            "{field}: {finding}.",
            field=".".join(str(part) for part in case["loc"]) or "settings",
            finding=case["msg"],
        )
        for case in error.errors()
    ]
    return InvalidSetting(
        Sentence(
            "{count} setting(s) cannot be used: {first}", count=len(cases), first=str(cases[0])
        ),
        Sentence("Correct the named settings and try again."),
        cases,
    )


class CleaningSettings(Settings):
    """What becomes of rows that are doubtful. Defaults are what an analyst would do.

    Whatever is learnt from rows (limits, means, fitted lines) is learnt for each
    calendar month from the months before it; the first month is left as it is. So
    no row changes what an earlier one becomes, wherever a cutoff is put later.
    """

    date_order: DateOrder | None = None  # how 03/04/2024 is meant where no row decides it
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""  # where the files name none
    rates: dict[Annotated[str, Field(pattern="^[A-Z]{3}$")], Rate] = {}  # shop's currency per unit
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


class MatrixSettings(Settings):
    """How features become numbers for the networks and linear models."""

    scaling: Literal["standard", "min_max"] = "standard"
    categories: Literal["one_hot", "embedding"] = "one_hot"
    embedding_width: Annotated[int, Field(ge=1, le=64)] = 4  # numbers per category
    most_categories: Annotated[int, Field(ge=2, le=1000)] = 50  # rarer ones count as one


class WindowSettings(Settings):
    """Which days are history and which are the future that is forecast."""

    cutoff: dt.date | None = None  # last day features may see in the holdout test; None: chosen
    horizon_days: Annotated[int, Field(ge=7, le=1095)] | None = None  # None: chosen
    max_snapshots: Annotated[int, Field(ge=1, le=60)] = 9
    snapshot_spacing_days: Annotated[int, Field(ge=7, le=365)] = 30


class NetworkSettings(Settings):
    """The Keras network. Defaults are the *Balanced* preset."""

    architecture: Architecture = "dense"  # all but dense read months in their order
    sequence_units: Annotated[int, Field(ge=2, le=512)] = 32  # numbers that months are summed up in
    kernel_bins: Annotated[int, Field(ge=2, le=12)] = 3  # bins of 30 days that a filter sees
    hidden_units: Annotated[tuple[Width, ...], Field(min_length=1, max_length=8)] = (128, 64)
    activation: Activation = "relu"
    dropout_share: Annotated[float, Field(ge=0, le=0.9)] = 0.1
    l1_penalty: Annotated[float, Field(ge=0, le=1)] = 0.0
    l2_penalty: Annotated[float, Field(ge=0, le=1)] = 1e-5
    batch_normalisation: bool = False
    loss: Loss = "ziln"
    huber_delta: Annotated[float, Field(gt=0, le=1e6)] = 1.0  # in training-label spreads
    tweedie_power: Annotated[float, Field(gt=1, lt=2)] = 1.5
    optimiser: Optimiser = "adamw"
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 5e-4
    schedule: Schedule = "cosine"
    batch_size: Annotated[int, Field(ge=8, le=65536)] = 512
    epochs: Annotated[int, Field(ge=1, le=2000)] = 20
    early_stopping: bool = True
    patience_epochs: Annotated[int, Field(ge=1, le=500)] = 5
    row_weights: RowWeights = "even"
    input_noise: Annotated[float, Field(ge=0, le=1)] = 0.0  # in spreads of an input
    mixup_alpha: Annotated[float, Field(ge=0, le=2)] = 0.0  # 0: no mixed customers


class BoostedSettings(Settings):
    """The gradient-boosted trees (LightGBM, Tweedie loss)."""

    trees: Annotated[int, Field(ge=10, le=5000)] = 300
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.03
    leaves: Annotated[int, Field(ge=2, le=1024)] = 15
    min_rows_per_leaf: Annotated[int, Field(ge=1, le=10000)] = 40
    tweedie_power: Annotated[float, Field(gt=1, lt=2)] = 1.3


class PurchaseSettings(Settings):
    """The models of when customers buy and leave (BG/NBD, MBG/NBD, Pareto/NBD)."""

    # Spread, in log units, of the weak penalty around a parameter's usual size.
    penalty_spread: Annotated[float, Field(ge=0.5, le=1000)] = 5.0


class LinearSettings(Settings):
    """The linear model (ridge regression); the penalty that tells most is taken."""

    least_penalty: Annotated[float, Field(ge=1e-9, le=1e6)] = 1e-6  # per row
    most_penalty: Annotated[float, Field(ge=1e-9, le=1e6)] = 100.0  # per row

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.least_penalty > self.most_penalty:
            raise ValueError("the least penalty must not lie above the most")
        return self


class LogisticSettings(Settings):
    """Logistic regression of buying, with ridge regression of amounts."""

    penalty: Annotated[float, Field(ge=1e-6, le=1e6)] = 100.0  # on squared weights, of all rows


class DecisionTreeSettings(Settings):
    """One decision tree."""

    leaves: Annotated[int, Field(ge=2, le=1024)] = 24
    min_rows_per_leaf: Annotated[int, Field(ge=1, le=10000)] = 100


class RandomForestSettings(Settings):
    """The random forest."""

    trees: Annotated[int, Field(ge=10, le=1000)] = 100
    min_rows_per_leaf: Annotated[int, Field(ge=1, le=10000)] = 20
    column_share: Annotated[float, Field(gt=0, le=1)] = 0.2  # looked at for each split
    row_share: Annotated[float, Field(gt=0, le=1)] = 0.4  # that each tree learns from


class SvmSettings(Settings):
    """Support vector machines for buying and for amounts."""

    kernel: Literal["rbf", "linear"] = "rbf"
    landmarks: Annotated[int, Field(ge=10, le=2000)] = 200  # customers that others are compared to
    narrowness: Annotated[float, Field(ge=0.001, le=100)] = 0.05  # gamma × columns × their variance
    cost: Annotated[float, Field(ge=1e-4, le=1e4)] = 0.3  # of an error, against simplicity
    margin: Annotated[float, Field(ge=0, le=2)] = 0.1  # errors that cost nothing, in spreads


class EvaluationSettings(Settings):
    """How the held-out window is reported."""

    bootstrap_samples: Annotated[int, Field(ge=50, le=10000)] = 400
    interval_share: Annotated[float, Field(gt=0.5, lt=1)] = 0.8  # of customers inside low..high
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95  # of bootstrap intervals


class SegmentSettings(Settings):
    """Where high ends and low begins."""

    cut_by: Literal["value_share", "quantile"] = "value_share"
    high: Annotated[float, Field(gt=0, lt=1)] = (
        0.5  # top customers until this share of value (or of customers)
    )
    middle: Annotated[float, Field(gt=0, lt=1)] = 0.8  # and the next ones until this share

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high >= self.middle:
            raise ValueError("the middle cut-off must lie above the high one")
        return self


class RunSettings(Settings):
    """Everything a run can be told."""

    window: WindowSettings = WindowSettings()
    matrix: MatrixSettings = MatrixSettings()
    network: NetworkSettings = NetworkSettings()
    boosted: BoostedSettings = BoostedSettings()
    purchases: PurchaseSettings = PurchaseSettings()
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
