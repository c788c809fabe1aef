"""The sample shop: the committed files, the process behind them, the dirt in them."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.columns import FIELDS
from clv_core.errors import InvalidSetting
from clv_core.samples import SampleShop, generate_shop, write_samples
from clv_core.samples.process import CHANNELS, HISTORY_DAYS, weigh_days

SAMPLE_DATA = Path(__file__).parents[2] / "sample_data"
FILES = ("orders", "events", "reviews", "customers")
LAST_DAY = pd.Timestamp("2026-10-31")
MANY = 20_000


@pytest.fixture(scope="module")
def shop() -> SampleShop:
    """The committed shop."""
    return generate_shop()


@pytest.fixture(scope="module")
def big_shop() -> SampleShop:
    """A shop large enough for averages to settle, from another seed."""
    return generate_shop(MANY, seed=11)


@pytest.fixture(scope="module")
def purchases(big_shop: SampleShop) -> pd.DataFrame:
    """One row per order of a known customer, with the customer's truth."""
    lines = big_shop.orders.drop_duplicates().dropna(subset=["customer_id"])
    sold = lines[lines["quantity"] > 0]
    orders = sold.groupby("order_id", as_index=False).agg(
        customer_id=("customer_id", "first"),
        order_time=("order_time", "first"),
        amount=("amount", "sum"),
    )
    return orders.merge(big_shop.truth, on="customer_id")


def test_committed_files_are_what_the_seed_gives(tmp_path):
    """Writing the default shop again gives the committed bytes."""
    write_samples(tmp_path)
    for name in FILES:
        written = (tmp_path / f"{name}.csv").read_bytes()
        assert written == (SAMPLE_DATA / f"{name}.csv").read_bytes(), name


def test_another_seed_is_another_shop(tmp_path):
    """The seed reaches every file."""
    write_samples(tmp_path / "a", customers=200, seed=1)
    write_samples(tmp_path / "b", customers=200, seed=2)
    for name in FILES:
        file = f"{name}.csv"
        assert (tmp_path / "a" / file).read_bytes() != (tmp_path / "b" / file).read_bytes()


def test_committed_files_are_small():
    """All committed files together stay under 6 MB."""
    assert sum((SAMPLE_DATA / f"{name}.csv").stat().st_size for name in FILES) < 6_000_000


def test_readme_states_the_true_counts(shop):
    """Rows per file and the counts of dirt in the README are those of the shop."""
    readme = (SAMPLE_DATA / "README.md").read_text(encoding="utf-8")
    for name in FILES:
        assert f"| `{name}.csv` | {len(getattr(shop, name)):,} |" in readme
    counts = shop.counts
    for label, count in {
        "orders, refunds not counted": counts.orders,
        "orders with a refund by the last day": counts.refunded_orders,
        "lines without a customer id": counts.lines_without_customer,
        "lines that stand in the file twice": counts.duplicate_lines,
    }.items():
        assert re.search(rf"\| {label}[^|]* \| {count:,} \|", readme), label


def test_readme_states_the_true_channels():
    """The README's channel table holds the parameters of the process."""
    readme = (SAMPLE_DATA / "README.md").read_text(encoding="utf-8")
    for channel in CHANNELS:
        assert (
            f"| `{channel.name}` | {channel.share:.2f} | 1/{channel.days_per_order:g} a day "
            f"| 1/{channel.days_alive:g} a day | {channel.basket:g} |"
        ) in readme


def test_headers_are_canonical(shop):
    """Columns bear canonical names, but for one that a real shop would also export."""
    extra = {"customers": {"acquisition_channel"}}
    for kind in FILES:
        with (SAMPLE_DATA / f"{kind}.csv").open(encoding="utf-8") as file:
            header = file.readline().strip().split(",")
        assert header == list(getattr(shop, kind).columns)
        assert set(header) - set(FIELDS[kind]) == extra.get(kind, set())


def test_contact_fields_are_plainly_fake(shop):
    """E-mails are at example.com, telephones in the numbers kept for fiction."""
    email = shop.customers["email"]
    phone = shop.customers["phone"]
    assert email[email != ""].str.fullmatch(r"[a-z.]+\.\d+@example\.com").all()
    assert phone[phone != ""].str.fullmatch(r"\+1-\d{3}-555-01\d\d").all()
    assert email[email != ""].is_unique
    assert set(shop.customers["consent"]) == {"yes", "no", ""}


@pytest.mark.parametrize(("customers", "seed"), [(0, 7), (-5, 7), (10, -1)])
def test_impossible_shops_are_refused(customers, seed, tmp_path):
    """No customers or a negative seed is an invalid setting, and nothing is written."""
    with pytest.raises(InvalidSetting, match="at least 1 customer"):
        write_samples(tmp_path / "shop", customers=customers, seed=seed)
    assert not (tmp_path / "shop").exists()


def test_smallest_shop_is_a_shop():
    """One customer gives one customer with at least one order."""
    shop = generate_shop(1, seed=3)
    assert len(shop.customers) == 1
    assert (shop.orders["customer_id"] == "C000001").any()


