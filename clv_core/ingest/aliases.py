"""Names that shops and their platforms give to the columns we know.

The order in a list is the order of preference where a file has several of them.
Case, blanks and punctuation do not matter. Sources: the platforms' own exports.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ALIASES"]

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "customer_id": (
        *("customer_id", "customer", "customer_no", "customer_number", "customer_key", "cust_id"),
        *(
            "client_id",
            "client",
            "user_id",
            "user",
            "userid",
            "member_id",
            "buyer_id",
            "account_id",
        ),
        *("shopper_id", "contact_id", "customer_user", "customer_code", "customer_ref"),
        *("user_pseudo_id", "visitor_id", "buyer", "buyer_username", "username_buyer"),
        *("kundennummer", "kunden_id", "kunde", "id_client", "cliente", "id_cliente", "musteri_id"),
        *("客户编号", "客户id", "会员编号", "会员id", "会员号", "用户id", "买家会员名", "下单帐号"),
        *("客户", "用户", "顾客编号"),
    ),
    "order_time": (
        *("order_time", "order_date", "order_datetime", "order_timestamp", "ordered_at"),
        *("purchase_date", "purchase_time", "purchased_at", "invoice_date", "transaction_date"),
        *("tran_date", "trans_date", "created_at", "created", "created_utc", "created_date_utc"),
        *("date_created", "sale_date", "paid_at", "paid_date", "date_paid", "payment_date"),
        *("order_creation_date", "order_created", "order_placed", "created_time", "date_time"),
        *("datetime", "timestamp", "date", "time", "day", "event_time", "order_purchase_timestamp"),
        *("bestelldatum", "datum", "date_commande", "fecha", "fecha_pedido", "data_ordine"),
        *(
            "订单付款时间",
            "订单创建时间",
            "下单时间",
            "买家付款时间",
            "付款时间",
            "订单时间",
            "下单日期",
        ),
        *("交易时间", "日期", "成交时间"),
    ),
    "amount": (
        *("amount", "order_amount", "order_total", "order_value", "total_amount", "total_amt"),
        *(
            "total",
            "grand_total",
            "grand_total_purchased",
            "total_price",
            "net_amount",
            "net_sales",
        ),
        *("net_revenue", "revenue", "sales", "sales_amount", "sale_amount", "transaction_amount"),
        *("line_total", "line_amount", "subtotal", "gross_sales", "amount_paid", "paid_price"),
        *("total_paid", "payment_value", "spend", "dollars", "value", "turnover", "paid_amount"),
        *("betrag", "umsatz", "gesamtbetrag", "montant", "importe", "importo", "tutar"),
        *(
            "买家实际支付金额",
            "买家实付金额",
            "订单实付金额",
            "实付款",
            "实付金额",
            "应付金额",
            "总金额",
        ),
        *("订单金额", "金额", "支付金额", "成交金额"),
    ),
    "order_id": (
        *("order_id", "order", "order_no", "order_number", "invoice_no", "invoice_id", "invoice"),
        *("invoice_number", "transaction_id", "transaction", "receipt_no", "receipt_number"),
        *("purchase_id", "sales_record_number", "basket_id", "bestellnummer", "pedido"),
        *("订单编号", "订单号", "主订单编号", "交易号", "订单id"),
    ),
    "quantity": (
        *("quantity", "qty", "units", "pieces", "item_count", "count", "lineitem_quantity"),
        *(
            "order_quantity",
            "quantity_purchased",
            "number_of_items",
            "menge",
            "quantite",
            "cantidad",
        ),
        *("宝贝总数量", "订购数量", "数量", "商品数量", "件数"),
    ),
    "unit_price": (
        *("unit_price", "price_per_unit", "item_price", "price", "rate", "lineitem_price"),
        *("price_each", "einzelpreis", "prix_unitaire", "precio_unitario", "单价", "商品单价"),
    ),
    "product_id": (
        *("product_id", "product_code", "sku", "sku_id", "stock_code", "item_id", "product_sku"),
        *("lineitem_sku", "item_code", "article_id", "asin", "listing_id", "clothing_id"),
        *("artikelnummer", "商品编号", "商品id", "货号", "商品编码"),
    ),
    "product_name": (
        *("product_name", "product", "item_name", "item", "description", "product_title"),
        *("product_description", "lineitem_name", "artikel", "宝贝标题", "商品名称", "商品标题"),
    ),
    "refunded_amount": (
        *("refunded_amount", "refund_amount", "amount_refunded", "refund", "refunded", "refunds"),
        *("退款金额", "已退款金额"),
    ),
    "order_status": (
        *("order_status", "financial_status", "status", "payment_status", "state_of_order"),
        *("订单状态", "交易状态"),
    ),
    "cancelled_at": ("cancelled_at", "canceled_at", "cancellation_date", "订单取消时间"),
    "currency": (
        "currency",
        "order_currency",
        "currency_code",
        "waehrung",
        "devise",
        "币种",
        "货币",
    ),
    "email": (
        *("email", "e_mail", "email_address", "customer_email", "billing_email", "buyer_email"),
        *("contact_email", "user_email", "电子邮箱", "邮箱"),
    ),
    "phone": (
        *("phone", "phone_number", "mobile", "mobile_number", "telephone", "billing_phone"),
        *(
            "contact_phone",
            "shipping_phone",
            "联系手机",
            "手机号",
            "手机",
            "联系电话",
            "收货人手机号",
        ),
        *("收货人手机号提货人手机号", "电话"),
    ),
    "customer_name": (
        *(
            "customer_name",
            "full_name",
            "client_name",
            "buyer_name",
            "billing_name",
            "bill_to_name",
        ),
        *("shipping_name", "ship_name", "收货人姓名", "客户姓名", "姓名"),
    ),
    "country": (
        *("country", "country_code", "billing_country", "shipping_country", "ship_country", "land"),
        *("pays", "pais", "default_address_country_code", "国家"),
    ),
    "event_time": (
        *("event_time", "event_timestamp", "event_date", "viewed_at", "visited_at", "visit_time"),
        *(
            "timestamp",
            "created_at",
            "datetime",
            "date_time",
            "time",
            "date",
            "浏览时间",
            "访问时间",
        ),
    ),
    "event_type": (
        *(
            "event_type",
            "event_name",
            "event",
            "action",
            "action_type",
            "behavior_type",
            "behavior",
        ),
        *("behaviour", "activity", "行为类型", "行为"),
    ),
    "session_id": (
        *("session_id", "user_session", "session", "visit_id", "ga_session_id", "会话id"),
    ),
    "duration_seconds": (
        *("duration_seconds", "duration", "seconds", "dwell_time", "time_on_page", "dwell_seconds"),
        *("time_spent", "session_duration", "停留时长"),
    ),
    "review_time": (
        *("review_time", "review_date", "reviewed_at", "review_timestamp", "review_creation_date"),
        *("created_at", "date", "timestamp", "time", "submission_date", "评论时间", "评价时间"),
    ),
    "rating": (
        *("rating", "stars", "score", "review_score", "review_rating", "star_rating", "overall"),
        *("评分", "星级"),
    ),
    "review_text": (
        *("review_text", "review", "text", "comment", "review_body", "review_content", "body"),
        *("review_comment_message", "评论内容", "评价内容", "评论"),
    ),
    "target_value": (
        *("lifetime_value", "customer_lifetime_value", "cltv", "clv", "ltv", "target_value"),
        *("predicted_cltv", "customer_value", "客户终身价值", "终身价值", "生命周期价值"),
    ),
    "consent": (
        *("consent", "accepts_marketing", "accepts_email_marketing", "marketing_consent", "opt_in"),
        *("email_marketing_consent", "newsletter", "subscribed", "营销同意"),
    ),
}
