"""Customers kept out of a list on purpose, so that its effect can be seen at all.

Who is a control follows from one permanent random number per customer and seed: within
a tier those with the smallest numbers are drawn (Ohlsson 1995, "Coordination of Samples
Using Permanent Random Numbers", in Business Survey Methods, Wiley). So the same seed
draws nearly the same people for every list and platform, and nobody who is kept out of
one is written to by another.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from clv_core.sentences import Sentence

DEFAULT_SHARE: Final = 0.1
FEWEST_CONTROLS: Final = 30  # below it a mean says next to nothing
CONFIDENCE: Final = 0.95
_NUMBER_BYTES: Final = 8  # of a digest: among a million, two alike once in 40 million draws
POWER: Final = 0.8  # of telling a difference that is there


@dataclass(frozen=True)
class Power:
    """How large a difference would have to be to be told from chance.

    Attributes
    ----------
    treated, controls : int
    spend_share : float or None
        Of the mean value forecast; None where ranges are not known.
    buyers_points : float or None
        Of the share who buy, 0.05 for five percentage points; None without chances.
    """

    treated: int
    controls: int
    spend_share: float | None
    buyers_points: float | None


def number_customers(ids: pd.Series, seed: int) -> pd.Series:
    """Give every customer a permanent number (uint64) that no other customer of a list changes.

    Parameters
    ----------
    ids : Series of str, index ``customer_key``
        The shop's own; customers without one are known by their key.
    seed : int
    """
    known_as = ids.where(ids.notna(), ids.index.astype(str)).astype(str)
    begins = [
        hashlib.sha256(f"{seed}:{name}".encode()).digest()[:_NUMBER_BYTES] for name in known_as
    ]
    numbers = np.frombuffer(b"".join(begins), dtype=">u8").astype(np.uint64)
    return pd.Series(numbers, index=ids.index, name="number")


def draw_controls(
    tiers: pd.Series, share: float, seed: int, ids: pd.Series | None = None
) -> pd.Series:
    """Draw a control group within every tier.

    Parameters
    ----------
    tiers : Series of str, index ``customer_key``
        Everyone who could be written to the list.
    share : float
        Of each tier, 0 to 1. The whole group has ``round(share × customers)`` members,
        a tier its due part rounded up or down (largest remainder).
    seed : int
    ids : Series of str, same index, optional
        The shop's own, by which customers keep their number when newer files are read;
        the keys by default.

    Returns
    -------
    Series of bool, same index
    """
    known_as = pd.Series(None, tiers.index, dtype=object) if ids is None else ids
    return pick_controls(tiers, share, number_customers(known_as, seed))


def pick_controls(tiers: pd.Series, share: float, numbers: pd.Series) -> pd.Series:
    """Draw a control group within every tier as :func:`draw_controls`, by numbers known before.

    Parameters
    ----------
    tiers : Series of str, index ``customer_key``
    share : float
    numbers : Series of uint64, same index
        From :func:`number_customers`; the smallest of a tier are drawn.

    Returns
    -------
    Series of bool, same index
    """
    named = pd.Categorical(tiers)
    drawn, counted = np.zeros(len(tiers), dtype=bool), numbers.to_numpy()
    sizes = pd.Series(np.bincount(named.codes, minlength=len(named.categories)), named.categories)
    for tier, due in _apportion(sizes[sizes > 0].sort_index(), share).items():
        inside = np.flatnonzero(named.codes == named.categories.get_loc(tier))
        drawn[inside[_find_smallest(counted[inside], int(due))]] = True
    return pd.Series(drawn, index=tiers.index)


def measure_power(forecast: pd.DataFrame, is_control: pd.Series, range_share: float) -> Power:
    """Say what difference the control group could show.

    Two means differ by chance alone with a standard error of σ·√(1/n₁ + 1/n₀); a
    difference of ``(z(0.975) + z(0.8))`` such errors is told in four of five cases
    (Cohen 1988, Statistical Power Analysis, ch. 2). σ² of the value is the variance of
    the forecasts plus the mean variance within a customer's range, taken as normal; of
    buying, the mean chance p gives p(1-p).

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        ``predicted, low, high`` and, where known, ``p_buy`` of treated and controls.
    is_control : Series of bool, same index
    range_share : float
        Of customers that fall between ``low`` and ``high``.
    """
    controls = int(is_control.sum())
    treated = len(is_control) - controls
    if not controls or not treated:
        return Power(treated, controls, None, None)
    errors = float(norm.ppf(0.5 + CONFIDENCE / 2) + norm.ppf(POWER))
    errors *= float(np.sqrt(1 / treated + 1 / controls))
    known = forecast.loc[is_control.index]
    mean = float(known["predicted"].mean())
    width = float(2 * norm.ppf(0.5 + range_share / 2))
    within = ((known["high"] - known["low"]) / width) ** 2
    spread = float(np.sqrt(known["predicted"].var(ddof=0) + within.mean()))
    chance = float(known["p_buy"].mean()) if "p_buy" in known else np.nan
    return Power(
        treated,
        controls,
        errors * spread / mean if mean > 0 and np.isfinite(spread) else None,
        errors * float(np.sqrt(chance * (1 - chance))) if np.isfinite(chance) else None,
    )


def tell_power(power: Power) -> tuple[Sentence, ...]:
    """Say in words what the control group could show, and what it could not."""
    if not power.controls:
        return (
            Sentence(
                "Without a control group nobody will be able to say whether contacting these"
                " customers changed anything: those who would have bought anyway are among them."
            ),
        )
    told = [
        Sentence(
            "{treated:,} are contacted, {controls:,} drawn at random are left alone.",
            treated=power.treated,
            controls=power.controls,
        )
    ]
    if power.controls < FEWEST_CONTROLS:
        told.append(
            Sentence(
                "With fewer than {fewest} controls almost no effect could be told from chance;"
                " choose more customers or a larger share.",
                fewest=FEWEST_CONTROLS,
            )
        )
    if power.spend_share is not None:
        told.append(
            Sentence(
                "With so many, only a difference in mean value of about {share:.0%} or more would"
                " be told from chance (four times in five, at 95 % confidence, if customers"
                " scatter as their ranges say).",
                share=power.spend_share,
            )
        )
    if power.buyers_points is not None:
        told.append(
            Sentence(
                "Of the share who buy, a difference of about {points:.1f} percentage points.",
                points=100 * power.buyers_points,
            )
        )
    return tuple(told)


def _find_smallest(numbers: npt.NDArray[np.uint64], count: int) -> npt.NDArray[np.intp]:
    """Return where the smallest numbers stand; of equal ones the first."""
    if count <= 0:
        return np.array([], dtype=np.intp)
    limit = np.partition(numbers, count - 1)[count - 1]
    below = np.flatnonzero(numbers < limit)
    return np.concatenate([below, np.flatnonzero(numbers == limit)[: count - len(below)]])


def _apportion(sizes: pd.Series, share: float) -> pd.Series:
    """Divide the control group over tiers by largest remainder."""
    due = sizes * share
    whole: pd.Series = np.floor(due)
    missing = round(float(due.sum())) - int(whole.sum())
    first = (due - whole).sort_values(ascending=False, kind="stable").index[: max(missing, 0)]
    return whole + pd.Series(1.0, index=first).reindex(sizes.index, fill_value=0.0)
