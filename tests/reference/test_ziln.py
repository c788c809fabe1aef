"""The zero-inflated lognormal loss against an independent rewrite in SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from clv_core.models.losses import ziln_loss


def negative_log_likelihood(spend: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Bernoulli times lognormal, from SciPy's distributions."""
    p = stats.logistic.cdf(output[:, 0])
    sigma = np.log1p(np.exp(output[:, 2]))
    bought = (spend > 0).astype(int)
    density = stats.lognorm.logpdf(
        np.where(bought, spend, 1.0), s=sigma, scale=np.exp(output[:, 1])
    )
    return -stats.bernoulli.logpmf(bought, p) - np.where(bought, density, 0.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ziln_loss_is_the_likelihood_of_bernoulli_times_lognormal(seed: int) -> None:
    """Per row the loss equals SciPy's, over wide ranges of outputs and spends."""
    random = np.random.default_rng(seed)
    output = random.normal(0, [2.0, 3.0, 2.0], size=(200, 3)).astype(np.float32)
    spend = np.where(random.random(200) < 0.4, 0.0, random.lognormal(3, 1.5, 200))
    spend = spend.astype(np.float32)

    loss = np.asarray(ziln_loss(spend[:, None], output))

    expected = negative_log_likelihood(spend.astype(float), output.astype(float))
    np.testing.assert_allclose(loss, expected, rtol=2e-5, atol=2e-5)


def test_ziln_loss_is_least_at_the_distribution_that_made_the_data() -> None:
    """Moving any of the three outputs away from the truth makes the mean loss larger."""
    random = np.random.default_rng(4)
    truth = np.array([-0.5, 3.0, 0.3], dtype=np.float32)
    p, sigma = 1 / (1 + np.exp(0.5)), np.log1p(np.exp(0.3))
    bought = random.random(50_000) < p
    spend = np.where(bought, random.lognormal(3.0, sigma, 50_000), 0.0).astype(np.float32)

    def mean_loss(output: np.ndarray) -> float:
        rows = np.broadcast_to(output, (len(spend), 3))
        return float(np.asarray(ziln_loss(spend[:, None], rows)).mean())

    at_truth = mean_loss(truth)
    for moved in range(3):
        for step in (-0.2, 0.2):
            shifted = truth.copy()
            shifted[moved] += step
            assert mean_loss(shifted) > at_truth
