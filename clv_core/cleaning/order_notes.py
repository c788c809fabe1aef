"""What is said about order lines that are kept: one rule per function."""

from __future__ import annotations

from clv_core.cleaning.order_rules import is_test_address
from clv_core.cleaning.rules import Rule
from clv_core.sentences import Sentence


def note_refunds() -> Rule:
    """Cancellations and negative lines give money back; they stay."""
    return Rule(
        "refund", Sentence("Negative amount, kept as a refund"), "amount < 0", money="money"
    )


def note_matched_returns() -> Rule:
    """Say which refunds belong to a purchase that is in the files."""
    return Rule(
        "matched_return",
        Sentence("Return of goods bought earlier in the files, kept on its own day"),
        "row_id IN (SELECT row_id FROM returns_matched)",
        money="money",
    )


def note_zero_amounts() -> Rule:
    """A gift or a fully refunded order is still an order."""
    return Rule("zero_amount", Sentence("Amount of zero, kept as an order of 0"), "amount = 0")


def note_identical_purchases() -> Rule:
    """Without order numbers and times of day, equal rows may be two purchases."""
    return Rule(
        "identical_purchase",
        Sentence("Equal to an earlier line, kept: this format lists purchases, not lines"),
        "row_id IN (SELECT row_id FROM orders_copies)",
        money="money",
    )


def note_test_addresses() -> Rule:
    """Say that an export made to be tried out is taken as it is."""
    return Rule(
        "test_address",
        Sentence("Address that exists for tests, kept: no customer has another one"),
        is_test_address(),
        money="money",
    )


def note_joined_guests() -> Rule:
    """Say which orders without an id were given to an account."""
    return Rule(
        "guest_joined",
        Sentence("No customer id; joined to the account known by the e-mail or telephone then"),
        "guest = 'joined'",
        money="money",
    )


def note_known_guests() -> Rule:
    """Say which orders without an id became customers known by their contact."""
    return Rule(
        "guest_by_contact",
        Sentence("No customer id; taken as a customer known by e-mail or telephone"),
        "guest = 'by_contact'",
        money="money",
    )


def note_filled_amounts() -> Rule:
    """Say which amounts were learnt instead of read."""
    return Rule(
        "amount_filled",
        Sentence("The amount was missing; filled in with what earlier months teach"),
        "amount_filled",
        money="money",
    )


def note_capped_amounts() -> Rule:
    """Say which amounts were set to a limit, and how much money that moved."""
    return Rule(
        "amount_capped",
        Sentence("The amount was set to the limit learnt from the months before"),
        "amount_before IS NOT NULL",
        money="CASE WHEN is_head THEN amount - amount_before END",
    )


def note_converted_amounts() -> Rule:
    """Say which amounts were in another currency."""
    return Rule(
        "amount_converted",
        Sentence("Amount converted into the shop's currency at the rate given"),
        "is_converted",
        money="money",
    )


def note_deducted_refunds() -> Rule:
    """Say where the order's value is its total minus what was refunded."""
    return Rule(
        "refund_deducted",
        Sentence("Refunded amount deducted"),
        "refunded <> 0",
        money="CASE WHEN is_head THEN -refunded END",
    )


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
