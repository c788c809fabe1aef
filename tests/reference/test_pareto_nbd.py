"""Pareto/NBD against the published CDNOW estimates and the published likelihood."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln, hyp2f1

from clv_core.models.pareto_nbd import ParetoNbd
from clv_core.models.purchase_process import PurchaseHistories
from tests.reference.cdnow import summarise_cdnow

# Fader, Hardie & Lee (2005), table 2; times in weeks.
PUBLISHED = [0.553, 10.578, 0.606, 11.669]
PUBLISHED_LOG_LIKELIHOOD = -9595.0


def test_maximum_likelihood_is_the_published_one() -> None:
    """Without a penalty the estimates agree to every published digit."""
    histories = PurchaseHistories.from_features(summarise_cdnow())
    model = ParetoNbd(penalty_spread=np.inf).fit(histories)
    assert model.converged_
    assert model.parameters_ == pytest.approx(PUBLISHED, abs=6e-4)
    assert model.log_likelihood_ == pytest.approx(PUBLISHED_LOG_LIKELIHOOD, abs=0.05)


@pytest.mark.parametrize("parameters", [(0.55, 10.6, 0.61, 11.7), (0.9, 14.0, 0.4, 3.0)])
def test_quadrature_equals_the_hypergeometric_form(
    parameters: tuple[float, float, float, float],
) -> None:
    """Likelihood and P(alive) equal Fader & Hardie's form for either order of alpha and beta."""
    x = np.array([0.0, 0.0, 1.0, 4.0, 11.0])
    last = np.array([0.0, 0.0, 3.0, 20.0, 38.0])
    tenure = np.array([0.5, 39.0, 30.0, 39.0, 38.5])
    histories = PurchaseHistories(x, last, tenure, np.ones(5))
    model = ParetoNbd()
    model.parameters_ = np.array(parameters)
    log_likelihood, p_alive = _hypergeometric_form(parameters, x, last, tenure)
    assert model.log_likelihood(histories) == pytest.approx(log_likelihood, abs=1e-8)
    assert model.p_alive(histories) == pytest.approx(p_alive, abs=1e-8)


def _hypergeometric_form(
    parameters: tuple[float, float, float, float],
    x: np.ndarray,
    last: np.ndarray,
    tenure: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Evaluate equations (20) to (22) of the 2005 note as they stand."""
    r, alpha, s, beta = parameters
    second, offset = (s + 1, alpha) if alpha >= beta else (r + x, beta)

    def part(time: np.ndarray) -> np.ndarray:
        z = abs(alpha - beta) / (offset + time)
        return hyp2f1(r + s + x, second, r + s + x + 1, z) / (offset + time) ** (r + s + x)

    alive = (alpha + tenure) ** -(r + x) * (beta + tenure) ** -s
    total = alive + s / (r + s + x) * (part(last) - part(tenure))
    constant = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return constant + np.log(total), alive / total
