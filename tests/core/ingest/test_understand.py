"""What a file is, and which of its columns is which."""

from __future__ import annotations

import pytest

from clv_core.errors import MissingColumns, UnreadableFile
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.headers import match_headers, name_columns
from clv_core.ingest.kinds import missing_fields
from clv_core.ingest.presets import PRESETS, Rule
from clv_core.ingest.spelling import fold_header
from clv_core.ingest.understand import recognise_file, understand_file
from clv_core.ingest.values import is_amount, is_masked, is_time
from tests.core.ingest.files import ORDERS, write_file

ROW = "a,2024-01-02,5\n"


def understand(folder, header, *rows, **told):
    """Understand a comma-separated file with these lines."""
    path = write_file(folder, "\n".join((header, *rows)) + "\n")
    return understand_file(path, choice=FileChoice.check(told))


@pytest.mark.parametrize(
    ("header", "row", "kind"),
    [
        ("Customer ID,Order Date,Total", "1,2024-01-02,5", "orders"),
        ("user_id,event_type,timestamp,product_id", "1,view,2024-01-02 10:00:00,7", "events"),
        ("user_id,event_name,event_timestamp", "1,page_view,1704189600000000", "events"),
        ("customer_id,review_date,rating,review_text", "1,2024-01-02,5,fine", "reviews"),
        ("customer_id,email,country", "1,a@b.example,DE", "customers"),
        ("cust,Qty,Unit Price,tran_date,customer_no", "x,2,3.5,02/01/2024,9", "orders"),
    ],
)
def test_kind_follows_headers_and_values(tmp_path, header, row, kind):
    """Orders, events, reviews and customers are told apart."""
    assert understand(tmp_path, header, row).kind == kind


def test_the_users_word_goes_first(tmp_path):
    """A kind and single fields that the user names override detection."""
    raw = understand(
        tmp_path,
        "customer_id,account,order_date,amount",
        "a,b,2024-01-02,5",
        mapping={"customer_id": "account"},
    )
    assert raw.mapping["customer_id"] == "account"
    assert raw.mapping["order_time"] == "order_date"
    assert understand(tmp_path, "customer_id,email,amount", "a,x,5", kind="customers").kind == (
        "customers"
    )


@pytest.mark.parametrize(
    "spelling", ["Customer ID", "customer_id", "CUSTOMER-ID ", "ＣｕｓｔｏｍｅｒＩＤ"]
)
def test_spelling_does_not_matter(spelling):
    """Width, case and punctuation make no other header."""
    assert fold_header(spelling) == "customerid"


@pytest.mark.parametrize(
    "header", ["买家会员名 ,订单付款时间,买家实际支付金额", "客户编号,下单时间,金额"]
)
def test_chinese_headers(tmp_path, header):
    """Taobao's and ordinary Chinese headers need no help."""
    assert set(understand(tmp_path, header, "a,2024-01-02,5").mapping) == {
        *("customer_id", "order_time", "amount")
    }


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("Kundennummer,Bestelldatum,Gesamtbetrag", "German"),
        ("N° client,Date de commande,Montant total", "French"),
        ("ID Cliente,Fecha de compra,Importe", "Spanish"),
        ("Código Cliente,Data do Pedido,Valor Total", "Portuguese"),
        ("Codice cliente,Data ordine,Importo", "Italian"),
        ("Klantnummer,Besteldatum,Totaalbedrag", "Dutch"),
        ("Müşteri No,Sipariş Tarihi,Toplam Tutar", "Turkish"),
        ("顧客番号,購入日,合計金額", "Japanese"),
        ("会员卡号,消费日期,消费金额(元)", "Chinese"),
        ("Client ID,Purchase Date,Amount (USD)", "English with a unit"),
        ("customerId,purchaseDate,orderTotal", "English in one word"),
    ],
)
def test_headers_in_other_languages(tmp_path, header, language):
    """Customer, day and amount are known by their names in the languages shops keep books in."""
    raw = understand(tmp_path, header, "7,2024-01-02,5")
    fields = ("customer_id", "order_time", "amount")
    assert (raw.kind, raw.mapping) == ("orders", dict(zip(fields, header.split(","), strict=True)))


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("prod_cat_code", "product_id"),
        ("product_category", "product_name"),
        ("Shipping State", "customer_name"),
        ("shipping_method", "customer_name"),
        ("Phone Service", "phone"),
        ("Contract", "order_id"),
        ("order_date_note", "order_time"),
        ("Total_Claim_Amount", "amount"),
        ("买家昵称", "customer_id"),
    ],
)
def test_likeness_in_part_is_none(column, field):
    """A category is no product and a state no name: each word must have its like."""
    assert field not in match_headers((column,), (), "orders")


