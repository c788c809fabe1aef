"""Encodings, marks and damaged bytes."""

import codecs

from tests.faults.corpus.case import REVENUE, ROWS, Case, lines

CHINESE = lines(
    "1,张三丰,2024-01-02,10.00",
    "2,李小龙,2024-01-03,20.50",
    "3,张三丰,2024-02-04,30.25",
    header="订单编号,买家会员名,订单付款时间,买家实际支付金额",
)
TRADITIONAL = lines(
    "1,王小明與他的朋友們,2024-01-02,10.00",
    "2,陳大文在臺灣買東西,2024-01-03,20.50",
    "3,王小明與他的朋友們,2024-02-04,30.25",
    header="order_id,customer_id,order_date,amount",
)
JAPANESE = lines(
    "1,さくらさんのおかいもの,2024-01-02,10.00",
    "2,たろうさんのおかいもの,2024-01-03,20.50",
    "3,さくらさんのおかいもの,2024-02-04,30.25",
)
GERMAN = lines(
    "1,Jürgen Müßig,2024-01-02,10.00",
    "2,Jörg Größer,2024-01-03,20.50",
    "3,Jürgen Müßig,2024-02-04,30.25",
    header="Bestellnummer,Kundennummer,Bestelldatum,Betrag",
)
FRENCH = lines(
    "1,Hélène Lefèvre,2024-01-02,10.00",
    "2,François Noël,2024-01-03,20.50",
    "3,Hélène Lefèvre,2024-02-04,30.25",
)
RUSSIAN = lines(
    "1,Анна Каренина,2024-01-02,10.00",
    "2,Иван Карамазов,2024-01-03,20.50",
    "3,Анна Каренина,2024-02-04,30.25",
)
EURO = lines("1,ann,2024-01-02,€10.00", "2,bob,2024-01-03,€20.50", "3,ann,2024-02-04,€30.25")
PLAIN = lines(*ROWS)

CASES = (
    Case("UTF-8 with a mark", codecs.BOM_UTF8 + PLAIN.encode()),
    Case("two marks", codecs.BOM_UTF8 * 2 + PLAIN.encode()),
    Case("UTF-16 with a mark", PLAIN.encode("utf-16")),
    Case("UTF-16 little end first, no mark", PLAIN.encode("utf-16-le")),
    Case("UTF-16 big end first, no mark", PLAIN.encode("utf-16-be")),
    Case("UTF-16 big end first with a mark", codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be")),
    Case(
        "UTF-16 with tabs, as a spreadsheet's Unicode text",
        PLAIN.replace(",", "\t").encode("utf-16"),
    ),
    Case("UTF-16 with Chinese", CHINESE.encode("utf-16")),
    Case("UTF-32", PLAIN.encode("utf-32")),
    Case("Chinese in UTF-8", CHINESE.encode()),
    Case("GBK", CHINESE.encode("gbk")),
    Case("GB 18030", CHINESE.encode("gb18030")),
    Case("GBK with a rare sign", CHINESE.replace("李小龙", "李小龘").encode("gbk")),
    Case("Big5", TRADITIONAL.encode("big5")),
    Case("Shift-JIS", JAPANESE.encode("shift_jis")),
    Case("German in Windows-1252", GERMAN.encode("cp1252")),
    Case("German in Latin-1", GERMAN.encode("latin-1")),
    Case("French in Windows-1252", FRENCH.encode("cp1252")),
    Case("Russian in Windows-1251", RUSSIAN.encode("cp1251")),
    Case("a euro sign in Windows-1252", EURO.encode("cp1252")),
    Case(
        "the user's word on the encoding", GERMAN.encode("latin-1"), choice={"encoding": "latin-1"}
    ),
    Case(
        "one damaged byte in UTF-8",
        # Enough sound letters around it that the file is plainly UTF-8.
        (CHINESE * 1).encode() + b"4,\xe5\xbc,2024-02-05,5.00\n",
        rejected={"broken_encoding": 1},
        revenue=REVENUE,
    ),
)
