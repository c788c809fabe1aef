"""Each platform's export in its own header: rows in, customers, orders and revenue out."""

from __future__ import annotations

import csv
import io

import pytest

from clv_core.errors import MissingColumns, UnreadableFile
from clv_core.ingest.presets import PRESETS, Rule, find_preset
from clv_core.ingest.spelling import fold_header
from clv_core.ingest.understand import recognise_file, understand_file
from tests.core.cleaning.uploads import clean_uploads, read_upload
from tests.core.ingest import platform_headers as headers
from tests.core.ingest.files import write_file


def write_export(folder, header, *rows, delimiter=",", encoding="utf-8", title_rows=""):
    """Write rows, given as cells by header, under a platform's header."""
    names = header.split(",")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return write_file(folder, (title_rows + text.getvalue()).encode(encoding), "export.csv")


def clean_export(folder, header, *rows, **layout):
    """Write an export and clean it as the only file of an upload."""
    return clean_uploads(folder, read_upload(write_export(folder, header, *rows, **layout)))


def outcome(cleaned):
    """Return what a person checks first: preset, orders, customers, revenue."""
    facts = cleaned.report.facts
    return cleaned.file.preset, facts.orders, facts.customers, pytest.approx(facts.revenue)


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


def test_shopify(tmp_path):
    """Order fields on the first line only; unpaid, partly paid and cancelled orders out.

    1001: 50 − 10 refunded; 1004: no e-mail, known by phone; 1006: nobody.
    """
    at = "2024-05-01 10:00:00 +0200"

    def head(name, email, status, total, **more):
        return {"Name": name, "Email": email, "Financial Status": status, "Total": total,
                "Created at": at, "Lineitem quantity": "1", "Currency": "EUR", **more}  # fmt: skip

    cleaned = clean_export(
        tmp_path,
        headers.SHOPIFY,
        head("#1001", "a@b.example", "partially_refunded", "50.00", **{"Refunded Amount": "10.00"}),
        {"Name": "#1001", "Email": "a@b.example", "Lineitem quantity": "2"},
        head("#1002", "c@d.example", "pending", "20.00"),
        head("#1003", "c@d.example", "partially_paid", "30.00"),
        head("#1004", "", "paid", "40.00", Phone="'+491700000001"),
        head("#1005", "a@b.example", "paid", "60.00", **{"Cancelled at": at}),
        head("#1006", "", "paid", "70.00", **{"Billing Name": "A B"}),
    )
    assert outcome(cleaned) == ("shopify", 2, 2, 80.0)
    assert cleaned.rejected == {"unpaid": 2, "cancelled": 1, "missing_customer": 1}
    assert set(cleaned.open("customers")["customer_id"]) == {"a@b.example", "+491700000001"}


def test_shopify_customers_meet_their_orders(tmp_path):
    """The customers export is matched by e-mail, else by phone, not by Shopify's number."""
    at = "2024-05-01 10:00:00 +0200"
    base = {"Financial Status": "paid", "Total": "5", "Created at": at, "Lineitem quantity": "1"}
    orders = write_export(
        tmp_path,
        headers.SHOPIFY,
        {"Name": "#1", "Email": "A@b.example", **base},
        {"Name": "#2", "Phone": "'+491", **base},
    )
    first = read_upload(orders)
    people = write_export(
        tmp_path,
        headers.SHOPIFY_CUSTOMERS,
        {"Customer ID": "'9001", "Email": "a@b.example", "Accepts Email Marketing": "yes"},
        {"Customer ID": "'9002", "Phone": "'+491", "Accepts Email Marketing": "no"},
    )
    second = read_upload(people)
    cleaned = clean_uploads(tmp_path, first, second)
    assert cleaned.report.files[1].preset == "shopify_customers"
    consents = cleaned.open("customers").set_index("customer_id")["consent"].to_dict()
    assert consents == {"A@b.example": True, "+491": False}


