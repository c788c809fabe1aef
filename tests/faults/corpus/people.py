"""Ids that must survive, and ids that are none."""

from clv_core.errors import UnreadableColumn
from tests.faults.corpus.case import Case, lines


def by(*ids: str, header: str = "order_id;customer_id;order_date;amount") -> bytes:
    """Return orders of these customers."""
    days = ("2024-01-02", "2024-01-03", "2024-02-04", "2024-02-05", "2024-02-06", "2024-02-07")
    amounts = ("10.00", "20.50", "30.25", "1.00", "1.00", "1.00")
    rows = [f"{number};{who};{day};{amount}" for number, (who, day, amount)
            in enumerate(zip(ids, days, amounts, strict=False), start=1)]  # fmt: skip
    return lines(*rows, header=header).encode()


def contacts(*rows: str) -> bytes:
    """Return orders with an id, an e-mail and a phone."""
    days = ("2024-01-02;10.00", "2024-01-03;20.50", "2024-02-04;30.25")
    return lines(
        *(f"{who};{day}" for who, day in zip(rows, days, strict=True)),
        header="customer_id;email;phone;order_date;amount",
    ).encode()


CASES = (
    Case("leading noughts", by("007", "7", "007")),
    Case(
        "twenty digits", by("12345678901234567890", "12345678901234567891", "12345678901234567890")
    ),
    Case("an id that reads NA", by("NA", "nb", "NA")),
    Case("an id that reads null", by("null", "nb", "null")),
    Case("an id that reads true", by("true", "TRUE", "true")),
    Case(
        "decimals added to whole ids",
        by("17850.0", "13047.0", "17850.0"),
        treated={"decimal_id": 3},
    ),
    Case("decimals added to some ids", by("17850.0", "13047.0", "17850")),
    Case("an apostrophe before digits", by("'123", "'456", "'123")),
    Case("a spreadsheet's text formula", by('"=""123"""', '"=""456"""', '"=""123"""')),
    Case("full-width digits", by("１２３", "456", "123")),
    Case("e-mails in other capitals", by("Ann@Shop.org", "bob@shop.org", "ann@shop.org")),
    Case("blanks around ids", by(" ann ", "bob", "ann")),
    Case("an accent", by("José", "Jose", "José")),
    Case("an emoji", by("🦊", "🐻", "🦊")),
    Case("words of Chinese", by("张三", "李四", "张三")),
    Case("a customer like a query", by("x') OR 1=1 --", "bob", "x') OR 1=1 --")),
    Case("a customer like a formula", by("=cmd|'/c calc'!A1", "bob", "=cmd|'/c calc'!A1")),
    Case(
        "a customer like markup",
        by("<script>alert(1)</script>", "![x](http://a)", "<script>alert(1)</script>"),
    ),
    Case(
        "a missing customer",
        by("ann", "", "ann"),
        orders=2,
        customers=1,
        revenue=40.25,
        rejected={"missing_customer": 1},
    ),
    Case(
        "a blank customer",
        by("ann", "   ", "ann"),
        orders=2,
        customers=1,
        revenue=40.25,
        rejected={"missing_customer": 1},
    ),
    Case(
        "an id that a spreadsheet destroyed",
        by("ann", "bob", "ann", "1.03293E+19"),
        rejected={"destroyed_id": 1},
    ),
    Case(
        "an id destroyed with a comma",
        by("ann", "bob", "ann", "1,03293E+19"),
        rejected={"destroyed_id": 1},
    ),
    Case(
        "a masked phone",
        by(*["13800138000", "13900139000"] * 2, "13800138000", "138****8000"),
        orders=5,
        revenue=62.75,
        rejected={"masked_id": 1},
    ),
    Case(
        "a masked nickname, the user's word on the column",
        by("ann", "bob", "ann", "t***6"),
        rejected={"masked_id": 1},
        choice={"mapping": {"customer_id": "customer_id"}},
    ),
    Case(
        "a phone masked with x",
        by(*["13800138000", "13900139000"] * 2, "13800138000", "138xxxx8000"),
        orders=5,
        revenue=62.75,
        rejected={"masked_id": 1},
    ),
    Case(
        "every id destroyed",
        by(*["1.03293E+19"] * 6),
        UnreadableColumn,
        "customer_id",
        choice={"kind": "orders", "mapping": {"customer_id": "customer_id"}},
    ),
    Case(
        "every id masked",
        by(*["138****8000"] * 6),
        UnreadableColumn,
        "customer_id",
        choice={"kind": "orders", "mapping": {"customer_id": "customer_id"}},
    ),
    Case(
        "a guest is left out",
        contacts("7;a@s.org;", ";g@s.org;", "7;a@s.org;"),
        orders=2,
        customers=1,
        revenue=40.25,
        rejected={"missing_customer": 1},
    ),
    Case(
        "a guest by e-mail",
        contacts("7;a@s.org;", ";g@s.org;", "7;a@s.org;"),
        cleaning={"guests": "email"},
    ),
    Case(
        "a guest who has an account",
        contacts("7;a@s.org;", ";A@s.org;", "7;a@s.org;"),
        customers=1,
        cleaning={"guests": "email"},
        treated={"guest_joined": 1},
    ),
    Case(
        "a guest by phone",
        contacts("7;;13800138000", ";;13900139000", "7;;13800138000"),
        cleaning={"guests": "email_or_phone"},
    ),
    Case(
        "a guest with a masked phone",
        contacts("7;;13800138000", ";;139****9000", "7;;13800138000"),
        orders=2,
        customers=1,
        revenue=40.25,
        cleaning={"guests": "email_or_phone"},
        rejected={"missing_customer": 1},
    ),
)
