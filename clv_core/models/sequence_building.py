"""Keras networks that read months, built from settings, and read back as plain numbers.

Imports Keras: only for code that trains.
"""

from __future__ import annotations

from typing import Any, Final

from clv_core.model_settings import Architecture, NetworkSettings
from clv_core.models.backend import import_keras
from clv_core.models.category_embedding import CategoryEmbedding, Embedding
from clv_core.models.encoders import Encoder, EncoderKind
from clv_core.models.head_start import HeadStart
from clv_core.models.heads import Head
from clv_core.models.network_building import (
    OUTPUT_LAYER,
    build_hidden_layers,
    build_penalty,
    compile_network,
    fold_embedding,
    read_dense_layers,
)
from clv_core.models.sequence_network import JointRows, SequenceNetwork

keras = import_keras()

ENCODERS: Final[dict[Architecture, EncoderKind]] = {
    "gru": "gru",
    "lstm": "lstm",
    "conv1d": "conv1d",
    "wide_and_deep": "gru",
}
WIDE_LAYER: Final = "wide"


def build_sequence_network(
    rows: JointRows,
    settings: NetworkSettings,
    start: HeadStart,
    steps_per_epoch: int,
    embedding: Embedding | None = None,
) -> Any:
    """Build and compile the network; draws its start from Keras' seed.

    Parameters
    ----------
    rows : JointRows
        Only their shapes are looked at.
    start : HeadStart
    steps_per_epoch : int
        Batches per epoch, which the learning-rate schedules count in.
    embedding : Embedding, optional
        Categories among the features that pass a narrow layer first.

    Returns
    -------
    keras.Model
        Takes the sequence; where features are read too, these and the sequence.
    """
    sequence = keras.Input(rows.sequence.shape[1:], name="sequence")
    code = _blur(sequence, settings)
    for layer in _build_encoder(settings):
        code = layer(code)
    if rows.matrix is None:
        outputs = _stack(code, settings, start)
        model = keras.Model(sequence, outputs)
    else:
        matrix = keras.Input(rows.matrix.shape[1:], name="matrix")
        features = _blur(matrix, settings)
        narrow = features
        if embedding is not None:
            narrow = CategoryEmbedding(embedding.blocks, embedding.width)(features)
        deep = _stack(keras.layers.Concatenate()([narrow, code]), settings, start)
        wide = keras.layers.Dense(
            start.head.outputs,
            use_bias=False,
            kernel_initializer="zeros",  # what the deep part begins with stays right
            kernel_regularizer=build_penalty(settings),
            name=WIDE_LAYER,
        )
        model = keras.Model([matrix, sequence], keras.layers.Add()([deep, wide(features)]))
    compile_network(model, settings, start, steps_per_epoch)
    return model


def read_sequence_network(model: Any, settings: NetworkSettings, head: Head) -> SequenceNetwork:
    """Read a network's weights, with batch normalisation and embeddings folded in."""
    kind = ENCODERS[settings.architecture]
    recurrent = (keras.layers.GRU, keras.layers.LSTM, keras.layers.Conv1D)
    weights = [
        weight
        for layer in model.layers
        if isinstance(layer, recurrent)
        for weight in layer.get_weights()
    ]
    encoder = Encoder(kind, tuple(weights), settings.activation)
    trunk = read_dense_layers(
        [layer for layer in model.layers if layer.name != WIDE_LAYER], settings, head
    )
    wide = [layer.get_weights()[0] for layer in model.layers if layer.name == WIDE_LAYER]
    return SequenceNetwork(encoder, fold_embedding(model, trunk), wide[0] if wide else None)


def list_inputs(rows: Any) -> Any:
    """Return rows as Keras takes them: an array, or features and sequence."""
    if not isinstance(rows, JointRows):
        return rows
    return rows.sequence if rows.matrix is None else [rows.matrix, rows.sequence]


def _build_encoder(settings: NetworkSettings) -> list[Any]:
    units, penalty = settings.sequence_units, build_penalty(settings)
    match ENCODERS[settings.architecture]:
        case "gru":
            return [keras.layers.GRU(units, kernel_regularizer=penalty)]
        case "lstm":
            return [keras.layers.LSTM(units, kernel_regularizer=penalty)]
        case "conv1d":
            width = settings.kernel_bins
            return [
                keras.layers.Conv1D(
                    units,
                    width,
                    strides=strides,
                    padding=padding,
                    activation=settings.activation,
                    kernel_regularizer=penalty,
                )
                for strides, padding in ((1, "causal"), (width, "valid"))
            ] + [keras.layers.Flatten()]


def _stack(inputs: Any, settings: NetworkSettings, start: HeadStart) -> Any:
    values = inputs
    for layer in build_hidden_layers(settings):
        values = layer(values)
    return keras.layers.Dense(start.head.outputs, name=OUTPUT_LAYER)(values)


def _blur(inputs: Any, settings: NetworkSettings) -> Any:
    if not settings.input_noise:
        return inputs
    return keras.layers.GaussianNoise(settings.input_noise)(inputs)
