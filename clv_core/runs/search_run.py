"""A search from cleaned tables to a folder, and what is said of it."""

from __future__ import annotations

from typing import Any

from clv_core.cleaning.tables import Tables
from clv_core.cleaning.value_table import ValueTable
from clv_core.errors import InvalidSetting
from clv_core.evaluation.lead import Lead
from clv_core.features.windows import plan_windows
from clv_core.models.forecaster import Report
from clv_core.models.titles import MODEL_TITLES, MORE_MODELS
from clv_core.network_presets import suit_value_table
from clv_core.runs.rehearsal import Shelf
from clv_core.runs.search import Search
from clv_core.runs.search_folder import SearchFolder
from clv_core.runs.search_space import FAMILIES_OF_VALUES, lay_out_space
from clv_core.runs.search_windows import DayWindows, FoldWindows, SearchWindows
from clv_core.runs.trials import Budget
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings, SearchSettings


def search_settings(
    tables: Tables | ValueTable,
    settings: RunSettings,
    asked: SearchSettings,
    folder: SearchFolder,
    report: Report,
) -> None:
    """Search better settings of a family; the folder keeps what was found at every moment.

    Called again with the same folder, it goes on where it was interrupted or ended.

    Parameters
    ----------
    tables : Tables or ValueTable
    settings : RunSettings
        The default settings to compare with; ``model`` and ``families`` are not looked at.
    asked : SearchSettings
    folder : SearchFolder
    report : Report

    Raises
    ------
    UserDataError
        Where the data have no window to search on, or the family cannot be fitted.
    """
    budget = Budget.of_minutes(asked.minutes)
    report({"share": 0.0, "left_s": None, "message": Sentence("Looking for windows to try on")})
    if isinstance(tables, ValueTable):
        settings = suit_value_table(settings)
        windows, data = _open_folds(tables, settings, asked)
    else:
        windows, data = _open_days(tables, settings, asked)
    lay_out_space(asked.model, settings, asked.searched, windows.is_of_days)  # refuses, keeps none
    folder.keep_request(
        {
            "settings": settings.model_dump(mode="json"),
            "asked": asked.model_dump(mode="json", exclude={"minutes", "most_trials"}),
            "data": data,
        }
    )
    search = Search(windows, settings, asked, budget, folder)
    telling = _Telling(search, folder, budget, report)
    report({"share": 0.0, "left_s": None, "message": MODEL_TITLES[asked.model]})
    search.begin()
    search.go_on(telling)
    telling.write(search.measure_lead(), is_ended=True)
    report({"share": 1.0, "left_s": 0.0, "message": Sentence("Done")})


def tell_search(search: Search, lead: Lead | None, is_ended: bool) -> list[Sentence]:
    """Say what a search found, and how far it can be relied on."""
    told = [_tell_best(search, lead, is_ended), search.windows.describe()]
    stopped = sum(one.state == "stopped_early" for one in search.attempts)
    failed = sum(one.state == "failed" for one in search.attempts)
    if stopped or failed:
        told.append(
            Sentence(
                "Stopped early because others did better by then: {stopped}. Not finished:"
                " {failed}.",
                stopped=stopped,
                failed=failed,
            )
        )
    if is_of_one_season(search):
        told.append(tell_one_season())
    if is_ended and search.is_exhausted:
        told.append(Sentence("There is nothing left to try."))
    return told


def is_of_one_season(search: Search) -> bool:
    """Say whether settings were compared on a single window of days."""
    return search.windows.is_of_days and search.windows.count == 1


def tell_one_season() -> Sentence:
    """Say what a single window does not show (docs/decisions/022-searching-settings.md)."""
    return Sentence(
        "Settings were compared on one window only: on other shops settings that led on one window"
        " did on average no better than the defaults on the next."
    )