def woo_order(number, customer, email, total, status="completed"):
    """Return a WooCommerce order."""
    return {"order_id": number, "order_date": "2024-05-01 10:00:00", "customer_id": customer,
            "billing_email": email, "order_total": total, "order_status": status}  # fmt: skip


def test_woocommerce(tmp_path):
    """Completed and processing count; customer 0 is a guest, known by e-mail."""
    cleaned = clean_export(
        tmp_path,
        headers.WOOCOMMERCE,
        woo_order("1", "17", "a@b.example", "10.00"),
        woo_order("2", "17", "a@b.example", "20.00", "wc-processing"),
        woo_order("3", "0", "g@h.example", "5.00"),
        woo_order("4", "0", "i@j.example", "7.00"),
        woo_order("5", "17", "a@b.example", "99.00", "on-hold"),
        woo_order("6", "17", "a@b.example", "99.00", "refunded"),
        woo_order("7", "17", "a@b.example", "99.00", "cancelled"),
    )
    assert outcome(cleaned) == ("woocommerce", 4, 3, 42.0)
    assert cleaned.rejected == {"unpaid": 2, "cancelled": 1}
    assert set(cleaned.open("customers")["customer_id"]) == {"17", "g@h.example", "i@j.example"}


def test_woocommerce_total_on_item_rows_counts_once(tmp_path):
    """WebToffee's header, in another order, an order of two rows: its total is one order's."""
    header = ",".join(headers.WEBTOFFEE.split(",")[::-1])
    row = {"order_id": "1", "order_number": "1", "order_date": "2024-05-01 10:00:00",
           "status": "completed", "order_total": "30.00", "customer_user": "17",
           "customer_id": "17", "billing_email": "a@b.example"}  # fmt: skip
    cleaned = clean_export(
        tmp_path, header, {**row, "line_item_1": "name:A"}, {**row, "line_item_1": "name:B"}
    )
    facts = cleaned.report.facts
    assert (facts.orders, facts.customers, facts.revenue) == (1, 1, 30.0)


def test_stripe(tmp_path):
    """Paid and refunded payments in the account's currency, less what went back."""

    def pay(number, customer, status, amount, converted, back="0.00", **more):
        return {"id": number, "Created (UTC)": "2024-05-01 10:00", "Amount": amount,
                "Currency": "usd", "Converted Amount": converted, "Converted Currency": "eur",
                "Converted Amount Refunded": back, "Status": status, "Customer ID": customer,
                "Customer Email": "x@y.example", **more}  # fmt: skip

    cleaned = clean_export(
        tmp_path,
        headers.STRIPE,
        pay("ch_1", "cus_1", "Paid", "110.00", "100.00"),
        pay("ch_2", "cus_1", "Refunded", "55.00", "50.00", "50.00"),
        pay("ch_3", "", "Paid", "22.00", "20.00", **{"Invoice ID": "in_1"}),
        pay("ch_4", "cus_2", "Failed", "33.00", "30.00"),
    )
    assert outcome(cleaned) == ("stripe", 3, 2, 120.0)
    assert cleaned.report.facts.currency == "EUR"
    assert cleaned.rejected == {"cancelled": 1}
    assert set(cleaned.open("customers")["customer_id"]) == {"cus_1", "x@y.example"}


def test_amazon_is_refused_with_the_reason(tmp_path):
    """A seller report names no buyer, with rows or without; the user's own column is taken."""
    row = {"order-id": "1", "purchase-date": "2024-05-01", "item-price": "5", "buyer-email": "r@m"}
    path = write_export(tmp_path, headers.AMAZON, row, delimiter="\t")
    with pytest.raises(MissingColumns, match="Amazon names no buyer"):
        recognise_file(path)
    named = read_upload(path, mapping={"customer_id": "buyer-email"})
    assert named.raw.mapping["customer_id"] == "buyer-email"


