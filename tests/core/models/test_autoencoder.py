"""The autoencoder's code: it tells the columns, repeats, and needs no Keras afterwards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clv_core.models.autoencoder import train_encoder
from clv_core.models.backend import use_compilation_cache

RNG = np.random.default_rng(8)
HIDDEN = RNG.normal(size=(600, 2))
COLUMNS = HIDDEN @ RNG.normal(size=(2, 7)) + RNG.normal(0, 0.05, (600, 7))


@pytest.fixture(scope="module", autouse=True)
def _compilation_cache(pytestconfig: pytest.Config) -> None:
    """Compile each shape once, for this run of the tests and later ones."""
    use_compilation_cache(Path(pytestconfig.cache.mkdir("compiled")))


def test_two_numbers_tell_seven_columns_made_of_two():
    """A straight line through the code tells nearly all of every column's variance."""
    code = train_encoder(COLUMNS, 2, seed=1).apply(COLUMNS)
    read = np.column_stack([code, np.ones(len(code))])
    left = COLUMNS - read @ np.linalg.lstsq(read, COLUMNS, rcond=None)[0]
    assert code.shape == (600, 2)
    assert left.var() < 0.1 * COLUMNS.var()


def test_the_code_is_standardised_and_repeats():
    """Mean 0 and spread 1 on the training rows; the same seed gives the same weights."""
    one, again, other = (train_encoder(COLUMNS[:150], 2, seed=seed) for seed in (1, 1, 2))
    code = one.apply(COLUMNS[:150])
    np.testing.assert_allclose(code.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(code.std(axis=0), 1, atol=1e-6)
    for name in ("kernels", "biases"):
        pairs = zip(getattr(one, name), getattr(again, name), strict=True)
        assert all((mine == theirs).all() for mine, theirs in pairs)
    assert not np.array_equal(one.kernels[0], other.kernels[0])


def test_a_code_is_no_wider_than_the_columns():
    """More numbers than columns would be no compression."""
    assert train_encoder(COLUMNS[:150, :3], 16, seed=1).width == 3
