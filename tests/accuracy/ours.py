"""One backtest with one seed, in a process of its own as the app's worker is.

``python -m tests.accuracy.ours TABLES CUTOFF HORIZON_DAYS SEED OUT`` writes
``forecasts.parquet`` (``model, customer_key, predicted, p_buy, low, high``) and
``facts.json`` into OUT.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from pathlib import Path
from typing import Final

import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.models.backend import use_compilation_cache
from clv_core.pipeline import backtest_shop
from clv_core.runs.result import RunResult
from clv_core.settings import RunSettings, WindowSettings

RECOMMENDED: Final = "recommended"


def main() -> None:
    """Forecast and write down what every model said."""
    tables, cutoff, horizon_days, seed, out = sys.argv[1:]
    window = WindowSettings(cutoff=dt.date.fromisoformat(cutoff), horizon_days=int(horizon_days))
    use_compilation_cache(Path(tables).with_name("cache"))
    started = time.process_time()
    result = backtest_shop(Tables.open(Path(tables)), RunSettings(window=window, seed=int(seed)))
    folder = Path(out)
    folder.mkdir(parents=True)
    tabulate_forecasts(result).to_parquet(folder / "forecasts.parquet", index=False)
    facts = {
        "recommended": result.model,
        "computing_s": time.process_time() - started,
        "validation_horizon_days": result.plan.to_json()["validation_horizon_days"],
    }
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


def tabulate_forecasts(result: RunResult) -> pd.DataFrame:
    """Stack every model's forecast, and the recommended one's as it is handed out."""
    handed = result.forecast[["predicted", "p_buy", "low", "high"]].assign(model=RECOMMENDED)
    others = [
        pd.DataFrame({"predicted": said.spend, "p_buy": said.p_buy}).assign(model=name)
        for name, said in result.holdout.predictions.items()
    ]
    return pd.concat([handed, *others]).rename_axis("customer_key").reset_index()


if __name__ == "__main__":
    main()
