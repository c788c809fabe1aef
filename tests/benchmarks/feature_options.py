"""What each option of the feature matrix, and of augmentation, gives or takes.

``python -m tests.benchmarks.feature_options`` fits network, boosted trees and their
ensemble with Pareto/NBD on windows that nothing is reported on, once per option and
seed, and prints each option's difference from the defaults. Real data are read from
``../shared/data`` where they are; ``--out`` keeps every fit's marks.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from clv_core.cleaning.tables import Tables
from clv_core.evaluation.metrics import normalised_gini
from clv_core.features.windows import plan_windows
from clv_core.model_settings import MatrixSettings
from clv_core.models.backend import use_compilation_cache
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import Forecaster, TrainingData
from clv_core.models.network import NetworkForecaster
from clv_core.models.statistical import ParetoNbdForecaster
from clv_core.network_presets import NETWORK_PRESETS
from clv_core.runs.rehearsal import Shelf
from clv_core.samples import write_samples
from clv_core.settings import WindowSettings
from tests.accuracy.cases import ROOT, SAMPLE_KINDS, Case

DATA = ROOT.parent / "shared/data"
CDNOW = DATA / "cdnow/CDNOW_sample.txt"
RETAIL = DATA / "online_retail/online_retail_2010-12_2011-05.csv"
REAL_CASES = (  # their outcomes end before those that accuracy is reported on begin
    Case("CDNOW, May 1997", ((CDNOW, "orders"),), dt.date(1997, 5, 31), 90),
    Case("CDNOW, June 1997", ((CDNOW, "orders"),), dt.date(1997, 6, 30), 90),
    Case("Online Retail", ((RETAIL, "orders"),), dt.date(2011, 1, 31), 28),
)
SHOP_SEEDS = (11, 12)
SHOP_CUSTOMERS = 1500
SHOP_CUTOFF = dt.date(2026, 2, 1)
SHOP_HORIZON_DAYS = 90
SEEDS = (1, 2, 3)
MARKS = ("gini", "spearman", "mae", "cpu_s")


@dataclass(frozen=True)
class Option:
    """What is set otherwise than by default."""

    matrix: Mapping[str, Any] = field(default_factory=dict)
    network: Mapping[str, Any] = field(default_factory=dict)
    jitter_days: int = 0

    @property
    def concerns_trees(self) -> bool:
        """Whether the boosted trees become other ones too."""
        return bool(self.jitter_days or "selection" in self.matrix)


OPTIONS = {
    "default": Option(),
    "correlation 0.98": Option({"selection": "correlation"}),
    "correlation 0.90": Option({"selection": "correlation", "correlation_limit": 0.9}),
    "importance 50 %": Option({"selection": "importance"}),
    "crosses, RFM": Option({"crosses": "rfm"}),
    "crosses, learnt": Option({"crosses": "learnt"}),
    "PCA 95 %": Option({"compression": "pca"}),
    "autoencoder 16": Option({"compression": "autoencoder"}),
    "jitter 10 days": Option(jitter_days=10),
    "noise 0.1": Option(network={"input_noise": 0.1}),
    "mixup 0.2": Option(network={"mixup_alpha": 0.2}),
}


def main(words: Sequence[str] | None = None) -> int:
    """Print marks and differences; measures and never judges."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--preset", choices=list(NETWORK_PRESETS), default="quick")
    parser.add_argument("--options", nargs="+", choices=list(OPTIONS), default=list(OPTIONS))
    parser.add_argument("--out", type=Path)
    told = parser.parse_args(words)
    chosen = {name: OPTIONS[name] for name in dict.fromkeys(["default", *told.options])}
    rows: list[dict[str, Any]] = []
    with TemporaryDirectory(prefix="perennial-options-") as scratch:
        use_compilation_cache(Path(scratch) / "compiled")
        for case, tables in prepare_cases(Path(scratch)):
            rows += measure_case(case, tables, chosen, told.seeds, told.preset)
            print(f"{case.name}: done", flush=True)
            if told.out is not None:
                pd.DataFrame(rows).to_csv(told.out, index=False)
    print(tabulate(pd.DataFrame(rows)).to_string(float_format="{:+.4f}".format))
    return 0


def prepare_cases(scratch: Path) -> Iterator[tuple[Case, Tables]]:
    """Yield every window whose files are there, and sample shops of other seeds."""
    cases = [case for case in REAL_CASES if all(path.is_file() for path, _ in case.files)]
    for seed in SHOP_SEEDS:
        folder = scratch / f"shop_{seed}"
        folder.mkdir()
        write_samples(folder, SHOP_CUSTOMERS, seed)
        files = tuple((folder / f"{kind}.csv", kind) for kind in SAMPLE_KINDS)
        cases.append(Case(f"sample shop {seed}", files, SHOP_CUTOFF, SHOP_HORIZON_DAYS))
    for number, case in enumerate(cases):
        yield case, case.prepare(scratch / f"tables_{number}")


