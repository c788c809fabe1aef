"""The figures as a page of Markdown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from tests.accuracy.cases import Case
from tests.accuracy.figures import SHOWN, Figures
from tests.accuracy.ours import RECOMMENDED

HEADS: Final = {
    "normalised_gini": "Gini",
    "spearman": "Spearman",
    "mae": "MAE",
    "rmse": "RMSE",
    "bias": "bias",
    "decile_mape": "decile MAPE",
    "log_loss": "log-loss",
    "brier": "Brier",
}
DECIMALS: Final = {"mae": 2, "rmse": 2, "bias": 3}
INTRODUCTION: Final = """# Accuracy, measured

Printed by `make accuracy`; nothing here is typed by hand. Each window stands at its
cutoff: models see nothing later, one of ours is recommended before the outcome is looked
at, and all are scored on the same customers. Ours run once per seed, each in a process of
its own; peers run from their own packages in an environment of their own, on the same
cleaned orders. Figures are means over seeds; ± is greatest minus least.

Peers: `past_spend` (ranking by money spent so far), `lifetimes_bg_nbd` and
`lifetimes_pareto_nbd` (lifetimes 0.11.3 with Gamma-Gamma, as its documentation has it; where
its search does not converge, with the least of the penalties 0.001, 0.01 and 0.1 that lets it),
`lightgbm_tweedie` (LightGBM's Tweedie loss, default settings) and `plain_ziln` (two hidden
layers with the zero-inflated lognormal loss of arXiv:1912.07753), the last two on seven
RFM columns, learnt over the longest window that half the history holds and scaled to the
horizon by its length. `plain_ziln` stops where a fifth of its rows, kept back, no longer
gains, and forecasts nobody more than the greatest spend it learnt from.
"""


@dataclass(frozen=True)
class Measured:
    """A window with its figures and what was recommended, seed by seed."""

    case: Case
    figures: Figures
    customers: int
    recommended: tuple[str, ...]
    validation_horizon_days: int | None
    computing_s: float


def write_report(found: Sequence[Measured], day: dt.date) -> str:
    """Return the whole page."""
    return "\n".join([INTRODUCTION, f"Measured on {day.isoformat()}.\n", *map(_section, found)])


def _section(one: Measured) -> str:
    case, names = one.case, pd.Series(one.recommended).value_counts()
    chosen = ", ".join(
        f"{name} ({count} of {len(one.recommended)})" for name, count in names.items()
    )
    window = (
        "none" if one.validation_horizon_days is None else f"{one.validation_horizon_days} days"
    )
    cover = one.figures.coverage
    return "\n".join(
        [
            f"## {case.name}",
            "",
            f"{one.customers:,} customers, cutoff {case.cutoff.isoformat()}, "
            f"{case.horizon_days} days; validation window: {window}. "
            f"Recommended: {chosen}. {one.computing_s:.0f} CPU seconds a run.",
            "",
            _table(one.figures),
            "",
            "Against the best peer (mean over seeds; the interval is a paired 95 % bootstrap of"
            " the first seed):",
            "",
            _against(one.figures.against_peers),
            "",
            f"80 % ranges held {cover['overall'].mean():.1%} of all customers and "
            f"{cover['top'].mean():.1%} of the high value tier; "
            f"{one.figures.nothing:.1%} of all brought nothing." + _excuse(one),
            "",
        ]
    )


def _excuse(one: Measured) -> str:
    """Say where the total's bias could not have been seen before."""
    if one.validation_horizon_days == one.case.horizon_days:
        return ""
    return (
        f" No window of {one.case.horizon_days} days fits between what is learnt from and the"
        " cutoff, so that the total's bias could not be seen before."
    )


def _table(figures: Figures) -> str:
    means, spreads = figures.means, figures.spreads
    lines = ["| model | " + " | ".join(HEADS.values()) + " |", "|---" * (len(HEADS) + 1) + "|"]
    for model in means.index:
        cells = [_cell(means.loc[model, name], spreads.loc[model, name], name) for name in SHOWN]
        shown = f"**{model}**" if model == RECOMMENDED else str(model)
        lines.append(f"| {shown} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(mean: float, spread: float, metric: str) -> str:
    if pd.isna(mean):
        return "–"
    decimals = DECIMALS.get(metric, 4)
    return f"{mean:.{decimals}f}" + (f" ± {spread:.{decimals}f}" if spread else "")


def _against(table: pd.DataFrame) -> str:
    lines = ["| metric | recommended | best peer | | difference | interval |", "|---" * 6 + "|"]
    for row in table.itertuples():
        lines.append(
            f"| {HEADS[row.metric]} | {row.recommended:.4f} | {row.best_peer:.4f} | {row.peer} "
            f"| {row.difference:+.4f} | {row.low:+.4f} to {row.high:+.4f} |"
        )
    return "\n".join(lines)
