"""Reasons of all customers by the batched way, beside shap's own explainer on a few.

In processor seconds, which say what was computed whatever else the machine did, and
in seconds on the clock with two threads.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shap
from scipy.stats import spearmanr

from clv_core.explain.attribution import explain_forecast
from clv_core.explain.deep import explain_dense
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import NetworkSettings
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.dense import Array, DenseNetwork
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import Forecaster, TrainingData, ignore_report
from clv_core.models.network import NetworkForecaster
from clv_core.models.network_rows import MatrixRows
from clv_core.models.statistical import ParetoNbdForecaster
from tests.benchmarks.command import run_benchmark
from tests.benchmarks.figures import Figure
from tests.benchmarks.training import make_rows
from tests.simulated import simulate_training

CUSTOMERS = 100_000
FEATURES = 40
BACKGROUND = 200
COMPARED = 200
EVALUATIONS = 500  # of the model, by shap's explainer, for each customer
EPOCHS = 5
THREADS = 2
TARGET_S = 30.0
TAUGHT = 1_000  # customers of the shop that the ensemble is fitted to
SEED = 5
BATCHED = "network, batched"
REFERENCE = "network, shap's Permutation"


@dataclass(frozen=True)
class ExplainingTime:
    """What explaining so many customers took.

    Attributes
    ----------
    customers : int
    seconds : float
        On the clock.
    computing_s : float
        Of the processor, all threads together.
    gap : float
        Largest difference of a forecast and the sum of its parts, in money.
    """

    customers: int
    seconds: float
    computing_s: float
    gap: float

    @property
    def each_ms(self) -> float:
        """Processor milliseconds a customer."""
        return 1000 * self.computing_s / self.customers


@dataclass(frozen=True)
class Likeness:
    """How the batched values compare with those of shap's explainer.

    Attributes
    ----------
    rank_correlation : float
        Spearman's over the features, mean over customers.
    error : float
        Root mean square of a customer's differences, added up over the features as
        squares, in standard deviations of the forecasts.
    """

    rank_correlation: float
    error: float


def measure_explaining() -> tuple[dict[str, ExplainingTime], Likeness]:
    """Explain a network's forecasts both ways, and an ensemble's by the batched one."""
    network, rows = _train_network()
    background = rows[np.random.default_rng(SEED).choice(len(rows), BACKGROUND, replace=False)]
    found: list[Array] = []

    def batched() -> float:
        parts, base = explain_dense(network, rows, background)
        found.append(parts[:, :FEATURES])
        return float(np.abs(parts.sum(axis=1) + base - network.money(rows)).max())

    def reference() -> float:
        masker = shap.maskers.Independent(background, BACKGROUND)
        explainer = shap.PermutationExplainer(network.money, masker, seed=SEED)
        told = explainer(rows[:COMPARED], max_evals=EVALUATIONS, silent=True)
        found.append(told.values)
        sums = told.values.sum(axis=1) + told.base_values
        return float(np.abs(sums - network.money(rows[:COMPARED])).max())

    shap.PermutationExplainer(network.money, background[:5])(rows[:1], silent=True)  # compiles
    with _threads(THREADS):
        times = {
            BATCHED: _time(CUSTOMERS, batched),
            REFERENCE: _time(COMPARED, reference),
            **_measure_ensemble(),
        }
    return times, _compare(found[0][:COMPARED], found[1], network.money(rows))


def _train_network() -> tuple[DenseNetwork, Array]:
    """Return a network of the default settings and the rows to explain, in float64."""
    from clv_core.models.network_training import LearningPath, Progress, train_on_all  # noqa: PLC0415

    rows: MatrixRows = make_rows("dense")
    settings = NetworkSettings(epochs=EPOCHS)
    path = LearningPath(EPOCHS, ())
    trained = train_on_all(rows, settings, path, 1, Progress(ignore_report, EPOCHS, 1))
    network = trained.network
    assert isinstance(network, DenseNetwork)
    return network, np.asarray(rows.inputs, dtype=np.float64)


def _measure_ensemble() -> dict[str, ExplainingTime]:
    """Explain the ensemble's forecasts of as many customers, end to end, and its members'."""
    data = _widen(simulate_training(TAUGHT, SEED)[0])
    members: tuple[Forecaster, ...] = (
        ParetoNbdForecaster(),
        BoostedForecaster(seed=SEED),
        NetworkForecaster(NetworkSettings(epochs=EPOCHS), SEED),
    )
    ensemble = MeanForecaster(members).fit(data)
    crowd = _multiply(data.history)

    def explain(forecaster: Forecaster) -> float:
        told = explain_forecast(forecaster, crowd, data.labelled[-1], SEED).predicted
        return float((told - forecaster.predict(crowd).spend).abs().max())

    times = {
        f"ensemble: {one.name}": _time(CUSTOMERS, lambda one=one: explain(one))
        for one in ensemble.members_
    }
    return {**times, "ensemble: end to end": _time(CUSTOMERS, lambda: explain(ensemble))}


def _widen(data: TrainingData) -> TrainingData:
    """Add columns that say nothing until there are as many as asked for."""
    random = np.random.default_rng(SEED)

    def widen(snapshot: Snapshot) -> Snapshot:
        features = snapshot.features
        more = range(FEATURES - features.shape[1])
        noise = {f"noise_{number}": random.normal(size=len(features)) for number in more}
        return replace(snapshot, features=features.assign(**noise))

    return TrainingData(widen(data.history), tuple(map(widen, data.labelled)))


def _multiply(snapshot: Snapshot) -> Snapshot:
    """Draw as many customers as asked for, each some days and some money from the drawn one."""
    random = np.random.default_rng(SEED)
    drawn = snapshot.take(random.integers(len(snapshot.features), size=CUSTOMERS))
    days = random.integers(0, 60, CUSTOMERS)
    features = drawn.features.assign(
        recency_days=drawn.features["recency_days"] + days,
        tenure_days=drawn.features["tenure_days"] + days,
        monetary_value=drawn.features["monetary_value"] * random.uniform(0.9, 1.1, CUSTOMERS),
    )
    return replace(drawn, features=features.set_axis(pd.RangeIndex(CUSTOMERS)))


def _time(customers: int, explain: Callable[[], float]) -> ExplainingTime:
    begun, computed = time.perf_counter(), time.process_time()
    gap = explain()
    return ExplainingTime(
        customers, time.perf_counter() - begun, time.process_time() - computed, gap
    )


def _compare(batched: Array, reference: Array, forecasts: Array) -> Likeness:
    ranks = [spearmanr(one, other).statistic for one, other in zip(batched, reference, strict=True)]
    apart = np.sqrt(((batched - reference) ** 2).sum(axis=1).mean())
    return Likeness(float(np.mean(ranks)), float(apart / forecasts.std()))


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let the core compute with so many threads."""
    before = os.environ.get("PERENNIAL_THREADS")
    os.environ["PERENNIAL_THREADS"] = str(count)
    try:
        yield
    finally:
        if before is None:
            del os.environ["PERENNIAL_THREADS"]
        else:
            os.environ["PERENNIAL_THREADS"] = before


def measure() -> list[Figure]:
    """Return what reasons of all customers take, in the time of shap's own explainer."""
    times, likeness = measure_explaining()
    reference = times[REFERENCE]
    figures = []
    for name, one in times.items():
        asked = {"target": f"< {TARGET_S:.0f} s", "is_met": one.seconds < TARGET_S}
        compared = (
            "shap's Permutation, processor time a customer",
            one.each_ms / reference.each_ms,
        )
        size = one.customers
        figures += [
            Figure(
                "explaining",
                f"{name}, on the clock",
                one.seconds,
                "s",
                size,
                *compared,
                **(asked if name == BATCHED else {}),
            ),
            Figure("explaining", f"{name}, largest gap of a sum", one.gap, "money", size),
        ]
    rank, error = likeness.rank_correlation, likeness.error
    named = "batched against shap"
    return [
        *figures,
        Figure("explaining", f"{named}: rank correlation of features", rank, "", COMPARED),
        Figure("explaining", f"{named}: error, in spreads of the forecasts", error, "", COMPARED),
    ]


if __name__ == "__main__":
    sys.exit(run_benchmark(measure))
