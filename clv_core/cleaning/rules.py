"""The rules, one per function: which rows are dropped, which kept but interpreted.

A rule is a reason for people and a condition in SQL over the columns that the
kind's module made (``orders.py`` …), built from our own constants. Rejecting
rules are tried in the order of ``ORDER_RULES`` and its siblings; a row counts under the
first that matches, so the account adds up:

reader's own rejects, repeated line, missing customer, destroyed id, masked id,
unreadable date, impossible date, unreadable amount, impossible amount, then the
shop's business: cancelled, unpaid, not goods, no price, other currency.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from clv_core.cleaning import dates, identity, money
from clv_core.cleaning.statuses import CANCELLED, UNPAID, has_status
from clv_core.sentences import Sentence

# Not goods in Online Retail, seen in its first six months (postage, carriage, fees,
# manual corrections, discounts, samples, gift vouchers, whose money is spent again on
# goods) or in the rest of the series (B, CRUK, ADJUST, TEST).
_NON_GOODS: Final = (
    "POST", "DOT", "C2", "C3", "M", "D", "S", "B", "PADS", "CRUK", "AMAZONFEE",
    "BANK%CHARGES", "ADJUST%", "TEST%", "GIFT%",
)  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One reason to drop rows, or to say how they were read.

    Attributes
    ----------
    code : str
        Stable name; also stands in the judged rows.
    reason : Sentence
    condition : str
        SQL over the typed rows; true where the rule applies.
    """

    code: str
    reason: Sentence
    condition: str


# What the reader itself refuses (``clv_core.ingest.reading.REJECT_CODES``).
READER_REASONS: Final = {
    "too_few_cells": Sentence("The row has fewer cells than the file has columns"),
    "too_many_cells": Sentence("The row has more cells than the file has columns"),
    "broken_quote": Sentence("A quotation mark is opened or closed in the wrong place"),
    "broken_encoding": Sentence("The row holds bytes that are not text"),
    "row_too_long": Sentence("The row is longer than any row of a table can be"),
    "unreadable_row": Sentence("The row does not fit the file's columns"),
}


def reject_repeated_lines() -> Rule:
    """Keep the first of rows that are equal in every mapped column."""
    return Rule(
        "repeated_line", Sentence("The line repeats an earlier one exactly"), "copy_number > 1"
    )


def reject_missing_customers() -> Rule:
    """Without a customer a row tells nothing about anybody's future."""
    return Rule("missing_customer", Sentence("The customer is missing"), "written_customer IS NULL")


def reject_destroyed_ids() -> Rule:
    """``1.03293E+19`` stands for millions of ids; nobody can say whose it was."""
    return Rule(
        "destroyed_id",
        Sentence("A spreadsheet rounded the customer's id (it reads like 1.2E+19)"),
        identity.is_destroyed("written_customer"),
    )


def reject_masked_ids() -> Rule:
    """``138****8000`` is shared by ten thousand phones."""
    return Rule(
        "masked_id",
        Sentence("The platform masked the customer's phone or nickname"),
        identity.is_masked("written_customer"),
    )


def reject_unreadable_times() -> Rule:
    """A row without a date has no place before or after a cutoff."""
    return Rule(
        "unreadable_date", Sentence("The date is missing or cannot be read"), "row_time IS NULL"
    )


def reject_impossible_times(today: dt.date) -> Rule:
    """One order in 2099 would move the end of all data there."""
    return Rule(
        "impossible_date",
        Sentence("The date lies before 1970 or more than a year ahead"),
        f"NOT {dates.in_range('row_time', today)}",
    )


def reject_unreadable_amounts() -> Rule:
    """An amount must be a number, alone or as quantity times price."""
    return Rule(
        "unreadable_amount", Sentence("The amount is missing or cannot be read"), "amount IS NULL"
    )


def reject_impossible_amounts() -> Rule:
    """One infinite amount would make every sum infinite."""
    return Rule(
        "impossible_amount",
        Sentence("The amount is not a finite number or is larger than any order can be"),
        f"NOT {money.is_finite('amount')}",
    )


