"""A search on disk: written after every trial, read by pages without Optuna."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from clv_core.errors import InvalidSetting, NothingStored
from clv_core.models.forecaster import Prediction
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings
from clv_core.storage.atomic import write_bytes, write_text

FACTS: Final = ("trial", "elapsed_s", "score", "best_score", "state", "seconds")
"""Columns of a history before those of the settings tried."""


@dataclass(frozen=True)
class SearchFolder:
    """What a search keeps.

    ::

        request.json          what is searched, on what; a search is continued only on the same
        journal.log           Optuna's trials, one line per event
        history.csv           the same as a table: FACTS and a column per setting
        settings.json         the best settings so far, for a run
        result.json           what came of it, in words and numbers
        predictions_*.parquet forecasts of the default and of the best settings

    Attributes
    ----------
    folder : Path
        Existing.
    """

    folder: Path

    @property
    def journal(self) -> Path:
        """The file of Optuna's trials."""
        return self.folder / "journal.log"

    def has_begun(self) -> bool:
        """Whether there is a search to go on with."""
        return (self.folder / "request.json").is_file()

    def keep_request(self, request: dict[str, Any]) -> None:
        """Note what is searched, or hold a continued search to what it was begun with.

        Raises
        ------
        InvalidSetting
            Where the search in this folder is another one.
        NothingStored
            Where what it was begun with is damaged.
        """
        stored = json.loads(json.dumps(request))
        path = self.folder / "request.json"
        if not path.is_file():
            write_text(path, json.dumps(stored, indent=2))
        elif _read_json(path) != stored:
            raise InvalidSetting(
                Sentence(
                    "The search that was begun here is of other data, of another model or from"
                    " other settings."
                ),
                Sentence("Continue it with what it was begun with, or begin a new one."),
            )

    def write(self, history: pd.DataFrame, settings: RunSettings, result: dict[str, Any]) -> None:
        """Write what is known so far."""
        write_text(self.folder / "history.csv", history.to_csv(index=False))
        write_text(self.folder / "settings.json", settings.to_json())
        write_text(self.folder / "result.json", json.dumps(result, indent=2))

    def history(self) -> pd.DataFrame | None:
        """Return ``FACTS`` and the settings tried, a row per trial; None before the first."""
        path = self.folder / "history.csv"
        try:
            return pd.read_csv(path) if path.is_file() else None
        except ValueError:  # of pandas' own kinds, all of them
            raise _damaged(path) from None

    def settings(self) -> RunSettings:
        """Return the best settings, for a run."""
        return RunSettings.from_json((self.folder / "settings.json").read_text("utf-8"))

    def result(self) -> dict[str, Any] | None:
        """Return what came of it; None before the first trial ended."""
        path = self.folder / "result.json"
        return _read_json(path) if path.is_file() else None

    def account(self) -> tuple[Sentence, ...]:
        """Return what came of it in words, nothing before the first trial ended."""
        told = (self.result() or {}).get("account", ())
        return tuple(Sentence.from_json(sentence) for sentence in told)

    def write_predictions(self, name: str, number: int, predictions: Sequence[Prediction]) -> None:
        """Keep a trial's forecasts of every window."""
        frames = [
            one.spend.rename("spend").rename_axis("key").reset_index().assign(window=window)
            for window, one in enumerate(predictions)
        ]
        table = pd.concat(frames, ignore_index=True).assign(trial=number)
        write_bytes(self.folder / f"predictions_{name}.parquet", table.to_parquet())

    def read_predictions(self, name: str, number: int) -> list[Prediction] | None:
        """Return what :meth:`write_predictions` kept; None where it is of another trial."""
        path = self.folder / f"predictions_{name}.parquet"
        table = pd.read_parquet(path) if path.is_file() else None
        if table is None or table["trial"].iloc[0] != number:
            return None
        return [Prediction(rows.set_index("key")["spend"]) for _, rows in table.groupby("window")]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        stored: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError:
        raise _damaged(path) from None
    return stored


def _damaged(path: Path) -> NothingStored:
    return NothingStored(
        Sentence("The file {name} of this search is damaged.", name=path.name),
        Sentence("Begin a new search."),
    )
