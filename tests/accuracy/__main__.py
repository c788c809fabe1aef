"""``make accuracy``: every model and peer on the same windows, over several seeds.

``python -m tests.accuracy --peers PYTHON [--data DIR] [--seeds N] [--jobs N] [--out FILE]``,
and for a file of one's own ``--orders FILE --cutoff DATE --horizon-days N``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.features.build import build_snapshot
from clv_core.ingest.engine import scan_parquet
from tests.accuracy.cases import ROOT, Case, list_cases
from tests.accuracy.figures import RANKING, measure_case
from tests.accuracy.report import Measured, write_report

PEERS = Path(__file__).with_name("peers.py")


def main() -> int:
    """Measure every window and write the page."""
    options = read_options()
    cases = [own_case(options)] if options.orders else list_cases(options.data)
    if not cases:
        print(f"No data set found under {options.data}.")
        return 2
    found = []
    with TemporaryDirectory(prefix="perennial-accuracy-") as scratch:
        for number, case in enumerate(cases):
            print(case.name, flush=True)
            found.append(measure(case, Path(scratch) / str(number), options))
    options.out.write_text(write_report(found, dt.date.today()), encoding="utf-8")
    print(f"Written: {options.out}")
    return 0


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy")
    parser.add_argument("--peers", required=True, help="Python of the peers' environment")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=1, help="runs side by side")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/accuracy.md")
    parser.add_argument("--orders", type=Path)
    parser.add_argument("--cutoff", type=dt.date.fromisoformat)
    parser.add_argument("--horizon-days", type=int)
    options = parser.parse_args()
    if options.orders and not (options.cutoff and options.horizon_days):
        parser.error("--orders needs --cutoff and --horizon-days")
    return options


def own_case(options: argparse.Namespace) -> Case:
    """Return the window that the user named."""
    files = ((options.orders, "orders"),)
    return Case(options.orders.stem, files, options.cutoff, options.horizon_days)


def measure(case: Case, folder: Path, options: argparse.Namespace) -> Measured:
    """Run our models and the peers on one window."""
    tables = case.prepare(folder / "tables")
    actual = read_outcome(tables, case)
    with ThreadPoolExecutor(options.jobs) as pool:
        facts = list(pool.map(partial(run_ours, tables, case, folder), range(options.seeds)))
    ours = [
        pd.read_parquet(folder / f"seed-{seed}/forecasts.parquet").assign(seed=seed)
        for seed in range(options.seeds)
    ]
    peers = run_peers(tables, case, folder, options)
    figures = measure_case(actual, pd.concat([*ours, peers]), {RANKING, *peers["model"]})
    return Measured(
        case,
        figures,
        len(actual),
        tuple(fact["recommended"] for fact in facts),
        facts[0]["validation_horizon_days"],
        sum(fact["computing_s"] for fact in facts) / len(facts),
    )


def read_outcome(tables: Tables, case: Case) -> pd.DataFrame:
    """Return what the customers known at the cutoff did after it."""
    snapshot = build_snapshot(tables, case.cutoff, case.horizon_days, label=True)
    return pd.DataFrame(
        {"future_spend": snapshot.future_spend, "future_orders": snapshot.future_orders}
    )


def run_ours(tables: Tables, case: Case, folder: Path, seed: int) -> dict[str, object]:
    """Backtest once, in a process of its own."""
    out = folder / f"seed-{seed}"
    window = [case.cutoff.isoformat(), str(case.horizon_days)]
    command = [sys.executable, "-m", "tests.accuracy.ours", str(tables.folder), *window]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run([*command, str(seed), str(out)], cwd=ROOT, check=True, env=environment)
    facts: dict[str, object] = json.loads((out / "facts.json").read_text("utf-8"))
    print(f"  seed {seed}: {facts['recommended']}, {facts['computing_s']:.0f} s", flush=True)
    return facts


def run_peers(
    tables: Tables, case: Case, folder: Path, options: argparse.Namespace
) -> pd.DataFrame:
    """Let the other tools forecast from the same orders, up to the cutoff alone."""
    days = sum_by_day(tables)
    days[days["day"] <= pd.Timestamp(case.cutoff)].to_csv(folder / "orders.csv", index=False)
    command = [options.peers, str(PEERS), str(folder / "orders.csv"), case.cutoff.isoformat()]
    out = folder / "peers.csv"
    subprocess.run(
        [*command, str(case.horizon_days), str(options.seeds), str(out)],
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    said = pd.read_csv(out).rename(columns={"peer": "model"})
    # A peer without chance says the same for every seed.
    once = said.groupby("model")["seed"].transform("nunique") == 1
    repeated = [said[once].assign(seed=seed) for seed in range(options.seeds)]
    return pd.concat([said[~once], *repeated]).assign(p_buy=float("nan"))


def sum_by_day(tables: Tables) -> pd.DataFrame:
    """Return net spend per customer and purchase day; days with returns alone are left out."""
    orders = scan_parquet(tables.folder / "orders.parquet").collect("pandas").to_native()
    orders["day"] = orders["order_time"].dt.floor("D")
    days = orders.groupby(["customer_key", "day"]).agg(
        amount=("amount", "sum"), bought=("is_return", lambda returned: (~returned).any())
    )
    return days[days["bought"]].drop(columns="bought").reset_index()


if __name__ == "__main__":
    sys.exit(main())