def test_a_price_stands_in_for_the_amount_where_nothing_else_does(tmp_path):
    """Without an amount and pieces each row is worth its price, and that is said."""
    raw = understand(tmp_path, "customer_id,transaction_date,list_price", "7,2024-01-02,71.49")
    assert raw.mapping["amount"] == "list_price"
    assert any("counts as the amount" in str(note) for note in raw.notes)
    with_pieces = "customer_id,transaction_date,list_price,quantity"
    assert "amount" not in understand(tmp_path, with_pieces, "7,2024-01-02,71.49,2").mapping


def test_a_rating_makes_no_order_a_review(tmp_path):
    """A till's receipts with a rating stay orders, and lack their customer."""
    path = write_file(tmp_path, "Invoice ID,Date,Total,Rating\n1,2024-01-02,5,9.1\n")
    raw = recognise_file(path)
    assert (raw.kind, missing_fields(raw.kind, raw.mapping)) == ("orders", ("customer_id",))


def test_events_with_a_price_stay_events(tmp_path):
    """What was looked at has a price, too."""
    header = "user_id,event_type,timestamp,product_id,price"
    assert understand(tmp_path, header, "1,view,2024-01-02 10:00:00,7,5.00").kind == "events"


def test_destroyed_ids_are_noted(tmp_path):
    """An id that a spreadsheet rounded is told before anything is read; none is shown."""
    raw = understand(
        tmp_path, "customer_id,order_date,amount", "4.20011E+18,2024-01-02,5", "77,2024-01-02,5"
    )
    (note,) = raw.notes
    assert 'In "customer_id" a spreadsheet has rounded long numbers' in str(note)
    assert "4.2" not in str(note)


def test_masked_contacts_are_left_out(tmp_path):
    """A hidden phone is no phone beside a good id."""
    raw = understand(tmp_path, "customer_id,order_date,amount,phone", "7,2024-01-02,5,138****8000")
    assert "phone" not in raw.mapping


def test_a_lookup_table_is_called_one(tmp_path):
    """Categories without customer, day and amount tell nothing of purchases."""
    with pytest.raises(MissingColumns, match="looks like a lookup table"):
        understand(tmp_path, "prod_cat_code,prod_cat,prod_sub_cat_code", "1,Clothing,4")


def test_a_profile_is_named(tmp_path):
    """A choice that comes from a profile says so."""
    raw = understand(tmp_path, "customer_id,order_date,amount", ROW.strip(), profile="till")
    assert str(raw.notes[0]) == "Read like last time (layout till)."


def test_a_nickname_matches_no_amount(tmp_path):
    """Likeness below 80 is none: 买家昵称 is not 买家应付金额."""
    mapping = match_headers(("买家昵称", "付款时间"), [("小明", "2024-01-02")], "orders")
    assert mapping == {"order_time": "付款时间"}


def test_near_names_match(tmp_path):
    """A typing mistake in a header is forgiven when the values agree."""
    raw = understand(tmp_path, "custmer_id,oder_date,amout", "a,2024-01-02,5")
    assert raw.mapping == {
        "customer_id": "custmer_id",
        "order_time": "oder_date",
        "amount": "amout",
    }


def test_values_overrule_a_name(tmp_path):
    """Of two candidates the one whose values read as the field is taken."""
    raw = understand(tmp_path, "customer_id,order_date,date,amount", "a,Tuesday,2024-01-02,5")
    assert raw.mapping["order_time"] == "date"


def test_masked_contacts_identify_nobody(tmp_path):
    """A phone or a nickname with stars is no id."""
    with pytest.raises(MissingColumns, match="in user_id the platform has hidden parts"):
        understand(tmp_path, "user_id,order_date,amount", *["138****8000,2024-01-02,5"] * 3)


def test_email_stands_in_for_a_customer_id(tmp_path):
    """Where no id is given the customer is known by e-mail."""
    raw = understand(tmp_path, "Email,Order Date,Total", "a@b.example,2024-01-02,5")
    assert raw.mapping["customer_id"] == raw.mapping["email"] == "Email"


def test_an_odd_name_for_the_time_is_found_by_its_values(tmp_path):
    """The only column of days is the time when nothing else is missing."""
    assert understand(tmp_path, "customer_id,fulfilled,amount", ROW).mapping["order_time"] == (
        "fulfilled"
    )


