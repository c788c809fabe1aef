"""Every model family by name, in the order in which people see them.

Orders with dates and tables with one value per customer have families of their
own; trees, network and ensemble serve both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from clv_core.errors import NothingStored
from clv_core.models.baselines import MeanValue, PastRate, PastSpend
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.ensemble import MEMBERS, MeanForecaster
from clv_core.models.forecaster import Forecaster
from clv_core.models.linear import LinearForecaster
from clv_core.models.network import NetworkForecaster
from clv_core.models.statistical import BgNbdForecaster, ParetoNbdForecaster
from clv_core.sentences import Sentence
from clv_core.settings import MissingValues, RunSettings

FORECASTERS: Final[dict[str, type[Forecaster]]] = {
    PastSpend.name: PastSpend,
    PastRate.name: PastRate,
    BgNbdForecaster.name: BgNbdForecaster,
    ParetoNbdForecaster.name: ParetoNbdForecaster,
    BoostedForecaster.name: BoostedForecaster,
    NetworkForecaster.name: NetworkForecaster,
    MeanForecaster.name: MeanForecaster,
}
VALUE_FORECASTERS: Final[dict[str, type[Forecaster]]] = {
    MeanValue.name: MeanValue,
    LinearForecaster.name: LinearForecaster,
    BoostedForecaster.name: BoostedForecaster,
    NetworkForecaster.name: NetworkForecaster,
    MeanForecaster.name: MeanForecaster,
}
"""Families for one row per customer with a value column."""

RANKINGS: Final = frozenset(name for name, family in FORECASTERS.items() if family.is_ranking)
"""Families whose prediction orders customers but is not an amount."""


def build_forecasters(settings: RunSettings) -> dict[str, Forecaster]:
    """Make every family for orders but the ensemble, not yet fitted, in display order."""
    return {
        PastSpend.name: PastSpend(),
        PastRate.name: PastRate(),
        BgNbdForecaster.name: BgNbdForecaster(),
        ParetoNbdForecaster.name: ParetoNbdForecaster(),
        **_build_learners(settings),
    }


def build_value_forecasters(
    settings: RunSettings, missing: MissingValues = "median"
) -> dict[str, Forecaster]:
    """Make every family for value tables but the ensemble, not yet fitted.

    Parameters
    ----------
    settings : RunSettings
    missing : {"drop", "mean", "median", "regression"}, default "median"
        What the linear model and the network take a missing number for.
    """
    return {
        MeanValue.name: MeanValue(),
        LinearForecaster.name: LinearForecaster(settings.matrix, missing),
        **_build_learners(settings, missing),
    }


def _build_learners(
    settings: RunSettings, missing: MissingValues = "median"
) -> dict[str, Forecaster]:
    return {
        BoostedForecaster.name: BoostedForecaster(settings.boosted, settings.seed, settings.matrix),
        NetworkForecaster.name: NetworkForecaster(
            settings.network, settings.seed, settings.network_seeds, settings.matrix, missing
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
    families = {**FORECASTERS, **VALUE_FORECASTERS}
    if name not in families:
        raise NothingStored(
            Sentence("There is no model named {name}.", name=name),
            Sentence("Choose one of: {names}.", names=", ".join(families)),
        )
    return families[name].load(folder)
