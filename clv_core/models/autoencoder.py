"""A dense autoencoder: columns through a narrow layer and back, learnt without labels.

Half of it is kept, the encoder, as plain numbers (``features.components``). Hinton
and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", 2006,
Science 313, with today's activation and optimiser in place of their pretraining.

Imports Keras: only for code that trains.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from clv_core.features.components import Components
from clv_core.models.backend import import_keras
from clv_core.models.dense import Array

keras = import_keras()

FEWEST_EPOCHS: Final = 20
FEWEST_STEPS: Final = 1000  # a small shop's rows are gone through more often
BATCH_SIZE: Final = 128
LEARNING_RATE: Final = 2e-3
HIDDEN_PER_COLUMN: Final = 1  # units of the layers on either side of the code
_FLAT: Final = 1e-6  # spread of a number of the code that says nothing


def train_encoder(columns: Array, width: int, seed: int) -> Components:
    """Learn a code from which the columns can be told again, and return its encoder.

    Parameters
    ----------
    columns : ndarray, shape (rows, columns)
        Training rows, free of NaN.
    width : int
        Numbers of the code; never more than there are columns.
    seed : int
        For the start of the weights and the order of the rows.

    Returns
    -------
    Components
        Two layers; the code has mean 0 and spread 1 on the training rows.
    """
    keras.utils.set_random_seed(seed)
    rows = _fill_batches(columns.astype(np.float32), seed)
    count = columns.shape[1]
    hidden = keras.layers.Dense(HIDDEN_PER_COLUMN * count, activation="relu")
    code = keras.layers.Dense(min(width, count))
    model = keras.Sequential(
        [
            keras.Input((count,)),
            hidden,
            code,
            keras.layers.Dense(HIDDEN_PER_COLUMN * count, activation="relu"),
            keras.layers.Dense(count),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE), loss="mse")
    epochs = max(FEWEST_EPOCHS, -(-FEWEST_STEPS * BATCH_SIZE // len(rows)))
    model.fit(rows, rows, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
    return _standardise(_read_layers(hidden, code), columns)


def _fill_batches(rows: Array, seed: int) -> Array:
    """Repeat rows drawn at random until they fill whole batches: JAX compiles once."""
    drawn = np.random.default_rng(seed).integers(len(rows), size=-len(rows) % BATCH_SIZE)
    return np.concatenate([rows, rows[drawn]])


def _read_layers(*layers: Any) -> Components:
    weights = [[np.asarray(one, np.float64) for one in layer.get_weights()] for layer in layers]
    return Components(tuple(one[0] for one in weights), tuple(one[1] for one in weights))


def _standardise(encoder: Components, columns: Array) -> Components:
    """Fold the code's mean and spread into its layer; what is flat stays as it is."""
    told = encoder.apply(columns)
    spread = told.std(axis=0)
    unit = np.where(spread > _FLAT, spread, 1.0)
    kernel, bias = encoder.kernels[-1] / unit, (encoder.biases[-1] - told.mean(axis=0)) / unit
    return Components((*encoder.kernels[:-1], kernel), (*encoder.biases[:-1], bias))
