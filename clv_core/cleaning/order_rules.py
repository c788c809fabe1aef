"""Why order lines are dropped: one rule per function, the shop's business among them."""

from __future__ import annotations

from typing import Final

from clv_core.cleaning import money
from clv_core.cleaning.rules import Rule
from clv_core.cleaning.statuses import CANCELLED, TEST, UNPAID, has_status
from clv_core.sentences import Sentence

# Reserved for examples (RFC 2606) or used by whoever tries a checkout out.
_TEST_DOMAINS: Final = ("example.com", "example.org", "example.net", "test.com", "test.test")
_TEST_NAMES: Final = ("test", "test test", "testtest", "test order", "测试", "測試")


def reject_repeated_orders() -> Rule:
    """Overlapping exports hold an order twice; the later export knows it better."""
    return Rule(
        "repeated_order",
        Sentence("The same order is in a later file, whose rows stay"),
        field="order_id",
    )


def reject_unreadable_amounts(field: str) -> Rule:
    """An amount must be a number, alone or as quantity times price."""
    return Rule(
        "unreadable_amount",
        Sentence("The amount is missing or cannot be read"),
        "amount IS NULL",
        field=field,
    )


def reject_impossible_amounts(field: str) -> Rule:
    """One infinite amount would make every sum infinite."""
    return Rule(
        "impossible_amount",
        Sentence("The amount is not a finite number or is larger than any order can be"),
        f"NOT {money.is_finite('amount')}",
        field=field,
    )


def reject_cancelled_orders() -> Rule:
    """A cancelled order was never a purchase."""
    return Rule(
        "cancelled",
        Sentence("The order was cancelled"),
        f"is_cancelled OR {has_status(CANCELLED)}",
        field="order_status",
    )


def reject_unpaid_orders() -> Rule:
    """Drop orders whose status says that no money came."""
    return Rule(
        "unpaid", Sentence("The order was not paid"), has_status(UNPAID), field="order_status"
    )


def reject_orders_not_paid(kept_statuses: frozenset[str]) -> Rule:
    """Keep only orders whose status says that money came, where the platform tells."""
    return Rule(
        "unpaid",
        Sentence("The order was not paid"),
        f"status IS NOT NULL AND NOT {has_status(kept_statuses)}",
        field="order_status",
    )


def reject_orders_without_sale(dropped_statuses: frozenset[str]) -> Rule:
    """Drop orders whose status says, on their platform, that no sale came of them."""
    return Rule(
        "no_sale",
        Sentence("No sale came of the order: returned, refunded in full, declined or held"),
        has_status(dropped_statuses),
        field="order_status",
    )


def is_test_address() -> str:
    """Return SQL that says whether a row's address, or its customer, is one for tests."""
    domain = f"coalesce(lower(split_part({{0}}, '@', 2)) IN {_TEST_DOMAINS}, FALSE)"
    return f"({domain.format('email')} OR {domain.format('customer')})"


def reject_test_orders() -> Rule:
    """Whoever tries the checkout out is no customer."""
    return Rule(
        "test_order",
        Sentence("A test order: its status, name or e-mail address says so"),
        f"{_says_test()} OR {is_test_address()}",
    )


def reject_named_test_orders() -> Rule:
    """The same where addresses tell nothing, because there are no others."""
    return Rule("test_order", Sentence("A test order: its status or name says so"), _says_test())


def reject_staff_orders() -> Rule:
    """The shop's own people do not buy as customers do."""
    domain = "lower(split_part({0}, '@', 2)) IN (SELECT domain FROM staff_domains)"
    return Rule(
        "staff_order",
        Sentence("An order of the shop's own people, by their e-mail domain"),
        f"coalesce({domain.format('email')}, FALSE)"
        f" OR coalesce({domain.format('customer')}, FALSE)",
        field="email",
    )


def reject_non_goods(file_number: int) -> Rule:
    """Postage, fees, discounts, manual corrections and vouchers are not goods."""
    return Rule(
        "non_goods",
        Sentence("Not goods: postage, fee, discount, correction, sample or voucher"),
        f"coalesce(product IN (SELECT product FROM products_not_goods_{file_number}), FALSE)"
        f" OR row_id IN (SELECT row_id FROM lines_not_goods_{file_number})",
        field="product_id",
    )


def reject_lines_without_price(amount_is_given: bool) -> Rule:
    """Prices of zero and below are stock corrections and written-off debt.

    Where the file gives an amount of its own, the price has the last word only
    where that amount is nothing.
    """
    nothing = " AND amount = 0" if amount_is_given else ""
    return Rule(
        "no_price",
        Sentence("The unit price is zero or negative"),
        f"coalesce(price <= 0{nothing}, FALSE)",
        field="unit_price",
    )


def reject_other_currencies() -> Rule:
    """Amounts in two currencies cannot be added."""
    return Rule(
        "other_currency",
        Sentence("The amount is in another currency than most orders"),
        "in_other_currency",
        field="currency",
    )


def reject_currencies_without_rate() -> Rule:
    """With rates for some currencies, the others still cannot be added."""
    return Rule(
        "no_rate",
        Sentence("The amount is in a currency that no rate was given for"),
        "in_other_currency",
        field="currency",
    )


def reject_reversed_pairs() -> Rule:
    """An order cancelled the same day was never one, and nor was its cancellation."""
    return Rule(
        "reversed_pair",
        Sentence("An order and its exact cancellation on the same day; both are left out"),
        field="quantity",
    )


def reject_unmatched_returns() -> Rule:
    """Money given back for goods bought before the files begin was never seen coming in."""
    return Rule(
        "unmatched_return",
        Sentence("A return of goods whose purchase is not in the files"),
        field="quantity",
    )


def reject_outliers() -> Rule:
    """An amount far from all that came in the months before."""
    return Rule(
        "outlier",
        Sentence("The amount lies outside the limits learnt from the months before"),
        field="amount",
    )


def _says_test() -> str:
    named = f"coalesce(lower(trim(customer_name)) IN {_TEST_NAMES}, FALSE)"
    return f"{has_status(TEST)} OR {named}"
