"""Every family's way is told."""

from __future__ import annotations

from clv_core.explain.methods import WAYS, describe_method
from clv_core.models.ensemble import MEMBERS
from clv_core.models.registry import (
    FORECASTERS,
    MORE_FORECASTERS,
    MORE_VALUE_FORECASTERS,
    VALUE_FORECASTERS,
)


def test_no_family_is_without_its_way() -> None:
    """Whoever adds a family has to say how its reasons are found."""
    families = {
        *FORECASTERS,
        *MORE_FORECASTERS,
        *VALUE_FORECASTERS,
        *MORE_VALUE_FORECASTERS,
    }
    assert families - {"ensemble"} == set(WAYS)


def test_an_ensemble_tells_the_ways_of_its_members() -> None:
    """One line for the mean, one per member, and whom they are compared with."""
    told = list(map(str, describe_method("ensemble", "gru", list(MEMBERS))))
    assert len(told) == 5
    assert told[0].startswith("Ensemble")
    assert "expected gradients" in told[3]
    assert "DeepSHAP" in str(describe_method("network")[0])