def test_bigcommerce(tmp_path):
    """Known by e-mail, refunds deducted, unfinished orders out; a state is no name."""

    def order(number, email, status, total, back="0"):
        return {"Order ID": number, "Order Date": "2024-05-01", "Order Status": status,
                "Order Total": total, "Refund Amount": back, "Email Address": email,
                "Shipping State": "Ohio"}  # fmt: skip

    path = write_export(
        tmp_path,
        headers.BIGCOMMERCE,
        order("1", "a@b.example", "Completed", "10.00"),
        order("2", "a@b.example", "Shipped", "30.00", "5.00"),
        order("3", "c@d.example", "Incomplete", "9.00"),
        order("4", "c@d.example", "Awaiting Payment", "9.00"),
        order("5", "e@f.example", "Awaiting Shipment", "7.00"),
    )
    assert "customer_name" not in understand_file(path).mapping
    cleaned = clean_uploads(tmp_path, read_upload(path))
    assert outcome(cleaned) == ("bigcommerce", 3, 2, 42.0)
    assert cleaned.rejected == {"no_sale": 1, "unpaid": 1}


def test_etsy_items(tmp_path):
    """The order's total on every item counts once; item totals are added up."""
    item = {"Sale Date": "05/25/24", "Buyer": "ann", "Order ID": "1", "Order Total": "30.00",
            "Quantity": "1", "Price": "12.00"}  # fmt: skip
    lines = (
        {**item, "Transaction ID": "11", "Listing ID": "7"},
        {**item, "Transaction ID": "12", "Listing ID": "8"},
    )
    assert outcome(clean_export(tmp_path, headers.ETSY_ITEMS, *lines)) == (
        *("etsy_items_total", 1, 1, 30.0),
    )
    newer = f"{headers.ETSY_ITEMS},Item Total"
    own = [{**line, "Item Total": "12.00"} for line in lines]
    assert outcome(clean_export(tmp_path, newer, *own)) == ("etsy_items", 1, 1, 24.0)


def test_etsy_orders(tmp_path):
    """One row per order, the buyer by number."""
    order = {"Sale Date": "05/25/24", "Number of Items": "1", "Order Total": "30.00"}
    cleaned = clean_export(
        tmp_path,
        headers.ETSY_ORDERS,
        {**order, "Order ID": "1", "Buyer User ID": "71"},
        {**order, "Order ID": "2", "Buyer User ID": "72"},
    )
    assert outcome(cleaned) == ("etsy_orders", 2, 2, 60.0)


def test_square(tmp_path):
    """Without a customer column a till's sales are refused; with one they are lines."""
    sale = {"Date": "2024-05-01", "Time": "09:00", "Time Zone": "AWST", "Item": "Beer",
            "Qty": "1", "Net Sales": " $1,005.50", "Transaction ID": "T1"}  # fmt: skip
    with pytest.raises(MissingColumns, match="a till does not know who bought"):
        understand_file(write_export(tmp_path, headers.SQUARE, sale))
    cleaned = clean_export(
        tmp_path,
        f"{headers.SQUARE},Customer ID,Customer Name",
        {**sale, "Customer ID": "C1"},
        {**sale, "Item": "Crisps", "Net Sales": "$4.50", "Customer ID": "C1"},
        {**sale, "Transaction ID": "T2", "Net Sales": "($5.50)", "Customer ID": "C1"},
        {**sale, "Transaction ID": "T3"},
    )
    assert outcome(cleaned) == ("square", 2, 1, 1004.5)
    assert cleaned.rejected == {"missing_customer": 1}


def test_ebay(tmp_path):
    """An order's items follow its row; what was never paid has no day of payment."""
    order = {"Buyer Username": "ann", "Buyer Email": "a@b.example", "Sale Date": "May-01-24"}
    paid = {"Paid On Date": "May-02-24"}
    cleaned = clean_export(
        tmp_path,
        headers.EBAY,
        {"Order Number": "1", **order, **paid, "Total Price": "$25.00"},
        {"Order Number": "1", "Item Number": "71", "Quantity": "1"},
        {"Order Number": "1", "Item Number": "72", "Quantity": "1"},
        {"Order Number": "2", **order, "Total Price": "$99.00"},
        {"Order Number": "3", **order, **paid, "Buyer Username": "bob", "Total Price": "$5.00"},
    )
    assert outcome(cleaned) == ("ebay", 2, 2, 30.0)
    assert cleaned.rejected == {"unreadable_date": 1}


