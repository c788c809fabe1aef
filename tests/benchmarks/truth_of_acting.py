"""``python -m tests.benchmarks.truth_of_acting``: lists and budgets against the known truth.

Sample shops of seeds that nothing was chosen on are trained as a user would, and what is
proposed is held against who has really dropped out and what each customer is really
expected to spend.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pandas as pd

from clv_core.activation.action_lists import ListSettings, make_lists
from clv_core.activation.budget import allocate
from clv_core.activation.list_facts import gather_facts
from clv_core.activation.list_precision import Proportion, measure_share
from clv_core.activation.spend_response import (
    STARTING_BUDGET_SHARE,
    STARTING_HALF_SHARE,
    STARTING_LIFT,
    FloatArray,
    SpendResponse,
)
from clv_core.cleaning.tables import Tables
from clv_core.ingest.understand import understand_file
from clv_core.pipeline import forecast_shop, prepare_tables
from clv_core.runs.folder import RunFolder, write_run
from clv_core.samples import write_samples
from clv_core.settings import RunSettings

SEEDS: Final = (11, 12)
CUSTOMERS: Final = 3000
KINDS: Final = ("orders", "events", "reviews", "customers")
MARGIN: Final = 0.4
BUDGETS: Final = (0.5, 1.0, 2.0)  # times what the page begins with


@dataclass(frozen=True)
class ListTruth:
    """Who of a list, of those like them and of all customers can never order again."""

    listed: Proportion
    peers: Proportion
    everybody: Proportion


def main() -> int:
    """Print every figure; measures and never judges."""
    for seed in SEEDS:
        with TemporaryDirectory(prefix="perennial-truth-") as scratch:
            run, tables, truth = _train(Path(scratch), seed)
            _print_lists(seed, compare_lists(run, tables, truth))
            for budget in BUDGETS:
                print(f"budget x {budget:g}, share of the best possible net gain")
                for name, share in compare_budgets(run, truth, budget).items():
                    print(f"    {name:<44}{share:>8.1%}")
    return 0


def _train(folder: Path, seed: int) -> tuple[RunFolder, Tables, pd.DataFrame]:
    truth = write_samples(folder / "files", CUSTOMERS, seed).customers
    raws = [understand_file(folder / "files" / f"{kind}.csv") for kind in KINDS]
    for name in ("tables", "run"):
        (folder / name).mkdir()
    tables, quality = prepare_tables(raws, folder / "tables")
    result = forecast_shop(tables, RunSettings())
    write_run(result, tables, quality, folder / "run", keeps_customers=True)
    return RunFolder(folder / "run"), tables, truth


def compare_lists(run: RunFolder, tables: Tables, truth: pd.DataFrame) -> dict[str, ListTruth]:
    """Count who of each list has really dropped out by the last day of data."""
    forecast, settings = run.forecast(), ListSettings()
    facts = gather_facts(
        tables, run.plan().forecast_cutoff, forecast, run.features(), settings.recent_days
    )
    gone = ~_true_column(run, truth, "alive").astype(bool)
    return {
        name: ListTruth(
            measure_share(gone.loc[made.table.index]),
            measure_share(gone.loc[made.peers]),
            measure_share(gone),
        )
        for name, made in make_lists(facts, settings).items()
    }


def compare_budgets(run: RunFolder, truth: pd.DataFrame, factor: float = 1.0) -> dict[str, float]:
    """Return the net gain of ways to divide a budget, as shares of the best possible.

    The best possible knows what each customer is expected to spend. Every customer is a
    group of their own; with ``tiers`` all customers of a marketing tier get the same.
    """
    forecast, days = run.forecast(), run.plan().horizon_days
    expected = _true_column(run, truth, f"expected_spend_{days}_days").to_numpy(float)
    true = _respond(expected)
    budget = factor * STARTING_BUDGET_SHARE * MARGIN * float(expected.sum())
    past = forecast["past_spend"].clip(lower=0).to_numpy(float)
    rate = past / np.maximum(forecast["tenure_days"].to_numpy(float), 90.0) * days
    ways = {
        "best possible": _divide(expected, budget),
        "by the forecast": _divide(forecast["predicted"].to_numpy(float), budget),
        "by the forecast, tiers": _divide_tiers(forecast, budget),
        "by past rate": _divide(rate, budget),
        "in proportion to past spend": budget * past / past.sum(),
        "evenly": np.full(len(past), budget / len(past)),
    }
    net = {name: float(true.gain(spend).sum() - spend.sum()) for name, spend in ways.items()}
    return {name: value / net["best possible"] for name, value in net.items()}


def _respond(values: FloatArray, customers: FloatArray | None = None) -> SpendResponse:
    """Return responses of groups with these values, by the page's starting assumptions."""
    sizes = np.ones(len(values)) if customers is None else customers
    values = np.maximum(values, 0.0)
    half = STARTING_HALF_SHARE * MARGIN * values.sum() / sizes.sum()
    zeros = np.zeros(len(values))
    return SpendResponse(
        tuple(map(str, range(len(values)))),
        MARGIN * STARTING_LIFT * values,
        half * sizes,
        zeros,
        np.full(len(values), np.inf),
    )


def _divide(values: FloatArray, budget: float) -> FloatArray:
    return allocate(_respond(values), budget).table["spend"].to_numpy(float)


def _divide_tiers(forecast: pd.DataFrame, budget: float) -> FloatArray:
    tiers = forecast.groupby("marketing_tier")["predicted"].agg(["sum", "size"])
    response = _respond(tiers["sum"].to_numpy(float), tiers["size"].to_numpy(float))
    each = allocate(response, budget).table["spend"].to_numpy(float) / tiers["size"]
    return forecast["marketing_tier"].map(each).to_numpy(float)


def _true_column(run: RunFolder, truth: pd.DataFrame, name: str) -> pd.Series:
    """Return what only the generator knows, by customer key."""
    customers = run.customers()
    if customers is None:
        raise ValueError("the run keeps no customers")
    ids = customers["customer_id"].reindex(run.forecast().index)
    return pd.Series(truth.set_index("customer_id")[name].loc[ids].to_numpy(), index=ids.index)


def _print_lists(seed: int, lists: dict[str, ListTruth]) -> None:
    everybody = lists["churn"].everybody
    print(f"\nseed {seed}: {everybody.share:.1%} of {everybody.customers} have dropped out")
    for name, found in lists.items():
        print(
            f"    {name:<14}{found.listed.customers:>5} listed, {found.listed.share:>6.1%} dropped"
            f" out ({found.listed.low:.1%} to {found.listed.high:.1%}); those like them"
            f" {found.peers.share:.1%} of {found.peers.customers}"
        )


if __name__ == "__main__":
    sys.exit(main())
