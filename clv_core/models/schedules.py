"""How the learning rate falls while the network learns.

Imports Keras: only for code that trains.
"""

from __future__ import annotations

from typing import Any, Final

from clv_core.model_settings import NetworkSettings
from clv_core.models.backend import import_keras

keras = import_keras()

LAST_SHARE: Final = 0.01  # of the first learning rate, reached by the exponential schedule
PLATEAU_FACTOR: Final = 0.3
EPOCHS_BEFORE_PLATEAU: Final = 3


def build_learning_rate(settings: NetworkSettings, steps_per_epoch: int) -> Any:
    """Return the learning rate as Keras' optimisers take it: a number or a schedule.

    ``cosine`` falls to zero and ``exponential`` to a hundredth over
    ``settings.epochs``; ``plateau`` begins as ``constant`` and is lowered by
    the callback of :func:`build_callbacks`.
    """
    steps = settings.epochs * steps_per_epoch
    match settings.schedule:
        case "cosine":
            return keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
        case "exponential":
            return keras.optimizers.schedules.ExponentialDecay(
                settings.learning_rate, steps, LAST_SHARE
            )
        case "constant" | "plateau":
            return settings.learning_rate


def build_callbacks(settings: NetworkSettings) -> list[Any]:
    """Return the callbacks that watch the validation loss while epochs are counted."""
    callbacks: list[Any] = []
    if settings.schedule == "plateau":
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau(
                monitor="val_loss", factor=PLATEAU_FACTOR, patience=EPOCHS_BEFORE_PLATEAU
            )
        )
    if settings.early_stopping:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                monitor="val_loss",
                patience=settings.patience_epochs,
                restore_best_weights=True,
            )
        )
    return callbacks


def replay_learning_rates(rates: list[float]) -> Any:
    """Return the callback that sets the rates another training had, epoch by epoch."""
    return keras.callbacks.LearningRateScheduler(lambda epoch: rates[epoch])
