"""Settings of the model families, one group each, and of the matrix that they learn from."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from clv_core.settings_base import Settings

Architecture = Literal["dense", "gru", "lstm", "conv1d", "wide_and_deep"]
Loss = Literal["ziln", "signed_ziln", "hurdle", "cross_entropy", "mse", "mae", "huber", "tweedie"]
RowWeights = Literal["even", "buyers", "value"]
Optimiser = Literal["adam", "adamw", "sgd", "rmsprop"]
Schedule = Literal["constant", "cosine", "exponential", "plateau"]
Activation = Literal["relu", "gelu", "silu", "tanh", "elu", "selu"]
Selection = Literal["none", "correlation", "importance"]
Crossing = Literal["none", "rfm", "learnt"]
Compression = Literal["none", "pca", "autoencoder"]
Width = Annotated[int, Field(ge=1, le=4096)]


class MatrixSettings(Settings):
    """How features become numbers for the networks and linear models.

    Boosted trees read features as they are; of these settings only the selection
    and the most categories concern them.
    """

    scaling: Literal["standard", "min_max"] = "standard"
    categories: Literal["one_hot", "embedding"] = "one_hot"
    embedding_width: Annotated[int, Field(ge=1, le=64)] = 4  # numbers per category
    most_categories: Annotated[int, Field(ge=2, le=1000)] = 50  # rarer ones count as one
    selection: Selection = "none"
    correlation_limit: Annotated[float, Field(ge=0.5, lt=1)] = 0.98  # of ranks, whatever its sign
    kept_share: Annotated[float, Field(gt=0, le=1)] = 0.5  # of columns, by importance
    crosses: Crossing = "none"
    most_crosses: Annotated[int, Field(ge=1, le=50)] = 5
    compression: Compression = "none"
    compressed_variance: Annotated[float, Field(gt=0.1, lt=1)] = 0.95  # share that PCA keeps
    compressed_width: Annotated[int, Field(ge=1, le=256)] = 16  # numbers of an autoencoder's code

    @property
    def refines(self) -> bool:
        """Whether columns are multiplied or compressed before a model takes them."""
        return self.crosses != "none" or self.compression != "none"


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


class EnsembleSettings(Settings):
    """The mean of Pareto/NBD, boosted trees and network."""

    # Stacked: learnt on the window before the test as well, where a shop's history has one.
    weights: Literal["by_buyers", "stacked"] = "stacked"


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
