"""Exports of Chinese and South-East Asian platforms in their own headers."""

from __future__ import annotations

import pytest

from clv_core.errors import MissingColumns
from clv_core.ingest.understand import recognise_file, understand_file
from tests.core.ingest import platform_headers as headers
from tests.core.ingest.exports import clean_export, outcome, write_export


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
