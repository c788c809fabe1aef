"""Tables of looking back as people read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pandas as pd

from clv_core.activation.platforms.registry import TARGETS
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.explain.families import FAMILY_TITLES
from clv_core.features.catalogue import CATALOGUE
from clv_core.monitoring.comparison import ALL
from clv_core.monitoring.drift import CHANGED_FROM, STEADY_BELOW
from clv_core.monitoring.words import MEASURE_TITLES
from clv_core.sentences import Sentence
from pages.parts.terms import Terms
from pages.parts.text import _, number, percent, say
from pages.parts.words import marketing_tier, metric_value, model_name, value_tier

UNKNOWN: Final = "–"
MARKS: Final = ("normalised_gini", "spearman", "mae", "bias")
STEADINESS: Final = (
    (STEADY_BELOW, Sentence("as before")),
    (CHANGED_FROM, Sentence("somewhat moved")),
    (float("inf"), Sentence("changed")),
)


def group_name(kind: str, group: str) -> str:
    """Return what a group of customers is called."""
    if kind == "value_tier":
        return value_tier(group)
    if kind == "marketing_tier":
        return marketing_tier(group)
    return _("All customers") if group == ALL else number(int(group))


def group_table(rows: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Return forecast and outcome of some groups as text; ``GROUP_COLUMNS`` without ``kind``."""
    return pd.DataFrame(
        {
            _("Group"): [
                group_name(kind, group)
                for kind, group in zip(rows["kind"], rows["group"], strict=True)
            ],
            _("Customers"): [number(count) for count in rows["customers"]],
            terms.forecast: _write(rows["forecast"], terms.money),
            _("From"): _write(rows["low"], terms.money),
            _("To"): _write(rows["high"], terms.money),
            _("Came in"): _write(rows["actual"], terms.money),
            _("Of the forecast"): _write(rows["ratio"], percent),
            _("Inside their own range"): _write(rows["covered_share"], percent),
            _("Expected to buy"): _write(rows["expected_buyers"], number),
            _("Bought"): [number(count) for count in rows["buyers"]],
        }
    )


def marks_table(board: Scoreboard, terms: Terms) -> pd.DataFrame:
    """Return what counts most of the model in use and its plain rivals, as text."""
    order = [board.recommended, *(name for name in board.models if name != board.recommended)]
    table = {_("Model"): [model_name(name) for name in order]}
    for metric in MARKS:
        found = [board.find(name, metric) for name in order]
        table[terms.metric_label(metric)] = [
            UNKNOWN if one is None else metric_value(metric, one[0], terms.currency)
            for one in found
        ]
    return pd.DataFrame(table)


def shop_table(shop: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Return the shop before and since the cutoff as text."""
    return pd.DataFrame(
        {
            _("Of the shop"): [say(MEASURE_TITLES[name]) for name in shop["measure"]],
            **{
                title: [
                    UNKNOWN if pd.isna(value) else _write_measure(name, value, terms)
                    for name, value in zip(shop["measure"], shop[column], strict=True)
                ]
                for title, column in (
                    (_("As many days before"), "before"),
                    (_("The same days a year earlier"), "year_before"),
                    (_("Since"), "since"),
                )
            },
        }
    )


def family_table(families: pd.DataFrame) -> pd.DataFrame:
    """Return how far each family of features has moved, as text."""
    return pd.DataFrame(
        {
            _("Facts about customers"): [say(FAMILY_TITLES[name]) for name in families["family"]],
            _("They look"): [say(_judge(psi)) for psi in families["psi"]],
            _("Most moved"): [say(CATALOGUE[name].label) for name in families["feature"]],
            _("Stability index"): [number(psi, 2) for psi in families["psi"]],
            _("Changed"): [
                _("{changed} of {features}").format(changed=number(one), features=number(of))
                for one, of in zip(families["changed"], families["features"], strict=True)
            ],
        }
    )


def effect_table(table: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Return one measure of a list and its controls as text."""
    is_money = table["measure"].iloc[0] == "revenue"
    write = terms.money if is_money else _one_decimal
    return pd.DataFrame(
        {
            _("Tier"): [effect_name(tier) for tier in table["tier"]],
            _("On the list"): [number(count) for count in table["treated_customers"]],
            _("Kept out"): [number(count) for count in table["control_customers"]],
            _("Mean on the list"): _write(table["treated"], write),
            _("Mean of those kept out"): _write(table["control"], write),
            _("Difference"): _write(table["difference"], write),
            _("From"): _write(table["low"], write),
            _("To"): _write(table["high"], write),
        }
    )


def effect_name(tier: str) -> str:
    """Return what a row of a list's table is called."""
    return _("All tiers") if tier == ALL else marketing_tier(tier)


def target_name(target: str) -> str:
    """Return what the place is called that a list went to."""
    return say(TARGETS[target].title) if target in TARGETS else target


def _judge(psi: float) -> Sentence:
    return next(word for limit, word in STEADINESS if psi < limit)


def _one_decimal(share: float) -> str:
    return percent(share, 1)


def _write(values: pd.Series, write: Callable[[float], str]) -> list[str]:
    return [UNKNOWN if pd.isna(value) else write(value) for value in values]


def _write_measure(measure: str, value: float, terms: Terms) -> str:
    if measure in ("net_revenue", "mean_order_amount"):
        return terms.money(value)
    return percent(value, 1) if measure == "returned_share" else number(value)