def test_magento(tmp_path):
    """The base total of complete and running orders; closed ones were refunded."""

    def order(number, status, base, bought):
        return {"ID": number, "Purchase Date": "May 1, 2024 10:00:00 AM", "Status": status,
                "Grand Total (Base)": base, "Grand Total (Purchased)": bought,
                "Customer Email": "a@b.example"}  # fmt: skip

    cleaned = clean_export(
        tmp_path,
        headers.MAGENTO,
        order("000000001", "complete", "€10.00", "$11.00"),
        order("000000002", "processing", "€20.00", "$22.00"),
        order("000000003", "closed", "€30.00", "$33.00"),
        order("000000004", "canceled", "€40.00", "$44.00"),
        order("000000005", "pending_payment", "€40.00", "$44.00"),
    )
    assert outcome(cleaned) == ("magento", 2, 1, 30.0)
    assert cleaned.rejected == {"no_sale": 1, "cancelled": 1, "unpaid": 1}


def taobao_order(number, member, status, amount, **more):
    """Return an order of Taobao, as its file writes it."""
    return {"订单编号": f'="{number}"', "买家会员名": member, "买家实际支付金额": amount,
            "订单状态": status, "订单创建时间": "2024-05-01 10:00:00",
            "订单付款时间 ": "2024-05-01 10:01:00", "联系手机": "'13800008000", **more}  # fmt: skip


def test_taobao(tmp_path):
    """GBK, headers with trailing blanks: closed orders out, refunds deducted, phones without '."""
    cleaned = clean_export(
        tmp_path,
        headers.TAOBAO,
        taobao_order("1234567890123456789", "小明", "交易成功", "100.00", 退款金额="10.00"),
        taobao_order("2234567890123456789", "小明", "卖家已发货，等待买家确认", "50.00"),
        taobao_order("3234567890123456789", "小红", "买家已付款，等待卖家发货", "20.00"),
        taobao_order("4234567890123456789", "小红", "交易关闭", "70.00"),
        taobao_order("5234567890123456789", "小红", "等待买家付款", "0.00"),
        encoding="gb18030",
    )
    assert outcome(cleaned) == ("taobao", 3, 2, 160.0)
    assert cleaned.rejected == {"cancelled": 1, "unpaid": 1}
    assert set(cleaned.open("customers")["phone"]) == {"13800008000"}


def test_taobao_main_order(tmp_path):
    """Rows of one main order are one order, where that column is filled."""
    newer = headers.TAOBAO.replace("买家实际支付金额", "买家实付金额")

    def order(number, amount):
        row = taobao_order(number, "小明", "交易成功", amount, 主订单编号="M1")
        paid = row.pop("买家实际支付金额")
        return {**row, "买家实付金额": paid}

    cleaned = clean_export(tmp_path, newer, order("1", "5.00"), order("2", "7.00"))
    assert outcome(cleaned) == ("taobao", 1, 1, 12.0)


def test_taobao_item_report_is_refused(tmp_path):
    """The item report has the same money and nobody who paid it."""
    header = "子订单编号,主订单编号,标题,购买数量,订单状态,买家实际支付金额,订单付款时间"
    path = write_export(tmp_path, header, {"子订单编号": "1", "标题": "鞋", "购买数量": "1"})
    with pytest.raises(MissingColumns, match="Taobao's item report"):
        understand_file(path)