def test_names_are_made_unique():
    """Empty headers get their position, repeated ones a number."""
    assert name_columns(("a", "", "a", " a "), 4) == ("a", "column_2", "a_2", "a_3")
    assert name_columns(None, 2) == ("column_1", "column_2")


def test_a_confirmed_mapping_is_taken_and_nothing_else(tmp_path):
    """What the user left out of the corrected mapping is not used."""
    lines = ("customer_id,order_date,amount,quantity", "a,2024-01-02,5,1")
    assert "quantity" in understand(tmp_path, *lines).mapping
    wanted = {"customer_id": "customer_id", "order_time": "order_date", "amount": "amount"}

    def confirm(mapping):
        return understand(tmp_path, *lines, mapping=mapping, is_confirmed=True)

    assert confirm(wanted).mapping == wanted
    with pytest.raises(MissingColumns, match="amount"):
        confirm({"customer_id": "customer_id", "order_time": "order_date"})
    with pytest.raises(MissingColumns, match="nowhere"):
        confirm({**wanted, "amount": "nowhere"})
    with pytest.raises(MissingColumns, match="colour"):
        confirm({**wanted, "colour": "quantity"})


def test_missing_columns_can_be_named_afterwards(tmp_path):
    """A file whose customer was not recognised is shown, and read once the user says who."""
    path = write_file(tmp_path, "who,order_date,amount\nann,2024-01-02,5\n")
    raw = recognise_file(path)
    assert missing_fields(raw.kind, raw.mapping) == ("customer_id",)
    told = FileChoice(mapping={"customer_id": "who"})
    assert understand_file(path, choice=told).mapping["customer_id"] == "who"


def test_quantity_and_price_stand_in_for_the_amount(tmp_path):
    """An order line needs no amount when it has pieces and a price."""
    raw = understand(tmp_path, "customer_id,order_date,quantity,unit_price", "a,2024-01-02,2,5")
    assert "amount" not in raw.mapping


def test_names_must_be_as_many_as_columns(tmp_path):
    """Two names for three columns are refused."""
    path = write_file(tmp_path, ROW)
    with pytest.raises(UnreadableFile, match="3 columns, but 2 names"):
        understand_file(path, choice=FileChoice(column_names=("customer_id", "order_time")))


def test_samples_show_the_first_rows_as_text(tmp_path):
    """The mapping table shows cells as they are written, at most a hundred rows."""
    raw = understand_file(write_file(tmp_path, ORDERS + "007,2024-01-02,5\n" * 300))
    assert raw.samples.shape == (100, 3)
    assert raw.samples.iloc[0].tolist() == ["007", "2024-01-02", "5"]


def test_presets_name_known_rules_only():
    """Every preset's rules and fields exist."""
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert preset.rules <= set(Rule)
        assert preset.needed or preset.column_names


@pytest.mark.parametrize(
    "text",
    [
        *("2024-01-02", "2024-01-02 08:26:00", "2024-01-02T08:26:00Z", "2024/1/2 8:26"),
        *("28-02-2014", "9/9/2013", "12/1/2010 8:26", "19970101", "2 Jan 2024", "Jan 2, 2024"),
        *("2019-10-01 00:00:00 UTC", "2026-05-01 09:59:00 +0200", "2024年1月2日", "1704189600"),
        "01/02/24 08:26 PM",
    ],
)
def test_times_read_as_times(text):
    """Dates as shops write them look like times."""
    assert is_time(text)


@pytest.mark.parametrize("text", ["", "blue", "12.50", "536365", "17850.0", "Monday", "2024-1"])
def test_other_things_are_no_times(text):
    """Ids, amounts and words do not."""
    assert not is_time(text)


@pytest.mark.parametrize(
    "text",
    [
        *("5", "-5.00", "1,234.56", "1.234,56", "1 234,56", "$5.50", "€ 5,50", "5,50 €", "¥12"),
        *("(5.00)", "USD 12.5", "12.5 TRY", "1e3", ".5", "-$5.50", "12元"),
    ],
)
def test_numbers_read_as_numbers(text):
    """Amounts as shops write them look like numbers."""
    assert is_amount(text)


@pytest.mark.parametrize("text", ["", "$", "abc", "2024-01-02", "85123A", "1.2.3.4", "12:30"])
def test_other_things_are_no_numbers(text):
    """Codes, days and words do not."""
    assert not is_amount(text)


def test_masked_values():
    """Two stars or more hide something."""
    assert is_masked("138****8000")
    assert not is_masked("13800008000")
