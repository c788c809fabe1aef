"""Which rules a file of orders is judged by, given its platform, its columns and the settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from clv_core.cleaning import order_notes as notes
from clv_core.cleaning import order_rules as rules
from clv_core.cleaning import rules as shared
from clv_core.cleaning.judging import RuleBook
from clv_core.cleaning.lines import OrderLines
from clv_core.cleaning.returns import names_pieces
from clv_core.cleaning.rules import Rule
from clv_core.ingest.presets import Rule as PresetRule
from clv_core.settings import CleaningSettings

__all__ = ["Findings", "lists_purchases", "order_book"]


@dataclass(frozen=True)
class Findings:
    """What was found in a file's rows that some rules need; a rule without cause costs nothing.

    Attributes
    ----------
    has_copies, has_superseded : bool
        Lines equal to earlier ones; orders that a later file holds as well.
    has_non_goods : bool
    has_currencies : bool
        More than one.
    has_only_test_addresses : bool
        Every order whose customer is known has an address that exists for tests.
    """

    has_copies: bool
    has_superseded: bool
    has_non_goods: bool
    has_currencies: bool
    has_only_test_addresses: bool


def order_book(
    lines: OrderLines, found: Findings, settings: CleaningSettings, today: dt.date
) -> RuleBook:
    """Return the rules of one file, in the order they are tried."""
    return RuleBook(
        rejecting=(
            *_about_repeats(lines, found, settings),
            *_about_customers(lines),
            *_about_statuses(lines),  # first: what was never paid often has no time or amount
            shared.reject_unreadable_times("order_time"),
            shared.reject_impossible_times("order_time", today),
            rules.reject_unreadable_amounts(_priced_by(lines)),
            rules.reject_impossible_amounts(_priced_by(lines)),
            *_about_people(lines, found, settings),
            *_about_goods(lines, found, settings),
            *_about_currencies(found, settings),
            *_about_returns(lines, settings),
            *_about_outliers(settings),
        ),
        treating=tuple(_notes(lines, found, settings)),
    )


def lists_purchases(lines: OrderLines) -> bool:
    """Say whether equal rows of the format are separate purchases, as CDNOW's.

    A customer, a day, a count and a sum per purchase leave nothing that tells two
    purchases of a day apart.
    """
    return PresetRule.LISTS_PURCHASES in lines.file.preset_rules


def _about_repeats(
    lines: OrderLines, found: Findings, settings: CleaningSettings
) -> Iterator[Rule]:
    if found.has_superseded:
        yield rules.reject_repeated_orders()
    if found.has_copies and settings.repeated_lines == "drop" and not lists_purchases(lines):
        yield shared.reject_repeated_lines()


def _about_customers(lines: OrderLines) -> Iterator[Rule]:
    yield shared.reject_missing_customers()
    if lines.customers.has_destroyed:
        yield shared.reject_destroyed_ids()
    if lines.customers.has_masked:
        yield shared.reject_masked_ids()


def _about_statuses(lines: OrderLines) -> Iterator[Rule]:
    file = lines.file
    if file.has("order_status") or file.has("cancelled_at"):
        yield rules.reject_cancelled_orders()
    if file.has("order_status"):
        yield (
            rules.reject_orders_not_paid(file.kept_statuses)
            if file.kept_statuses
            else rules.reject_unpaid_orders()
        )
        if file.dropped_statuses:
            yield rules.reject_orders_without_sale(file.dropped_statuses)


def _about_people(lines: OrderLines, found: Findings, settings: CleaningSettings) -> Iterator[Rule]:
    has_addresses = lines.file.has("email") or lines.customers.has_addresses
    tells = has_addresses or lines.file.has("order_status") or lines.file.has("customer_name")
    if settings.test_orders == "drop" and tells:
        yield (
            rules.reject_named_test_orders()
            if found.has_only_test_addresses
            else rules.reject_test_orders()
        )
    if settings.staff_domains and has_addresses:
        yield rules.reject_staff_orders()


def _about_goods(lines: OrderLines, found: Findings, settings: CleaningSettings) -> Iterator[Rule]:
    if found.has_non_goods:
        yield rules.reject_non_goods(lines.file.number)
    if settings.unpriced_lines == "drop" and lines.file.has("unit_price") and not lines.per_order:
        yield rules.reject_lines_without_price(lines.file.has("amount"))


def _about_currencies(found: Findings, settings: CleaningSettings) -> Iterator[Rule]:
    if found.has_currencies:
        yield (
            rules.reject_currencies_without_rate()
            if settings.rates
            else rules.reject_other_currencies()
        )


def _about_returns(lines: OrderLines, settings: CleaningSettings) -> Iterator[Rule]:
    if names_pieces(lines.file):
        if settings.reversed_pairs == "drop":
            yield rules.reject_reversed_pairs()
        if settings.unmatched_returns == "drop":
            yield rules.reject_unmatched_returns()


def _about_outliers(settings: CleaningSettings) -> Iterator[Rule]:
    if settings.outliers in ("z_score", "iqr"):
        yield rules.reject_outliers()


def _notes(lines: OrderLines, found: Findings, settings: CleaningSettings) -> Iterator[Rule]:
    yield notes.note_refunds()
    if names_pieces(lines.file) and settings.unmatched_returns == "drop":
        yield notes.note_matched_returns()
    yield notes.note_zero_amounts()
    if found.has_copies and lists_purchases(lines):
        yield notes.note_identical_purchases()
    if settings.test_orders == "drop" and found.has_only_test_addresses:
        yield notes.note_test_addresses()
    if settings.guests != "drop":
        yield notes.note_joined_guests()
        yield notes.note_known_guests()
    if settings.missing_amounts != "drop":
        yield notes.note_filled_amounts()
    if settings.outliers == "winsorise":
        yield notes.note_capped_amounts()
    if found.has_currencies and settings.rates:
        yield notes.note_converted_amounts()
    yield notes.note_filled_lines()
    yield notes.note_deducted_refunds()
    yield notes.note_unknown_quantities()
    yield shared.note_decimal_ids()
    yield shared.note_decimal_commas()
    yield shared.note_guessed_points()
    yield from shared.note_times()


def _priced_by(lines: OrderLines) -> str:
    return "amount" if lines.file.has("amount") else "unit_price"
