"""Names that shops and their platforms give to the columns we know.

The order in a list is the order of preference where a file has several of them:
first English, then German, French, Spanish, Portuguese, Italian, Dutch, Turkish,
Japanese and Chinese. Case, blanks and punctuation do not matter. Sources: the
platforms' own exports and public data sets.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ALIASES"]


def _names(text: str) -> tuple[str, ...]:
    """Split a list of names written with commas and line breaks."""
    return tuple(name.strip() for name in text.replace("\n", ",").split(",") if name.strip())


ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "customer_id": _names(
        """customer_id, customer, customer_no, customer_number, customer_key, cust_id, cust_no
        client_id, client, user_id, user, member_id, membership_id, member_no, buyer_id, account_id
        account_number, shopper_id, contact_id, customer_user, customer_code, customer_ref
        customer_unique_id, master_id, household_key, household_id, profile_id, subscriber_id
        loyalty_id, loyalty_card, person_id, consumer_id
        user_pseudo_id, visitor_id, fullvisitorid, device_id, anonymous_id, distinct_id
        buyer, buyer_username, username_buyer, buyer_user_id, username, user_name, customer_email_id
        kundennummer, kunden_id, kundennr, kunden_nr, kunde, debitor, debitorennummer
        id_client, numero_client, n_client, code_client, identifiant_client
        id_cliente, cliente, codigo_cliente, numero_cliente, nro_cliente, cod_cliente, usuario
        codice_cliente, klantnummer, klant_id, klant
        musteri_id, musteri_no, musteri_kodu, müşteri_id, müşteri_no, müşteri
        顧客id, 顧客番号, 会員id, 会員番号, お客様番号, ユーザーid
        客户编号, 客户id, 客户号, 客户代码, 会员编号, 会员id, 会员号, 会员卡号, 用户id
        用户编号, 用户号
        买家会员名, 下单帐号, 下单账号, 买家id, 客户, 用户, 会员, 顾客编号, 顾客id
        买家账号, openid"""
    ),
    "order_time": _names(
        """order_time, order_date, order_datetime, order_timestamp, ordered_at, ordered_on
        purchase_date, purchase_time, purchased_at, date_of_purchase, invoice_date, invoice_time
        transaction_date, transaction_time, tran_date, trans_date, trans_time, txn_date
        date_of_order, order_purchase_timestamp, created_at, created, created_utc
        created_date_utc, created_on, date_created, created_date, creation_date, sale_date
        sales_date, sold_at, paid_at, paid_date, paid_time, date_paid, payment_date, paid_on_date
        order_creation_date, order_created, order_placed, placed_at, created_time, date_time
        datetime, timestamp, date, time, day, event_time, event_timestamp, receipt_date
        booking_date, bill_date, billing_date, checkout_date, posting_date, processed_at
        bestelldatum, auftragsdatum, rechnungsdatum, kaufdatum, verkaufsdatum, belegdatum, datum
        date_commande, date_de_commande, date_achat, date_facture, date_vente
        fecha, fecha_pedido, fecha_de_pedido, fecha_compra, fecha_de_compra, fecha_factura
        data_pedido, data_do_pedido, data_compra, data_da_compra, data_venda, data
        data_ordine, data_acquisto, data_fattura, besteldatum, orderdatum
        siparis_tarihi, sipariş_tarihi, tarih, islem_tarihi, fatura_tarihi
        注文日, 注文日時, 購入日, 購入日時, 受注日, 売上日, 日付
        订单付款时间, 付款时间, 支付时间, 买家付款时间, 订单创建时间, 下单时间, 订单时间, 下单日期
        订单日期, 交易时间, 交易日期, 购买时间, 购买日期, 消费时间, 消费日期, 成交时间
        创建时间, 日期"""
    ),
    "amount": _names(
        """amount, order_amount, order_total, order_value, total_amount, total_amt, net_amount
        total, grand_total, grand_total_purchased, grand_total_base, total_price, total_paid
        net_sales, net_revenue, net_total, net_value, revenue, sales, sales_amount, sale_amount
        sale_price, transaction_amount, transaction_value, txn_amount, tran_amount, trans_amount
        line_total, line_amount, line_value, item_total, extended_price, subtotal, gross_sales
        amount_paid, paid_price, paid_amount, payment_amount, payment_value, order_price
        purchase_amount, purchase_value, purchase_amount_usd, invoice_amount, invoice_total
        invoice_value, amount_spent, money_spent, spend, spent, dollars, value, turnover, sum
        total_sales, total_revenue, total_value, total_spend, total_cost, gmv, price_total
        ecommerce_purchase_revenue, purchase_revenue, sales_value, bill_amount, basket_value
        betrag, umsatz, nettoumsatz, gesamtbetrag, gesamtsumme, gesamtpreis, summe, bestellwert
        rechnungsbetrag, endbetrag, montant, montant_total, total_ttc, total_ht, chiffre_d_affaires
        importe, importe_total, monto, monto_total, valor_total, precio_total, ingresos
        valor, valor_do_pedido, valor_pago, receita, preco_total, importo, totale, totale_ordine
        ricavo, bedrag, totaal, totaalbedrag, omzet
        tutar, toplam, toplam_tutar, siparis_tutari, sipariş_tutarı, ciro
        金額, 合計, 合計金額, 売上, 売上金額, 購入金額, 注文金額, 支払金額
        买家实际支付金额, 买家实付金额, 订单实付金额, 用户实付金额, 实付款, 实付金额, 实际支付金额
        实收金额, 应付金额, 支付金额, 付款金额, 订单金额, 订单总额, 订单总金额, 成交金额, 交易金额
        消费金额, 购买金额, 销售额, 销售金额, 总金额, 总价, 金额, 合计"""
    ),
    "order_id": _names(
        """order_id, order, order_no, order_nr, order_number, order_code, order_ref, order_name
        order_reference, invoice_no, invoice_id, invoice, invoice_number, invoice_nr, transaction_id
        transaction, transaction_no, transaction_number, trans_id, tran_id, txn_id, receipt_no
        receipt_number, receipt_id, receipt, purchase_id, sales_record_number, sales_order, sale_id
        basket_id, ticket_id, ticket_number, bill_no, bill_number, checkout_id, payment_id
        booking_id, document_number, increment_id
        bestellnummer, bestell_nr, auftragsnummer, rechnungsnummer, belegnummer, bestell_id
        numero_commande, n_commande, id_commande, numero_de_commande, numero_facture
        pedido, id_pedido, numero_pedido, numero_de_pedido, n_pedido, factura, numero_factura
        numero_do_pedido, ordine, numero_ordine, id_ordine, ordernummer, bestelnummer
        siparis_no, sipariş_no, siparis_id, fatura_no, 注文番号, 注文id, 受注番号, 伝票番号
        订单编号, 订单号, 主订单编号, 订单id, 交易号, 交易编号, 交易单号, 流水号, 单号, 小票号"""
    ),
    "quantity": _names(
        """quantity, qty, units, pieces, item_count, items_count, count, lineitem_quantity
        order_quantity, quantity_ordered, quantity_purchased, quantity_sold, number_of_items
        num_items, units_sold, item_quantity, sold_qty, pcs, amount_of_items, total_quantity
        menge, anzahl, stueck, stückzahl, quantite, quantité, cantidad, unidades
        quantidade, qtd, qtde, quantita, quantità, aantal, adet, miktar, 数量, 個数
        宝贝总数量, 订购数量, 购买数量, 商品数量, 商品件数, 件数"""
    ),
    "unit_price": _names(
        """unit_price, price_per_unit, price_each, item_price, price, rate, lineitem_price
        product_price, selling_price, sales_price, retail_price, list_price, unit_cost, price_unit
        sku_unit_original_price, deal_price
        einzelpreis, stückpreis, preis, prix_unitaire, prix, precio_unitario, precio
        preco_unitario, preço_unitário, preço, preco, prezzo_unitario, prezzo, stukprijs, prijs
        birim_fiyat, birim_fiyati, fiyat, 単価, 価格, 单价, 商品单价, 商品价格, 价格
        京东价, 售价"""
    ),
    "product_id": _names(
        """product_id, product_code, product_no, product_number, product_ref, sku, sku_id
        product_sku, stock_code, item_id, item_no, item_number, lineitem_sku, item_code, item_sku
        article_id, article_no, article_number, asin, listing_id, clothing_id, upc, ean, gtin
        barcode, variant_id, seller_sku, material_number, part_number
        artikelnummer, artikel_nr, artikelnr, reference_produit, id_produit, code_article
        id_producto, codigo_producto, id_produto, codigo_produto, cod_produto
        codice_prodotto, codice_articolo, productnummer, artikelcode
        urun_id, urun_kodu, ürün_id, ürün_kodu, stok_kodu, 商品番号, 商品コード, 品番
        商品编号, 商品id, 货号, 商品编码, 商品货号, 产品编号, 产品id, 商家编码, 宝贝id"""
    ),
    "product_name": _names(
        """product_name, product, item_name, item, description, product_title
        product_description, item_title, item_description, lineitem_name, article, article_name
        artikel, artikelname, artikelbezeichnung, produkt, produktname, bezeichnung
        produit, nom_produit, nom_du_produit, libelle, libellé, designation, désignation
        producto, nombre_producto, articulo, produto, nome_produto, descricao, descrição
        prodotto, nome_prodotto, descrizione, productnaam, urun, urun_adi, ürün, ürün_adı
        商品名, 品名, 宝贝标题, 商品名称, 商品标题, 货品标题, 产品名称, 产品, 商品"""
    ),
    "category": _names(
        """category, product_category, category_name, product_category_name, item_category
        product_cat, category_path, categories, product_categories, product_type, item_type
        product_group, product_line, item_group, article_group, product_class, department
        department_name, division_name, lineitem_category, item_categories, category_code
        kategorie, produktkategorie, artikelkategorie, warengruppe, artikelgruppe, produktgruppe
        catégorie, categorie, categorie_produit, catégorie_produit, rayon, famille_produit
        categoría, categoria, categoria_producto, categoría_de_producto, familia_producto
        categoria_produto, categoria_do_produto, departamento, categoria_prodotto, reparto
        productcategorie, productgroep, kategori, urun_kategorisi, ürün_kategorisi
        カテゴリ, カテゴリー, 商品カテゴリ, 商品カテゴリー, 商品分類, 部門
        类目, 商品类目, 商品分类, 产品类别, 产品分类, 商品类别, 宝贝类目, 所属类目, 一级类目
        类别, 分类, 品类, 商品品类"""
    ),
    "refunded_amount": _names(
        """refunded_amount, refund_amount, amount_refunded, refund, refunded
        refunds, total_refunded
        refund_total, order_refund_amount, returned_amount, erstattung, erstatteter_betrag
        montant_rembourse, montant_remboursé, reembolso, importe_reembolsado, rimborso
        iade_tutari, 返金額, 退款金额, 已退款金额, 订单退款金额, 退款"""
    ),
    "order_status": _names(
        """order_status, financial_status, status, payment_status, state_of_order
        transaction_status, bestellstatus, auftragsstatus, zahlungsstatus, statut, statut_commande
        estado_pedido, estado_del_pedido, status_do_pedido, stato_ordine
        siparis_durumu, sipariş_durumu, durum, 注文状況, ステータス, 订单状态, 交易状态, 支付状态"""
    ),
    "cancelled_at": _names(
        """cancelled_at, canceled_at, cancellation_date, cancelled_time, canceled_time
        cancelled_date, storniert_am, date_annulation, fecha_cancelacion, iptal_tarihi
        キャンセル日, 订单取消时间, 取消时间"""
    ),
    "currency": _names(
        """currency, order_currency, currency_code, currency_iso, converted_currency
        waehrung, währung, devise, moneda, moeda, valuta, para_birimi, 通貨, 币种, 货币"""
    ),
    "email": _names(
        """email, e_mail, mail, email_address, customer_email, billing_email, buyer_email
        contact_email, user_email, client_email, shipping_email, emailadresse, e_mail_adresse
        adresse_email, courriel, correo, correo_electronico, correo_electrónico, endereco_de_email
        eposta, e_posta, メールアドレス, メール, 电子邮箱, 电子邮件, 邮箱"""
    ),
    "phone": _names(
        """phone, phone_number, mobile, mobile_number, mobile_phone, telephone, cell, cell_phone
        billing_phone, contact_phone, contact_number, customer_phone, shipping_phone, tel
        telefon, telefonnummer, mobilnummer, handy, handynummer, telephone_portable, téléphone
        telefono, teléfono, celular, movil, móvil, telefone, cellulare, telefoonnummer, gsm
        cep_telefonu, 電話番号, 電話, 联系手机, 手机号, 手机号码, 手机, 联系电话, 买家手机号
        收货人手机号, 收货人手机号提货人手机号, 电话, 电话号码"""
    ),
    "customer_name": _names(
        """customer_name, full_name, client_name, buyer_name, billing_name, bill_to_name
        name_of_customer, contact_name, customer_full_name, shipping_name, ship_name, recipient_name
        kundenname, nom_client, nom_du_client, nombre_cliente, nombre_del_cliente, nome_cliente
        nome_do_cliente, klantnaam, musteri_adi, müşteri_adı, ad_soyad, 顧客名, 氏名, お名前
        收货人姓名, 客户姓名, 客户名称, 姓名, 会员姓名"""
    ),
    "country": _names(
        """country, country_code, billing_country, shipping_country, ship_country, country_region
        customer_country, default_address_country_code, land, pays, pais, país, paese, nazione
        ulke, ülke, 国, 国家, 国家地区"""
    ),
    "first_name": _names(
        """first_name, given_name, forename, fname, billing_first_name, shipping_first_name
        vorname, prenom, prénom"""
    ),
    "last_name": _names(
        """last_name, surname, family_name, lname, billing_last_name, shipping_last_name
        nachname, familienname, nom_de_famille, apellido, apellidos, sobrenome, cognome"""
    ),
    "postal_code": _names(
        """postal_code, postcode, zip, zip_code, billing_postcode, billing_zip, shipping_postcode
        shipping_zip, default_address_zip, plz, postleitzahl, code_postal, codigo_postal, cep
        郵便番号, 邮编, 邮政编码"""
    ),
    "city": _names(
        """city, town, billing_city, shipping_city, default_address_city, ort, stadt, wohnort
        ville, ciudad, cidade, citta, città, şehir, 市区町村, 城市"""
    ),
    "region": _names(
        """region, state, province, state_region, state_province, billing_state, shipping_state
        default_address_province_code, bundesland, provincia, 都道府県, 省份"""
    ),
    "event_time": _names(
        """event_time, event_timestamp, event_date, event_datetime, viewed_at, visited_at
        visit_time, visit_date, view_time, occurred_at, server_time, hit_time, session_start
        timestamp, created_at, datetime, date_time, time, date, zeitpunkt, datum, fecha, data, tarih
        浏览时间, 访问时间, 行为时间, 事件时间, 时间, 日期"""
    ),
    "event_type": _names(
        """event_type, event_name, event, action, action_type, behavior_type, behavior, behaviour
        behaviour_type, activity, activity_type, interaction, interaction_type
        行为类型, 行为, 事件类型, 事件"""
    ),
    "session_id": _names(
        """session_id, user_session, session, visit_id, ga_session_id, visit_number, sessionid
        sitzung, id_session, id_sesion, 会话id, 会话"""
    ),
    "duration_seconds": _names(
        """duration_seconds, duration, seconds, dwell_time, time_on_page, dwell_seconds
        time_spent, session_duration, time_on_site, browsing_duration, view_duration, dauer
        duree, durée, duracion, duração, 停留时长, 浏览时长, 访问时长"""
    ),
    "review_time": _names(
        """review_time, review_date, reviewed_at, review_timestamp, review_creation_date
        unix_review_time, created_at, date, timestamp, time, submission_date, datum, fecha, data
        tarih, 评论时间, 评价时间, 评论日期, 日期"""
    ),
    "rating": _names(
        """rating, stars, score, review_score, review_rating, star_rating, overall
        bewertung, sterne, etoiles, puntuacion, calificacion, avaliacao, valutazione
        puan, 評価, 评分, 星级, 评级, 打分"""
    ),
    "review_text": _names(
        """review_text, review, text, comment, comments, review_body, review_content, body
        review_comment_message, feedback, kommentar, bewertungstext, avis, commentaire, comentario
        resena, comentário, recensione, commento, yorum, レビュー, 评论内容, 评价内容, 评论, 评价"""
    ),
    "target_value": _names(
        """lifetime_value, customer_lifetime_value, cltv, clv, ltv, target_value, customer_value
        total_customer_lifetime_value, future_value, future_spend, target, y
        kundenwert, valeur_vie_client, valor_de_vida, valor_vida_cliente
        客户终身价值, 终身价值, 客户生命周期价值, 生命周期价值, 客户价值, predicted_cltv
        predicted_ltv, predicted_customer_lifetime_value"""
    ),
    "consent": _names(
        """consent, accepts_marketing, accepts_email_marketing, marketing_consent, opt_in
        email_marketing_consent, email_opt_in, marketing_opt_in, newsletter, subscribed
        einwilligung, consentement, consentimiento, consentimento, consenso, 营销同意, 同意营销"""
    ),
}
