"""Tables of groups of customers as people read them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from clv_core.features.catalogue import CATALOGUE
from pages.parts.tables import UNKNOWN
from pages.parts.terms import Terms
from pages.parts.text import _, number, percent, say


def group_table(profile: pd.DataFrame, names: Mapping[str, str], terms: Terms) -> pd.DataFrame:
    """Return the profile of groups as text; chances of buying where there are some."""
    table = pd.DataFrame(
        {
            _("Group"): [names[group] for group in profile["group"]],
            _("Customers"): profile["customers"],
            _("Share of customers"): [_share(share) for share in profile["customer_share"]],
            terms.forecast_mean: [terms.money(value) for value in profile["value"]],
            _("Share of value"): [_share(share) for share in profile["value_share"]],
            _("Mean per customer"): [
                UNKNOWN if pd.isna(mean) else terms.money(mean) for mean in profile["mean_value"]
            ],
            _("Mean chance to buy"): [_share(share) for share in profile["p_buy"]],
        }
    )
    return table.drop(columns=[_("Mean chance to buy")] if profile["p_buy"].isna().all() else [])


def name_features(distinctions: pd.DataFrame) -> pd.DataFrame:
    """Return what sets personas apart with ``label``: what each row is called."""
    labels = []
    for feature, category in distinctions[["feature", "category"]].itertuples(index=False):
        told = say(CATALOGUE[feature].label) if feature in CATALOGUE else str(feature)
        labels.append(told if pd.isna(category) else f"{told}: {category}")
    return distinctions.assign(label=labels)


def persona_table(
    distinctions: pd.DataFrame, labels: Mapping[str, str], terms: Terms
) -> pd.DataFrame:
    """Return the means of all customers and of each persona, a row per feature.

    Parameters
    ----------
    distinctions : DataFrame
        From :func:`name_features`.
    labels : mapping of str to str
        Personas, in the order of the columns.
    terms : Terms
    """
    rows = []
    for label, part in distinctions.groupby("label", sort=False):
        first = part.iloc[0]
        means = part.set_index("persona")["mean"]
        rows.append(
            {
                _("Mean of"): label,
                _("All customers"): _write(first, float(first["overall"]), terms),
                **{
                    name: _write(first, float(means[persona]), terms)
                    for persona, name in labels.items()
                },
            }
        )
    return pd.DataFrame(rows)


def stability_table(tried: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of personas that were tried, as text."""
    return pd.DataFrame(
        {
            _("Personas"): tried["clusters"],
            _("Stability"): [number(value, 2) for value in tried["stability"]],
            _("Silhouette"): [number(value, 2) for value in tried["silhouette"]],
            _("Smallest persona"): [percent(share) for share in tried["smallest_share"]],
        }
    )


def _write(row: pd.Series, value: float, terms: Terms) -> str:
    """Write a mean in the unit of its feature."""
    if pd.isna(value):
        return UNKNOWN
    unit = CATALOGUE[row["feature"]].unit if row["feature"] in CATALOGUE else None
    if unit == "money":
        return terms.money(value)
    if unit == "share" or not pd.isna(row["category"]):
        return percent(value, 1)
    return number(value, 1 if abs(value) >= 10 else 2)


def _share(share: float) -> str:
    return UNKNOWN if pd.isna(share) else percent(share, 1)
