"""Rows that are no sale, or the same sale again."""

from clv_core.errors import TooFewCustomers
from tests.faults.corpus.case import ROWS, Case, good, lines

LINE = "order_id,customer_id,order_date,product_id,quantity,unit_price"


def status(*words: str) -> bytes:
    """Return the good rows with a status."""
    header = "order_id,customer_id,order_date,amount,order_status"
    rows = [f"{row},{word}" for row, word in zip(ROWS, words, strict=True)]
    return lines(*rows, header=header).encode()


def sold(*rows: str) -> bytes:
    """Return order lines with products."""
    return lines(*rows, header=LINE).encode()


def priced(*codes: str) -> bytes:
    """Return the good rows with a currency."""
    rows = [f"{row},{code}" for row, code in zip(ROWS, codes, strict=True)]
    return lines(*rows, header="order_id,customer_id,order_date,amount,currency").encode()


LOST = {"orders": 2, "revenue": 30.5}

CASES = (
    Case("a line twice", good(ROWS[2]), rejected={"repeated_line": 1}),
    Case("a line three times", good(ROWS[2], ROWS[2]), rejected={"repeated_line": 2}),
    Case(
        "a line twice, kept as the user wants",
        good(ROWS[2]),
        orders=3,
        revenue=91.0,
        cleaning={"repeated_lines": "keep"},
    ),
    Case("the whole export twice", good(*ROWS), rejected={"repeated_line": 3}),
    Case(
        "a cancelled order", status("paid", "paid", "Cancelled"), **LOST, rejected={"cancelled": 1}
    ),
    Case(
        "a closed order in Chinese",
        status("交易成功", "交易成功", "交易关闭"),
        **LOST,
        rejected={"cancelled": 1},
    ),
    Case("an unpaid order", status("paid", "paid", "pending"), **LOST, rejected={"unpaid": 1}),
    Case(
        "an unpaid order in Chinese",
        status("交易成功", "交易成功", "等待买家付款"),
        **LOST,
        rejected={"unpaid": 1},
    ),
    Case(
        "a failed payment",
        status("completed", "completed", "failed"),
        **LOST,
        rejected={"cancelled": 1},
    ),
    Case(
        "a test order by its status",
        status("paid", "paid", "test"),
        **LOST,
        rejected={"test_order": 1},
    ),
    Case("nothing was paid", status("unpaid", "unpaid", "unpaid"), TooFewCustomers, "not paid"),
    Case("another currency", priced("EUR", "EUR", "USD"), **LOST, rejected={"other_currency": 1}),
    Case(
        "another currency with a rate",
        priced("EUR", "EUR", "USD"),
        revenue=45.625,
        cleaning={"currency": "EUR", "rates": {"USD": 0.5}},
        treated={"amount_converted": 1},
    ),
    Case("a currency in small letters", priced("eur", "EUR", "Eur")),
    Case(
        "postage as a product",
        sold(
            "1,ann,2024-01-02,PEN,1,10.00",
            "2,bob,2024-01-03,CUP,1,20.50",
            "3,ann,2024-02-04,HAT,1,30.25",
            "3,ann,2024-02-04,Shipping,1,4.90",
        ),
        rejected={"non_goods": 1},
    ),
    Case(
        "a gift card as a product",
        sold(
            "1,ann,2024-01-02,PEN,1,10.00",
            "2,bob,2024-01-03,CUP,1,20.50",
            "3,ann,2024-02-04,HAT,1,30.25",
            "3,ann,2024-02-04,Gift Card,1,50.00",
        ),
        rejected={"non_goods": 1},
    ),
    Case(
        "the shop's own code for fees",
        sold(
            "1,ann,2024-01-02,PEN,1,10.00",
            "2,bob,2024-01-03,CUP,1,20.50",
            "3,ann,2024-02-04,HAT,1,30.25",
            "3,ann,2024-02-04,ZFEE9,1,50.00",
        ),
        cleaning={"non_goods_codes": ["ZFEE9"]},
        rejected={"non_goods": 1},
    ),
    Case(
        "a price of zero",
        sold(
            "1,ann,2024-01-02,PEN,1,10.00",
            "2,bob,2024-01-03,CUP,1,20.50",
            "3,ann,2024-02-04,HAT,1,30.25",
            "3,ann,2024-02-04,BAG,1,0.00",
        ),
        rejected={"no_price": 1},
    ),
    Case(
        "an order and its reversal on the same day",
        sold(
            "1,ann,2024-01-02,PEN,1,10.00",
            "2,bob,2024-01-03,CUP,1,20.50",
            "3,ann,2024-02-04,HAT,1,30.25",
            "4,bob,2024-02-05,TON,70000,1.10",
            "5,bob,2024-02-05,TON,-70000,1.10",
        ),
        rejected={"reversed_pair": 2},
    ),
    Case(
        "a return of what was bought",
        sold(
            "1,ann,2024-01-02,PEN,2,10.00",
            "2,bob,2024-01-03,CUP,1,20.50",
            "3,ann,2024-02-04,HAT,1,30.25",
            "4,ann,2024-02-06,PEN,-1,10.00",
        ),
        orders=4,
        treated={"matched_return": 1},
    ),
    Case(
        "a return of what was never bought",
        sold(
            "1,ann,2024-01-02,PEN,1,10.00",
            "2,bob,2024-01-03,CUP,1,20.50",
            "3,ann,2024-02-04,HAT,1,30.25",
            "4,ann,2024-02-06,INK,-1,9.00",
        ),
        rejected={"unmatched_return": 1},
    ),
    Case(
        "a return of what was never bought, kept",
        sold(
            "1,ann,2024-01-02,PEN,1,10.00",
            "2,bob,2024-01-03,CUP,1,20.50",
            "3,ann,2024-02-04,HAT,1,30.25",
            "4,ann,2024-02-06,INK,-1,9.00",
        ),
        orders=4,
        revenue=51.75,
        cleaning={"unmatched_returns": "keep"},
    ),
    Case(
        "a quantity that is no number",
        lines(
            "1,ann,2024-01-02,10.00,one",
            "2,bob,2024-01-03,20.50,2",
            "3,ann,2024-02-04,30.25,3",
            header="order_id,customer_id,order_date,amount,quantity",
        ).encode(),
        treated={"unknown_quantity": 1},
    ),
    Case(
        "a refund beside the order",
        lines(
            "1,ann,2024-01-02,10.00,0",
            "2,bob,2024-01-03,20.50,0.50",
            "3,ann,2024-02-04,30.25,",
            header="order_id,customer_id,order_date,amount,refunded_amount",
        ).encode(),
        revenue=60.25,
        treated={"refund_deducted": 1},
    ),
    Case(
        "staff",
        lines(
            "1,ann@a.org,2024-01-02,10.00",
            "2,bob@b.org,2024-01-03,20.50",
            "3,ann@a.org,2024-02-04,30.25",
            "4,us@ourshop.com,2024-02-05,1.00",
            header="order_id,email,order_date,amount",
        ).encode(),
        cleaning={"staff_domains": ["ourshop.com"]},
        rejected={"staff_order": 1},
    ),
    Case(
        "an order without a number",
        lines(
            ",ann,2024-01-02,10.00",
            ",bob,2024-01-03,20.50",
            ",ann,2024-02-04,30.25",
            header="order_id,customer_id,order_date,amount",
        ).encode(),
    ),
    Case(
        "two lines of one order",
        lines(
            "1,ann,2024-01-02,10.00", "2,bob,2024-01-03,20.50", "2,bob,2024-01-03,30.25"
        ).encode(),
        orders=2,
    ),
)
