"""Every model family by name, in the order in which people see them.

Orders with dates and tables with one value per customer have families of their
own; trees, network and ensemble serve both. Some are fitted always, others only
where settings name them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from clv_core.errors import InvalidSetting, NothingStored
from clv_core.models.baselines import MeanValue, PastRate, PastSpend
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.decision_tree import DecisionTreeForecaster
from clv_core.models.ensemble import MEMBERS, MeanForecaster
from clv_core.models.forecaster import Forecaster
from clv_core.models.linear import LinearForecaster
from clv_core.models.logistic import LogisticForecaster
from clv_core.models.network import NetworkForecaster
from clv_core.models.random_forest import RandomForestForecaster
from clv_core.models.sequence_families import SEQUENCE_FAMILIES
from clv_core.models.stacking import weigh_by_buyers
from clv_core.models.statistical import BgNbdForecaster, MbgNbdForecaster, ParetoNbdForecaster
from clv_core.models.svm import SvmForecaster
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

MORE_FORECASTERS: Final[dict[str, type[Forecaster]]] = {
    MbgNbdForecaster.name: MbgNbdForecaster,
    LinearForecaster.name: LinearForecaster,
    LogisticForecaster.name: LogisticForecaster,
    DecisionTreeForecaster.name: DecisionTreeForecaster,
    RandomForestForecaster.name: RandomForestForecaster,
    SvmForecaster.name: SvmForecaster,
    **{family.name: family for family in SEQUENCE_FAMILIES},
}
"""Families for orders that are fitted only where settings name them."""

MORE_VALUE_FORECASTERS: Final[dict[str, type[Forecaster]]] = {
    DecisionTreeForecaster.name: DecisionTreeForecaster,
    RandomForestForecaster.name: RandomForestForecaster,
    SvmForecaster.name: SvmForecaster,
}
"""The same for value tables."""

RANKINGS: Final = frozenset(name for name, family in FORECASTERS.items() if family.is_ranking)
"""Families whose prediction orders customers but is not an amount."""


def build_forecasters(settings: RunSettings) -> dict[str, Forecaster]:
    """Make every family for orders but the ensemble, not yet fitted, in display order.

    Beside the standard ones those that ``settings.families`` or ``settings.model`` name.

    Raises
    ------
    InvalidSetting
        Where ``settings.families`` names what is no family for orders.
    """
    _refuse_unknown(settings, {**FORECASTERS, **MORE_FORECASTERS})
    return {
        PastSpend.name: PastSpend(),
        PastRate.name: PastRate(),
        BgNbdForecaster.name: BgNbdForecaster(settings.purchases),
        ParetoNbdForecaster.name: ParetoNbdForecaster(settings.purchases),
        **_build_learners(settings),
        **_build_more(settings, MORE_FORECASTERS),
    }


def build_value_forecasters(
    settings: RunSettings, missing: MissingValues = "median"
) -> dict[str, Forecaster]:
    """Make every family for value tables but the ensemble, not yet fitted.

    Parameters
    ----------
    settings : RunSettings
    missing : {"drop", "mean", "median", "regression"}, default "median"
        What families that read the feature matrix take a missing number for.

    Raises
    ------
    InvalidSetting
        Where ``settings.families`` names what is no family for value tables.
    """
    _refuse_unknown(settings, {**VALUE_FORECASTERS, **MORE_VALUE_FORECASTERS})
    return {
        MeanValue.name: MeanValue(),
        LinearForecaster.name: LinearForecaster(
            settings.linear, settings.seed, settings.matrix, missing
        ),
        **_build_learners(settings, missing),
        **_build_more(settings, MORE_VALUE_FORECASTERS, missing),
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


def _build_more(
    settings: RunSettings,
    families: Mapping[str, type[Forecaster]],
    missing: MissingValues = "median",
) -> dict[str, Forecaster]:
    wanted = {*settings.families, settings.model}
    seed, matrix = settings.seed, settings.matrix
    makers: dict[str, Callable[[], Forecaster]] = {
        MbgNbdForecaster.name: lambda: MbgNbdForecaster(settings.purchases),
        LinearForecaster.name: lambda: LinearForecaster(settings.linear, seed, matrix, missing),
        LogisticForecaster.name: lambda: LogisticForecaster(
            settings.logistic, seed, matrix, missing
        ),
        DecisionTreeForecaster.name: lambda: DecisionTreeForecaster(
            settings.decision_tree, seed, matrix, missing
        ),
        RandomForestForecaster.name: lambda: RandomForestForecaster(
            settings.random_forest, seed, matrix, missing
        ),
        SvmForecaster.name: lambda: SvmForecaster(settings.svm, seed, matrix, missing),
        **{
            family.name: partial(family, settings.network, seed, settings.network_seeds, matrix)
            for family in SEQUENCE_FAMILIES
        },
    }
    return {name: makers[name]() for name in families if name in wanted}


def _refuse_unknown(settings: RunSettings, families: Mapping[str, type[Forecaster]]) -> None:
    for name in settings.families:
        if name not in families:
            raise InvalidSetting(
                Sentence("There is no model named {name} for data of this kind.", name=name),
                Sentence("Choose one of: {names}.", names=", ".join(families)),
            )


def build_ensemble(fitted: Mapping[str, Forecaster], buyers: int) -> MeanForecaster | None:
    """Average those of the ensemble's members that could be fitted.

    ``None`` where fewer than two could: a mean of one is that one.

    Parameters
    ----------
    fitted : mapping of str to Forecaster
    buyers : int
        Customers who bought in any window that the members learnt from; the fewer,
        the more Pareto/NBD counts.
    """
    members = [fitted[name] for name in MEMBERS if name in fitted]
    if len(members) < 2:
        return None
    names = [member.name for member in members]
    weights = weigh_by_buyers(names, ParetoNbdForecaster.name, buyers)
    return MeanForecaster.from_fitted(members, weights=weights)


def load_forecaster(name: str, folder: Path) -> Forecaster:
    """Read a fitted model from the folder it was saved in.

    Raises
    ------
    NothingStored
        When no model family has this name.
    """
    families = {
        **FORECASTERS,
        **VALUE_FORECASTERS,
        **MORE_FORECASTERS,
        **MORE_VALUE_FORECASTERS,
    }
    if name not in families:
        raise NothingStored(
            Sentence("There is no model named {name}.", name=name),
            Sentence("Choose one of: {names}.", names=", ".join(families)),
        )
    return families[name].load(folder)
