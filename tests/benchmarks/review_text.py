"""``python -m tests.benchmarks.review_text``: what the texts of reviews add, and what they take.

Boosted trees learn on sample shops of other seeds than the one people see, with and
without what reviews say, and forecast the holdout. Differences are paired: the same
shop, the same trees' seeds, other columns. The second part holds the sentiment of
real texts against the stars given with them, where that file is to be had.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from clv_core.cleaning.review_text import describe_text
from clv_core.columns import REVIEW_ASPECTS, aspect_column
from clv_core.evaluation.metrics import normalised_gini
from clv_core.features.catalogue import CATALOGUE
from clv_core.features.snapshots import Snapshot
from clv_core.features.windows import plan_windows
from clv_core.ingest.understand import understand_file
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.forecaster import TrainingData
from clv_core.pipeline import prepare_tables
from clv_core.runs.rehearsal import Shelf
from clv_core.samples import write_samples
from clv_core.settings import WindowSettings

KINDS = ("orders", "events", "reviews", "customers")
SHOP_SEEDS = (101, 102, 103, 104, 105, 106)
TREE_SEEDS = (0, 1, 2)
CUSTOMERS = 3000
REAL = Path("../shared/data/clothing_reviews/Womens Clothing E-Commerce Reviews.csv")

ASPECTS = frozenset({"product_mentions"}) | frozenset(
    name for aspect in REVIEW_ASPECTS for name in (f"{aspect}_mentions", aspect_column(aspect))
)
STARS = frozenset({"mean_rating", "last_rating", "low_rating_share"})
MOODS = frozenset({"mean_sentiment", "last_sentiment", "sentiment_trend", "negative_text_share"})
BOTH = frozenset({"contradicting_share"})  # needs stars and a text
REVIEWS = frozenset(name for name, info in CATALOGUE.items() if info.family == "reviews")
WRITING = REVIEWS - ASPECTS - STARS - MOODS - BOTH  # that, when and how much was written

VARIANTS = {
    "no reviews": frozenset[str](),
    "that one wrote": WRITING,
    "stars": WRITING | STARS,
    "stars, moods": WRITING | STARS | MOODS | BOTH,
    "stars, moods, aspects": REVIEWS,
    "moods, no stars": WRITING | MOODS,
    "moods, aspects, no stars": WRITING | MOODS | ASPECTS,
}
COMPARISONS = (
    ("that one wrote", "no reviews"),
    ("stars", "that one wrote"),
    ("stars, moods", "stars"),
    ("stars, moods, aspects", "stars, moods"),
    ("moods, no stars", "that one wrote"),
    ("moods, aspects, no stars", "moods, no stars"),
)


def main(words: Sequence[str] | None = None) -> int:
    """Print what reviews add per shop and over all of them; measures and never judges."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SHOP_SEEDS)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    told = parser.parse_args(words)
    tables = []
    for seed in told.seeds:
        begun = time.perf_counter()
        tables.append(measure_shop(told.customers, seed))
        print(f"shop {seed} ({time.perf_counter() - begun:.0f} s)")
        print(tables[-1].to_string(float_format="%.4f"), flush=True)
    print_differences(tables)
    if REAL.is_file():
        print_real_texts()
    return 0


def measure_shop(customers: int, seed: int) -> pd.DataFrame:
    """Return ``gini`` and ``mae`` on a shop's holdout by variant, mean over the trees' seeds."""
    with TemporaryDirectory(prefix="perennial-reviews-") as scratch:
        folder = Path(scratch)
        write_samples(folder, customers, seed)
        target = folder / "tables"
        target.mkdir()
        raws = [understand_file(folder / f"{kind}.csv") for kind in KINDS]
        tables, _ = prepare_tables(raws, target)
        plan = plan_windows(tables, WindowSettings())
        shelf = Shelf(tables, plan)
        data, _ = shelf.training_data(plan.holdout_cutoff, plan.horizon_days)
        outcome = shelf.outcome(plan.holdout_cutoff, plan.horizon_days)
    actual = outcome["future_spend"].reindex(data.history.features.index).to_numpy()
    measured = {}
    for name, kept in VARIANTS.items():
        seen = keep_columns(data, kept)
        marks = [mark_trees(seen, actual, tree_seed) for tree_seed in TREE_SEEDS]
        measured[name] = dict(zip(("gini", "mae"), np.mean(marks, axis=0), strict=True))
    return pd.DataFrame(measured).T


def keep_columns(data: TrainingData, kept: frozenset[str]) -> TrainingData:
    """Leave out the reviews' features that are not to be seen."""

    def cut(snapshot: Snapshot) -> Snapshot:
        dropped = [name for name in snapshot.features if name in REVIEWS - kept]
        return replace(snapshot, features=snapshot.features.drop(columns=dropped))

    return replace(
        data, history=cut(data.history), labelled=tuple(cut(one) for one in data.labelled)
    )


def mark_trees(data: TrainingData, actual: np.ndarray, seed: int) -> tuple[float, float]:
    """Return normalised Gini and mean absolute error of trees fitted with a seed."""
    predicted = BoostedForecaster(seed=seed).fit(data).predict(data.history).spend.to_numpy()
    gini = normalised_gini(actual, predicted)
    if gini is None:
        raise ValueError("nobody of this shop bought in the holdout")
    return gini, float(np.abs(predicted - actual).mean())


def print_differences(tables: Sequence[pd.DataFrame]) -> None:
    """Print the paired differences over shops: mean, standard error, how many are better."""
    print(f"\npaired differences over {len(tables)} shops")
    print(f"{'what is added':<52}{'Gini':>9}{'± s.e.':>9}{'better':>8}{'MAE':>9}{'± s.e.':>9}")
    for more, less in COMPARISONS:
        gini, mae = (
            np.array([t.loc[more, metric] - t.loc[less, metric] for t in tables])
            for metric in ("gini", "mae")
        )
        error = [found.std(ddof=1) / np.sqrt(len(found)) for found in (gini, mae)]
        print(
            f"{f'{more} − {less}':<52}{gini.mean():>+9.4f}{error[0]:>9.4f}"
            f"{f'{(gini > 0).sum()}/{len(gini)}':>8}{mae.mean():>+9.3f}{error[1]:>9.3f}"
        )


def print_real_texts() -> None:
    """Print how the sentiment of real texts goes with the stars given, and the time it takes."""
    frame = pd.read_csv(REAL).dropna(subset=["Review Text"])
    begun = time.perf_counter()
    described = pd.DataFrame([describe_text(text) for text in frame["Review Text"]])
    seconds = time.perf_counter() - begun
    mood, stars = described["sentiment"].fillna(0.0).to_numpy(), frame["Rating"].to_numpy()
    told = stars != 3
    print(f"\n{len(frame):,} clothing reviews in {seconds:.1f} s")
    print(f"Spearman's correlation with the stars {spearmanr(mood, stars).statistic:.3f}")
    print(f"ROC AUC of 4 and 5 stars against fewer {roc_auc_score(stars >= 4, mood):.3f}")
    print(
        f"ROC AUC of 4 and 5 stars against 1 and 2 {roc_auc_score(stars[told] > 3, mood[told]):.3f}"
    )
    named = described[list(map(aspect_column, REVIEW_ASPECTS))].notna().mean()
    print("share of texts that name " + ", ".join(f"{n[:-10]} {s:.1%}" for n, s in named.items()))


if __name__ == "__main__":
    sys.exit(main())
