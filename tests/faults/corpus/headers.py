"""What columns are called, or not called."""

from clv_core.errors import MissingColumns
from tests.faults.corpus.case import ROWS, Case, good, lines

CASES = (
    Case("capitals", good(header="ORDER_ID,CUSTOMER_ID,ORDER_DATE,AMOUNT")),
    Case("camel case", good(header="OrderId,CustomerId,OrderDate,TotalAmount")),
    Case("blanks and signs", good(header="Order #, Customer ID ,Order-Date,Amount ($)")),
    Case(
        "full-width letters",
        good(header="ＯＲＤＥＲ＿ＩＤ,Ｃｕｓｔｏｍｅｒ　ＩＤ,order_date,amount"),
    ),
    Case("a typing error", good(header="order_id,custmer_id,order_date,amount")),
    Case("German", good(header="Bestellnummer,Kundennummer,Bestelldatum,Gesamtbetrag")),
    Case("French", good(header="numero_commande,id_client,date_commande,montant")),
    Case("Spanish", good(header="pedido,id_cliente,fecha_pedido,importe")),
    Case("Chinese", good(header="订单编号,客户编号,下单时间,订单金额")),
    Case("trailing blanks in Chinese", good(header="订单编号 ,买家会员名 ,订单付款时间 ,总金额 ")),
    Case("a line break in a header", good(header='order_id,"customer\nid",order_date,amount')),
    Case("quoted headers", good(header='"order_id","customer_id","order_date","amount"')),
    Case(
        "two columns of one name",
        lines(
            "1,ann,2024-01-02,10.00,x",
            "2,bob,2024-01-03,20.50,y",
            "3,ann,2024-02-04,30.25,z",
            header="order_id,customer_id,order_date,amount,amount",
        ).encode(),
    ),
    Case(
        "a column without a name",
        lines(
            *(f"{row},x" for row in ROWS), header="order_id,customer_id,order_date,amount,"
        ).encode(),
    ),
    Case(
        "a row number without a name before all others",
        lines(
            *(f"{number},{row}" for number, row in enumerate(ROWS)),
            header=",order_id,customer_id,order_date,amount",
        ).encode(),
    ),
    Case(
        "columns nobody needs",
        lines(
            *(f"{row},red,north,7" for row in ROWS),
            header="order_id,customer_id,order_date,amount,colour,warehouse,shelf",
        ).encode(),
    ),
    Case(
        "no header, the user names the columns",
        "\n".join(ROWS).encode(),
        choice={"column_names": ["order_id", "customer_id", "order_time", "amount"]},
    ),
    Case(
        "headers that say nothing, the user names the columns",
        good(header="a,b,c,d"),
        choice={
            "kind": "orders",
            "mapping": {
                "order_id": "a",
                "customer_id": "b",
                "order_time": "c",
                "amount": "d",
            },
        },
    ),
    Case(
        "a customer under an unknown name",
        good(header="order_id,zz,order_date,amount"),
        MissingColumns,
        "customer_id",
    ),
    Case(
        "no date",
        lines("1,ann,10.00", "2,bob,20.00", header="order_id,customer_id,amount").encode(),
        MissingColumns,
        "order_time",
    ),
    Case(
        "no amount",
        lines(
            "1,ann,2024-01-02", "2,bob,2024-01-03", header="order_id,customer_id,order_date"
        ).encode(),
        MissingColumns,
        "amount",
    ),
    Case(
        "no customer",
        lines(
            "1,2024-01-02,10.00", "2,2024-01-03,20.00", header="order_id,order_date,amount"
        ).encode(),
        MissingColumns,
        "customer_id",
    ),
    Case(
        "a column the user names is not there",
        good(),
        MissingColumns,
        "nowhere",
        choice={"mapping": {"amount": "nowhere"}},
    ),
    Case(
        "quantity and price in place of an amount",
        lines(
            "1,ann,2024-01-02,2,5.00",
            "2,bob,2024-01-03,1,20.50",
            "3,ann,2024-02-04,5,6.05",
            header="order_id,customer_id,order_date,quantity,unit_price",
        ).encode(),
    ),
    Case(
        "an e-mail in place of a customer",
        lines(
            "1,Ann@shop.org,2024-01-02,10.00",
            "2,bob@shop.org,2024-01-03,20.50",
            "3,ann@shop.org,2024-02-04,30.25",
            header="order_id,email,order_date,amount",
        ).encode(),
    ),
    Case(
        "a header like a query",
        good(header="order_id,customer_id,order_date,amount").replace(
            b"order_id", b'"x\'); DROP TABLE t; --"', 1
        ),
    ),
)
