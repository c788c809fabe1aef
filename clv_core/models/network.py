"""The network: Keras layers over stacked snapshots, and a head that gives money.

Fitting imports Keras; forecasting, saving what was loaded, and loading do not:
they use the weights alone (``models.dense``, ``models.sequence_network``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np
import pandas as pd

from clv_core.columns import FREQUENCY, MONETARY
from clv_core.features.mapped import let_go, split_snapshot
from clv_core.features.snapshots import Snapshot, is_large_shop
from clv_core.model_settings import Architecture, MatrixSettings, NetworkSettings
from clv_core.models.buyer_amount import BuyerAmount
from clv_core.models.dense import Array, DenseNetwork
from clv_core.models.forecaster import (
    Prediction,
    Report,
    TrainingData,
    ignore_report,
    join_predictions,
)
from clv_core.models.horizon import HORIZON_RATIO, carry_probability, read_log_ratio
from clv_core.models.network_inputs import Material, NetworkInputs
from clv_core.models.network_rows import Inputs, ScoringNetwork
from clv_core.models.sequence_network import SequenceNetwork
from clv_core.models.training_rows import TrainingRows, stack_rows
from clv_core.models.windowed_rows import describe_windows, prepare_rows, thin_out
from clv_core.sentences import Sentence
from clv_core.settings import MissingValues

if TYPE_CHECKING:
    from clv_core.models.network_training import LearningPath, Progress

STATE_FILE: Final = "network.json"
LOSSES_FROM_ZERO: Final = frozenset({"ziln", "tweedie", "hurdle", "cross_entropy"})


class NetworkForecaster:
    """A Keras network that forecasts spend and the chance of buying.

    Customers held out from the newest labelled snapshot first tell how many
    epochs to learn for; then a fresh network learns for that long from all rows
    (``models.training_rows``). What becomes of money below zero depends on the
    loss (``models.losses``).

    Parameters
    ----------
    settings : NetworkSettings
        Its ``architecture`` says what the network reads and how it is built.
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
    inputs_ : NetworkInputs
        Learnt on the rows the networks learnt from.
    networks_ : tuple of DenseNetwork or of SequenceNetwork
    training_horizon_days_ : int
        Length of the label windows learnt from.
    loss_ : str
        The loss that was used: ``mse`` in place of ``ziln`` and its like where
        values of a value table lie below zero, ``ziln`` in place of
        ``signed_ziln`` where none does.
    amount_ : BuyerAmount or None
        What a buyer spends, under ``cross_entropy``.
    notes_ : tuple of Sentence
        Which columns were left out, multiplied or compressed.
    """

    name = "network"
    is_ranking = False
    fixed_architecture: ClassVar[Architecture | None] = None

    def __init__(
        self,
        settings: NetworkSettings | None = None,
        seed: int = 0,
        seeds: int = 1,
        matrix: MatrixSettings | None = None,
        missing: MissingValues = "median",
    ) -> None:
        self.settings = settings or NetworkSettings()
        if self.fixed_architecture is not None:
            fixed = {"architecture": self.fixed_architecture}
            self.settings = self.settings.model_copy(update=fixed)
        self.seed = seed
        self.seeds = seeds
        self.matrix = matrix or MatrixSettings()
        self.missing: MissingValues = missing
        self.amount_: BuyerAmount | None = None
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
        material = Material.collect(rows, data.labelled, self.settings.architecture)
        self.training_horizon_days_ = data.labelled[0].horizon_days
        progress = training.Progress(report, self.settings.epochs, self.seeds)
        used = suit_loss(self.settings, rows)
        self.loss_ = used.loss
        path = self._find_path(rows, material, used, progress)
        everyone = np.arange(len(rows.spend))
        self.inputs_ = self._learn_inputs(material, everyone, rows.is_large)
        told = self.inputs_.describe(has_own_names=not rows.knows_time)
        self.notes_ = (*told, *describe_windows(rows))
        if used.loss == "cross_entropy":
            self.amount_ = BuyerAmount.learn(rows.features, rows.spend)
        whole = prepare_rows(self.inputs_, material, everyone, used, rows.is_large)
        trained = [
            training.train_on_all(whole, used, path, self.seed + number, progress)
            for number in range(self.seeds)
        ]
        self.networks_: tuple[ScoringNetwork, ...] = tuple(one.network for one in trained)
        self._keras_models = tuple(one.keras_model for one in trained)
        return self

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Forecast spend and the chance of buying over the snapshot's horizon.

        Both are means over the networks. Where the horizon is longer than the
        one learnt, the statistical model's ratio of expectations carries them.
        """
        if not is_large_shop([snapshot]):
            return self._forecast(snapshot)
        return join_predictions([self._forecast(part) for part in split_snapshot(snapshot)])

    def _forecast(self, snapshot: Snapshot) -> Prediction:
        inputs = self.read_inputs(snapshot)
        log_ratio = read_log_ratio(snapshot, self.training_horizon_days_)
        log_factor = self.read_log_factors(snapshot).sum(axis=1)
        index = snapshot.features.index
        spends, chances = [], []
        for network in self.networks_:
            outputs = network.outputs(inputs)
            spends.append(network.head.money(outputs, log_factor))
            chances.append(network.head.buying_probability(outputs))
        spend = np.mean(spends, axis=0)
        given = [chance for chance in chances if chance is not None]
        p_buy = None
        if given:
            carried = carry_probability(np.mean(given, axis=0), log_ratio)
            p_buy = pd.Series(carried, index=index, name="p_buy")
        return Prediction(spend=pd.Series(spend, index=index, name="spend"), p_buy=p_buy)

    def read_inputs(self, snapshot: Snapshot) -> Inputs:
        """Return rows as the networks read them."""
        return self.inputs_.transform(snapshot.features, snapshot.sequences)

    def read_log_factors(self, snapshot: Snapshot) -> Array:
        """Return what the networks' money is multiplied by, as logs.

        Returns
        -------
        ndarray of float64, shape (rows, factors)
            The horizon ratio; then what a buyer spends, where the networks tell
            only whether one buys.
        """
        factors = [read_log_ratio(snapshot, self.training_horizon_days_)]
        if self.amount_ is not None:
            factors.append(self.amount_.log_amount(snapshot.features))
        return np.column_stack(factors)

    @property
    def factor_sources(self) -> list[str]:
        """The feature that each log factor counts under."""
        return [HORIZON_RATIO] if self.amount_ is None else [HORIZON_RATIO, MONETARY]

    def list_names_read(self) -> list[str]:
        """Name the features and sequences that a forecast depends on."""
        amount = [] if self.amount_ is None else [MONETARY, FREQUENCY]
        return list(dict.fromkeys([*self.inputs_.names, *amount]))

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
            **self.inputs_.to_json(),
            "amount": None if self.amount_ is None else self.amount_.to_json(),
            "notes": [note.to_json() for note in self.notes_],
        }
        (folder / STATE_FILE).write_text(json.dumps(state, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote; the Keras files are not needed."""
        state = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        settings = NetworkSettings.model_validate_json(json.dumps(state["settings"]))
        inputs = NetworkInputs.from_json(state)
        matrix = (
            (None, "median")
            if inputs.matrix is None
            else (inputs.matrix.settings, inputs.matrix.missing)
        )
        loaded = cls(settings, state["seed"], state["seeds"], *matrix)
        loaded.training_horizon_days_ = state["training_horizon_days"]
        loaded.loss_ = state.get("loss", settings.loss)
        loaded.inputs_ = inputs
        loaded.notes_ = tuple(map(Sentence.from_json, state.get("notes", ())))
        amount = state.get("amount")
        loaded.amount_ = None if amount is None else BuyerAmount.from_json(amount)
        kind = DenseNetwork if settings.architecture == "dense" else SequenceNetwork
        loaded.networks_ = tuple(
            kind.load(folder / f"network_{number}.npz") for number in range(loaded.seeds)
        )
        return loaded

    def _find_path(
        self, rows: TrainingRows, material: Material, used: NetworkSettings, progress: Progress
    ) -> LearningPath:
        from clv_core.models import network_training as training  # noqa: PLC0415

        learns, validates = rows.split(self.seed)
        inputs = self._learn_inputs(material, learns, rows.is_large)
        older = prepare_rows(inputs, material, learns, used, rows.is_large)
        newest = inputs.prepare(material.take(validates), used)
        return training.train_validated(older, newest, used, self.seed, progress).path

    def _learn_inputs(self, material: Material, learns: Array, is_large: bool) -> NetworkInputs:
        """Learn scales and fill values; of a large shop from rows in even distances."""
        seen = material.take(thin_out(learns) if is_large else learns)
        let_go(material.features)
        return NetworkInputs.learn(
            seen, self.settings.architecture, self.matrix, self.missing, self.seed
        )

    def _save_keras(self, folder: Path) -> None:
        if not self._keras_models:
            return
        from clv_core.models.network_building import copy_without_training  # noqa: PLC0415

        for number, model in enumerate(self._keras_models):
            copy_without_training(model).save(folder / f"network_{number}.keras")


def suit_loss(settings: NetworkSettings, rows: TrainingRows) -> NetworkSettings:
    """Take another loss where the one asked for cannot hold the values.

    A shop's refunds may count as no spend; a value of a value table is what it
    says: below zero the squared error takes the place of losses on zero and above.
    Nor does such a table tell buying from a value above zero. Without any refund
    there is no refund to learn.
    """
    loss = settings.loss
    if loss == "signed_ziln" and (rows.spend >= 0).all():
        loss = "ziln"
    if not rows.knows_time and loss in LOSSES_FROM_ZERO:
        loss = "ziln" if loss == "cross_entropy" else loss
        loss = loss if (rows.spend >= 0).all() else "mse"
    return settings.model_copy(update={"loss": loss})
