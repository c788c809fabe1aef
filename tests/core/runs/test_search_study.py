"""What Optuna is asked and told, without any model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clv_core.errors import TooFewCustomers
from clv_core.runs.search_space import Options, Parameters, Range, Space
from clv_core.runs.search_study import FEWEST_TO_PRUNE, Behind, IsBehind, Study
from clv_core.sentences import Sentence

SPACE: Space = {
    "rate": Range(0.01, 1.0, (0.1, 0.5), is_log=True),
    "leaves": Range(2, 9, (4, 8)),
    "kind": Options(("a", "b"), ("a", "b")),
}
DEFAULT: Parameters = {"rate": 0.3, "leaves": 4, "kind": "a"}


def open_study(
    method: str = "bayesian", journal: Path | None = None, space: Space = SPACE
) -> Study:
    """Return a study with its default noted, or the one that the journal holds."""
    study = Study(space, "dense", method, 5, journal)  # type: ignore[arg-type]
    if not study.attempts:
        used = {name: value for name, value in DEFAULT.items() if name in space}
        study.add_default(used, {}, {"elapsed_s": 0.5, "seconds": 0.5})
    return study


def note() -> dict[str, Any]:
    """Return what is kept with a trial."""
    return {"elapsed_s": 1.0, "seconds": 1.0}


def always(score: float) -> Callable[[int, Parameters, IsBehind], float]:
    """Return an attempt with a fixed score."""
    return lambda number, parameters, is_behind: score


def test_the_default_is_the_first_trial() -> None:
    """Its score is 1, and others follow it."""
    study = open_study()
    study.try_next(always(0.9), note)
    first, second = study.attempts
    assert (first.number, first.score, first.parameters) == (0, 1.0, DEFAULT)
    assert (second.number, second.score, second.state) == (1, 0.9, "finished")


def test_the_same_seed_draws_the_same_settings() -> None:
    """Two searches of one seed try the same settings; they lie inside the space."""
    drawn = []
    for _ in range(2):
        study = open_study()
        for _ in range(5):
            study.try_next(always(0.9), note)
        drawn.append([attempt.parameters for attempt in study.attempts])
    assert drawn[0] == drawn[1]
    for parameters in drawn[0]:
        assert 0.01 <= parameters["rate"] <= 1.0
        assert parameters["leaves"] in range(2, 10)


def test_a_grid_is_tried_to_its_end_without_repeats() -> None:
    """Eight combinations, of which none is tried twice, and then nothing is left."""
    study = open_study("grid")
    while not study.is_exhausted:
        study.try_next(always(0.9), note)
    tried = [tuple(attempt.parameters.values()) for attempt in study.attempts[1:]]
    assert len(tried) == len(set(tried)) == 8


def test_settings_tried_before_are_passed_over() -> None:
    """A grid that holds the default tries it no second time."""
    space: Space = {"kind": Options(("a", "b"), ("a", "b"))}
    study = open_study("grid", space=space)
    while not study.is_exhausted:
        study.try_next(always(0.9), note)
    assert [attempt.parameters for attempt in study.attempts] == [{"kind": "a"}, {"kind": "b"}]


def test_a_grid_that_was_interrupted_is_tried_to_its_end(tmp_path: Path) -> None:
    """Opened again after three of eight combinations, the other five are tried."""
    journal = tmp_path / "journal.log"
    study = open_study("grid", journal)
    for _ in range(3):
        study.try_next(always(0.9), note)
    again = open_study("grid", journal)
    while not again.is_exhausted:
        again.try_next(always(0.9), note)
    tried = [tuple(attempt.parameters.values()) for attempt in again.attempts[1:]]
    assert len(tried) == len(set(tried)) == 8


def test_a_small_space_is_searched_at_some_time() -> None:
    """Where nothing new is drawn any more, the search says so in place of going on."""
    study = open_study(space={"kind": Options(("a", "b"), ("a", "b"))})
    for _ in range(100):
        if study.is_exhausted:
            break
        study.try_next(always(0.9), note)
    assert study.is_exhausted
    assert [attempt.parameters for attempt in study.attempts] == [{"kind": "a"}, {"kind": "b"}]


def test_a_journal_keeps_every_finished_trial(tmp_path: Path) -> None:
    """Opened again, the search has its trials, the default once, and draws others."""
    journal = tmp_path / "journal.log"
    study = open_study(journal=journal)
    for _ in range(3):
        study.try_next(always(0.9), note)
    again = open_study(journal=journal)
    assert again.attempts == study.attempts
    again.try_next(always(0.8), note)
    parameters = [attempt.parameters for attempt in again.attempts]
    assert [attempt.number for attempt in again.attempts] == [0, 1, 2, 3, 4]
    assert all(parameters.count(one) == 1 for one in parameters)


def test_a_killed_process_leaves_a_journal_that_can_be_read(tmp_path: Path) -> None:
    """A trial without an end and a line without an end are no trials."""
    journal = tmp_path / "journal.log"
    study = open_study(journal=journal)
    study.try_next(always(0.9), note)
    content = journal.read_bytes()
    study.try_next(always(0.7), note)
    started = journal.read_bytes()[len(content) :].split(b"\n")[0]
    journal.write_bytes(content + started + b'\n{"op_code":')
    again = open_study(journal=journal)
    assert [attempt.score for attempt in again.attempts] == [1.0, 0.9]
    again.try_next(always(0.8), note)
    assert [attempt.score for attempt in again.attempts] == [1.0, 0.9, 0.8]


def test_a_trial_behind_the_median_is_stopped() -> None:
    """Once enough trials were finished, one that is worse at the same step ends there."""
    study = open_study()

    def at_step(value: float) -> Callable[[int, Parameters, IsBehind], float]:
        def attempt(number: int, parameters: Parameters, is_behind: IsBehind) -> float:
            if is_behind(3, value):
                raise Behind
            return value

        return attempt

    for value in (0.8, 0.9, 1.0, 1.1):
        study.try_next(at_step(value), note)
    assert FEWEST_TO_PRUNE == 4
    study.try_next(at_step(0.96), note)  # the median is 0.95
    study.try_next(at_step(0.94), note)
    last = study.attempts[-2:]
    assert [attempt.state for attempt in last] == ["stopped_early", "finished"]
    assert [attempt.score for attempt in last] == [None, 0.94]


def test_settings_that_cannot_be_fitted_are_a_failed_trial() -> None:
    """The search goes on after them; a fault of ours stays loud."""
    study = open_study()

    def refuse(number: int, parameters: Parameters, is_behind: IsBehind) -> float:
        raise TooFewCustomers(Sentence("Too few."), Sentence("Bring more."))

    def break_down(number: int, parameters: Parameters, is_behind: IsBehind) -> float:
        raise ZeroDivisionError

    study.try_next(refuse, note)
    assert [attempt.state for attempt in study.attempts] == ["finished", "failed"]
    with pytest.raises(ZeroDivisionError):
        study.try_next(break_down, note)


def test_what_has_no_effect_is_not_drawn() -> None:
    """Units for months belong to architectures that read months."""
    space: Space = {
        "architecture": Options(("dense", "gru"), ("dense", "gru")),
        "sequence_units": Range(16, 64, (32,), needs_months=True),
    }
    study = Study(space, "dense", "bayesian", 5)
    for _ in range(12):
        study.try_next(always(1.0), note)
    drawn = {
        (attempt.parameters["architecture"], "sequence_units" in attempt.parameters)
        for attempt in study.attempts
    }
    assert drawn == {("dense", False), ("gru", True)}
