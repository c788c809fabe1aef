"""What money spent on groups of customers may bring: assumed, never learnt.

For a group of n customers with an expected value V over the forecast's days,

    gain(S) = margin rate × V × greatest lift × (1 − 2^(−S / (n × half spend)))

is the margin that S spent on the group adds. The greatest lift is the share by which
the group's value could rise at all, the half spend what has to be spent on one
customer to reach half of it: each unit of money brings less than the one before
(Little 1979, "Aggregate advertising models: the state of the art", Operations Research
27(4), section 2, on concave responses). Only a control group tells the true lift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, model_validator

from clv_core.activation.playbook import TierName
from clv_core.settings_base import Settings

FloatArray = npt.NDArray[np.float64]
Amount = Annotated[float, Field(ge=0, le=1e12)]
STARTING_LIFT: Final = 0.05
STARTING_HALF_SHARE: Final = 0.025  # of the margin that a customer is expected to bring
STARTING_BUDGET_SHARE: Final = 0.01  # of the margin that all are expected to bring
TARGET_RATIO: Final = 3.0  # of value to acquisition cost: the customary one
_LN2: Final = float(np.log(2))
_NO_SLOPE: Final = 1e-200  # of a group that gains nothing; its logarithm is finite


class TierResponse(Settings):
    """What is assumed of one tier, and what may be spent on it."""

    max_lift: Annotated[float, Field(ge=0, le=5)] = STARTING_LIFT  # share of the expected value
    half_spend: Annotated[float, Field(gt=0, le=1e9)] = 1.0  # on one customer, for half of it
    least: Amount = 0.0  # in total
    most: Amount | None = None  # None: no limit

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.most is not None and self.most < self.least:
            raise ValueError("the most that may be spent lies below the least")
        return self


class BudgetSettings(Settings):
    """The budget and what is assumed; kept per data set. What was never said is None."""

    total: Amount | None = None
    tiers: dict[TierName, TierResponse] = Field(default_factory=dict)
    target_ratio: Annotated[float, Field(gt=0, le=100)] = TARGET_RATIO


@dataclass(frozen=True)
class SpendResponse:
    """The response curves of some groups; arrays of one length.

    Attributes
    ----------
    names : tuple of str
    greatest : gain that no spending exceeds, in the shop's currency
    half : spending on the whole group at which half of it is reached
    least, most : limits of the spending on the group; infinite without one
    """

    names: tuple[str, ...]
    greatest: FloatArray
    half: FloatArray
    least: FloatArray
    most: FloatArray = field(repr=False)

    def gain(self, spend: FloatArray) -> FloatArray:
        """Return the margin that spending adds, group by group."""
        return np.asarray(self.greatest * -np.expm1(-_LN2 * spend / self.half))

    def slope(self, spend: FloatArray) -> FloatArray:
        """Return what the next unit of money adds, group by group."""
        return np.asarray(self.greatest * _LN2 / self.half * np.exp2(-spend / self.half))

    def invert_slope(self, slope: float) -> FloatArray:
        """Return at which spending the next unit adds so much, within the limits."""
        steepest = np.maximum(self.greatest * _LN2 / self.half, _NO_SLOPE)
        wanted = self.half * np.log2(steepest / slope)
        return np.asarray(np.clip(wanted, self.least, self.most))

    def scale(self, factors: FloatArray) -> SpendResponse:
        """Return the response where each group gains so many times as much."""
        return replace(self, greatest=self.greatest * factors)

    def stretch(self, factor: float) -> SpendResponse:
        """Return the response where so many times the money is needed for the same."""
        return replace(self, half=self.half * factor)


def assume_response(
    profile: pd.DataFrame, margin_rate: float, settings: Mapping[TierName, TierResponse]
) -> SpendResponse:
    """Build the response of the tiers that have customers.

    Parameters
    ----------
    profile : DataFrame
        ``MarketingTiers.profile``: ``tier``, ``customers``, ``value``.
    margin_rate : float
        Share of the value that is margin.
    settings : mapping of tier to TierResponse
        Every tier with customers.
    """
    filled = profile[profile["customers"] > 0]
    assumed = [settings[tier] for tier in filled["tier"]]
    value = filled["value"].clip(lower=0).to_numpy(float)
    return SpendResponse(
        names=tuple(filled["tier"]),
        greatest=margin_rate * value * np.array([tier.max_lift for tier in assumed]),
        half=filled["customers"].to_numpy(float) * np.array([tier.half_spend for tier in assumed]),
        least=np.array([tier.least for tier in assumed]),
        most=np.array([np.inf if tier.most is None else tier.most for tier in assumed]),
    )


def fill_in(
    kept: BudgetSettings, profile: pd.DataFrame, margin_rate: float
) -> tuple[float, dict[TierName, TierResponse]]:
    """Return the budget and every tier's assumptions, with starting values where none were said.

    The starting values are the same for every tier, so that they favour none. They are
    not learnt from anything.
    """
    customers, value = int(profile["customers"].sum()), max(float(profile["value"].sum()), 0.0)
    half = round_off(STARTING_HALF_SHARE * margin_rate * value / max(customers, 1)) or 1.0
    total = round_off(STARTING_BUDGET_SHARE * margin_rate * value)
    tiers = {tier: kept.tiers.get(tier, TierResponse(half_spend=half)) for tier in profile["tier"]}
    return (total if kept.total is None else kept.total), tiers


def round_off(amount: float) -> float:
    """Round an amount to two figures."""
    return float(f"{amount:.1e}") if amount > 0 else 0.0


def to_table(response: SpendResponse, **columns: Any) -> pd.DataFrame:
    """Return arrays of the groups as columns, index the groups' names."""
    return pd.DataFrame(columns, index=pd.Index(response.names, name="tier"))
