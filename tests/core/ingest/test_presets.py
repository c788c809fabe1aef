"""Each platform is known by its header; data sets, event logs and audience lists in their own."""

from __future__ import annotations

import pytest

from clv_core.errors import UnreadableFile
from clv_core.ingest.presets import PRESETS, Rule, find_preset
from clv_core.ingest.spelling import fold_header
from clv_core.ingest.understand import understand_file
from tests.core.cleaning.uploads import clean_uploads, read_upload
from tests.core.ingest import platform_headers as headers
from tests.core.ingest.exports import outcome, write_export
from tests.core.ingest.files import write_file


def test_every_preset_can_be_recognised_and_names_known_things():
    """Presets have a way to be known, rules and fields that exist, statuses as they compare."""
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert preset.needed or preset.column_names
        assert preset.rules <= set(Rule)
        for status in preset.kept_statuses | preset.dropped_statuses:
            assert status == fold_header(status)
        assert not preset.kept_statuses & preset.dropped_statuses


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (headers.SHOPIFY, "shopify"),
        (headers.SHOPIFY_CUSTOMERS, "shopify_customers"),
        (headers.WOOCOMMERCE, "woocommerce"),
        (headers.WEBTOFFEE, "woocommerce"),
        (headers.STRIPE, "stripe"),
        (headers.STRIPE.replace("Created (UTC)", "Created date (UTC)"), "stripe"),
        (headers.AMAZON, "amazon"),
        (headers.BIGCOMMERCE, "bigcommerce"),
        (headers.ETSY_ITEMS, "etsy_items_total"),
        (headers.ETSY_ORDERS, "etsy_orders"),
        (headers.SQUARE, "square"),
        (headers.EBAY, "ebay"),
        (headers.MAGENTO, "magento"),
        (headers.TAOBAO, "taobao"),
        (headers.ALIBABA_1688, "alibaba_1688"),
        (headers.JD, "jd"),
        (headers.YOUZAN, "youzan"),
        (headers.PINDUODUO, "pinduoduo"),
        (headers.SHOPEE, "shopee"),
        (headers.LAZADA, "lazada"),
        (headers.TIKTOK_SHOP, "tiktok_shop"),
        (headers.ONLINE_RETAIL, "online_retail"),
        (headers.ONLINE_RETAIL_2, "online_retail"),
        (headers.REES46, "rees46"),
        (headers.GA4, "ga4"),
        (headers.KLAVIYO, "klaviyo"),
        (headers.META, "meta_audience"),
        (headers.GOOGLE, "google_audience"),
    ],
)
def test_headers_tell_the_platform(header, name):
    """Each header is known, in any order of its columns."""
    names = header.split(",")
    assert find_preset(names).name == name
    assert find_preset(names[::-1]).name == name


@pytest.mark.parametrize("header", ["customer_id,order_date,amount", "Order ID,Date,Total,Email"])
def test_ordinary_headers_are_no_platform(header):
    """Headers that anybody could have written belong to nobody."""
    assert find_preset(header.split(",")) is None


@pytest.mark.parametrize("header", [headers.ONLINE_RETAIL, headers.ONLINE_RETAIL_2])
def test_online_retail(tmp_path, header):
    """Both spellings: ids without .0, postage out, cancellations negative."""

    def line(invoice, code, quantity, price):
        return (f"{invoice},{code},THING,{quantity},12/13/2010 8:26,{price},17850.0,"
                "United Kingdom")  # fmt: skip

    rows = [line("536365", "85123A", 6, 2.5), line("536366", "POST", 1, 18.0),
            line("C536367", "85123A", -2, 2.5)]  # fmt: skip
    path = write_file(tmp_path, "\n".join((header, *rows)) + "\n")
    cleaned = clean_uploads(tmp_path, read_upload(path), unmatched_returns="keep")
    assert outcome(cleaned) == ("online_retail", 2, 1, 10.0)
    assert cleaned.rejected == {"non_goods": 1}
    assert cleaned.open("customers")["customer_id"].tolist() == ["17850"]


