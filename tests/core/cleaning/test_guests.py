"""Orders without a customer id, known by e-mail or telephone, as of their own day."""

from __future__ import annotations

from tests.core.cleaning.uploads import clean_orders, sell


def buy(customer_id, day, email="", phone=""):
    """Return an order of 10 on a day of May."""
    return sell(customer_id, f"2024-05-{day:02d}", email=email, phone=phone)


def spend(cleaned):
    """Return what each customer spent, by the shop's id."""
    orders = cleaned.open("orders").merge(cleaned.open("customers"), on="customer_key")
    return orders.groupby("customer_id")["amount"].sum().to_dict()


def test_guests_are_dropped_unless_asked_for(tmp_path):
    """Without an id nobody is known."""
    cleaned = clean_orders(tmp_path, [buy("7", 1, "ann@a.shop"), buy("", 2, "ann@a.shop")])
    assert cleaned.rejected == {"missing_customer": 1}


def test_a_guest_joins_the_account_known_by_that_day(tmp_path):
    """Ann's account is known since the first; capitals do not matter."""
    rows = [buy("7", 1, "ann@a.shop"), buy("", 2, "Ann@A.shop"), buy("", 3, "bob@b.shop")]
    cleaned = clean_orders(tmp_path, rows, guests="email")
    assert spend(cleaned) == {"7": 20.0, "bob@b.shop": 10.0}
    assert cleaned.treated == {"guest_joined": 1, "guest_by_contact": 1}


def test_a_guest_who_registers_later_was_a_guest_on_the_day(tmp_path):
    """The order of the first stays with the address; that of the third joins the account."""
    rows = [buy("", 1, "ann@a.shop"), buy("7", 2, "ann@a.shop"), buy("", 3, "ann@a.shop")]
    assert spend(clean_orders(tmp_path, rows, guests="email")) == {"ann@a.shop": 10.0, "7": 20.0}


def test_the_account_last_seen_with_an_address_has_it(tmp_path):
    """A shared address belongs to who used it last by then."""
    rows = [buy("7", 1, "a@a.shop"), buy("8", 3, "a@a.shop"), buy("", 2, "a@a.shop"),
            buy("", 4, "a@a.shop")]  # fmt: skip
    assert spend(clean_orders(tmp_path, rows, guests="email")) == {"7": 20.0, "8": 20.0}


def test_the_telephone_helps_where_asked_for(tmp_path):
    """Blanks and hyphens are no part of a number; e-mail goes before telephone."""
    rows = [
        buy("7", 1, "ann@a.shop", "+49 30 123-456"),
        buy("", 2, "", "'+4930123456"),
        buy("", 3, "", "+4930999999"),
    ]
    both = clean_orders(tmp_path, rows, guests="email_or_phone")
    assert spend(both) == {"7": 20.0, "+4930999999": 10.0}
    assert clean_orders(tmp_path, rows, guests="email").rejected == {"missing_customer": 2}


def test_a_telephone_alone_is_enough(tmp_path):
    """A file without e-mail addresses still tells guests apart by their numbers."""
    rows = [sell("7", phone="030 123456"), sell("", "2024-05-02", phone="030123456")]
    assert spend(clean_orders(tmp_path, rows, guests="email_or_phone")) == {"7": 20.0}


def test_masked_contacts_never_become_customers(tmp_path):
    """138****8000 is shared by ten thousand telephones."""
    rows = [buy("7", 1, "", "138****8000"), buy("", 2, "", "138****8000"),
            buy("", 3, "j***@a.shop")]  # fmt: skip
    cleaned = clean_orders(tmp_path, rows, guests="email_or_phone")
    assert cleaned.rejected == {"missing_customer": 2}
