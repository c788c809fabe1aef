"""Keras networks built from settings, and read back as plain numbers.

Imports Keras: only for code that trains.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from clv_core.model_settings import NetworkSettings
from clv_core.models.backend import import_keras
from clv_core.models.category_embedding import CategoryEmbedding, Embedding
from clv_core.models.dense import Array, DenseNetwork
from clv_core.models.head_start import HeadStart
from clv_core.models.heads import Head
from clv_core.models.losses import build_loss
from clv_core.models.schedules import build_learning_rate

keras = import_keras()

OUTPUT_LAYER: Final = "money"
OUTPUT_SHRINKAGE: Final = 0.1  # of the output kernel's usual start
GRADIENT_NORM: Final = 1.0  # one very large order must not throw the weights away


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
    if settings.input_noise:
        layers.append(keras.layers.GaussianNoise(settings.input_noise))
    if embedding is not None:
        layers.append(CategoryEmbedding(embedding.blocks, embedding.width))
    layers += build_hidden_layers(settings)
    layers.append(keras.layers.Dense(start.head.outputs, name=OUTPUT_LAYER))
    model = keras.Sequential(layers)
    compile_network(model, settings, start, steps_per_epoch)
    return model


def compile_network(
    model: Any, settings: NetworkSettings, start: HeadStart, steps_per_epoch: int
) -> None:
    """Begin the outputs where the head says, and set optimiser and loss."""
    output = model.get_layer(OUTPUT_LAYER)
    output.set_weights(
        [output.get_weights()[0] * OUTPUT_SHRINKAGE, np.asarray(start.bias, dtype=np.float32)]
    )
    model.compile(optimizer=_build_optimiser(settings, steps_per_epoch), loss=build_loss(settings))


def shift_output(model: Any, place: int, by: float) -> None:
    """Add a constant to one output."""
    output = model.get_layer(OUTPUT_LAYER)
    kernel, bias = output.get_weights()
    bias[place] += by
    output.set_weights([kernel, bias])


def copy_without_training(model: Any) -> Any:
    """Copy a network without its loss and optimiser, as it is stored."""
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy


def read_dense(model: Any, settings: NetworkSettings, head: Head) -> DenseNetwork:
    """Read a network's weights, with batch normalisation and embeddings folded in."""
    return fold_embedding(model, read_dense_layers(model.layers, settings, head))


def fold_embedding(model: Any, dense: DenseNetwork) -> DenseNetwork:
    """Let the first dense layer read categories themselves instead of their embeddings."""
    for layer in model.layers:
        if isinstance(layer, CategoryEmbedding):
            narrow, first = layer.output.shape[-1], dense.kernels[0]
            folded = np.concatenate([layer.fold_into(first[:narrow]), first[narrow:]])
            return replace(dense, kernels=(folded, *dense.kernels[1:]))
    return dense


def read_dense_layers(layers: Iterable[Any], settings: NetworkSettings, head: Head) -> DenseNetwork:
    """Read the dense layers among some layers, batch normalisation folded in."""
    kernels: list[Array] = []
    biases: list[Array] = []
    for layer in layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = layer.get_weights()
            kernels.append(kernel)
            biases.append(bias)
        elif isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            scale = gamma / np.sqrt(variance + layer.epsilon)
            kernels[-1] = kernels[-1] * scale
            biases[-1] = (biases[-1] - mean) * scale + beta
    return DenseNetwork(tuple(kernels), tuple(biases), settings.activation, head)


def build_hidden_layers(settings: NetworkSettings) -> list[Any]:
    """Make the dense layers before the outputs, each with what belongs to it."""
    layers = []
    for units in settings.hidden_units:
        layers += _hidden_layers(units, settings)
    return layers


def _hidden_layers(units: int, settings: NetworkSettings) -> list[Any]:
    layers = [
        keras.layers.Dense(
            units,
            kernel_initializer=(
                "lecun_normal" if settings.activation == "selu" else "glorot_uniform"
            ),
            kernel_regularizer=build_penalty(settings),
        )
    ]
    if settings.batch_normalisation:
        layers.append(keras.layers.BatchNormalization())
    layers.append(keras.layers.Activation(settings.activation))
    if settings.dropout_share:
        layers.append(keras.layers.Dropout(settings.dropout_share))
    return layers


def build_penalty(settings: NetworkSettings) -> Any:
    """Return the penalty on weights that the settings ask for, or None."""
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