def _tell_best(search: Search, lead: Lead | None, is_ended: bool) -> Sentence:
    """Say how far the best settings lead the defaults, and whether that may be chance."""
    count, standing = search.compared, search.standing
    if count == 0 and is_ended:
        return Sentence("The time was up before any settings but the defaults were tried.")
    if count == 0:
        return Sentence("No settings but the defaults have been tried so far.")
    if standing.number == 0:
        return Sentence(
            "Other settings tried: {count}. None did better than the defaults: stay with them.",
            count=count,
        )
    if lead is None:
        return Sentence(
            "Settings tried: {count}. The best lead the defaults by {gain:.1%}; whether that is"
            " chance is measured when the search ends by itself.",
            count=count,
            gain=1 - standing.score,
        )
    if lead.is_beyond_chance:
        return Sentence(
            "Settings tried: {count}. The best lead the defaults by {gain:.1%}, more than chance"
            " would give the best of so many.",
            count=count,
            gain=lead.gain,
        )
    return Sentence(
        "Settings tried: {count}. The best lead the defaults by {gain:.1%}, but the best of so"
        " many may lead as far by chance: the defaults are as good a choice.",
        count=count,
        gain=lead.gain,
    )


def _open_days(
    tables: Tables, settings: RunSettings, asked: SearchSettings
) -> tuple[SearchWindows, dict[str, Any]]:
    plan = plan_windows(tables, settings.window, settings.seed)
    shelf = Shelf(tables, plan, has_months=asked.model == "network")
    data = {
        "plan": plan.to_json(),
        "customers": tables.customer_count,
        "orders": tables.order_count,
    }
    return DayWindows(shelf, plan, asked.most_windows), data


def _open_folds(
    table: ValueTable, settings: RunSettings, asked: SearchSettings
) -> tuple[SearchWindows, dict[str, Any]]:
    if asked.model not in FAMILIES_OF_VALUES:
        raise InvalidSetting(
            Sentence(
                "There is no model named {name} for a table with one value per customer.",
                name=asked.model,
            ),
            Sentence("Choose one of: {names}.", names=", ".join(FAMILIES_OF_VALUES)),
        )
    windows = FoldWindows(table, settings, asked.most_windows)
    data = {
        "plan": windows.plan.to_json(),
        "target": table.target_name,
        "features": [feature.name for feature in table.features],
    }
    return windows, data


class _Telling:
    """Tells of a search after every trial, and keeps what is known by then."""

    def __init__(
        self, search: Search, folder: SearchFolder, budget: Budget, report: Report
    ) -> None:
        self._search, self._folder = search, folder
        self._budget, self._report = budget, report

    def __call__(self) -> None:
        """Write and report; called before each trial."""
        self.write(None, is_ended=False)
        search, budget = self._search, self._budget
        begun = len(search.attempts)
        trials_left = search.asked.most_trials - begun + 1
        left_s = min(budget.left_s, trials_left * search.expected_seconds())
        self._report(
            {
                "share": budget.spent_s / max(budget.spent_s + left_s, 1e-9),
                "left_s": round(left_s, 1),
                "message": Sentence(
                    "Settings {number}; best score so far {score:.3f}",
                    number=begun,
                    score=search.standing.score,
                ),
            }
        )

    def write(self, lead: Lead | None, *, is_ended: bool) -> None:
        """Keep history, best settings and the account."""
        search, standing = self._search, self._search.standing
        asked = search.asked
        told = tell_search(search, lead, is_ended)
        result = {
            "model": asked.model,
            "method": asked.method,
            "is_ended": is_ended,
            "best_trial": standing.number,
            "score": standing.score,
            "trials": len(search.attempts),
            "elapsed_s": max(one.elapsed_s for one in search.attempts),
            "gain": None if lead is None else lead.gain,
            "standard_error": None if lead is None else lead.standard_error,
            "is_beyond_chance": None if lead is None else lead.is_beyond_chance,
            "account": [sentence.to_json() for sentence in told],
        }
        used = search.best_settings
        if asked.model in MORE_MODELS:
            used = used.model_copy(update={"families": tuple({*used.families, asked.model})})
        self._folder.write(search.tabulate(), used, result)