def test_masked_members_are_nobody(tmp_path):
    """Where Taobao hides members and phones, no column says who bought."""
    rows = [
        taobao_order(str(n), "t***6", "交易成功", "5.00", 联系手机="138****8000") for n in range(3)
    ]
    path = write_export(tmp_path, headers.TAOBAO, *rows)
    with pytest.raises(MissingColumns, match="hidden parts of the values"):
        understand_file(path)
    assert not {"customer_id", "phone"} & set(recognise_file(path).mapping)


def test_1688(tmp_path):
    """Merged cells: a row without order number continues the order above."""
    order = {"买家会员名": "小明", "订单状态": "交易成功", "订单付款时间": "2024-05-01 10:00:00"}
    cleaned = clean_export(
        tmp_path,
        headers.ALIBABA_1688,
        {**order, "订单编号": "1", "实付款(元)": "30.00", "单价(元)": "10", "数量": "1"},
        {"货品标题": "B", "单价(元)": "5", "数量": "4"},
        {**order, "订单编号": "2", "实付款(元)": "12.00", "数量": "1"},
        {**order, "订单编号": "3", "实付款(元)": "99.00", "数量": "1", "订单状态": "交易关闭"},
    )
    assert outcome(cleaned) == ("alibaba_1688", 2, 1, 42.0)
    assert cleaned.rejected == {"cancelled": 1}
    assert cleaned.open("orders")["quantity"].tolist() == [5.0, 1.0]


@pytest.mark.parametrize("spelling", ["实付款(元)", "实付款（元）", "实付款"])
def test_1688_spellings_of_the_amount(tmp_path, spelling):
    """The amount is known with its unit, in wide brackets and without."""
    header = headers.ALIBABA_1688.replace("实付款(元)", spelling)
    row = {"订单编号": "1", "买家会员名": "a", spelling: "5", "订单付款时间": "2024-05-01"}
    assert understand_file(write_export(tmp_path, header, row)).mapping["amount"] == spelling


def test_jd(tmp_path):
    """An order's amount stands on each of its goods."""
    order = {"下单帐号": "jd_1", "下单时间": "2024-05-01 10:00:00", "订购数量": "1",
             "应付金额": "30.00", "订单状态": "完成"}  # fmt: skip
    cleaned = clean_export(
        tmp_path,
        headers.JD,
        {**order, "订单号": "1", "商品名称": "A"},
        {**order, "订单号": "1", "商品名称": "B"},
        {**order, "订单号": "2", "商品名称": "A", "订单状态": "(删除)等待出库"},
    )
    assert outcome(cleaned) == ("jd", 1, 1, 30.0)
    assert cleaned.rejected == {"no_sale": 1}


def test_youzan(tmp_path):
    """Known by phone; a nickname is no id."""
    order = {"订单实付金额": "30.00", "买家付款时间": "2024-05-01 10:00:00", "买家昵称": "小明",
             "收货人手机号/提货人手机号": "13800008000", "订单状态": "交易完成"}  # fmt: skip
    cleaned = clean_export(
        tmp_path,
        headers.YOUZAN,
        {**order, "订单号": "1"},
        {**order, "订单号": "2", "收货人手机号/提货人手机号": "13900009000"},
        {**order, "订单号": "3", "订单状态": "交易关闭"},
    )
    assert outcome(cleaned) == ("youzan", 2, 2, 60.0)
    hidden = {**order, "订单号": "1", "收货人手机号/提货人手机号": "138****8000"}
    path = write_export(tmp_path, headers.YOUZAN, hidden)
    with pytest.raises(MissingColumns, match="hidden parts of the values"):
        understand_file(path)


def test_pinduoduo(tmp_path):
    """With phones it can be used; where they are hidden it is refused."""
    order = {"订单号": "1", "订单状态": "已收货", "用户实付金额(元)": "9.90", "商品数量(件)": "1",
             "支付时间": "2024-05-01 10:00:00"}  # fmt: skip
    shown = {**order, "手机": "13800008000"}
    assert outcome(clean_export(tmp_path, headers.PINDUODUO, shown)) == ("pinduoduo", 1, 1, 9.9)
    path = write_export(tmp_path, headers.PINDUODUO, {**order, "手机": "138****8000"})
    with pytest.raises(MissingColumns, match="Pinduoduo hides the phones"):
        understand_file(path)


