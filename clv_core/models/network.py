"""The network: dense layers over stacked snapshots, a zero-inflated lognormal head.

Fitting imports Keras; forecasting, saving what was loaded, and loading do not:
they use the weights alone (``models.dense``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pandas as pd

from clv_core.features.matrix import FeatureMatrix
from clv_core.features.snapshots import Snapshot
from clv_core.models.dense import Array, DenseNetwork
from clv_core.models.forecaster import Prediction, Report, TrainingData, ignore_report
from clv_core.models.horizon import carry_probability, drop_log_ratio, read_log_ratio
from clv_core.models.training_rows import TrainingRows, stack_rows
from clv_core.settings import MatrixSettings, MissingValues, NetworkSettings

if TYPE_CHECKING:
    from clv_core.models.network_training import LearningPath, MatrixRows, Progress

STATE_FILE: Final = "network.json"
LOSSES_FROM_ZERO: Final = frozenset({"ziln", "tweedie"})


class NetworkForecaster:
    """A dense Keras network that forecasts spend and the chance of buying.

    Customers held out from the newest labelled snapshot first tell how many
    epochs to learn for; then a fresh network learns for that long from all rows
    (``models.training_rows``). Money below zero counts as 0 under the
    ``ziln`` and ``tweedie`` losses (``models.losses``).

    Parameters
    ----------
    settings : NetworkSettings
    seed : int
        Same seed, same data, same machine: the same weights, to the last bit,
        in a process that does nothing else with Keras meanwhile.
    seeds : int, default 1
        Networks that are averaged, begun from ``seed``, ``seed + 1``, …
    matrix : MatrixSettings, optional
        How features become inputs; ``embedding`` lets the network learn a few
        numbers per category.
    missing : {"drop", "mean", "median", "regression"}, default "median"
        What a missing number becomes (``features.matrix``).

    Attributes
    ----------
    matrix_ : FeatureMatrix
        Learnt on the rows the networks learnt from.
    networks_ : tuple of DenseNetwork
    training_horizon_days_ : int
        Length of the label windows learnt from.
    loss_ : str
        The loss that was used: ``mse`` in place of ``ziln`` and ``tweedie``
        where values of a value table lie below zero.
    """

    name = "network"
    is_ranking = False

    def __init__(
        self,
        settings: NetworkSettings | None = None,
        seed: int = 0,
        seeds: int = 1,
        matrix: MatrixSettings | None = None,
        missing: MissingValues = "median",
    ) -> None:
        self.settings = settings or NetworkSettings()
        self.seed = seed
        self.seeds = seeds
        self.matrix = matrix or MatrixSettings()
        self.missing: MissingValues = missing
        self._keras_models: tuple[Any, ...] = ()

    def fit(self, data: TrainingData, report: Report = ignore_report) -> Self:
        """Learn from the labelled snapshots; reports every epoch.

        A reported row has ``epoch`` (counted on through all trainings),
        ``epochs`` (the most there can still be), ``stage`` (``validated`` or
        ``all_rows``), ``loss``, ``validation_loss`` and ``validation_spearman``
        (None on ``all_rows``) and ``seconds`` since the start.

        Raises
        ------
        HistoryTooShort
            When no snapshot has a label window that has closed.
        TooFewCustomers
            With fewer rows than a network can learn from.
        NoRepeatBuyers
            When nobody spent anything in the label windows.
        """
        # Keras only here: the server imports this module.
        from clv_core.models import network_training as training  # noqa: PLC0415

        rows = stack_rows(data.labelled)
        self.training_horizon_days_ = data.labelled[0].horizon_days
        progress = training.Progress(report, self.settings.epochs, self.seeds)
        used = _suit_loss(self.settings, rows)
        self.loss_ = used.loss
        path = self._find_path(rows, used, progress)
        self.matrix_ = FeatureMatrix(self.matrix, self.missing).fit(rows.features)
        whole = self._prepare_rows(self.matrix_, rows.features, rows.spend)
        trained = [
            training.train_on_all(whole, used, path, self.seed + number, progress)
            for number in range(self.seeds)
        ]
        self.networks_ = tuple(one.dense for one in trained)
        self._keras_models = tuple(one.keras_model for one in trained)
        return self

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Forecast spend and the chance of buying over the snapshot's horizon.

        Both are means over the networks. Where the horizon is longer than the
        one learnt, the statistical model's ratio of expectations carries them.
        """
        inputs = self.read_inputs(snapshot)
        log_ratio = read_log_ratio(snapshot, self.training_horizon_days_)
        index = snapshot.features.index
        spend = np.mean([network.money(inputs, log_ratio) for network in self.networks_], axis=0)
        chances = [network.buying_probability(inputs) for network in self.networks_]
        given = [chance for chance in chances if chance is not None]
        p_buy = None
        if given:
            carried = carry_probability(np.mean(given, axis=0), log_ratio)
            p_buy = pd.Series(carried, index=index, name="p_buy")
        return Prediction(spend=pd.Series(spend, index=index, name="spend"), p_buy=p_buy)

    def read_inputs(self, snapshot: Snapshot) -> Array:
        """Return the networks' inputs, shape (customers, columns), float32."""
        return self.matrix_.transform(drop_log_ratio(snapshot.features))

    def save(self, folder: Path) -> None:
        """Write weights as npz and a JSON; the Keras files too after a fit here."""
        for number, network in enumerate(self.networks_):
            network.save(folder / f"network_{number}.npz")
        self._save_keras(folder)
        state = {
            "settings": self.settings.model_dump(mode="json"),
            "seed": self.seed,
            "seeds": self.seeds,
            "loss": self.loss_,
            "training_horizon_days": self.training_horizon_days_,
            "matrix": self.matrix_.to_json(),
        }
        (folder / STATE_FILE).write_text(json.dumps(state, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote; the Keras files are not needed."""
        state = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        settings = NetworkSettings.model_validate_json(json.dumps(state["settings"]))
        matrix = FeatureMatrix.from_json(state["matrix"])
        loaded = cls(settings, state["seed"], state["seeds"], matrix.settings, matrix.missing)
        loaded.training_horizon_days_ = state["training_horizon_days"]
        loaded.loss_ = state.get("loss", settings.loss)
        loaded.matrix_ = matrix
        loaded.networks_ = tuple(
            DenseNetwork.load(folder / f"network_{number}.npz") for number in range(loaded.seeds)
        )
        return loaded

    def _find_path(
        self, rows: TrainingRows, used: NetworkSettings, progress: Progress
    ) -> LearningPath:
        from clv_core.models import network_training as training  # noqa: PLC0415

        learns, validates = rows.split(self.seed)
        matrix = FeatureMatrix(self.matrix, self.missing).fit(rows.features.iloc[learns])
        older, newest = (
            self._prepare_rows(matrix, rows.features.iloc[chosen], rows.spend[chosen])
            for chosen in (learns, validates)
        )
        return training.train_validated(older, newest, used, self.seed, progress).path

    def _prepare_rows(
        self, matrix: FeatureMatrix, features: pd.DataFrame, spend: Array
    ) -> MatrixRows:
        from clv_core.models.category_embedding import Embedding  # noqa: PLC0415
        from clv_core.models.network_training import MatrixRows  # noqa: PLC0415

        blocks = matrix.category_blocks() if self.matrix.categories == "embedding" else ()
        embedding = Embedding(blocks, self.matrix.embedding_width) if blocks else None
        return MatrixRows(matrix.transform(features), spend, embedding)

    def _save_keras(self, folder: Path) -> None:
        if not self._keras_models:
            return
        from clv_core.models.network_building import copy_without_training  # noqa: PLC0415

        for number, model in enumerate(self._keras_models):
            copy_without_training(model).save(folder / f"network_{number}.keras")


def _suit_loss(settings: NetworkSettings, rows: TrainingRows) -> NetworkSettings:
    """Take the squared error where a loss on zero and above cannot hold the values.

    A shop's refunds may count as no spend; a value below zero is what it says.
    """
    if rows.knows_time or settings.loss not in LOSSES_FROM_ZERO or (rows.spend >= 0).all():
        return settings
    return settings.model_copy(update={"loss": "mse"})
