"""Explaining every customer of a large shop: seconds and memory, beside shap's own explainer.

``python -m tests.benchmarks.explaining_scale [--customers N] [--json FILE]``. The ensemble
of the default settings is explained end to end and written as a run writes it, in a process
of its own; shap's Permutation explainer explains a few of the same customers' network.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from clv_core.explain.attribution import explain_forecast
from clv_core.features.mapped import MappedTable, map_snapshot
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import NetworkSettings
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import TrainingData
from clv_core.models.network import NetworkForecaster
from clv_core.models.statistical import ParetoNbdForecaster
from clv_core.runs.writing import write_parquet
from tests.benchmarks.command import run_benchmark
from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import measure_here, measure_in_process
from tests.simulated import simulate_training

FEATURES = 40
SMALL, LARGE = 60_000, 1_000_000  # the small one lies in files too
TAUGHT = 1_000
EPOCHS = 5
SEED = 5
COMPARED = 20  # customers explained by shap
EVALUATIONS = 500
BACKGROUND = 200
TARGET_MB = 2_000.0
TARGET_MS = 0.5  # of the processor a customer: eight minutes for a million
TOPIC = "explaining"
MODULE = "tests.benchmarks.explaining_scale"


def measure(customers: int = SMALL) -> list[Figure]:
    """Explain so many customers of an ensemble, and a few of its network by shap."""
    with TemporaryDirectory(prefix="perennial-") as scratch:
        _train().save(Path(scratch))
        nothing = measure_in_process(MODULE, ["--task", "0", scratch])
        told = measure_in_process(MODULE, ["--task", str(customers), scratch])
        by_shap = _time_shap(MeanForecaster.load(Path(scratch)))
    each_ms = 1000 * (told.computing_s - nothing.computing_s) / customers
    return [
        Figure(TOPIC, "shap's Permutation explainer, network", by_shap, "ms each", COMPARED),
        Figure(
            TOPIC,
            "ensemble, all members, written",
            each_ms,
            "ms each",
            customers,
            "shap's explainer of the network alone",
            each_ms / by_shap,
            f"at most {TARGET_MS} ms of the processor",
            each_ms <= TARGET_MS,
        ),
        Figure(TOPIC, "ensemble, all customers", told.computing_s, "cpu s", customers),
        Figure(TOPIC, "ensemble, all customers", told.seconds, "s", customers),
        Figure(
            TOPIC,
            "peak memory",
            told.peak_mb,
            "MB",
            customers,
            "an empty shop",
            told.peak_mb / nothing.peak_mb,
            f"at most {TARGET_MB:,.0f} MB",
            told.peak_mb <= TARGET_MB,
        ),
    ]


def _shop() -> TrainingData:
    """Return a small shop with as many columns as asked for, some of which say nothing."""
    data = simulate_training(TAUGHT, SEED)[0]
    random = np.random.default_rng(SEED)

    def widen(snapshot: Snapshot) -> Snapshot:
        more = range(FEATURES - snapshot.features.shape[1])
        noise = {f"noise_{n}": random.normal(size=len(snapshot.features)) for n in more}
        return replace(snapshot, features=snapshot.features.assign(**noise))

    return TrainingData(widen(data.history), tuple(map(widen, data.labelled)))


def _train() -> MeanForecaster:
    members = (
        ParetoNbdForecaster(),
        BoostedForecaster(seed=SEED),
        NetworkForecaster(NetworkSettings(epochs=EPOCHS), SEED),
    )
    return MeanForecaster(members).fit(_shop())


def _explain(customers: int, model: Path) -> None:
    """Explain a crowd drawn from the shop, and write what a run writes of it."""
    forecaster, data = MeanForecaster.load(model), _shop()
    if not customers:
        return
    crowd = _multiply(data.history, customers)
    told = explain_forecast(forecaster, crowd, data.labelled[-1], SEED)
    write_parquet(told.contributions, model / "explanations.parquet")
    expected = forecaster.predict(crowd.take(np.arange(1000))).spend
    gap = (told.contributions.iloc[:1000].sum(axis=1) + told.base_value - expected).abs().max()
    if gap > 1e-6 * expected.max():
        raise RuntimeError(f"parts do not add up to the forecasts: {gap}")


def _multiply(snapshot: Snapshot, customers: int) -> Snapshot:
    """Draw so many customers, each some days and some money from the one drawn."""
    random = np.random.default_rng(SEED)
    drawn = random.integers(len(snapshot.features), size=customers)
    names = list(map(str, snapshot.features))
    later = random.integers(0, 60, customers)  # days
    index = pd.RangeIndex(customers, name="customer_key")
    crowd = MappedTable(index, names)
    for place, name in enumerate(names):
        values = snapshot.features[name].to_numpy(np.float64)[drawn]
        if name in {"recency_days", "tenure_days"}:
            values = values + later  # as many for both: nobody bought last before first
        elif snapshot.features[name].nunique() > 50:
            values = values * random.uniform(0.8, 1.25, customers)
        crowd.numbers[place] = values
    bare = replace(
        snapshot,
        features=crowd.read(),
        spend_sequence=np.zeros((customers, 0), dtype=np.float32),
        purchase_sequence=None,
    )
    return map_snapshot(bare)


def _time_shap(ensemble: MeanForecaster) -> float:
    """Return shap's processor milliseconds a customer, the first of which compiles."""
    import shap  # noqa: PLC0415  # slow to import, and in no process that is measured

    network = next(one for one in ensemble.members_ if isinstance(one, NetworkForecaster))
    data = _shop()
    rows = np.asarray(network.read_inputs(data.history), dtype=np.float64)
    money = network.networks_[0].money
    masker = shap.maskers.Independent(rows[:BACKGROUND], BACKGROUND)
    explainer = shap.PermutationExplainer(money, masker, seed=SEED)
    explainer(rows[:1], max_evals=EVALUATIONS, silent=True)
    begun = time.process_time()
    explainer(rows[:COMPARED], max_evals=EVALUATIONS, silent=True)
    return 1000 * (time.process_time() - begun) / COMPARED


if __name__ == "__main__":
    if "--task" in sys.argv[1:2]:
        measure_here(lambda: _explain(int(sys.argv[2]), Path(sys.argv[3])))
    else:
        sys.exit(run_benchmark(measure, "--customers", SMALL))
