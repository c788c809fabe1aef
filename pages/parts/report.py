"""What a manager is told of a result, in order: words, tables and figures, not yet a file.

Nothing in it names a customer. ``report_html.py`` and ``report_pdf.py`` write it down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import pandas as pd
import plotly.graph_objects as go

from clv_core import __version__
from clv_core.evaluation.scoreboard import Scoreboard
from pages.parts import cached, derived, derived_explain
from pages.parts.certainty import tell_coverage
from pages.parts.charts_error import calibration
from pages.parts.charts_explain import family_bars, importance_bars
from pages.parts.charts_trust import scoreboard_dots
from pages.parts.charts_value import concentration, marketing_tier_bars, value_tier_bars
from pages.parts.cutoffs import chosen_cutoffs
from pages.parts.playbook import read_playbook
from pages.parts.row_account import account_table
from pages.parts.subject import UNKNOWN, Subject, Total
from pages.parts.tables import metric_rows, value_tier_table
from pages.parts.text import _, day, language, number, say
from pages.parts.words import marketing_tier, metric_value, model_name

RANKED_BY: Final = "normalised_gini"
MARKS: Final = (RANKED_BY, "spearman", "mae", "bias", "decile_mape", "top_20_share")


@dataclass(frozen=True)
class Section:
    """A part of a report.

    Attributes
    ----------
    title : str
    paragraphs : tuple of str
        Plain text.
    totals : tuple of Total
        Numbers to be seen first.
    warnings : tuple of str
        Plain text, to be seen before anything else of the section.
    tables : tuple of DataFrame
        Of text, or of numbers to be written as they are.
    figures : tuple of Figure
        Each under its title, which states the finding.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    totals: tuple[Total, ...] = ()
    warnings: tuple[str, ...] = ()
    tables: tuple[pd.DataFrame, ...] = ()
    figures: tuple[go.Figure, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything a report says, in one language."""

    language: str
    title: str
    subtitle: str
    note: str
    sections: tuple[Section, ...] = field(repr=False)


def section_titles() -> dict[str, str]:
    """Return what the sections are called, in order."""
    return {
        "verdict": _("Can I trust this?"),
        "totals": _("What the customers are worth"),
        "tiers": _("Who holds the value"),
        "actions": _("What to do about it"),
        "reasons": _("What the forecasts rest on"),
        "method": _("How it was made and tested"),
        "data": _("What became of the data"),
    }


def compose_report(subject: Subject, title: str, chosen: tuple[str, ...]) -> Report:
    """Gather what a report says of a result, in the language that is spoken.

    Parameters
    ----------
    subject : Subject
        Of the result; the value tiers are those chosen for it.
    title : str
        The data set's, as the user called it.
    chosen : tuple of str
        Keys of :func:`section_titles`.
    """
    composers: dict[str, Callable[[Subject, str], Section]] = {
        "verdict": _tell_verdict,
        "totals": _tell_totals,
        "tiers": _tell_tiers,
        "actions": _tell_actions,
        "reasons": _tell_reasons,
        "method": _tell_method,
        "data": _tell_data,
    }
    made = dt.datetime.fromisoformat(cached.manifest(subject.run_id)["made_at"])
    return Report(
        language=language(),
        title=_("Customer value: {shop}").format(shop=title),
        subtitle=subject.describe(),
        note=_(
            "Made by Perennial {version} from a result of {day}. It holds no customer's id, name or"
            " address. Forecasts are not facts: the ranges say how sure they are."
        ).format(version=__version__, day=day(made)),
        sections=tuple(
            compose(subject, section_titles()[name])
            for name, compose in composers.items()
            if name in chosen
        ),
    )


def _tell_verdict(subject: Subject, title: str) -> Section:
    verdict, objection = cached.verdict(subject.run_id), cached.objection(subject.run_id)
    warnings = () if objection is None else (say(objection, subject.currency),)
    board = cached.scoreboard(subject.run_id)
    if verdict is None or board is None:
        return Section(title, (subject.tell_untested(),), warnings=warnings)
    told = (verdict.headline, verdict.network, verdict.worth, verdict.meaning)
    return Section(
        title,
        tuple(say(sentence, subject.currency) for sentence in told),
        warnings=(*warnings, *(say(caution, subject.currency) for caution in verdict.cautions)),
        figures=(
            calibration(
                derived.calibration(subject.run_id, subject.model), subject.model, subject.terms
            ),
        ),
    )


def _tell_totals(subject: Subject, title: str) -> Section:
    return Section(title, tuple(subject.define_value()), totals=tuple(subject.list_totals()))


def _tell_tiers(subject: Subject, title: str) -> Section:
    run_id, cutoffs = subject.run_id, chosen_cutoffs(subject.run_id)
    segments = derived.segments(run_id, cutoffs)
    totals = derived.value_tier_totals(run_id, cutoffs)
    table = value_tier_table(segments, subject.terms, totals)
    counts = [number(count) for count in table[_("Customers")]]
    return Section(
        title,
        tables=(table.assign(**{_("Customers"): counts}),),
        figures=(
            value_tier_bars(segments.profile, subject.terms),
            concentration(derived.concentration_curve(run_id), subject.terms),
        ),
    )


def _tell_actions(subject: Subject, title: str) -> Section:
    profile = derived.marketing_tiers(subject.run_id, chosen_cutoffs(subject.run_id)).profile
    book = read_playbook(cached.dataset_of_run(subject.run_id))
    table = pd.DataFrame(
        {
            _("Tier"): [marketing_tier(tier) for tier in profile["tier"]],
            _("Customers"): [number(count) for count in profile["customers"]],
            subject.terms.forecast_mean: [subject.terms.money(value) for value in profile["value"]],
            _("Who"): [say(why, subject.currency) for why in profile["why"]],
            _("What to do"): [
                book.play(tier).action or say(action)
                for tier, action in zip(profile["tier"], profile["action"], strict=True)
            ],
        }
    )
    return Section(
        title,
        (
            _(
                "A group says what is plausible; whether an action pays can only be seen by leaving"
                " some customers of the group out and comparing."
            ),
        ),
        tables=(table,),
        figures=(marketing_tier_bars(profile, subject.terms),),
    )


def _tell_reasons(subject: Subject, title: str) -> Section:
    run_id, terms = subject.run_id, subject.terms
    features = importance_bars(
        derived_explain.feature_importance(run_id),
        terms,
        top=10,
        has_own_names=subject.has_own_names,
    )
    if subject.has_own_names:
        return Section(title, (subject.caution(),), figures=(features,))
    families = family_bars(derived_explain.family_importance(run_id), terms)
    return Section(title, (subject.caution(),), figures=(families, features))


def _tell_method(subject: Subject, title: str) -> Section:
    run_id, board, coverage = subject.run_id, cached.scoreboard(subject.run_id), _ranges(subject)
    notes = dict.fromkeys(note for found in cached.notes(run_id).values() for note in found)
    told = (
        *subject.tell_division(),
        _("In use: {model}.").format(model=model_name(subject.model)),
        *(say(sentence) for sentence in cached.tuning(run_id)),
        coverage,
        *(say(note) for note in notes),
        *(say(caveat) for caveat in subject.caveats),
    )
    if board is None:
        return Section(title, told)
    best = metric_rows(board, RANKED_BY)
    dots = scoreboard_dots(best, RANKED_BY, subject.model, board.winners[RANKED_BY], subject.terms)
    return Section(title, told, tables=(_marks_table(board, subject),), figures=(dots,))


def _ranges(subject: Subject) -> str:
    coverage = cached.coverage(subject.run_id)
    return subject.tell_unchecked() if coverage is None else tell_coverage(subject, coverage)


def _marks_table(board: Scoreboard, subject: Subject) -> pd.DataFrame:
    """Set every model's marks in the test side by side, the best order first."""
    ranked = list(metric_rows(board, RANKED_BY)["model"])
    order = [*ranked, *(model for model in board.models if model not in ranked)]
    names = [model_name(model) for model in order]
    shown = [metric for metric in MARKS if not metric_rows(board, metric).empty]
    marks = {
        subject.terms.metric_label(metric): [
            UNKNOWN if found is None else metric_value(metric, found[0], subject.currency)
            for found in (board.find(model, metric) for model in order)
        ]
        for metric in shown
    }
    return pd.DataFrame({_("Model"): names, **marks})


def _tell_data(subject: Subject, title: str) -> Section:
    quality = cached.quality(cached.dataset_of_run(subject.run_id))
    account = account_table(quality)
    money_column = account.columns[-1]
    written = account.assign(
        **{
            _("Rows"): [number(rows) for rows in account[_("Rows")]],
            money_column: [
                UNKNOWN if pd.isna(amount) else subject.terms.money(amount)
                for amount in account[money_column]
            ],
        }
    )
    told = tuple(
        _("{file}: {read} rows read = {kept} kept + {dropped} dropped").format(
            file=file.file_name,
            read=number(file.rows_read),
            kept=number(file.rows_kept),
            dropped=number(file.rows_read - file.rows_kept),
        )
        for file in quality.files
    )
    return Section(title, (*told, *(say(note) for note in quality.notes)), tables=(written,))
