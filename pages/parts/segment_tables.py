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


def name_features(distinctions: pd.DataFrame, has_own_names: bool) -> pd.DataFrame:
    """Return what sets personas apart with ``label`` and ``unit`` of each row.

    Parameters
    ----------
    distinctions : DataFrame
        ``Personas.distinctions``.
    has_own_names : bool
        Whether features bear the user's headers; they have no unit then.
    """
    labels, units = [], []
    for feature, category in distinctions[["feature", "category"]].itertuples(index=False):
        told = str(feature) if has_own_names else say(CATALOGUE[feature].label)
        labels.append(told if pd.isna(category) else f"{told}: {category}")
        plain_unit = "" if has_own_names else CATALOGUE[feature].unit
        units.append(plain_unit if pd.isna(category) else "share")
    return distinctions.assign(label=labels, unit=units)


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
        first, means = part.iloc[0], part.set_index("persona")["mean"]
        told = {name: float(means[persona]) for persona, name in labels.items()}
        written = {
            name: _write(value, first["unit"], terms)
            for name, value in {_("All customers"): float(first["overall"]), **told}.items()
        }
        rows.append({_("Mean of"): label, **written})
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


def _write(value: float, unit: str, terms: Terms) -> str:
    """Write a mean in the unit of its feature."""
    if pd.isna(value):
        return UNKNOWN
    if unit == "money":
        return terms.money(value)
    if unit == "share":
        return percent(value, 1)
    return number(value, 1 if abs(value) >= 10 else 2)


def _share(share: float) -> str:
    return UNKNOWN if pd.isna(share) else percent(share, 1)
