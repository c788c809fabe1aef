"""What can be wrong with what a user gave us.

::

    UserDataError                  one sentence on the problem, one on the remedy
    +-- UnreadableFile             not a table at all: empty, a web page, binary, too wide
    +-- MissingColumns             a table, but the columns we need are not in it
    +-- UnreadableDatabase         a database cannot be reached, or does not give a table
    +-- UnreadableColumn           a column is there, but (almost) nothing in it can be read
    +-- AmbiguousDates             day and month cannot be told apart; the user must say
    +-- HistoryTooShort            not enough days before the cutoff or after it
    +-- TooFewCustomers            nothing to learn from
    +-- NoRepeatBuyers             nobody came back, so coming back cannot be forecast
    +-- InvalidSetting             a setting outside what it may be
    +-- NothingStored              a run, data set or file that is not in the workspace
    +-- StillAtWork                has to wait until a job ends that reads the same data
    +-- NotWritable                a place where nothing can be written
        +-- DiskFull               no room is left there

Pages and the command line catch :class:`UserDataError` and nothing else; any
other exception is our fault and stays loud.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clv_core.sentences import Sentence

__all__ = [
    "AmbiguousDates",
    "DiskFull",
    "HistoryTooShort",
    "InvalidSetting",
    "MissingColumns",
    "NoRepeatBuyers",
    "NotWritable",
    "NothingStored",
    "StillAtWork",
    "TooFewCustomers",
    "UnreadableColumn",
    "UnreadableDatabase",
    "UnreadableFile",
    "UserDataError",
    "error_from_json",
]


class UserDataError(Exception):
    """Input that cannot be used, told so that the user can mend it.

    Parameters
    ----------
    problem : Sentence
        What is wrong, with file, line and column where there is one.
    remedy : Sentence
        What to do about it.
    cases : sequence of Sentence, optional
        The single findings behind the problem, all of them, not the first.
    """

    def __init__(self, problem: Sentence, remedy: Sentence, cases: Sequence[Sentence] = ()) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy
        self.cases = tuple(cases)

    def to_json(self) -> dict[str, Any]:
        """Return a form that :func:`error_from_json` reads back."""
        return {
            "error": type(self).__name__,
            "problem": self.problem.to_json(),
            "remedy": self.remedy.to_json(),
            "cases": [case.to_json() for case in self.cases],
        }


class UnreadableFile(UserDataError):
    """The file is not a table that can be read."""


class UnreadableDatabase(UserDataError):
    """A database cannot be reached, or does not give what was asked of it."""


class MissingColumns(UserDataError):
    """A needed column was not found in the table."""


class UnreadableColumn(UserDataError):
    """A mapped column holds values that cannot be read as what it should be."""


class AmbiguousDates(UserDataError):
    """Nothing in a column of dates decides whether the day or the month comes first."""


class HistoryTooShort(UserDataError):
    """The orders do not span the days that the windows need."""


class TooFewCustomers(UserDataError):
    """Fewer customers than any model can learn from."""


class NoRepeatBuyers(UserDataError):
    """No customer bought on two different days."""


class InvalidSetting(UserDataError):
    """A setting that is outside what it may be."""


class NothingStored(UserDataError):
    """Something asked for by name is not in the workspace."""


class StillAtWork(UserDataError):
    """Something that has to wait until a job ends."""


class NotWritable(UserDataError):
    """Nothing can be written where the result was to go."""


class DiskFull(NotWritable):
    """No room is left where something was to be written."""


def error_from_json(stored: Mapping[str, Any]) -> UserDataError:
    """Rebuild an error that another process wrote with :meth:`UserDataError.to_json`.

    Raises
    ------
    KeyError
        When it is none of the errors of this module.
    """
    return _BY_NAME[stored["error"]](
        Sentence.from_json(stored["problem"]),
        Sentence.from_json(stored["remedy"]),
        [Sentence.from_json(case) for case in stored["cases"]],
    )


_BY_NAME = {
    kind.__name__: kind
    for kind in (
        *(UserDataError, UnreadableFile, MissingColumns, UnreadableColumn, AmbiguousDates),
        *(HistoryTooShort, TooFewCustomers, NoRepeatBuyers, InvalidSetting, NothingStored),
        *(StillAtWork, NotWritable, DiskFull, UnreadableDatabase),
    )
}
