"""Every model family by name, in the order in which people see them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from clv_core.errors import NothingStored
from clv_core.models.baselines import PastRate, PastSpend
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.ensemble import MEMBERS, MeanForecaster
from clv_core.models.forecaster import Forecaster
from clv_core.models.network import NetworkForecaster
from clv_core.models.statistical import BgNbdForecaster, ParetoNbdForecaster
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings

FORECASTERS: Final[dict[str, type[Forecaster]]] = {
    PastSpend.name: PastSpend,
    PastRate.name: PastRate,
    BgNbdForecaster.name: BgNbdForecaster,
    ParetoNbdForecaster.name: ParetoNbdForecaster,
    BoostedForecaster.name: BoostedForecaster,
    NetworkForecaster.name: NetworkForecaster,
    MeanForecaster.name: MeanForecaster,
}

RANKINGS: Final = frozenset(name for name, family in FORECASTERS.items() if family.is_ranking)
"""Families whose prediction orders customers but is not an amount."""


def build_forecasters(settings: RunSettings) -> dict[str, Forecaster]:
    """Make every family but the ensemble, not yet fitted, in display order."""
    return {
        PastSpend.name: PastSpend(),
        PastRate.name: PastRate(),
        BgNbdForecaster.name: BgNbdForecaster(),
        ParetoNbdForecaster.name: ParetoNbdForecaster(),
        BoostedForecaster.name: BoostedForecaster(settings.boosted, settings.seed),
        NetworkForecaster.name: NetworkForecaster(
            settings.network, settings.seed, settings.network_seeds
        ),
    }


def build_ensemble(fitted: Mapping[str, Forecaster]) -> MeanForecaster | None:
    """Average those of the ensemble's members that could be fitted.

    ``None`` where fewer than two could: a mean of one is that one.
    """
    members = [fitted[name] for name in MEMBERS if name in fitted]
    return MeanForecaster.from_fitted(members) if len(members) > 1 else None


def load_forecaster(name: str, folder: Path) -> Forecaster:
    """Read a fitted model from the folder it was saved in.

    Raises
    ------
    NothingStored
        When no model family has this name.
    """
    if name not in FORECASTERS:
        raise NothingStored(
            Sentence("There is no model named {name}.", name=name),
            Sentence("Choose one of: {names}.", names=", ".join(FORECASTERS)),
        )
    return FORECASTERS[name].load(folder)
