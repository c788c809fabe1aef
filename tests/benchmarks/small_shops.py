"""``python -m tests.benchmarks.small_shops``: what the models are worth on shops of 300 customers.

Customers are drawn from larger shops; every model is fitted on them alone and forecasts
them (``own``) and everybody else of that shop (``all``: the same models, less noise in what
happened). Differences are paired, averaged over the draws of a window, and given with
their standard error over windows. No window here is one that accuracy is reported on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.evaluation.metrics import measure
from clv_core.features.build import build_snapshot
from clv_core.features.snapshots import Snapshot
from clv_core.features.windows import WindowPlan, plan_backtest
from clv_core.models.forecaster import Prediction
from clv_core.models.registry import RANKINGS
from clv_core.runs.certainty import Window, measure_certainty
from clv_core.runs.progress import Progress
from clv_core.runs.rehearsal import Rehearsal, Shelf, rehearse, restack
from clv_core.runs.steps import choose_model, measure_validation, weigh_members
from clv_core.samples import write_samples
from clv_core.settings import RunSettings, WindowSettings
from tests.accuracy.cases import SAMPLE_KINDS, Case
from tests.benchmarks.simulated_shops import draw_shop, write_shop

REFERENCE = "pareto_nbd"
RECOMMENDED = "recommended"
SHARE_INSIDE = 0.8
TOP_SHARE = 0.2
FULL_CUSTOMERS = 3000  # of shops that are made here
REAL = (
    ("cdnow/CDNOW_sample.txt", dt.date(1997, 5, 31), 120),
    ("cdnow/CDNOW_sample.txt", dt.date(1997, 6, 30), 180),
    ("online_retail/online_retail_2010-12_2011-05.csv", dt.date(2011, 1, 31), 60),
    ("online_retail/online_retail_2010-12_2011-05.csv", dt.date(2011, 3, 31), 60),
    ("retail_case_study/Transactions.csv", dt.date(2013, 6, 30), 180),
    ("shopify_demo/demo_shopify_orders.csv", dt.date(2022, 12, 31), 180),
)
SAMPLES = ((11, dt.date(2026, 3, 31), 180), (23, dt.date(2026, 1, 31), 270))
SHOWN = ("normalised_gini", "spearman", "mae", "bias", "log_loss", "brier", "cover", "top_cover")
AWAY_FROM = {"bias": 0.0, "cover": SHARE_INSIDE, "top_cover": SHARE_INSIDE}  # the less the better


@dataclass(frozen=True)
class Standing:
    """A shop at one day: its cleaned tables, the last day seen, and the days ahead."""

    name: str
    tables: Tables
    cutoff: dt.date
    horizon_days: int


def main(words: Sequence[str] | None = None) -> int:
    """Print means and paired differences; measures and never judges."""
    told = read_options(words)
    rows: list[dict[str, object]] = []
    with TemporaryDirectory(prefix="perennial-small-") as scratch:
        for standing in list_standings(told.data, told.simulated, Path(scratch)):
            for draw in range(told.draws):
                rows += measure_draw(standing, told.customers, draw, Path(scratch))
            print(standing.name, standing.cutoff, standing.horizon_days, flush=True)
    table = pd.DataFrame(rows)
    if told.out:
        table.to_parquet(told.out)
    means = table.groupby(["among", "model"], sort=False)[list(SHOWN)].mean()
    print(f"\n{table['window'].nunique()} windows, {told.draws} draws of each\n")
    print(means.round(4).to_string(), "\n")
    print(compare_with(table, REFERENCE).to_string())
    return 0


def read_options(words: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.small_shops")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--simulated", type=int, default=10, help="shops drawn from families")
    parser.add_argument("--out", type=Path, help="Parquet file for one row per model and draw")
    return parser.parse_args(words)


def list_standings(data: Path, simulated: int, folder: Path) -> Iterator[Standing]:
    """Make or read one shop after another: real files that are there, sample, simulated."""
    read: dict[str, Tables] = {}
    for name, cutoff, days in REAL:
        if (data / name).is_file():
            if name not in read:
                case = Case(name, ((data / name, "orders"),), cutoff, days)
                read[name] = case.prepare(folder / f"real-{len(read)}")
            yield Standing(name.partition("/")[0], read[name], cutoff, days)
    for seed, cutoff, days in SAMPLES:
        source = folder / f"sample-{seed}"
        source.mkdir()
        write_samples(source, FULL_CUSTOMERS, seed)
        files = tuple((source / f"{kind}.csv", kind) for kind in SAMPLE_KINDS)
        case = Case(f"sample {seed}", files, cutoff, days)
        yield Standing(case.name, case.prepare(folder / f"tables-{seed}"), cutoff, days)
    for number in range(simulated):
        random = np.random.default_rng(90_000 + number)
        shop = draw_shop(random, FULL_CUSTOMERS)
        tables = write_shop(shop, random, folder / f"simulated-{number}")
        yield Standing(f"simulated {number}", tables, shop.cutoff, shop.horizon_days)


def measure_draw(
    standing: Standing, customers: int, draw: int, scratch: Path
) -> list[dict[str, object]]:
    """Fit every model on some customers and measure it among them and among all."""
    everybody = build_snapshot(standing.tables, standing.cutoff, standing.horizon_days, True, False)
    known = everybody.features.index.to_numpy()
    random = np.random.default_rng([customers, draw, standing.horizon_days])
    drawn = random.choice(known, min(customers, len(known)), replace=False)
    with TemporaryDirectory(dir=scratch) as folder:
        small = take_customers(standing.tables, drawn, Path(folder) / "tables")
        validation, (holdout, outcome), plan, settings = fit_all(standing, small, draw)
    weighed = None if validation is None else measure_validation(*validation, settings)
    recommended = choose_model(weighed, plan, settings)
    about = {"window": f"{standing.name} {standing.cutoff}", "draw": draw}
    predictions = dict(holdout.predictions)
    predictions[RECOMMENDED] = predictions[recommended]
    own = []
    for name, said in predictions.items():
        used = recommended if name == RECOMMENDED else name
        row = score(outcome, said, name)
        if used not in RANKINGS:
            row |= cover(used, validation, (holdout, outcome), settings)
        own.append({**about, "among": "own", "model": name, **row})
    others = measure_everybody(holdout, everybody, recommended)
    return own + [{**about, "among": "all", **row} for row in others]


def take_customers(tables: Tables, keys: np.ndarray, folder: Path) -> Tables:
    """Write the tables of some customers; products keep what they are."""
    folder.mkdir()
    for path in tables.folder.glob("*.parquet"):
        if path.stem == "rejected":
            continue
        rows = pd.read_parquet(path)
        rows[rows["customer_key"].isin(keys)].to_parquet(folder / path.name, index=False)
    orders = pd.read_parquet(folder / "orders.parquet", columns=["order_time"])
    return replace(
        tables,
        folder=folder,
        first_day=orders["order_time"].min().date(),
        customer_count=len(keys),
        order_count=len(orders),
    )


def fit_all(
    standing: Standing, small: Tables, seed: int
) -> tuple[Window | None, Window, WindowPlan, RunSettings]:
    """Rehearse as a backtest does: on the validation window, where there is one, and now."""
    cutoff, days = standing.cutoff, standing.horizon_days
    settings = RunSettings(window=WindowSettings(cutoff=cutoff, horizon_days=days), seed=seed)
    plan = plan_backtest(small, cutoff, days, settings.window)
    shelf = Shelf(small, plan, has_months=False)

    def stand(phase: str, day: dt.date, ahead: int) -> Window:
        progress = Progress(lambda row: None, [1.0] * 20)
        rehearsal = rehearse(shelf, phase, day, ahead, settings, progress)
        return rehearsal, shelf.outcome(day, ahead)

    validation = None
    if plan.validation_cutoff is not None and plan.validation_horizon_days is not None:
        validation = stand("validation", plan.validation_cutoff, plan.validation_horizon_days)
    rehearsal, outcome = stand("holdout", cutoff, days)
    measured = None if validation is None else measure_validation(*validation, settings)
    holdout = restack(rehearsal, weigh_members(measured, settings)), outcome
    return validation, holdout, plan, settings


def measure_everybody(
    holdout: Rehearsal, everybody: Snapshot, recommended: str
) -> Iterator[dict[str, object]]:
    """Let models that know few customers forecast all of the shop's."""
    assert holdout.expectation is not None
    outcome = pd.DataFrame(
        {"future_spend": everybody.future_spend, "future_orders": everybody.future_orders}
    )
    blind = holdout.expectation.attach(replace(everybody, future_spend=None, future_orders=None))
    for name, forecaster in holdout.forecasters.items():
        said = forecaster.predict(blind)
        yield {"model": name, **score(outcome, said, name)}
        if name == recommended:
            yield {"model": RECOMMENDED, **score(outcome, said, name)}


