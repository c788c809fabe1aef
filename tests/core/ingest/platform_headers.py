"""Headers of platforms' exports, as they come. No row of any export is here."""

from __future__ import annotations

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
    "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
    "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,"
    "Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,"
    "Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,"
    "Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,"
    "Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,"
    "Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,"
    "Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,"
    "Payment ID,Payment Terms Name,Next Payment Due At,Payment References"
)
SHOPIFY_CUSTOMERS = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address Address1,Default Address Address2,Default Address City,"
    "Default Address Province Code,Default Address Country Code,Default Address Zip,"
    "Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,"
    "Tags"
)
WOOCOMMERCE = (
    "order_id,order_date,order_status,customer_id,billing_first_name,billing_last_name,"
    "billing_email,billing_phone,billing_address_1,billing_city,billing_state,billing_postcode,"
    "billing_country,shipping_address_1,shipping_city,shipping_state,shipping_postcode,"
    "shipping_country,order_total,order_currency,payment_method"
)
WEBTOFFEE = (
    "order_id,order_number,order_date,paid_date,status,shipping_total,shipping_tax_total,"
    "fee_total,fee_tax_total,tax_total,cart_discount,order_discount,discount_total,order_total,"
    "order_subtotal,order_currency,payment_method,payment_method_title,transaction_id,"
    "customer_ip_address,customer_user_agent,shipping_method,customer_id,customer_user,"
    "customer_email,billing_first_name,billing_last_name,billing_company,billing_email,"
    "billing_phone,billing_address_1,billing_address_2,billing_postcode,billing_city,"
    "billing_state,billing_country,shipping_first_name,shipping_last_name,shipping_company,"
    "shipping_phone,shipping_address_1,shipping_address_2,shipping_postcode,shipping_city,"
    "shipping_state,shipping_country,customer_note,wt_import_key,shipping_items,fee_items,"
    "tax_items,coupon_items,refund_items,order_notes,download_permissions,meta:wpml_language,"
    "line_item_1"
)
STRIPE = (
    "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,"
    "Converted Amount,Converted Amount Refunded,Fee,Tax,Converted Currency,Mode,Status,"
    "Statement Descriptor,Customer ID,Customer Description,Customer Email,Captured,Card ID,"
    "Card Last4,Card Brand,Card Funding,Card Exp Month,Card Exp Year,Card Name,"
    "Card Address Line1,Card Address Line2,Card Address City,Card Address State,"
    "Card Address Country,Card Address Zip,Card Issue Country,Card Fingerprint,Card CVC Status,"
    "Card AVS Zip Status,Card AVS Line1 Status,Card Tokenization Method,Disputed Amount,"
    "Dispute Status,Dispute Reason,Dispute Date (UTC),Dispute Evidence Due (UTC),Invoice ID,"
    "Payment Source Type,Destination,Transfer,Interchange Costs,Merchant Service Charge,"
    "Transfer Group"
)
AMAZON = (
    "order-id,order-date,order-status,ship-city,ship-state,ship-postal-code,ship-country,"
    "item-price,currency,payment-date,billing-name,buyer-email,purchase-date"
)
BIGCOMMERCE = (
    "Order ID,Order Date,Delivery Date,Order Status,Order Total,Cart Base Amount,Tax Total,"
    "Shipping Total,Refund Amount,Payment Method,Card Number (Last 4),First Name,Last Name,"
    "Email Address,Phone,Billing Street 1,Billing City,Billing State,Billing Zip Code,"
    "Billing Country,Shipping Street 1,Shipping City,Shipping State,Shipping Zip Code,"
    "Shipping Country,IP Address,Customer Message,Staff Notes"
)
ETSY_ITEMS = (
    "Sale Date,Item Name,Quantity,Price,Discount Amount,Coupon Code,Shipping,Sales Tax,"
    "Order Total,Transaction ID,Listing ID,Date Paid,Date Shipped,Ship Name,Ship Address1,"
    "Ship City,Ship State,Ship Zipcode,Ship Country,Order ID,Variations,Buyer,Order Type,"
    "Payment Type,InPerson Sale,VAT Paid by Buyer"
)
ETSY_ORDERS = (
    "Sale Date,Order ID,Buyer User ID,Full Name,First Name,Last Name,Number of Items,"
    "Payment Method,Date Shipped,Street 1,Street 2,Ship City,Ship State,Ship Zipcode,"
    "Ship Country,Currency,Order Value,Coupon Code,Coupon Details,Discount Amount,"
    "Shipping Discount,Shipping,Sales Tax,Order Total,Status,Card Processing Fees,Order Net,"
    "Adjusted Order Total,Buyer,Order Type,Payment Type"
)
SQUARE = (
    "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,"
    "Discounts,Net Sales,Tax,Transaction ID"
)
EBAY = (
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Buyer Country,"
    "Item Number,Item Title,Custom Label,Quantity,Sold For,Shipping And Handling,Total Price,"
    "Payment Method,Sale Date,Paid On Date"
)
MAGENTO = (
    "ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),"
    "Grand Total (Purchased),Status,Billing Address,Shipping Address,Shipping Information,"
    "Customer Email,Customer Group,Subtotal,Shipping and Handling,Customer Name,Payment Method,"
    "Total Refunded"
)
TAOBAO = (
    "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,总金额,买家实际支付金额,订单状态,"
    "收货人姓名,收货地址 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝总数量,"
    "店铺名称,订单关闭原因,退款金额,主订单编号"
)
ALIBABA_1688 = (
    "订单编号,买家公司名,买家会员名,卖家公司名,货品总价(元),运费(元),涨价或折扣(元),实付款(元),订单状态,"
    "订单创建时间,订单付款时间,收货人姓名,联系手机,货品标题,单价(元),数量"
)
JD = (
    "店铺ID,店铺名称,订单号,商品名称,订购数量,下单时间,应付金额,订单状态,下单帐号,客户姓名,联系电话"
)
YOUZAN = "订单号,买家付款时间,订单实付金额,买家昵称,收货人手机号/提货人手机号,订单状态"
PINDUODUO = (
    "商品,订单号,订单状态,商品总价(元),店铺优惠折扣(元),平台优惠折扣(元),用户实付金额(元),"
    "商家实收金额(元),商品数量(件),收货人,手机,支付时间,商品id,售后状态"
)
SHOPEE = (
    "Order ID,Order Status,Cancel reason,Return / Refund Status,Tracking Number*,"
    "Order Creation Date,Order Paid Time,Parent SKU Reference No.,Product Name,"
    "SKU Reference No.,Variation Name,Original Price,Deal Price,Quantity,Product Subtotal,"
    "Grand Total,Username (Buyer),Receiver Name,Phone Number,Country"
)
LAZADA = (
    "orderItemId,orderType,sellerSku,lazadaSku,createTime,updateTime,orderNumber,deliveredDate,"
    "customerName,customerEmail,shippingName,shippingPhone,shippingCountry,billingName,"
    "paymentMethod,paidPrice,unitPrice,shippingFee,itemName,status"
)
TIKTOK_SHOP = (
    "Order ID,Order Status,Order Substatus,Cancelation/Return Type,Normal or Pre-order,SKU ID,"
    "Seller SKU,Product Name,Variation,Quantity,Sku Quantity of return,"
    "SKU Unit Original Price,SKU Subtotal After Discount,Order Amount,Order Refund Amount,"
    "Created Time,Paid Time,Shipped Time,Delivered Time,Cancelled Time,Cancel Reason,"
    "Buyer Message,Buyer Username,Recipient,Phone #,Zipcode,Country"
)
ONLINE_RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
ONLINE_RETAIL_2 = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
REES46 = (
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session"
)
GA4 = (
    "event_date,event_timestamp,event_name,user_pseudo_id,user_id,device.category,geo.country,"
    "ecommerce.transaction_id,ecommerce.purchase_revenue"
)
KLAVIYO = (
    "Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,Address 2,"
    "City,State / Region,Country,Zip Code,Source,Consent,First Active,Last Active,"
    "Profile Created On,Date Added,Historic Customer Lifetime Value,"
    "Predicted Customer Lifetime Value,Total Customer Lifetime Value,Historic Number Of Orders,"
    "Churn Risk Prediction,Expected Date Of Next Order,Accepts Marketing"
)
META = (
    "email,email,email,phone,phone,phone,madid,fn,ln,zip,ct,st,country,dob,doby,gen,age,uid,value"
)
GOOGLE = "Email,Phone,First Name,Last Name,Country,Zip"
