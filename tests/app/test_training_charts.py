"""Learning curves of models that hold rows back, and of those that do not."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

PAGE = """
from pages.parts.training_charts import show_learning

told = {{"phase": "validation", "model": "boosted_trees", "validation_loss": {held_back}}}
learnt = [{{**told, "epoch": 10, "loss": 3.0}}, {{**told, "epoch": 20, "loss": 2.5}}]
show_learning(learnt, "curves")
"""


@pytest.mark.parametrize(
    ("held_back", "finding", "value"),
    [
        (None, "Boosted trees: 20 trees so far", "2.5000"),
        (4.0, "Boosted trees: loss lowest after 10 of 20 trees", "4.0000"),
    ],
)
def test_what_was_learnt_is_told_with_and_without_held_back_rows(
    held_back: float | None, finding: str, value: str
) -> None:
    """A number of trees that was searched is learnt in full: nothing is held back."""
    page = AppTest.from_string(PAGE.format(held_back=held_back)).run(timeout=30)
    assert not page.exception
    assert finding in page.markdown[0].value
    assert value in page.caption[0].value