def test_dirt_is_counted(shop):
    """The counts are those found in the lines, and sold lines are otherwise distinct."""
    assert shop.orders.duplicated().sum() == shop.counts.duplicate_lines
    assert shop.orders["customer_id"].isna().sum() == shop.counts.lines_without_customer
    clean = shop.orders.drop_duplicates()
    assert not clean.duplicated(["order_id", "product_id"]).any()
    sold = clean[clean["quantity"] > 0]
    assert sold["order_id"].nunique() == shop.counts.orders
    assert 0.01 < shop.orders["customer_id"].isna().mean() < 0.04


def test_amounts_are_price_times_quantity(shop):
    """Every line's amount can be recomputed to the cent."""
    product = shop.orders["quantity"] * shop.orders["unit_price"]
    np.testing.assert_allclose(shop.orders["amount"], product, atol=1e-9)


def test_files_end_on_the_last_day(shop):
    """Nothing is dated outside the two years."""
    for frame, column in (
        (shop.orders, "order_time"),
        (shop.events, "event_time"),
        (shop.reviews, "review_time"),
    ):
        assert frame[column].min() >= pd.Timestamp("2024-11-01")
        assert frame[column].max().normalize() == LAST_DAY
        assert frame[column].is_monotonic_increasing


def test_calendar_by_hand():
    """Weights average 1; days of one month differ by the weekday, of two by the month."""
    weight = pd.Series(weigh_days(), pd.date_range("2024-11-01", periods=HISTORY_DAYS + 365))
    assert weight[:LAST_DAY].mean() == pytest.approx(1)
    sunday, friday = weight["2025-11-02"], weight["2025-11-07"]
    assert sunday / friday == pytest.approx(1.20 / 0.92)
    assert sunday / weight["2025-08-03"] == pytest.approx(1.42 / 0.82)


def test_repeat_orders_follow_the_rates(big_shop, purchases):
    """Each channel's repeat orders agree with rate x calendar over the lifetimes."""
    truth = big_shop.truth
    day = pd.date_range("2024-11-01", LAST_DAY)
    cumulated = pd.Series(weigh_days()[:HISTORY_DAYS], day).cumsum()
    until = truth["dropped_out_on"].clip(upper=LAST_DAY)
    exposure = cumulated[until].to_numpy() - cumulated[truth["acquired_on"]].to_numpy()
    expected = (truth["orders_per_day"] * exposure).groupby(truth["acquisition_channel"]).sum()
    bought = purchases.groupby("acquisition_channel").size()
    repeat = bought - truth.groupby("acquisition_channel").size()
    # Given the rates the counts are Poisson: 4 standard deviations.
    assert ((repeat - expected).abs() < 4 * np.sqrt(expected)).all()


def test_orders_lie_within_lifetimes(purchases):
    """Nobody buys before acquisition, on which day the first order lies, or after dropout."""
    day = purchases["order_time"].dt.normalize()
    assert (day <= purchases["dropped_out_on"]).all()
    first = day.groupby(purchases["customer_id"]).min()
    acquired = purchases.groupby("customer_id")["acquired_on"].first()
    pd.testing.assert_series_equal(first, acquired, check_names=False)


def test_lifetimes_are_exponential(big_shop):
    """Dropout rate x lifetime is standard exponential, floored to whole days."""
    truth = big_shop.truth
    lifetime = (truth["dropped_out_on"] - truth["acquired_on"]).dt.days
    survived = (lifetime >= 30).mean()
    assert survived == pytest.approx(np.exp(-30 * truth["dropout_per_day"]).mean(), abs=0.01)


def test_future_keeps_what_the_truth_expects(big_shop):
    """Over 20,000 customers the drawn future spend is near its expectation."""
    for horizon in (90, 180, 365):
        drawn = big_shop.truth[f"spend_{horizon}_days"]
        expected = big_shop.truth[f"expected_spend_{horizon}_days"]
        error = np.sqrt(MANY) * (drawn - expected).std()
        assert abs((drawn - expected).sum()) < 4 * error
        assert error < 0.03 * expected.sum()
    assert (big_shop.truth.loc[~big_shop.truth["alive"], "spend_365_days"] == 0).all()


def test_customer_profile_is_forecastable(shop):
    """A good third buys once; the median living repeat buyer orders every 1 to 2 months."""
    sold = shop.orders[shop.orders["quantity"] > 0]
    orders = sold.groupby("customer_id")["order_id"].nunique()
    assert 0.35 <= (orders == 1).mean() <= 0.45
    truth = shop.truth.set_index("customer_id")
    rate = truth.loc[truth["alive"] & (orders > 1), "orders_per_day"]
    assert 30 <= (1 / rate).median() <= 61


def test_baskets_are_heavy_tailed_and_right_on_average(purchases):
    """Orders average to the customers' mean baskets though prices come from a catalogue."""
    assert purchases["amount"].mean() == pytest.approx(purchases["mean_basket"].mean(), rel=0.02)
    assert purchases["amount"].quantile(0.99) > 5 * purchases["amount"].median()


