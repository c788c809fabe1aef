"""Gamma-Gamma against the estimates published for CDNOW's repeat purchases."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.models.gamma_gamma import GammaGamma
from tests.reference.cdnow import repeat_spend

# Fader & Hardie (2013), The Gamma-Gamma model of monetary value, section 4.
PUBLISHED = [6.25, 3.74, 15.44]


def test_maximum_likelihood_is_the_published_one() -> None:
    """The 946 repeat buyers give p, q and v to every published digit."""
    repeats = repeat_spend()
    assert len(repeats) == 946
    model = GammaGamma().fit(repeats["mean"].to_numpy(), repeats["count"].to_numpy(float))
    assert model.converged_
    assert model.parameters_ == pytest.approx(PUBLISHED, abs=6e-3)


def test_published_population_mean() -> None:
    """The published parameters make a purchase worth about $35.2 on average."""
    model = GammaGamma()
    model.p_, model.q_, model.v_ = PUBLISHED
    assert model.population_mean == pytest.approx(35.2, abs=0.05)
    model.floor_ = 0.01
    nobody = model.expected_value(np.array([0.01]), np.array([0.0]))
    assert nobody == pytest.approx([model.population_mean])
