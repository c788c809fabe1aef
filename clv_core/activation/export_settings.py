"""What a list is to be."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from clv_core.activation.control_group import DEFAULT_SHARE
from clv_core.activation.platforms.registry import TARGETS
from clv_core.activation.platforms.target import Target, ValueColumn, Wishes
from clv_core.errors import InvalidSetting
from clv_core.sentences import Sentence
from clv_core.settings_base import Settings, ShortText

DEFAULT_SEED: Final = 1


class ExportSettings(Settings):
    """What a list is to be. The names of tiers are those of the result."""

    target: ShortText = "csv"  # of platforms.registry.TARGETS
    value_tiers: tuple[ShortText, ...] = ()  # empty: all
    marketing_tiers: tuple[ShortText, ...] = ()
    consented_only: bool = False
    control_share: Annotated[float, Field(ge=0, le=0.5)] = DEFAULT_SHARE
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = DEFAULT_SEED  # which control group is drawn
    leaves_controls_out: bool = False  # of a file that could mark them
    spares_earlier_controls: bool = False  # whoever an earlier export kept out
    is_hashed: bool | None = None  # None: as the platform advises
    default_country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""  # where unknown
    value: ValueColumn = "predicted"  # or the lower bound, where a value is written

    @property
    def place(self) -> Target:
        """Where the list goes.

        Raises
        ------
        InvalidSetting
            Names the targets there are.
        """
        if self.target not in TARGETS:
            raise InvalidSetting(
                Sentence("There is no format named {name}.", name=self.target),
                Sentence("Choose one of: {names}.", names=", ".join(TARGETS)),
            )
        return TARGETS[self.target]

    @property
    def wishes(self) -> Wishes:
        """What is asked of the cells."""
        return Wishes(self.place.settle_hashing(self.is_hashed), self.value)

    def describe(self, named: bool) -> dict[str, Any]:
        """Return what was chosen, for the record: names and flags, nothing of anybody's.

        Parameters
        ----------
        named : bool
            Whether only customers picked elsewhere are on the list.
        """
        told = self.model_dump(mode="json", exclude={"target", "control_share", "seed"})
        return {**told, "is_hashed": self.wishes.is_hashed, "only_named": named}
