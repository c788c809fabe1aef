"""What is searched of each family."""

from __future__ import annotations

import pytest

from clv_core.errors import InvalidSetting
from clv_core.model_settings import BoostedSettings, NetworkSettings
from clv_core.runs.search_space import (
    GROUPS,
    SPACES,
    Range,
    lay_out_space,
    list_searchable,
    read_parameters,
    with_parameters,
)
from clv_core.settings import RunSettings

DEFAULTS = RunSettings()


@pytest.mark.parametrize("model", GROUPS)
def test_every_level_of_a_grid_is_a_setting(model) -> None:
    """Ends of ranges, options and levels are all accepted, and levels lie inside."""
    for name, one in SPACES[model].items():
        ends = (one.low, one.high) if isinstance(one, Range) else one.values
        for value in (*ends, *one.levels):
            assert with_parameters(DEFAULTS, model, {name: value})
        inside = (
            all(one.low <= level <= one.high for level in one.levels)
            if isinstance(one, Range)
            else set(one.levels) <= set(one.values)
        )
        assert inside


@pytest.mark.parametrize("model", GROUPS)
def test_settings_go_there_and_back(model) -> None:
    """The default settings, read as a search writes them, are the default settings again."""
    parameters = read_parameters(DEFAULTS, model, list_searchable(model, True))
    assert with_parameters(DEFAULTS, model, parameters) == DEFAULTS


@pytest.mark.parametrize("model", GROUPS)
def test_the_space_includes_the_default(model) -> None:
    """Whatever the settings are, a search may stay with them."""
    for name, one in lay_out_space(model, DEFAULTS, (), True).items():
        value = read_parameters(DEFAULTS, model, [name])[name]
        assert one.including(value) == one


def test_the_space_widens_to_unusual_settings() -> None:
    """A rate above the usual range, and layers nobody listed, become part of it."""
    settings = RunSettings(
        boosted=BoostedSettings(learning_rate=0.5), network=NetworkSettings(hidden_units=(7,))
    )
    rate = lay_out_space("boosted_trees", settings, ("learning_rate",), True)["learning_rate"]
    assert (rate.low, rate.high) == (0.01, 0.5)
    layers = lay_out_space("network", settings, (), False)["hidden_units"]
    assert "7" in layers.values


def test_zero_has_no_logarithm() -> None:
    """A penalty of zero now lets differences count in place of ratios."""
    settings = RunSettings(network=NetworkSettings(l2_penalty=0.0))
    penalty = lay_out_space("network", settings, (), False)["l2_penalty"]
    assert (penalty.low, penalty.is_log) == (0.0, False)


def test_months_are_searched_where_there_are_months() -> None:
    """A value table has no months for a network to read."""
    assert "architecture" in list_searchable("network", True)
    assert "architecture" not in list_searchable("network", False)


def test_a_setting_that_cannot_be_searched_is_refused() -> None:
    """The error names those that can."""
    with pytest.raises(InvalidSetting, match="cannot be searched") as refusal:
        lay_out_space("network", DEFAULTS, ("loss",), True)
    assert "dropout_share" in str(refusal.value.remedy)
