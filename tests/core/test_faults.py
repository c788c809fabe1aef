"""What is written down when something goes wrong inside."""

from __future__ import annotations

import pytest

from clv_core.faults import describe_fault


def test_a_fault_is_described_by_place_and_kind_alone() -> None:
    """The message stays out: it may quote a customer's data."""
    address = "@".join(["ada", "example.com"])  # never as such in the source that is quoted
    with pytest.raises(KeyError) as caught:
        dict[str, int]()[address]
    told = describe_fault(caught.value)
    assert "builtins.KeyError" in told
    assert "test_faults.py" in told
    assert address not in told


@pytest.mark.timeout(20)
def test_causes_that_lead_back_to_the_beginning_are_told_once() -> None:
    """A worker once wrote such a chain until the machine's memory was gone."""
    first, second = ValueError(), KeyError()
    first.__cause__, second.__context__ = second, first
    told = describe_fault(first)
    assert told.count("builtins.ValueError") == 1
    assert told.count("builtins.KeyError") == 1
