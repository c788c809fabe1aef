"""What the verb ``search`` of the command line does."""

from __future__ import annotations

import argparse
from typing import Any

from clv_core.call_inputs import prepared, read_run_settings
from clv_core.errors import InvalidSetting
from clv_core.models.forecaster import ignore_report
from clv_core.pipeline import search_tables
from clv_core.runs.search_folder import SearchFolder
from clv_core.sentences import Sentence
from clv_core.settings import SearchSettings
from clv_core.storage.atomic import telling_not_writable


def search(options: argparse.Namespace) -> dict[str, Any]:
    """Search better settings of a model into a folder, or go on with a search in it."""
    folder = SearchFolder(options.out)
    _check_place(folder, resumes=options.resume)
    asked = SearchSettings.check(
        {
            name: value
            for name, value in {
                "model": options.model,
                "method": options.method,
                "minutes": options.minutes,
                "most_trials": options.trials,
                "most_windows": options.windows,
                "searched": options.searched,
            }.items()
            if value is not None
        }
    )
    settings = read_run_settings(options).model_copy(update={"model": None})
    with telling_not_writable(options.out):
        options.out.mkdir(parents=True, exist_ok=True)
    with prepared(options) as (tables, _):
        search_tables(tables, settings, asked, folder, ignore_report)
    result = folder.result() or {}
    told = [str(sentence) for sentence in folder.account()]
    if not options.json:
        print("\n".join(told))
    facts = ("model", "method", "trials", "best_trial", "score", "gain", "is_beyond_chance")
    return {
        "out": str(options.out),
        **{name: result[name] for name in (*facts, "elapsed_s")},
        "account": told,
    }


def _check_place(folder: SearchFolder, *, resumes: bool) -> None:
    """Hold a new search to an empty place, and a continued one to where it was begun."""
    if resumes and not folder.has_begun():
        raise InvalidSetting(
            Sentence("There is no search to go on with in {name}.", name=folder.folder.name),
            Sentence("Leave --resume out to begin one."),
        )
    out = folder.folder
    if not resumes and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InvalidSetting(
            Sentence("{name} is there already and is not an empty folder.", name=out.name),
            Sentence("Name a new folder with --out, or go on with its search by --resume."),
        )
