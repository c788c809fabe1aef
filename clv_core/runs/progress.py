"""How far a long piece of work has come, and how long it will still take."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from clv_core.models.forecaster import Report
from clv_core.sentences import Sentence

MIN_SHARE_FOR_ESTIMATE = 0.05
LEAST_ADVANCE = 0.01  # of a file; a row of progress is kept for each


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
        self._begun: list[tuple[Sentence, float]] = []
        self._started = time.monotonic()

    def step(self, message: Sentence) -> None:
        """Say what begins now; everything begun before counts as done."""
        share = sum(self._weights[: self._taken]) / self._total
        self._taken += 1
        if self._taken > len(self._weights):
            raise ValueError("more steps were taken than were planned")
        self._begun.append((message, time.monotonic()))
        self._tell(share, message)

    def insert(self, weight: float) -> None:
        """Plan one more step, to be taken next."""
        self._weights.insert(self._taken, weight)
        self._total += weight

    def lasted(self, message: Sentence) -> float:
        """Return the seconds that the latest step of this name took, or takes until now.

        Raises
        ------
        ValueError
            When no step has this name.
        """
        ends = [begun for _, begun in self._begun[1:]] + [time.monotonic()]
        for (name, begun), ended in reversed(list(zip(self._begun, ends, strict=True))):
            if name == message:
                return ended - begun
        raise ValueError(f"no step is named {message}")

    def advance(self, part: float) -> None:
        """Move the share inside the current step, which knows how far it is (0 to 1)."""
        share = self._share_at(part)
        self._report({"share": share, "left_s": self._left(share)})

    def within(self, row: dict[str, Any], *, is_recorded: bool = True) -> None:
        """Pass a row of the current step on, with the share it stands for.

        Rows that carry ``epoch`` and ``epochs`` move the share inside the step.
        Where a row is not to be recorded, only how far the step is goes on.
        """
        part = row.get("epoch", 0) / row["epochs"] if row.get("epochs") else 0.0
        share = self._share_at(part)
        told = row if is_recorded else {"phase": row["phase"]}
        self._report({"share": share, "left_s": self._left(share), **told})

    def finish(self, message: Sentence) -> None:
        """Say that all is done."""
        self._tell(1.0, message)

    def _tell(self, share: float, message: Sentence) -> None:
        self._report({"share": share, "left_s": self._left(share), "message": message})

    def _share_at(self, part: float) -> float:
        before = sum(self._weights[: self._taken - 1])
        inside = self._weights[self._taken - 1] if self._taken else 0.0
        return (before + inside * min(part, 1.0)) / self._total

    def _left(self, share: float) -> float | None:
        if share < MIN_SHARE_FOR_ESTIMATE:
            return None
        elapsed = time.monotonic() - self._started
        return round(elapsed * (1 - share) / share, 1)


class FileSteps:
    """Tells of reading files: a step for each, and the share of a large one as it moves.

    Parameters
    ----------
    progress : Progress
        Its next steps are the files.
    files : int
    """

    def __init__(self, progress: Progress, files: int) -> None:
        self._progress = progress
        self._files = files
        self._begun = 0
        self._told = 0.0

    def __call__(self, number: int, share: float) -> None:
        """Take in what share of which file is read."""
        if number == self._begun:
            self._begun, self._told = number + 1, 0.0
            self._progress.step(
                Sentence("Reading file {number} of {all}", number=number + 1, all=self._files)
            )
        elif share >= self._told + LEAST_ADVANCE:
            self._told = share
            self._progress.advance(share)
