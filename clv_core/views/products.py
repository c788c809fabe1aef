"""What was found out about a run's products, by groups of its customers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clv_core.activation.offers import name_scripts
from clv_core.activation.recommendations import summarise_segments
from clv_core.models.forecaster import Report
from clv_core.runs.product_folder import ProductFolder
from clv_core.runs.progress import Progress
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from clv_core.storage.kept_views import KeptView
from clv_core.views.source import Source, tier_forecast

__all__ = ["lay_out_peoples", "lay_out_segment_products", "read_groups"]

GROUPS = ("country", "name_script")


def lay_out_segment_products(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``value_tier`` and ``marketing_tier``; ``asked``: ``stamp`` and ``cutoffs``."""
    progress = Progress(report, (1, 2, 2))
    progress.step(Sentence("Dividing customers into tiers"))
    tiered = tier_forecast(source.run, SegmentSettings.check(asked["cutoffs"]))
    advice = ProductFolder(source.run.folder)
    for by in ("value_tier", "marketing_tier"):
        progress.step(Sentence("Counting what is recommended to each tier"))
        table = summarise_segments(advice.recommended_blocks(), tiered[by].astype(str))
        table.to_parquet(folder / f"{by}.parquet", index=False)
    progress.finish(Sentence("Done"))
    return {}


def lay_out_peoples(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``groups``: the country and the script of the name of each customer, as numbers.

    Numbers are places in the lists of the facts, -1 where not known. No name is in it.
    """
    del asked
    progress = Progress(report, (1,))
    progress.step(Sentence("Finding countries and scripts of names"))
    read = source.scan_customers().scan("customers")
    people = read.select("customer_key", "country", "customer_name").collect("pandas").to_native()
    people["name_script"] = name_scripts(people["customer_name"])
    facts, table = {}, {"customer_key": people["customer_key"]}
    for name in GROUPS:
        codes, values = pd.factorize(people[name])
        table[name], facts[name] = codes.astype(np.int32), [str(value) for value in values]
    pd.DataFrame(table).to_parquet(folder / "groups.parquet", index=False)
    progress.finish(Sentence("Done"))
    return facts


def read_groups(view: KeptView, name: str, customers: pd.Index) -> pd.Series:
    """Return the country or script of each of some customers as a category, NaN where unknown."""
    stored = view.table("groups", ["customer_key", name]).set_index("customer_key")[name]
    codes = stored.reindex(customers, fill_value=-1).to_numpy()
    return pd.Series(pd.Categorical.from_codes(codes, view.facts()[name]), customers)
