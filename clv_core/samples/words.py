"""Words of the sample shop: its catalogue, its invented people, what they write.

Nobody here exists. E-mail addresses are at example.com (RFC 2606), telephone numbers
in 555-0100 to 555-0199, the range kept for fiction in every North American area code.
"""

from __future__ import annotations

from typing import Final

# Category -> (name, price in cents), cheapest first; the first price is near nothing
# and the last one high, so that a basket of any size can be put together.
CATALOGUE: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "Coffee": (
        ("Tasting sachet", 195),
        ("Paper filters 100 pcs", 495),
        ("Breakfast blend 250 g", 895),
        ("Guji single origin 250 g", 1290),
        ("Decaf Huila 500 g", 1850),
        ("Breakfast blend 1 kg", 2690),
        ("Ceramic dripper", 3450),
        ("Gooseneck kettle", 5900),
        ("Burr hand grinder", 8900),
        ("Cold brew tower", 14900),
        ("Flat burr grinder", 24900),
        ("Lever espresso machine", 52000),
    ),
    "Garden": (
        ("Seed packet basil", 225),
        ("Plant labels 20 pcs", 450),
        ("Jute twine 80 m", 790),
        ("Terracotta pot 18 cm", 1150),
        ("Bulb mix spring 40 pcs", 1690),
        ("Hand trowel ash", 2400),
        ("Secateurs", 3850),
        ("Watering can 9 l", 5450),
        ("Raised bed cedar", 9800),
        ("Cold frame", 15900),
        ("Garden bench oak", 27900),
        ("Potting shed kit", 58000),
    ),
    "Kitchen": (
        ("Dish brush refill", 210),
        ("Beeswax wrap", 550),
        ("Linen tea towel", 990),
        ("Stoneware mug", 1490),
        ("Salt cellar", 2100),
        ("Chopping board beech", 3200),
        ("Stoneware bowl set", 4600),
        ("Carbon steel pan", 6900),
        ("Chef knife 20 cm", 10900),
        ("Cast iron casserole", 18900),
        ("Copper saucepan set", 32500),
        ("Butcher block table", 61000),
    ),
    "Home": (
        ("Tea light", 190),
        ("Matches in a jar", 650),
        ("Soy candle cedar", 1190),
        ("Cotton napkins set of 4", 1790),
        ("Rattan basket", 2550),
        ("Cushion cover wool", 3600),
        ("Lambswool throw", 5200),
        ("Table lamp", 8200),
        ("Linen duvet cover", 12900),
        ("Floor mirror", 21900),
        ("Wool rug 170 cm", 36500),
        ("Reading chair", 64500),
    ),
    "Gifts": (
        ("Greeting card", 250),
        ("Chocolate bar", 590),
        ("Herb tea tin", 1090),
        ("Honey trio", 1590),
        ("Notebook linen", 1990),
        ("Letterbox flowers", 2900),
        ("Breakfast hamper", 4400),
        ("Bath set", 6200),
        ("Picnic basket", 9500),
        ("Gardener's hamper", 16500),
        ("Coffee year subscription", 29900),
        ("Hammock with stand", 55500),
    ),
}

FIRST_NAMES: Final = (
    "Alder", "Blythe", "Briony", "Cassia", "Clove", "Corin", "Dahlia", "Elowen", "Fennel",
    "Ferris", "Flora", "Hazel", "Heath", "Iris", "Jonquil", "Juniper", "Laurel", "Linden",
    "Marlow", "Myrtle", "Olive", "Perrin", "Posy", "Quill", "Reed", "Rowan", "Sage", "Sorrel",
    "Tansy", "Willow",
)  # fmt: skip
LAST_NAMES: Final = (
    "Applegarth", "Barleyfield", "Brackenbury", "Cloverdale", "Copperpot", "Dewhollow",
    "Elderbrook", "Fernleigh", "Foxglove", "Gooseberry", "Hawthornby", "Honeymoss",
    "Ivybridge", "Kettlewick", "Larkmeadow", "Mossgrove", "Nettleship", "Oakapple", "Pebblewood",
    "Quincewell", "Rushbank", "Seedwell", "Thistledown", "Underhedge", "Vinecroft", "Willowmere",
)  # fmt: skip
CHINESE_SURNAMES: Final = ("林", "陈", "苏", "叶", "江", "沈", "白", "许", "梁", "方")
CHINESE_GIVEN_NAMES: Final = (
    "小禾", "青禾", "若竹", "雨桐", "知夏", "一苇", "南枝", "晚舟", "予安", "松年", "云杉", "听雨",
)  # fmt: skip
AREA_CODES: Final = (
    "202", "206", "212", "213", "303", "305", "312", "404", "415", "503", "512", "602", "612",
    "615", "617", "702", "704", "713", "720", "804", "808", "813", "816", "901", "919",
)  # fmt: skip

# Country -> (share of customers, share of them who write Chinese and bear Chinese names)
COUNTRIES: Final[dict[str, tuple[float, float]]] = {
    "US": (0.58, 0.04),
    "CA": (0.12, 0.06),
    "GB": (0.09, 0.0),
    "CN": (0.08, 1.0),
    "AU": (0.06, 0.03),
    "SG": (0.04, 0.6),
    "DE": (0.03, 0.0),
}

# Language -> mood (bad, fair, good) -> openings; a review is an opening and a remark.
OPENINGS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "en": (
        (
            "Disappointed.",
            "Arrived broken, and the reply took a week.",
            "Not what the picture shows.",
            "I sent it back.",
            "Two weeks late and no word from the shop.",
        ),
        (
            "It is all right.",
            "Decent, but I expected a little more for the price.",
            "Does the job.",
            "Good product, slow delivery.",
            "Three stars: fine, nothing special.",
        ),
        (
            "Lovely!",
            "Exactly what I hoped for.",
            "A joy to unpack.",
            "Well made, well packed, quick to arrive.",
            'A friend asked at once: "Where is that from?"',
        ),
    ),
    "zh": (
        (
            "很失望。",
            "收到时已经破损，客服一周才回复。",
            "与图片不符。",
            "已经退货。",
            "晚到两周，没有任何通知。",
        ),
        (
            "还可以。",
            "中规中矩，价格略高。",
            "够用。",
            "东西不错，物流偏慢。",
            "一般，没有特别之处。",
        ),
        (
            "太喜欢了！",
            "和期待的一样好。",
            "开箱就很惊喜。",
            "做工好，包装用心，到货快。",
            "朋友都问在哪里买的。",
        ),
    ),
}
REMARKS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "en": (
        ("", "I will not order again.", "It fell apart in a week.", "Still waiting for my money."),
        ("", "Might try another one.", "The colour is a bit off.", "Could be packed better."),
        ("", "Will order again.", "Bought one for my sister too.", "In use every day."),
    ),
    "zh": (
        ("", "不会再买了。", "一周就坏了。", "还在等退款。"),
        ("", "可能会试试别的款。", "颜色有点偏差。", "包装可以再好一些。"),
        ("", "会再来。", "又给妹妹买了一份。", "每天都在用。"),
    ),
}
