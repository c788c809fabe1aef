"""What a rule is, and the rules that hold for every kind of file.

A rule is a reason for people and a condition in SQL over the columns that the
kind's module made (``orders.py`` …), built from our own constants. Rejecting
rules are tried in the order of each kind's ``*_rules``; a row counts under the
first that matches, so the account adds up. Orders have theirs in
``order_rules.py``, what is said about kept ones in ``order_notes.py``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from clv_core.cleaning import dates, identity
from clv_core.sentences import Sentence


@dataclass(frozen=True)
class Rule:
    """One reason to drop rows, or to say how they were read.

    Attributes
    ----------
    code : str
        Stable name; also stands in the account and in the list of dropped rows.
    reason : Sentence
    condition : str
        SQL over the typed rows; true where the rule applies. Empty where several
        rows decide together.
    field : str or None
        Canonical field that the reason is about.
    money : str or None
        For a rule about kept rows: SQL for the money it concerns.
    """

    code: str
    reason: Sentence
    condition: str = ""
    field: str | None = None
    money: str | None = None


# What the reader itself refuses (``clv_core.ingest.reading.REJECT_CODES``).
READER_REASONS: Final = {
    "too_few_cells": Sentence("The row has fewer cells than the file has columns"),
    "too_many_cells": Sentence("The row has more cells than the file has columns"),
    "broken_quote": Sentence("A quotation mark is opened or closed in the wrong place"),
    "broken_encoding": Sentence("The row holds bytes that are not text"),
    "row_too_long": Sentence("The row is longer than any row of a table can be"),
    "unreadable_row": Sentence("The row does not fit the file's columns"),
}

# What the reader keeps although it is amiss (``TextRows.mended``), by the same codes.
MENDED_ROWS: Final = {
    "too_few_cells": Rule(
        "cells_added",
        Sentence("The row has fewer cells than the file has columns; the others are blank"),
    ),
    "too_many_cells": Rule(
        "blank_cells_removed",
        Sentence("The row has more cells than the file has columns; those too many are blank"),
    ),
    "broken_quote": Rule(
        "quote_mended",
        Sentence("A quotation mark inside a cell was not written twice; read as it is meant"),
    ),
}


def reject_repeated_lines() -> Rule:
    """Keep the first of rows that are equal in every mapped column."""
    return Rule("repeated_line", Sentence("The line repeats an earlier one exactly"))


def reject_missing_customers() -> Rule:
    """Without a customer a row tells nothing about anybody's future."""
    return Rule(
        "missing_customer",
        Sentence("The customer is missing"),
        "written_customer IS NULL",
        field="customer_id",
    )


def reject_destroyed_ids() -> Rule:
    """``1.03293E+19`` stands for millions of ids; nobody can say whose it was."""
    return Rule(
        "destroyed_id",
        Sentence("A spreadsheet rounded the customer's id (it reads like 1.2E+19)"),
        identity.is_destroyed("written_customer"),
        field="customer_id",
    )


def reject_masked_ids() -> Rule:
    """``138****8000`` is shared by ten thousand phones."""
    return Rule(
        "masked_id",
        Sentence("The platform masked the customer's phone or nickname"),
        identity.is_masked("written_customer"),
        field="customer_id",
    )


def reject_unreadable_times(field: str) -> Rule:
    """A row without a date has no place before or after a cutoff."""
    return Rule(
        "unreadable_date",
        Sentence("The date is missing or cannot be read"),
        "row_time IS NULL",
        field=field,
    )


def reject_impossible_times(field: str, today: dt.date) -> Rule:
    """One order in 2099 would move the end of all data there."""
    return Rule(
        "impossible_date",
        Sentence("The date lies before 1970 or more than a year ahead"),
        f"NOT {dates.in_range('row_time', today)}",
        field=field,
    )


def reject_customers_without_orders() -> Rule:
    """Only who has bought has a future spend to forecast."""
    return Rule(
        "no_orders",
        Sentence("The customer has no orders"),
        "customer_key IS NULL",
        field="customer_id",
    )


def reject_repeated_customers() -> Rule:
    """Keep a customer's first row."""
    return Rule(
        "repeated_customer",
        Sentence("The customer is listed more than once"),
        "mention > 1",
        field="customer_id",
    )


def reject_empty_reviews() -> Rule:
    """A review without rating and text says nothing."""
    return Rule(
        "empty_review",
        Sentence("The review has neither a rating nor a text"),
        "rating IS NULL AND review_text IS NULL",
        field="rating",
    )


def note_decimal_ids() -> Rule:
    """Say that ``17850.0`` is read as ``17850``."""
    return Rule("decimal_id", Sentence("Customer number read without its .0"), "decimal_id")


def note_decimal_commas() -> Rule:
    """Say that 12,50 is twelve and a half."""
    return Rule("decimal_comma", Sentence("Amount read with a decimal comma"), "decimal_comma")


def note_guessed_points() -> Rule:
    """Say that 1.234 was taken for a little more than one; in some shops it is a thousand."""
    return Rule(
        "guessed_point",
        Sentence("Amount such as 1.234 read with a decimal point, which no other amount confirms"),
        "guessed_point",
    )


def note_offsets() -> Rule:
    """The shop's own clock decides which day an order belongs to."""
    return Rule(
        "time_zone",
        Sentence("Time zone set aside; the time is taken as the shop's local time"),
        "has_offset",
    )


def note_epochs() -> Rule:
    """Counts from 1970 carry no local time."""
    return Rule(
        "epoch", Sentence("Date given as seconds since 1970, read as universal time"), "is_epoch"
    )


def note_day_first() -> Rule:
    """Say that 03/04 is the third of April."""
    return Rule("day_first", Sentence("Date read with the day first"), "day_month = 'day_first'")


def note_month_first() -> Rule:
    """Say that 03/04 is the fourth of March."""
    return Rule(
        "month_first", Sentence("Date read with the month first"), "day_month = 'month_first'"
    )


def note_borrowed_orders() -> Rule:
    """Say which dates are read on the word of dates that are written otherwise."""
    return Rule(
        "borrowed_order",
        Sentence(
            "Date that can be read both ways; read like the dates with another separator, "
            "which leave no doubt"
        ),
        "borrowed_order",
    )


def note_times() -> tuple[Rule, ...]:
    """Return all that is said about how dates were read."""
    return (
        note_day_first(),
        note_month_first(),
        note_borrowed_orders(),
        note_offsets(),
        note_epochs(),
    )


def note_unknown_ratings() -> Rule:
    """A review keeps its text when its rating cannot be read."""
    return Rule(
        "unknown_rating", Sentence("The rating is missing or cannot be read"), "rating IS NULL"
    )


def note_other_events() -> Rule:
    """Kinds of events that are neither a view, a cart nor a purchase."""
    return Rule(
        "other_event", Sentence("Kind of event not known, counted as other"), "event_type = 'other'"
    )
