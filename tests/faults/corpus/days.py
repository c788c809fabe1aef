"""Days and moments as people write them."""

from clv_core.errors import AmbiguousDates, UnreadableColumn
from tests.faults.corpus.case import Case, lines


def on(*days: str) -> bytes:
    """Return three orders on days as they are written."""
    people = (("1", "ann", "10.00"), ("2", "bob", "20.50"), ("3", "ann", "30.25"))
    rows = [f"{number};{who};{day};{amount}" for (number, who, amount), day
            in zip(people, days, strict=True)]  # fmt: skip
    return lines(*rows, header="order_id;customer_id;order_date;amount").encode()


LOST = {"orders": 2, "revenue": 30.5}

CASES = (
    Case("year first with points", on("2024.01.02", "2024.01.03", "2024.02.04")),
    Case("year first with slashes", on("2024/1/2", "2024/1/3", "2024/2/4")),
    Case("Chinese days", on("2024年1月2日", "2024年1月3日", "2024年2月4日")),
    Case("no separators", on("20240102", "20240103", "20240204")),
    Case("day first", on("02/01/2024", "31/01/2024", "04/02/2024"), treated={"day_first": 3}),
    Case("month first", on("01/02/2024", "01/31/2024", "02/04/2024")),
    Case("day first with points", on("02.01.2024", "31.01.2024", "04.02.2024")),
    Case("two digits for the year", on("02/01/24", "31/01/24", "04/02/24")),
    Case("months by name", on("2 Jan 2024", "3 Jan 2024", "4 Feb 2024")),
    Case("months by name, first", on("Jan 2, 2024", "Jan 3, 2024", "Feb 4, 2024")),
    Case(
        "months by their whole name", on("January 2, 2024", "January 3, 2024", "February 4, 2024")
    ),
    Case("ISO moments", on("2024-01-02T09:30:00", "2024-01-03T10:00:00", "2024-02-04T23:59:59")),
    Case(
        "fractions of a second",
        on("2024-01-02 09:30:00.123", "2024-01-03 10:00:00.5", "2024-02-04 23:59:59.999999"),
    ),
    Case("half-day clocks", on("01/02/2024 9:30 PM", "01/31/2024 10:00 AM", "02/04/2024 12:01 AM")),
    Case(
        "UTC",
        on("2024-01-02T09:30:00Z", "2024-01-03T10:00:00Z", "2024-02-04T23:59:59Z"),
        treated={"time_zone": 3},
    ),
    Case(
        "offsets",
        on("2024-01-02 09:30:00 +0800", "2024-01-03 10:00:00 -05:00", "2024-02-04 23:59:59 +0000"),
        treated={"time_zone": 3},
    ),
    Case(
        "zones by name",
        on("2024-01-02 09:30:00 UTC", "2024-01-03 10:00:00 UTC", "2024-02-04 23:59:59 UTC"),
    ),
    Case(
        "seconds since 1970",
        on("1704187800", "1704276000", "1707091199"),
        choice={"mapping": {"order_time": "order_date"}},
    ),
    Case(
        "milliseconds since 1970",
        on("1704187800000", "1704276000000", "1707091199000"),
        choice={"mapping": {"order_time": "order_date"}},
    ),
    Case(
        "spreadsheet day numbers",
        on("45293", "45294", "45326"),
        choice={"mapping": {"order_time": "order_date"}},
    ),
    Case("several shapes in one column", on("2024-01-02", "3 Jan 2024", "2024/2/4")),
    Case("two separators of which one decides", on("28-01-2024", "3/1/2024", "4/2/2024")),
    Case(
        "nothing decides day and month",
        on("02/01/2024", "03/01/2024", "04/02/2024"),
        AmbiguousDates,
        "order_date",
    ),
    Case(
        "nothing decides, the user does",
        on("02/01/2024", "03/01/2024", "04/02/2024"),
        cleaning={"date_order": "day_first"},
    ),
    Case(
        "an empty day", on("2024-01-02", "2024-01-03", ""), **LOST, rejected={"unreadable_date": 1}
    ),
    Case(
        "a word for a day",
        on("2024-01-02", "2024-01-03", "yesterday"),
        **LOST,
        rejected={"unreadable_date": 1},
    ),
    Case(
        "30 February",
        on("2024-01-02", "2024-01-03", "2024-02-30"),
        **LOST,
        rejected={"unreadable_date": 1},
    ),
    Case(
        "month 13",
        on("2024-01-02", "2024-01-03", "2024-13-04"),
        **LOST,
        rejected={"unreadable_date": 1},
    ),
    Case(
        "29 February of no leap year",
        on("2024-01-02", "2024-01-03", "2023-02-29"),
        **LOST,
        rejected={"unreadable_date": 1},
    ),
    Case("29 February of a leap year", on("2024-01-02", "2024-01-03", "2024-02-29")),
    Case(
        "all noughts",
        on("2024-01-02", "2024-01-03", "0000-00-00"),
        **LOST,
        rejected={"unreadable_date": 1},
    ),
    Case(
        "a day in 1899",
        on("2024-01-02", "2024-01-03", "1899-12-30"),
        **LOST,
        rejected={"impossible_date": 1},
    ),
    Case(
        "a day in 2099",
        on("2024-01-02", "2024-01-03", "2099-02-04"),
        **LOST,
        rejected={"impossible_date": 1},
    ),
    Case(
        "words in the whole column",
        on("soon", "later", "never"),
        UnreadableColumn,
        "order_date",
        choice={"kind": "orders", "mapping": {"order_time": "order_date"}},
    ),
    Case(
        "hour 24, the midnight after",
        on("2024-01-02 24:00:00", "2024-01-03 10:00:00", "2024-02-04 10:00:00"),
    ),
)
