"""Money as people write it."""

from clv_core.errors import UnreadableColumn
from tests.faults.corpus.case import Case, good, lines


def paid(*amounts: str, sign: str = ";") -> bytes:
    """Return three orders with amounts as they are written."""
    days = ("1;ann;2024-01-02", "2;bob;2024-01-03", "3;ann;2024-02-04")
    rows = [f"{day};{amount}".replace(";", sign) for day, amount in zip(days, amounts, strict=True)]
    return lines(*rows, header=f"order_id{sign}customer_id{sign}order_date{sign}amount").encode()


CASES = (
    Case("decimal commas", paid("10,00", "20,50", "30,25")),
    Case("points for thousands", paid("1.010,00", "20,50", "30,25"), revenue=1060.75),
    Case("commas for thousands", paid("1,010.00", "20.50", "30.25"), revenue=1060.75),
    Case("blanks for thousands", paid("1 010,00", "20,50", "30,25"), revenue=1060.75),
    Case("thin blanks for thousands", paid("1\u202f010,00", "20,50", "30,25"), revenue=1060.75),
    Case("Swiss apostrophes", paid("1'010.00", "20.50", "30.25"), revenue=1060.75),
    Case("Indian lakhs", paid("1,00,010.00", "20.50", "30.25"), revenue=100060.75),
    Case("dollar signs", paid("$10.00", "$20.50", "$30.25")),
    Case("pound signs", paid("£10.00", "£20.50", "£30.25")),
    Case("euro signs after the number", paid("10,00 €", "20,50 €", "30,25 €")),
    Case("yuan signs", paid("¥10.00", "￥20.50", "30.25元")),
    Case("codes before the number", paid("USD 10.00", "USD 20.50", "USD 30.25")),
    Case("codes after the number", paid("10.00 EUR", "20.50 EUR", "30.25 EUR")),
    Case("full-width digits", paid("１０.００", "２０.５０", "３０.２５")),
    Case("plus signs", paid("+10.00", "+20.50", "+30.25")),
    Case("scientific notation", paid("1.0E1", "2.05E+1", "3.025E1")),
    Case("no digit before the point", paid(".75", "30", "30"), revenue=60.75),
    Case("a bare point at the end", paid("10.", "20.50", "30.25")),
    Case(
        "parentheses for a refund",
        paid("10.00", "20.50", "(5.25)"),
        revenue=25.25,
        treated={"refund": 1},
    ),
    Case("a minus after the number", paid("10.00", "20.50", "5.25-"), revenue=25.25),
    Case("a typographic minus", paid("10.00", "20.50", "−5.25"), revenue=25.25),
    Case("a minus before the sign", paid("10.00", "20.50", "-$5.25"), revenue=25.25),
    Case("a minus after the sign", paid("10.00", "20.50", "$-5.25"), revenue=25.25),
    Case(
        "an order of zero", paid("10.00", "20.50", "0.00"), revenue=30.5, treated={"zero_amount": 1}
    ),
    Case(
        "an empty amount",
        paid("10.00", "20.50", ""),
        orders=2,
        revenue=30.5,
        rejected={"unreadable_amount": 1},
    ),
    Case(
        "a dash for nothing",
        paid("10.00", "20.50", "-"),
        orders=2,
        revenue=30.5,
        rejected={"unreadable_amount": 1},
    ),
    Case(
        "N/A for nothing",
        paid("10.00", "20.50", "N/A"),
        orders=2,
        revenue=30.5,
        rejected={"unreadable_amount": 1},
    ),
    Case(
        "a word for an amount",
        paid("10.00", "20.50", "free"),
        orders=2,
        revenue=30.5,
        rejected={"unreadable_amount": 1},
    ),
    Case(
        "a spreadsheet's error",
        paid("10.00", "20.50", "#REF!"),
        orders=2,
        revenue=30.5,
        rejected={"unreadable_amount": 1},
    ),
    Case(
        "infinity",
        paid("10.00", "20.50", "inf"),
        orders=2,
        revenue=30.5,
        rejected={"impossible_amount": 1},
    ),
    Case(
        "not a number",
        paid("10.00", "20.50", "NaN"),
        orders=2,
        revenue=30.5,
        rejected={"impossible_amount": 1},
    ),
    Case(
        "more money than there is",
        paid("10.00", "20.50", "1e300"),
        orders=2,
        revenue=30.5,
        rejected={"impossible_amount": 1},
    ),
    Case(
        "two points",
        paid("10.00", "20.50", "1.2.3"),
        orders=2,
        revenue=30.5,
        rejected={"unreadable_amount": 1},
    ),
    Case(
        "a formula",
        paid("10.00", "20.50", "=1+1"),
        orders=2,
        revenue=30.5,
        rejected={"unreadable_amount": 1},
    ),
    Case(
        "words in the whole column",
        paid("much", "little", "none"),
        UnreadableColumn,
        "amount",
        choice={"kind": "orders", "mapping": {"amount": "amount"}},
    ),
    Case("commas in quotes", paid('"10,00"', '"20,50"', '"30,25"', sign=",")),
    Case(
        "a missing amount filled with the earlier mean",
        good(
            "4,bob,2024-01-20,40.00",
            "5,bob,2024-01-21,10.00",
            "6,bob,2024-01-22,19.50",
            "7,bob,2024-02-05,",  # January: 10, 20.50, 40, 10 and 19.50
        ),
        orders=7,
        revenue=150.25,
        cleaning={"missing_amounts": "mean"},
        treated={"amount_filled": 1},
    ),
    Case(
        "a missing amount in the first month",
        good("4,bob,2024-01-20,"),
        rejected={"unreadable_amount": 1},
        cleaning={"missing_amounts": "mean"},
    ),
)