def test_shopee(tmp_path):
    """The grand total on every item counts once; cancelled and unpaid orders are out."""
    order = {"Order Creation Date": "2024-05-01 10:00", "Order Paid Time": "2024-05-01 10:05",
             "Username (Buyer)": "ann", "Quantity": "1", "Grand Total": "1,030.50",
             "Order Status": "Completed"}  # fmt: skip
    cleaned = clean_export(
        tmp_path,
        headers.SHOPEE,
        {**order, "Order ID": "2405A", "Product Name": "A"},
        {**order, "Order ID": "2405A", "Product Name": "B"},
        {**order, "Order ID": "2405B", "Order Status": "Cancelled"},
        {**order, "Order ID": "2405C", "Order Status": "Unpaid", "Order Paid Time": ""},
        {**order, "Order ID": "2405D", "Order Status": "To ship", "Username (Buyer)": "bob"},
    )
    assert outcome(cleaned) == ("shopee", 2, 2, 2061.0)


def test_shopee_title_rows(tmp_path):
    """Titles above the header are no header."""
    order = {"Order ID": "1", "Order Creation Date": "2024-05-01 10:00", "Grand Total": "9.50",
             "Username (Buyer)": "ann", "Order Status": "Completed"}  # fmt: skip
    titled = "Order report of my shop\nFrom 2024-05-01 to 2024-05-31\n\n"
    cleaned = clean_export(tmp_path, headers.SHOPEE, order, title_rows=titled)
    assert outcome(cleaned) == ("shopee", 1, 1, 9.5)


def test_lazada(tmp_path):
    """One row per item; returned ones are no sale."""
    item = {"createTime": "01 May 2024 10:00", "customerEmail": "a@b.example",
            "paidPrice": "10.00", "status": "delivered"}  # fmt: skip
    cleaned = clean_export(
        tmp_path,
        headers.LAZADA,
        {**item, "orderItemId": "11", "orderNumber": "1", "sellerSku": "A"},
        {**item, "orderItemId": "12", "orderNumber": "1", "sellerSku": "B"},
        {**item, "orderItemId": "13", "orderNumber": "2", "status": "returned"},
        {**item, "orderItemId": "14", "orderNumber": "3", "status": "canceled"},
    )
    assert outcome(cleaned) == ("lazada", 1, 1, 20.0)
    assert cleaned.rejected == {"no_sale": 1, "cancelled": 1}


def test_tiktok_shop(tmp_path):
    """The second row explains the columns and counts as unreadable; totals count once."""
    order = {"Order Status": "Completed", "SKU ID": "7", "Quantity": "1", "Buyer Username": "ann",
             "Order Amount": "30.00", "Order Refund Amount": "5.00",
             "Created Time": "05/20/2024 10:00:00 AM\t",
             "Paid Time": "05/20/2024 10:01:00 AM\t"}  # fmt: skip
    explained = {"Order ID": "Platform unique order ID.", "Buyer Username": "Its buyer.",
                 "Order Amount": "It is the order amount."}  # fmt: skip
    cleaned = clean_export(
        tmp_path,
        headers.TIKTOK_SHOP,
        explained,
        {**order, "Order ID": "1", "Seller SKU": "A"},
        {**order, "Order ID": "1", "Seller SKU": "B"},
        {**order, "Order ID": "2", "Order Status": "Unpaid"},
        {**order, "Order ID": "3", "Cancelled Time": "05/20/2024 11:00:00 AM\t"},
    )
    assert outcome(cleaned) == ("tiktok_shop", 1, 1, 25.0)
    assert cleaned.rejected == {"unreadable_date": 1, "unpaid": 1, "cancelled": 1}


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
