"""What customers cost and what is left of their money, as the shop says it: never guessed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clv_core.settings_base import Settings

Month = Annotated[str, Field(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")]
Cost = Annotated[float, Field(ge=0, le=1e9)]  # in the shop's currency


class EconomicSettings(Settings):
    """Costs and margin that the user gives; None where they have not."""

    margin_rate: Annotated[float, Field(gt=0, le=1)] | None = None  # of net revenue, after goods
    acquisition_cost: Cost | None = None  # of winning one customer
    acquisition_costs: dict[Month, Cost] = Field(default_factory=dict)  # the same, where known

    def cost_of_winning(self, month: str) -> float | None:
        """Return what one customer won in a month, written 2026-10, has cost; None if unknown."""
        return self.acquisition_costs.get(month, self.acquisition_cost)