def reject_cancelled_orders() -> Rule:
    """A cancelled order was never a purchase."""
    return Rule(
        "cancelled",
        Sentence("The order was cancelled"),
        f"cancelled_at IS NOT NULL OR {has_status(CANCELLED)}",
    )


def reject_unpaid_orders() -> Rule:
    """Drop orders whose status says that no money came."""
    return Rule("unpaid", Sentence("The order was not paid"), has_status(UNPAID))


def reject_orders_not_paid(kept_statuses: frozenset[str]) -> Rule:
    """Keep only orders whose status says that money came, where the platform tells."""
    return Rule(
        "unpaid",
        Sentence("The order was not paid"),
        f"status IS NOT NULL AND NOT {has_status(kept_statuses)}",
    )


def reject_orders_without_sale(dropped_statuses: frozenset[str]) -> Rule:
    """Drop orders whose status says, on their platform, that no sale came of them."""
    return Rule(
        "no_sale",
        Sentence("No sale came of the order: returned, refunded in full, declined or held"),
        has_status(dropped_statuses),
    )


def reject_non_goods() -> Rule:
    """Postage, fees, discounts, manual corrections and vouchers are not goods."""
    match = " OR ".join(f"upper(product) LIKE '{code}'" for code in _NON_GOODS)
    return Rule(
        "non_goods",
        Sentence("Not goods: postage, fee, discount, correction, sample or voucher"),
        f"coalesce({match}, FALSE)",
    )


def reject_lines_without_price() -> Rule:
    """Prices of zero and below are stock corrections and written-off debt."""
    return Rule(
        "no_price", Sentence("The unit price is zero or negative"), "coalesce(price <= 0, FALSE)"
    )


def reject_other_currencies() -> Rule:
    """Amounts in two currencies cannot be added."""
    return Rule(
        "other_currency",
        Sentence("The amount is in another currency than most orders"),
        "in_other_currency",
    )


def reject_customers_without_orders() -> Rule:
    """Only who has bought has a future spend to forecast."""
    return Rule("no_orders", Sentence("The customer has no orders"), "customer_key IS NULL")


def reject_repeated_customers() -> Rule:
    """Keep a customer's first row."""
    return Rule(
        "repeated_customer", Sentence("The customer is listed more than once"), "mention > 1"
    )


def reject_empty_reviews() -> Rule:
    """A review without rating and text says nothing."""
    return Rule(
        "empty_review",
        Sentence("The review has neither a rating nor a text"),
        "rating IS NULL AND review_text IS NULL",
    )


def note_refunds() -> Rule:
    """Cancellations and negative lines give money back; they stay."""
    return Rule("refund", Sentence("Negative amount, kept as a refund"), "amount < 0")


def note_zero_amounts() -> Rule:
    """A gift or a fully refunded order is still an order."""
    return Rule("zero_amount", Sentence("Amount of zero, kept as an order of 0"), "amount = 0")


def note_identical_purchases() -> Rule:
    """Without order numbers and times of day, equal rows may be two purchases."""
    return Rule(
        "identical_purchase",
        Sentence("Equal to an earlier line, kept: this format lists purchases, not lines"),
        "copy_number > 1",
    )


def note_decimal_ids() -> Rule:
    """Say that ``17850.0`` is read as ``17850``."""
    return Rule("decimal_id", Sentence("Customer number read without its .0"), "decimal_id")


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


def note_deducted_refunds() -> Rule:
    """Say where the order's value is its total minus what was refunded."""
    return Rule("refund_deducted", Sentence("Refunded amount deducted"), "refund_deducted")


def note_filled_lines() -> Rule:
    """Say which lines took date, total and status from their order's first line."""
    return Rule(
        "order_fields_filled",
        Sentence("Date, total and status taken from the order's first line"),
        "filled",
    )


def note_unknown_quantities() -> Rule:
    """A line without a readable quantity counts as one piece."""
    return Rule(
        "unknown_quantity",
        Sentence("The quantity is missing or cannot be read; counted as one piece"),
        "unknown_quantity",
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