def score(outcome: pd.DataFrame, said: Prediction, name: str) -> dict[str, float | None]:
    """Measure a forecast; the mean absolute error in units of the mean outcome."""
    actual = outcome["future_spend"].to_numpy(float)
    found = measure(
        actual,
        said.spend.to_numpy(float),
        is_ranking=name in RANKINGS,
        p_buy=None if said.p_buy is None else said.p_buy.to_numpy(float),
        bought=outcome["future_orders"].to_numpy() > 0,
    )
    shown = {metric: found[metric] for metric in SHOWN if metric in found}
    if shown["mae"] is not None:
        shown["mae"] /= abs(float(actual.mean()))
    return shown


def cover(
    model: str, validation: Window | None, holdout: Window, settings: RunSettings
) -> dict[str, float]:
    """Return the share inside 80 % ranges, of all and of the fifth with the highest forecasts."""
    rehearsal, outcome = holdout
    certainty = measure_certainty(model, validation, holdout, rehearsal, settings)
    if certainty.coverage is None:
        return {"cover": np.nan, "top_cover": np.nan}
    bounds, came = certainty.holdout_bounds, outcome["future_spend"]
    inside = (came >= bounds["low"]) & (came <= bounds["high"])
    predicted = rehearsal.predictions[model].spend
    top = predicted >= predicted.quantile(1 - TOP_SHARE)
    return {"cover": float(inside.mean()), "top_cover": float(inside[top].mean())}


def compare_with(table: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Return mean differences to one model, ± their standard error over windows.

    Of the mean absolute error the difference of logs; of what should lie at a value, of
    the distance to it.
    """
    marks = table.copy()
    for name, aim in AWAY_FROM.items():
        marks[name] = (marks[name].astype(float) - aim).abs()
    marks["mae"] = np.log(marks["mae"].astype(float))
    wide = marks.set_index(["among", "model", "window", "draw"])[list(SHOWN)].astype(float)
    rows = []
    for (among, model), own in wide.groupby(level=["among", "model"], sort=False):
        others = wide.xs((among, reference), level=["among", "model"])
        difference = own.droplevel(["among", "model"]) - others
        windows = difference.groupby(level="window").mean()
        errors = windows.std() / np.sqrt(windows.count())
        shown = {name: f"{windows[name].mean():+.4f} ± {errors[name]:.4f}" for name in SHOWN}
        rows.append({"among": among, "model": model, **shown})
    return pd.DataFrame(rows)


if __name__ == "__main__":
    sys.exit(main())
