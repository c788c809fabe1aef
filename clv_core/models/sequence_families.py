"""Networks that read what customers did month by month: a family per architecture.

Each has the settings of the network, but for the architecture, so that several of
them, and the dense one, stand side by side on the scoreboard.
"""

from __future__ import annotations

from typing import Final

from clv_core.models.network import NetworkForecaster
from clv_core.settings import RunSettings


class GruForecaster(NetworkForecaster):
    """Gated recurrent units over the months (Cho et al. 2014)."""

    name = "gru"
    fixed_architecture = "gru"


class LstmForecaster(NetworkForecaster):
    """Long short-term memory over the months (Hochreiter and Schmidhuber 1997)."""

    name = "lstm"
    fixed_architecture = "lstm"


class Conv1dForecaster(NetworkForecaster):
    """Causal convolutions over the months (LeCun and Bengio 1995)."""

    name = "conv1d"
    fixed_architecture = "conv1d"


class WideAndDeepForecaster(NetworkForecaster):
    """Months and features together, with a linear path besides (Cheng et al. 2016)."""

    name = "wide_and_deep"
    fixed_architecture = "wide_and_deep"


def reads_months(settings: RunSettings) -> bool:
    """Whether any network that these settings ask for reads sequences."""
    asked = {*settings.families, settings.model}
    named = any(family.name in asked for family in SEQUENCE_FAMILIES)
    return named or settings.network.architecture != "dense"


SEQUENCE_FAMILIES: Final = (
    GruForecaster,
    LstmForecaster,
    Conv1dForecaster,
    WideAndDeepForecaster,
)
