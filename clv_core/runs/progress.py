"""How far a long piece of work has come, and how long it will still take."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from clv_core.models.forecaster import Report
from clv_core.sentences import Sentence

MIN_SHARE_FOR_ESTIMATE = 0.05


class Progress:
    """Turns named steps of known weight into a share done and the time left.

    Parameters
    ----------
    report : Report
        Told one row per step: ``share`` (0 to 1), ``left_s`` (seconds or None),
        ``message``; rows of a model's own training pass through unchanged.
    weights : sequence of float
        What each step costs, in any unit, in the order the steps are taken.
    """

    def __init__(self, report: Report, weights: Sequence[float]) -> None:
        self._report = report
        self._weights = list(weights)
        self._total = float(sum(weights))
        self._taken = 0
        self._started = time.monotonic()

    def step(self, message: Sentence) -> None:
        """Say what begins now; everything begun before counts as done."""
        share = sum(self._weights[: self._taken]) / self._total
        self._taken += 1
        if self._taken > len(self._weights):
            raise ValueError("more steps were taken than were planned")
        self._tell(share, message)

    def within(self, row: dict[str, Any]) -> None:
        """Pass a row of the current step on, with the share it stands for.

        Rows that carry ``epoch`` and ``epochs`` move the share inside the step.
        """
        before = sum(self._weights[: self._taken - 1])
        inside = self._weights[self._taken - 1] if self._taken else 0.0
        part = row.get("epoch", 0) / row["epochs"] if row.get("epochs") else 0.0
        share = (before + inside * min(part, 1.0)) / self._total
        self._report({"share": share, "left_s": self._left(share), **row})

    def finish(self, message: Sentence) -> None:
        """Say that all is done."""
        self._tell(1.0, message)

    def _tell(self, share: float, message: Sentence) -> None:
        self._report({"share": share, "left_s": self._left(share), "message": message})

    def _left(self, share: float) -> float | None:
        if share < MIN_SHARE_FOR_ESTIMATE:
            return None
        elapsed = time.monotonic() - self._started
        return round(elapsed * (1 - share) / share, 1)
