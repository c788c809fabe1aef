"""Months as channels: scaled by hand, learnt from training rows, known since when."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import InvalidSetting
from clv_core.models.sequence_inputs import SequenceScaling, stack_sequences
from tests.small_shop import make_training_data
from tests.value_tables import as_training, simulate_people


def test_channels_by_hand() -> None:
    """Signed logs over their root mean square; silence is 0, and so is an unseen channel."""
    spend = np.array([[0.0, np.e - 1], [1 - np.e, 0.0]])
    scaling = SequenceScaling.learn({"spend_sequence": spend, "visit_sequence": 0 * spend})
    assert scaling.units == (pytest.approx(1.0), 1.0)
    features = pd.DataFrame({"tenure_days": [44.0, 0.0]})
    channels = scaling.transform({"spend_sequence": 2 * spend, "visit_sequence": spend}, features)
    assert channels.dtype == np.float32
    np.testing.assert_allclose(channels[:, :, 0], [[0.0, 1.0], [-1.0, 0.0]], atol=1e-6)  # capped
    np.testing.assert_array_equal(channels[:, :, 1], 0.0)


def test_days_before_the_first_purchase_are_not_silence() -> None:
    """A customer of 45 days has lived through one bin and half of the one before."""
    scaling = SequenceScaling.learn({"spend_sequence": np.ones((1, 3))})
    features = pd.DataFrame({"tenure_days": [44.0, 0.0, 1000.0]})
    known = scaling.transform({"spend_sequence": np.zeros((3, 3))}, features)[:, :, -1]
    np.testing.assert_allclose(known, [[0, 0.5, 1], [0, 0, 1 / 30], [1, 1, 1]], rtol=1e-6)


def test_scaling_is_stored_as_json() -> None:
    """What is read back is equal."""
    scaling = SequenceScaling.learn({"spend_sequence": np.ones((2, 4))})
    assert SequenceScaling.from_json(scaling.to_json()) == scaling


def test_only_sequences_that_every_snapshot_has_are_stacked() -> None:
    """Snapshots without visits have none to learn from."""
    labelled = make_training_data(customers=60, snapshots=2).labelled
    stacked = stack_sequences(labelled)
    assert list(stacked) == ["spend_sequence"]
    assert stacked["spend_sequence"].shape == (120, 12)


def test_value_tables_are_refused() -> None:
    """One row per customer knows no months, and the remedy says what to do."""
    with pytest.raises(InvalidSetting, match="knows no months"):
        stack_sequences(as_training(simulate_people(60, seed=1)).labelled)
