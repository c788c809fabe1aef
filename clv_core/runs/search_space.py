"""Which settings of a family are worth searching, and between which values.

Ranges reach about a factor of four to ten around the defaults, on a log scale where
settings act by ratios. Each has a few levels besides, for a grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from clv_core.errors import InvalidSetting
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings, SearchedModel

Value = float | int | str
Parameters = Mapping[str, Value]

GROUPS: Final[dict[SearchedModel, str]] = {
    "boosted_trees": "boosted",
    "network": "network",
    "logistic": "logistic",
    "decision_tree": "decision_tree",
    "random_forest": "random_forest",
    "svm": "svm",
}
"""The group of ``RunSettings`` that holds a family's settings."""
FAMILIES_OF_VALUES: Final = ("boosted_trees", "network", "decision_tree", "random_forest", "svm")
"""Families that can be searched on a table with one value per customer."""
LAYERS: Final = "hidden_units"  # a tuple of numbers, searched as text: "128,64"
ARCHITECTURE: Final = "architecture"
DENSE: Final = "dense"


@dataclass(frozen=True)
class Range:
    """Numbers between two ends.

    Attributes
    ----------
    low, high : float or int
        Both allowed; whole numbers where both are ints.
    levels : tuple of numbers
        What a grid tries.
    is_log : bool
        Whether ratios count rather than differences.
    needs_months : bool
        Whether it acts only where the network reads months.
    of_days : bool
        Whether it is for dated rows alone.
    """

    low: float
    high: float
    levels: tuple[float, ...]
    is_log: bool = False
    needs_months: bool = False
    of_days: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def including(self, value: Value) -> Range:
        """Return the range, widened where it does not hold a value."""
        number = value if isinstance(value, (int, float)) else self.low
        # Zero has no logarithm: where it is the setting now, differences count.
        is_log = self.is_log and number > 0
        return replace(self, low=min(self.low, number), high=max(self.high, number), is_log=is_log)


@dataclass(frozen=True)
class Options:
    """One of several values, without an order.

    Attributes
    ----------
    values : tuple of str or int
    levels : tuple of str or int
        What a grid tries.
    needs_months, of_days
        As in :class:`Range`.
    """

    values: tuple[Value, ...]
    levels: tuple[Value, ...]
    needs_months: bool = False
    of_days: bool = False

    def including(self, value: Value) -> Options:
        """Return the options, with a value among them."""
        return self if value in self.values else replace(self, values=(*self.values, value))


Dimension = Range | Options
Space = dict[str, Dimension]

BOOSTED: Final[Space] = {
    "learning_rate": Range(0.01, 0.15, (0.015, 0.03, 0.06), is_log=True),
    "leaves": Range(4, 63, (7, 15, 31), is_log=True),
    "min_rows_per_leaf": Range(5, 200, (15, 40, 100), is_log=True),
    "tweedie_power": Range(1.1, 1.7, (1.2, 1.3, 1.5)),
    "trees": Range(100, 1000, (300,), is_log=True),
}
NETWORK: Final[Space] = {
    ARCHITECTURE: Options(
        (DENSE, "gru", "lstm", "conv1d", "wide_and_deep"),
        (DENSE, "gru", "wide_and_deep"),
        of_days=True,
    ),
    LAYERS: Options(("64,64", "128,64", "128,64,32", "256,128", "500,100"), ("64,64", "128,64")),
    "learning_rate": Range(1e-4, 5e-3, (2.5e-4, 5e-4, 1e-3), is_log=True),
    "dropout_share": Range(0.0, 0.4, (0.1, 0.3)),
    "l2_penalty": Range(1e-7, 1e-3, (1e-5,), is_log=True),
    "batch_size": Options((128, 256, 512, 1024), (512,)),
    "epochs": Range(10, 60, (20, 40)),
    "sequence_units": Range(16, 64, (32,), is_log=True, needs_months=True, of_days=True),
}
LOGISTIC: Final[Space] = {
    "penalty": Range(0.01, 1e4, (0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0), is_log=True)
}
DECISION_TREE: Final[Space] = {
    "leaves": Range(4, 128, (6, 12, 24, 48), is_log=True),
    "min_rows_per_leaf": Range(10, 400, (25, 50, 100, 200), is_log=True),
}
RANDOM_FOREST: Final[Space] = {
    "min_rows_per_leaf": Range(3, 100, (5, 10, 20, 40), is_log=True),
    "column_share": Range(0.05, 0.8, (0.1, 0.2, 0.4)),
    "row_share": Range(0.2, 1.0, (0.2, 0.4, 0.8)),
}
SVM: Final[Space] = {
    "kernel": Options(("rbf", "linear"), ("rbf",)),
    "narrowness": Range(0.005, 1.0, (0.0125, 0.05, 0.2), is_log=True),
    "cost": Range(0.01, 10.0, (0.1, 0.3, 1.0), is_log=True),
    "margin": Range(0.0, 0.5, (0.05, 0.1, 0.2)),
}
SPACES: Final[dict[SearchedModel, Space]] = {
    "boosted_trees": BOOSTED,
    "network": NETWORK,
    "logistic": LOGISTIC,
    "decision_tree": DECISION_TREE,
    "random_forest": RANDOM_FOREST,
    "svm": SVM,
}


def lay_out_space(
    model: SearchedModel, settings: RunSettings, searched: Sequence[str], has_days: bool
) -> Space:
    """Return what is searched of a family, the settings as they are included.

    Parameters
    ----------
    model : str
    settings : RunSettings
        As they would be used without a search.
    searched : sequence of str
        Names of settings; empty: all that are worth it.
    has_days : bool
        Whether the rows are dated, so that a network can read months.

    Raises
    ------
    InvalidSetting
        Where a named setting is none that can be searched.
    """
    whole = list_searchable(model, has_days)
    for name in searched:
        if name not in whole:
            raise InvalidSetting(
                Sentence(
                    "The setting {name} of {model} cannot be searched.", name=name, model=model
                ),
                Sentence("Choose among: {names}.", names=", ".join(whole)),
            )
    now = read_parameters(settings, model, whole)
    return {
        name: SPACES[model][name].including(now[name])
        for name in whole
        if name in (searched or whole)
    }


def list_searchable(model: SearchedModel, has_days: bool) -> list[str]:
    """Name the settings of a family that can be searched on data of this kind."""
    return [name for name, one in SPACES[model].items() if has_days or not one.of_days]


def acts(one: Dimension, drawn: Parameters, architecture: str) -> bool:
    """Say whether a setting has an effect beside those drawn; else it is not drawn.

    ``architecture`` is the network's where none is drawn.
    """
    return not one.needs_months or drawn.get(ARCHITECTURE, architecture) != DENSE


def read_parameters(
    settings: RunSettings, model: SearchedModel, names: Sequence[str]
) -> Parameters:
    """Return some settings of a family as a search writes them."""
    group = getattr(settings, GROUPS[model])
    values = {name: getattr(group, name) for name in names}
    return {
        name: ",".join(map(str, value)) if isinstance(value, tuple) else value
        for name, value in values.items()
    }


def with_parameters(
    settings: RunSettings, model: SearchedModel, parameters: Parameters
) -> RunSettings:
    """Return the settings with those of a family replaced by what a search tried.

    Raises
    ------
    InvalidSetting
        Where a value is outside what the setting may be.
    """
    name = GROUPS[model]
    group = getattr(settings, name)
    told: dict[str, object] = dict(parameters)
    if LAYERS in told:
        told[LAYERS] = str(told[LAYERS]).split(",")
    return settings.model_copy(update={name: type(group).check({**group.model_dump(), **told})})
