"""Chinese platforms: Taobao and Tmall, 1688, JD, Youzan, Pinduoduo.

Cells begin with ``'`` or end in a tab to keep spreadsheets from rounding long
numbers, headers may end in a blank, and most platforms hide phones and names
from shops (``138****8000``): such columns are no ids.
"""

from __future__ import annotations

from typing import Final

from clv_core.ingest.presets.preset import PlatformPreset, Refusal, Rule, fold_all
from clv_core.sentences import Sentence

__all__ = ["CHINESE"]

_PAID: Final = fold_all(
    {
        *("交易成功", "交易完成", "已完成", "买家已付款,等待卖家发货", "买家已付款", "已付款"),
        *("等待卖家发货", "待发货", "卖家部分发货", "部分发货", "已发货", "待收货"),
        *("卖家已发货,等待买家确认", "卖家已发货,等待买家确认收货", "卖家已发货"),
        *("等待买家确认收货", "等待买家收货", "待评价", "已评价", "已签收"),
    }
)
_NO_SALE: Final = fold_all(
    {
        *("交易取消", "已退款", "退款成功", "已全额退款", "未发货，退款成功", "已发货，退款成功"),
        *("已收货，退款成功", "(删除)等待出库", "(删除)等待确认收货", "取消", "锁定"),
    }
)
_HIDDEN: Final = Refusal(
    Sentence(
        "This is a Pinduoduo orders export: it names no buyer, and Pinduoduo hides the phones, "
        "so orders cannot be put together to customers."
    ),
    Sentence("Bring orders from a channel that gives a customer id, or unhidden phones."),
)

CHINESE: Final = (
    PlatformPreset(
        name="taobao",
        title=Sentence("Taobao or Tmall orders export"),
        kind="orders",
        mapping={
            "customer_id": ("买家会员名", "买家支付宝账号", "联系手机"),
            "order_id": ("主订单编号", "订单编号"),
            "order_time": ("订单付款时间", "订单创建时间"),
            "amount": ("买家实际支付金额", "买家实付金额"),
            "refunded_amount": ("退款金额",),
            "order_status": ("订单状态",),
            "quantity": ("宝贝总数量",),
            "product_name": ("宝贝标题",),
            "phone": ("联系手机", "联系电话"),
            "customer_name": ("收货人姓名",),
        },
        needed=("订单编号", "买家会员名", "订单状态"),
        any_of=("买家实际支付金额", "买家实付金额"),
        kept_statuses=_PAID,
    ),
    PlatformPreset(
        name="taobao_items",
        title=Sentence("Taobao or Tmall item report"),
        kind="orders",
        mapping={
            "customer_id": ("买家会员名",),
            "order_id": ("主订单编号", "订单编号"),
            "order_time": ("订单付款时间", "订单创建时间"),
            "amount": ("买家实际支付金额", "买家实付金额"),
            "refunded_amount": ("退款金额",),
            "order_status": ("订单状态",),
            "quantity": ("购买数量",),
            "product_id": ("商家编码", "商品ID"),
            "product_name": ("标题", "宝贝标题"),
            "category": ("类目", "宝贝类目", "商品类目"),
        },
        needed=("子订单编号", "购买数量", "订单状态"),
        any_of=("买家实际支付金额", "买家实付金额"),
        kept_statuses=_PAID,
        refusal=Refusal(
            Sentence(
                "This is Taobao's item report: it names no buyer, so orders cannot be put "
                "together to customers."
            ),
            Sentence("Bring the order report, which has the column 买家会员名."),
        ),
    ),
    PlatformPreset(
        name="alibaba_1688",
        title=Sentence("1688 orders export"),
        kind="orders",
        mapping={
            "customer_id": ("买家会员名", "买家公司名", "买家会员"),
            "order_id": ("订单编号",),
            "order_time": ("订单付款时间", "订单创建时间"),
            "amount": ("实付款(元)", "实付款"),
            "refunded_amount": ("退款金额(元)", "退款金额"),
            "order_status": ("订单状态",),
            "quantity": ("数量",),
            "unit_price": ("单价(元)", "单价"),
            "product_id": ("单品货号", "货号", "SKU ID"),
            "product_name": ("货品标题",),
            "category": ("货品种类", "类目"),
            "phone": ("联系手机", "联系电话"),
            "customer_name": ("收货人姓名", "收货人"),
        },
        needed=("订单编号", "订单状态"),
        any_of=("货品总价(元)", "涨价或折扣(元)", "买家公司名"),
        rules=frozenset(
            {Rule.AMOUNT_PER_ORDER, Rule.FIRST_LINE_CARRIES_ORDER, Rule.BLANK_ORDER_CONTINUES}
        ),
        dropped_statuses=_NO_SALE,
    ),
    PlatformPreset(
        name="jd",
        title=Sentence("JD orders export"),
        kind="orders",
        mapping={
            "customer_id": ("下单帐号", "下单账号"),
            "order_id": ("订单号",),
            "order_time": ("下单时间",),
            "amount": ("应付金额", "订单金额"),
            "order_status": ("订单状态",),
            "quantity": ("订购数量",),
            "unit_price": ("京东价",),
            "product_id": ("商品ID", "商品编号"),
            "product_name": ("商品名称",),
            "category": ("商品类目", "商品分类"),
            "phone": ("联系电话",),
            "customer_name": ("客户姓名",),
        },
        needed=("订单号", "下单时间", "订购数量"),
        any_of=("下单帐号", "下单账号"),
        rules=frozenset({Rule.AMOUNT_PER_ORDER}),
        dropped_statuses=_NO_SALE,
    ),
    PlatformPreset(
        name="youzan",
        title=Sentence("Youzan orders export"),
        kind="orders",
        mapping={
            # A nickname is no id: many buyers share one.
            "customer_id": ("买家ID", "买家手机号", "收货人手机号/提货人手机号", "收货人手机号"),
            "order_id": ("订单号",),
            "order_time": ("买家付款时间", "订单创建时间"),
            "amount": ("订单实付金额",),
            "refunded_amount": ("订单已退款金额", "订单退款金额"),
            "order_status": ("订单状态",),
            "product_name": ("商品名称", "全部商品名称"),
            "category": ("商品类目", "商品分类"),
            "phone": ("买家手机号", "收货人手机号/提货人手机号", "收货人手机号"),
            "customer_name": ("收货人/提货人", "收货人"),
        },
        needed=("订单号", "买家付款时间", "订单实付金额"),
        rules=frozenset({Rule.AMOUNT_PER_ORDER}),
        dropped_statuses=_NO_SALE,
    ),
    PlatformPreset(
        name="pinduoduo",
        title=Sentence("Pinduoduo orders export"),
        kind="orders",
        mapping={
            "customer_id": ("用户ID", "买家ID", "手机", "收货人手机号"),
            "order_id": ("订单号",),
            "order_time": ("支付时间", "拼单成功时间", "订单成交时间"),
            "amount": ("用户实付金额(元)", "商家实收金额(元)"),
            "order_status": ("订单状态",),
            "quantity": ("商品数量(件)",),
            "product_id": ("商品id",),
            "product_name": ("商品",),
            "phone": ("手机",),
            "customer_name": ("收货人",),
        },
        needed=("订单号", "订单状态", "商品数量(件)"),
        any_of=("用户实付金额(元)", "商家实收金额(元)"),
        dropped_statuses=_NO_SALE,
        refusal=_HIDDEN,
    ),
)
