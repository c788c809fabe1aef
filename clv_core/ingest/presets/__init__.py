"""Platforms whose exports are known: their headers, what they mean, their rules.

A preset says which column is which, names the business rules (``Rule``) that
cleaning applies to its files, and which order statuses mean a sale. Recognition
goes by headers alone; where several presets fit, the one that explains most
columns wins. Sources: the platforms' own exports and their help pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from clv_core.ingest.presets.audiences import AUDIENCES
from clv_core.ingest.presets.chinese import CHINESE
from clv_core.ingest.presets.datasets import DATASETS
from clv_core.ingest.presets.markets import MARKETS
from clv_core.ingest.presets.preset import PlatformPreset, Refusal, Rule, fold_all
from clv_core.ingest.presets.seasia import SOUTHEAST_ASIAN
from clv_core.ingest.presets.shops import SHOPS

__all__ = ["PRESETS", "PlatformPreset", "Refusal", "Rule", "find_preset", "fold_all"]

_ALL: Final = (*DATASETS, *SHOPS, *MARKETS, *CHINESE, *SOUTHEAST_ASIAN, *AUDIENCES)
PRESETS: Final[dict[str, PlatformPreset]] = {preset.name: preset for preset in _ALL}


def find_preset(column_names: Sequence[str]) -> PlatformPreset | None:
    """Return the platform whose export has these headers, or None."""
    fitting = [preset for preset in PRESETS.values() if preset.fits(column_names)]
    return max(fitting, key=lambda p: len(p.map_columns(column_names)), default=None)
