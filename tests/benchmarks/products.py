"""Demand by category against the sample shop's true future, and lists of products.

``python -m tests.benchmarks.products [SEEDS...]``: for each seed (7, the shop that the
targets are of, is never among them) a shop is drawn, a forecast of 90 days trained with
the default settings, and what is found out about products held against what the
shop's own process brings next.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from clv_core.activation.demand import bound_demand
from clv_core.cleaning.tables import Tables
from clv_core.evaluation.totals import TotalInterval, TotalSpread, segment_total
from clv_core.ingest.understand import understand_file
from clv_core.models.forecaster import Prediction
from clv_core.pipeline import forecast_shop, prepare_tables
from clv_core.runs.folder import RunFolder, write_run
from clv_core.runs.intervals import find_variance, read_interval
from clv_core.runs.product_advice import advise_on_products
from clv_core.runs.product_folder import ProductAdvice, ProductFolder
from clv_core.samples import generate_shop, write_samples
from clv_core.settings import RunSettings

SEEDS = (11, 12, 13)
CUSTOMERS = 3000
HORIZON_DAYS = 90
KINDS = ("orders", "events", "reviews", "customers")


def main(seeds: list[int]) -> int:
    """Print the figures of each seed."""
    for seed in seeds or SEEDS:
        with TemporaryDirectory(prefix="perennial-products-") as scratch:
            _measure(seed, Path(scratch))
    return 0


def _measure(seed: int, scratch: Path) -> None:
    write_samples(scratch / "shop", CUSTOMERS, seed)
    raws = [understand_file(scratch / "shop" / f"{kind}.csv") for kind in KINDS]
    (scratch / "tables").mkdir()
    tables, quality = prepare_tables(raws, scratch / "tables")
    settings = RunSettings.check({"window": {"horizon_days": HORIZON_DAYS}})
    (scratch / "run").mkdir()
    write_run(forecast_shop(tables, settings), tables, quality, scratch / "run")
    run, folder = RunFolder(scratch / "run"), ProductFolder(scratch / "run")
    began = time.perf_counter()
    advice = advise_on_products(run, tables, folder)
    print(f"seed {seed}: worked out in {time.perf_counter() - began:.1f} s")
    _tell_lists(advice)
    _tell_held_out(advice)
    _tell_truth(seed, run, tables, advice, folder.shares())


def _tell_lists(advice: ProductAdvice) -> None:
    assert advice.holdout is not None
    marks = advice.holdout.marks
    ndcg = marks[marks["metric"] == "ndcg"].set_index("method")["value"].round(3).to_dict()
    value, low, high = advice.holdout.lead_of(advice.method)
    print(f"  lists: {advice.method}, lead over bestsellers {value:.3f} [{low:.3f}, {high:.3f}]")
    print(f"  nDCG on the holdout: {ndcg}")


def _tell_held_out(advice: ProductAdvice) -> None:
    tested = advice.demand_test
    assert tested is not None
    for unit in ("money", "pieces"):
        errors = {guess: round(tested.error(guess, unit), 3) for guess in tested.guesses}
        print(f"  demand on the holdout, WAPE over categories, {unit}: {errors}")


def _tell_truth(
    seed: int, run: RunFolder, tables: Tables, advice: ProductAdvice, shares: pd.DataFrame
) -> None:
    """Compare what known customers were expected to buy with what they will."""
    future = generate_shop(CUSTOMERS, seed).future
    customers = tables.scan("customers").collect("pyarrow").to_pandas()
    soon = future[
        (future["day"] <= HORIZON_DAYS) & future["customer_id"].isin(customers["customer_id"])
    ]
    sold = soon.groupby("category")[["amount", "quantity"]].sum()
    known = _bound_known(run, advice, shares).loc[sold.index]
    share = run.settings().evaluation.interval_share
    for unit, column in (("money", "amount"), ("pieces", "quantity")):
        actual, expected = sold[column], known[f"known_{unit}"]
        wape = (expected - actual).abs().sum() / actual.sum()
        mix = (expected / expected.sum() - actual / actual.sum()).abs().sum()
        inside = (known[f"low_{unit}"] <= actual) & (actual <= known[f"high_{unit}"])
        print(
            f"  truth, {unit}: WAPE over categories {wape:.3f}, total {expected.sum():.0f} of"
            f" {actual.sum():.0f}, mix off by {mix:.3f}, inside the {share:.0%} range"
            f" {inside.sum()} of {len(inside)}"
        )


def _bound_known(run: RunFolder, advice: ProductAdvice, shares: pd.DataFrame) -> pd.DataFrame:
    """Return the demand of known customers alone, with its range: the true future has no others."""
    manifest, forecast = run.manifest(), run.forecast()
    spread = TotalSpread.from_json(manifest["total_spread"])
    share = float(manifest["settings"]["evaluation"]["interval_share"])
    told = Prediction(forecast["predicted"], forecast["p_buy"])

    def bound(predicted: pd.Series, variance: pd.Series | None) -> TotalInterval:
        return segment_total(predicted, spread, variance, share)

    alone = advice.demand.assign(new_money=0.0, money=advice.demand["known_money"])
    aligned = shares.astype(np.float64).loc[forecast.index]
    variance = find_variance(read_interval(manifest["interval"]), told)
    return bound_demand(alone, forecast["predicted"], aligned, variance, bound, None, share)


if __name__ == "__main__":
    sys.exit(main([int(seed) for seed in sys.argv[1:]]))