@pytest.mark.parametrize(
    "text",
    [
        " 00004 0001 19970101  2   29.33\n 00004 0001 19970101  2   29.33\n",
        " 00004 19970101  2   29.33\n 00004 19970101  2   29.33\n",
        "00004,19970101,2,29.33\n00004,19970101,2,29.33\n",
        "id,date,n,dollars\n00004,19970101,2,29.33\n00004,19970101,2,29.33\n",
        "master,sample,date,cds,amt\n00004,0001,19970101,2,29.33\n00004,0001,19970101,2,29.33\n",
    ],
)
def test_cdnow(tmp_path, text):
    """Four columns or five, with blanks or commas, named or not; equal rows are two purchases."""
    cleaned = clean_uploads(tmp_path, read_upload(write_file(tmp_path, text)))
    assert outcome(cleaned) == ("cdnow", 2, 1, 58.66)
    assert cleaned.open("customers")["customer_id"].tolist() == ["00004"]


def test_another_shops_purchases_are_not_cdnow(tmp_path):
    """Ids, days, pieces and amounts of another year under a header are anybody's."""
    path = write_file(tmp_path, "customer_id,date,qty,amount\n7,20240101,2,29.33\n")
    assert understand_file(path).preset is None


def orders_of(folder, customer):
    """Return a file of one order of this customer."""
    path = write_file(folder, f"customer_id,order_date,amount\n{customer},2024-01-01,5\n", "o.csv")
    return read_upload(path)


def test_rees46_events(tmp_path):
    """Views, carts and purchases of people who ordered."""
    event = {"event_time": "2024-05-01 00:00:00 UTC", "product_id": "9", "user_session": "s1"}
    path = write_export(
        tmp_path,
        headers.REES46,
        *({**event, "event_type": kind, "user_id": "7"} for kind in ("view", "cart", "purchase")),
        {**event, "event_type": "view", "user_id": "8"},
    )
    cleaned = clean_uploads(tmp_path, orders_of(tmp_path, "7"), read_upload(path))
    assert cleaned.report.files[1].preset == "rees46"
    assert cleaned.open("events")["event_type"].tolist() == ["view", "cart", "purchase"]


def test_ga4_events(tmp_path):
    """Microseconds since 1970; the user id where there is one, else the browser's."""
    event = {"event_timestamp": "1714550400000000", "event_name": "page_view",
             "user_pseudo_id": "1.2"}  # fmt: skip
    path = write_export(
        tmp_path,
        headers.GA4,
        {**event, "user_id": "7"},
        {**event, "user_id": "7", "event_name": "purchase", "ecommerce.purchase_revenue": "5"},
    )
    cleaned = clean_uploads(tmp_path, orders_of(tmp_path, "7"), read_upload(path))
    events = cleaned.open("events")
    assert events["event_type"].tolist() == ["view", "purchase"]
    assert str(events["event_time"][0]) == "2024-05-01 08:00:00"
    anonymous = write_export(tmp_path, headers.GA4, event)
    assert understand_file(anonymous).mapping["customer_id"] == "user_pseudo_id"


def test_klaviyo_profiles(tmp_path):
    """Profiles are customers, not a value table, though they name lifetime values."""
    profile = {"Email": "a@b.example", "Klaviyo ID": "K1", "Accepts Marketing": "true",
               "Predicted Customer Lifetime Value": "99"}  # fmt: skip
    path = write_export(tmp_path, headers.KLAVIYO, profile)
    cleaned = clean_uploads(tmp_path, orders_of(tmp_path, "a@b.example"), read_upload(path))
    assert cleaned.report.files[1].preset == "klaviyo"
    assert cleaned.open("customers")["consent"].tolist() == [True]


@pytest.mark.parametrize("header", [headers.META, headers.GOOGLE])
def test_audience_lists_say_that_they_hold_no_orders(tmp_path, header):
    """Lists for advertising are contacts; that nothing can be forecast from them is said."""
    cells = ",".join("a@b.example" if name.lower() == "email" else "" for name in header.split(","))
    raw = understand_file(write_file(tmp_path, f"{header}\n{cells}\n"))
    assert (raw.kind, raw.mapping["customer_id"].lower()) == ("customers", "email")
    assert any("nothing can be forecast from it" in str(note) for note in raw.notes)


def test_a_header_without_rows_names_its_platform(tmp_path):
    """An empty export says whose it is and that there is nothing in it."""
    with pytest.raises(
        UnreadableFile, match=r"\(Stripe payments export\) has a header and no rows"
    ):
        understand_file(write_export(tmp_path, headers.STRIPE))