def measure_case(
    case: Case, tables: Tables, options: Mapping[str, Option], seeds: Sequence[int], preset: str
) -> list[dict[str, Any]]:
    """Return one row of marks per option, seed and model."""
    rows = []
    for seed in seeds:
        kept: dict[int, tuple[TrainingData, np.ndarray, Forecaster]] = {}
        trees: tuple[Forecaster, float] | None = None
        for name, option in options.items():
            days = option.jitter_days
            if days not in kept:
                kept[days] = look_back(case, tables, days, seed)
            data, actual, pareto = kept[days]
            if trees is None or option.concerns_trees:
                fitted = fit(make_trees(option, seed), data)
                trees = trees or fitted
            else:
                fitted = trees
            network = fit(make_network(option, preset, seed), data)
            ensemble = MeanForecaster.from_fitted([pareto, fitted[0], network[0]])
            models = {
                "network": network,
                "trees": fitted,
                "ensemble": (ensemble, network[1] + fitted[1]),
            }
            for model, (forecaster, seconds) in models.items():
                marks = mark(forecaster, data, actual) | {"cpu_s": seconds}
                rows.append({"case": case.name, "option": name, "seed": seed, "model": model})
                rows[-1] |= marks
    return rows


def look_back(
    case: Case, tables: Tables, jitter_days: int, seed: int
) -> tuple[TrainingData, np.ndarray, Forecaster]:
    """Return what was known at the cutoff, what then happened, and the purchase model."""
    settings = WindowSettings(
        cutoff=case.cutoff, horizon_days=case.horizon_days, cutoff_jitter_days=jitter_days
    )
    shelf = Shelf(tables, plan_windows(tables, settings, seed), has_months=False)
    data, _ = shelf.training_data(case.cutoff, case.horizon_days)
    outcome = shelf.outcome(case.cutoff, case.horizon_days)["future_spend"]
    actual = outcome.reindex(data.history.features.index).to_numpy()
    return data, actual, ParetoNbdForecaster().fit(data)


def make_trees(option: Option, seed: int) -> Forecaster:
    """Return boosted trees with the option, not yet fitted."""
    return BoostedForecaster(seed=seed, matrix=MatrixSettings(**option.matrix))


def make_network(option: Option, preset: str, seed: int) -> Forecaster:
    """Return a network with the option, not yet fitted."""
    settings = NETWORK_PRESETS[preset].model_copy(update=dict(option.network))
    return NetworkForecaster(settings, seed, matrix=MatrixSettings(**option.matrix))


def fit(forecaster: Forecaster, data: TrainingData) -> tuple[Forecaster, float]:
    """Return the fitted forecaster and the processor seconds it took."""
    begun = time.process_time()
    return forecaster.fit(data), time.process_time() - begun


def mark(forecaster: Forecaster, data: TrainingData, actual: np.ndarray) -> dict[str, float]:
    """Return normalised Gini, Spearman's correlation and mean absolute error."""
    predicted = forecaster.predict(data.history).spend.to_numpy(np.float64)
    gini = normalised_gini(actual, predicted)
    if gini is None:
        raise ValueError("nobody bought in this window")
    return {
        "gini": gini,
        "spearman": float(spearmanr(predicted, actual).statistic),
        "mae": float(np.abs(predicted - actual).mean()),
    }


def tabulate(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each option's mean difference from the defaults, and how it spreads.

    Differences are taken within a window and seed; MAE in shares of the default's,
    processor seconds as they are. ``± gini`` and ``± mae`` are standard deviations
    over seeds of the mean over windows; ``windows`` how many have the lower mean MAE.
    """
    wide = rows.set_index(["model", "option", "case", "seed"])[list(MARKS)]
    default = wide.xs("default", level="option")
    told = {}
    for (model, option), given in wide.groupby(level=["model", "option"], sort=False):
        own, base = given.droplevel(["model", "option"]), default.loc[model]
        apart = own - base
        apart["mae"] = apart["mae"] / base["mae"]
        by_seed = apart.groupby(level="seed").mean()
        told[model, option] = {
            "gini": by_seed["gini"].mean(),
            "± gini": by_seed["gini"].std(),
            "spearman": by_seed["spearman"].mean(),
            "± spearman": by_seed["spearman"].std(),
            "mae": by_seed["mae"].mean(),
            "± mae": by_seed["mae"].std(),
            "windows": float((apart["mae"].groupby(level="case").mean() < 0).sum()),
            "cpu_s": own["cpu_s"].mean(),
        }
    return pd.DataFrame(told).T


if __name__ == "__main__":
    raise SystemExit(main())
