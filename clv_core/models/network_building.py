"""Keras networks built from settings, and read back as plain numbers.

Imports Keras: only for code that trains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from clv_core.models.backend import import_keras
from clv_core.models.category_embedding import CategoryEmbedding, Embedding
from clv_core.models.dense import Array, DenseNetwork, Head
from clv_core.models.losses import build_loss
from clv_core.models.schedules import build_learning_rate
from clv_core.settings import NetworkSettings

keras = import_keras()

OUTPUT_LAYER: Final = "money"
OUTPUT_SHRINKAGE: Final = 0.1  # of the output kernel's usual start
GRADIENT_NORM: Final = 1.0  # one very large order must not throw the weights away


@dataclass(frozen=True)
class HeadStart:
    """What the head is and where its outputs begin.

    Attributes
    ----------
    head : Head
    bias : tuple of float, one per output
        The outputs that are right for a customer of whom nothing is known.
    """

    head: Head
    bias: tuple[float, ...]

    def encode(self, spend: Array) -> Array:
        """Return labels as the loss wants them, float32 of shape (rows, 1)."""
        if self.head.kind == "linear":
            labels = (spend - self.head.shift) / self.head.scale
        else:
            labels = np.maximum(spend, 0) / self.head.scale
        return np.asarray(labels, dtype=np.float32)[:, None]


def start_head(spend: Array, settings: NetworkSettings) -> HeadStart:
    """Choose the head and the start of its bias from the training labels.

    A zero-inflated lognormal head that begins anywhere else forecasts several
    times too much for many epochs.

    Parameters
    ----------
    spend : ndarray, shape (rows,)
        Labels of the training rows; for the losses on zero and above, at least
        one above zero.
    """
    positive = spend[spend > 0]
    log_cap = float(np.log(positive.max())) if len(positive) else np.inf
    match settings.loss:
        case "ziln":
            share = len(positive) / (len(spend) + 1)  # never 1, whose logit is infinite
            sigma = max(float(np.log(positive).std()), 0.1)
            bias = (_logit(share), float(np.log(positive).mean()), _inverse_softplus(sigma))
            return HeadStart(Head("ziln", log_cap=log_cap), bias)
        case "tweedie":
            mean = float(np.maximum(spend, 0).mean())
            return HeadStart(Head("log", scale=mean, log_cap=log_cap), (0.0,))
        case _:
            mean, spread = float(spend.mean()), float(spend.std()) or 1.0
            centre = mean if settings.loss == "mse" else float(np.median(spend))
            start = (centre - mean) / spread
            return HeadStart(Head("linear", scale=spread, shift=mean), (start,))


def build_network(
    inputs: int,
    settings: NetworkSettings,
    start: HeadStart,
    steps_per_epoch: int,
    embedding: Embedding | None = None,
) -> Any:
    """Build and compile the network; draws its start from Keras' seed.

    Parameters
    ----------
    inputs : int
        Columns of the feature matrix.
    start : HeadStart
    steps_per_epoch : int
        Batches per epoch, which the learning-rate schedules count in.
    embedding : Embedding, optional
        Categories that pass a narrow layer first.

    Returns
    -------
    keras.Sequential
    """
    layers = [keras.Input((inputs,))]
    if embedding is not None:
        layers.append(CategoryEmbedding(embedding.blocks, embedding.width))
    for units in settings.hidden_units:
        layers += _hidden_layers(units, settings)
    layers.append(keras.layers.Dense(start.head.outputs, name=OUTPUT_LAYER))
    model = keras.Sequential(layers)
    output = model.get_layer(OUTPUT_LAYER)
    output.set_weights(
        [output.get_weights()[0] * OUTPUT_SHRINKAGE, np.asarray(start.bias, dtype=np.float32)]
    )
    model.compile(optimizer=_build_optimiser(settings, steps_per_epoch), loss=build_loss(settings))
    return model


def copy_without_training(model: Any) -> Any:
    """Copy a network without its loss and optimiser, as it is stored."""
    copy = keras.Sequential.from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy


def read_dense(model: Any, settings: NetworkSettings, head: Head) -> DenseNetwork:
    """Read a network's weights, with batch normalisation and embeddings folded in."""
    kernels: list[Array] = []
    biases: list[Array] = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = layer.get_weights()
            kernels.append(kernel)
            biases.append(bias)
        elif isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            scale = gamma / np.sqrt(variance + layer.epsilon)
            kernels[-1] = kernels[-1] * scale
            biases[-1] = (biases[-1] - mean) * scale + beta
    if isinstance(model.layers[0], CategoryEmbedding):
        kernels[0] = model.layers[0].fold_into(kernels[0])
    return DenseNetwork(tuple(kernels), tuple(biases), settings.activation, head)


def _hidden_layers(units: int, settings: NetworkSettings) -> list[Any]:
    layers = [
        keras.layers.Dense(
            units,
            kernel_initializer=(
                "lecun_normal" if settings.activation == "selu" else "glorot_uniform"
            ),
            kernel_regularizer=_build_penalty(settings),
        )
    ]
    if settings.batch_normalisation:
        layers.append(keras.layers.BatchNormalization())
    layers.append(keras.layers.Activation(settings.activation))
    if settings.dropout_share:
        layers.append(keras.layers.Dropout(settings.dropout_share))
    return layers


def _build_penalty(settings: NetworkSettings) -> Any:
    if not settings.l1_penalty and not settings.l2_penalty:
        return None
    return keras.regularizers.L1L2(settings.l1_penalty, settings.l2_penalty)


def _build_optimiser(settings: NetworkSettings, steps_per_epoch: int) -> Any:
    rate = build_learning_rate(settings, steps_per_epoch)
    match settings.optimiser:
        case "adam":
            return keras.optimizers.Adam(rate, clipnorm=GRADIENT_NORM)
        case "adamw":
            return keras.optimizers.AdamW(rate, clipnorm=GRADIENT_NORM)
        case "sgd":
            return keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, clipnorm=GRADIENT_NORM)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate, clipnorm=GRADIENT_NORM)


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _inverse_softplus(value: float) -> float:
    return float(np.log(np.expm1(value)))