def test_channels_differ(big_shop):
    """Referred customers promise at least twice what social ones do."""
    expected = big_shop.truth.groupby("acquisition_channel")["expected_spend_180_days"].mean()
    assert expected["referral"] > 2 * expected["paid_social"]


def test_busy_and_quiet_times(purchases):
    """November and December stand out, Sundays beat Fridays, nights are quiet."""
    repeat = purchases[purchases["order_time"].dt.normalize() > purchases["acquired_on"]]
    monthly = repeat.groupby(repeat["order_time"].dt.to_period("M")).size()
    around = monthly[["2025-09", "2025-10", "2026-01", "2026-02"]].mean()
    assert monthly[["2025-11", "2025-12"]].mean() > 1.35 * around
    weekday = repeat["order_time"].dt.day_of_week.value_counts()
    assert weekday[6] > 1.2 * weekday[4]
    assert (repeat["order_time"].dt.hour < 6).mean() < 0.05


def test_refunds(big_shop):
    """Four in a hundred orders come back, later, never by more than was paid."""
    lines = big_shop.orders.drop_duplicates()
    back = lines[lines["quantity"] < 0]
    sold = lines[lines["quantity"] > 0]
    assert back["order_id"].str.fullmatch(r"FF-\d+-R1").all()
    assert not sold["order_id"].str.contains("R").any()
    original = back.assign(order_id=back["order_id"].str.removesuffix("-R1"))
    pairs = original.merge(sold, on=["order_id", "product_id"], suffixes=("_back", ""))
    assert len(pairs) == len(back)
    assert (pairs["amount_back"] == -pairs["amount"]).all()
    assert (pairs["order_time_back"] > pairs["order_time"]).all()
    assert back["order_id"].nunique() / sold["order_id"].nunique() == pytest.approx(0.04, abs=0.003)
    paid = sold.groupby("order_id")["amount"].sum()
    given_back = -original.groupby("order_id")["amount"].sum()
    whole = (given_back == paid[given_back.index]).mean()
    # 55 % whole by choice, and six in ten of the others have a single line.
    assert whole == pytest.approx(0.55 + 0.45 * 0.6, abs=0.04)


def _visits(shop: SampleShop) -> pd.DataFrame:
    visits = shop.events[shop.events["event_type"] == "view"]
    return visits.merge(shop.truth, on="customer_id")


def test_visits_lead_purchases(big_shop, purchases):
    """The week before an order has half as many visits again as one a month earlier."""
    visits = _visits(big_shop)[["customer_id", "event_time"]]
    old_enough = purchases["order_time"] > purchases["acquired_on"] + pd.Timedelta(days=40)
    orders = purchases.loc[old_enough, ["customer_id", "order_time"]]
    pairs = orders.merge(visits, on="customer_id")
    ahead = (pairs["order_time"].dt.normalize() - pairs["event_time"].dt.normalize()).dt.days
    assert ahead.between(1, 7).sum() > 1.5 * ahead.between(29, 35).sum()


def test_visits_end_after_dropout(big_shop):
    """Fewer than two visits in a hundred come after dropout, none to speak of later on."""
    visits = _visits(big_shop)
    late = (visits["event_time"].dt.normalize() - visits["dropped_out_on"]).dt.days
    assert 0 < (late > 0).mean() < 0.02
    assert (late > 90).mean() < 1e-3


def test_browsing_knows_more_than_orders(big_shop, purchases):
    """Of customers one to four months after their last order, those just seen buy more."""
    tracked = big_shop.truth[big_shop.truth["customer_id"].isin(big_shop.events["customer_id"])]
    tracked = tracked.set_index("customer_id")
    last_order = purchases.groupby("customer_id")["order_time"].max()[tracked.index]
    last_view = _visits(big_shop).groupby("customer_id")["event_time"].max()[tracked.index]
    quiet = (LAST_DAY - last_order).dt.days.between(30, 120)
    seen = (LAST_DAY - last_view).dt.days < 14
    buys = tracked["spend_90_days"] > 0
    assert buys[quiet & seen].mean() > 1.5 * buys[quiet & ~seen].mean()


def test_reviews_speak_of_loyalty(big_shop):
    """Better ratings come from customers who drop out more slowly; texts in two scripts."""
    reviews = big_shop.reviews.merge(big_shop.truth, on="customer_id")
    dropout = reviews.groupby("rating")["dropout_per_day"].median()
    assert dropout.is_monotonic_decreasing
    assert list(dropout.index) == [1, 2, 3, 4, 5]
    text = big_shop.reviews["review_text"]
    chinese = text.str.contains("[\u4e00-\u9fff]")
    assert 0.05 < chinese.mean() < 0.3
    assert 0.1 < (text == "").mean() < 0.3
    assert (text == text.str.strip()).all()


def test_large_shop_has_the_shape_of_the_small_one(shop, big_shop):
    """Rows grow with the number of customers, in every file."""
    small, large = len(shop.customers), len(big_shop.customers)
    for name in FILES:
        ratio = (len(getattr(big_shop, name)) / large) / (len(getattr(shop, name)) / small)
        assert ratio == pytest.approx(1, abs=0.15), name
