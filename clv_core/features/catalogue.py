"""Every feature's name, family, unit and label, in the order of the columns."""

from __future__ import annotations

from typing import Final

from clv_core.features.browsing import VISIT_WINDOWS_DAYS
from clv_core.features.feature_info import Family, FeatureInfo, Unit
from clv_core.features.purchase import WINDOWS_DAYS
from clv_core.features.review_catalogue import REVIEW_INFOS
from clv_core.sentences import Sentence

__all__ = ["CATALOGUE", "Family", "FeatureInfo", "Unit"]


def _windows() -> tuple[FeatureInfo, ...]:
    orders = [
        FeatureInfo(
            f"orders_{days}d",
            "frequency",
            "count",
            Sentence("Orders in the last {days} days", days=days),
        )
        for days in WINDOWS_DAYS
    ]
    spend = [
        FeatureInfo(
            f"spend_{days}d",
            "spend",
            "money",
            Sentence("Net spend in the last {days} days", days=days),
        )
        for days in WINDOWS_DAYS
    ]
    visits = [
        FeatureInfo(
            f"visits_{days}d",
            "browsing",
            "count",
            Sentence("Visits in the last {days} days", days=days),
        )
        for days in VISIT_WINDOWS_DAYS
    ]
    return (*orders, *spend, *visits)


_INFOS: Final = (
    FeatureInfo("recency_days", "recency", "days", Sentence("Days since the last purchase")),
    FeatureInfo("tenure_days", "recency", "days", Sentence("Days since the first purchase")),
    FeatureInfo("frequency", "frequency", "count", Sentence("Days with a repeat purchase")),
    FeatureInfo("order_count", "frequency", "count", Sentence("Orders so far")),
    FeatureInfo("is_one_time_buyer", "frequency", "share", Sentence("Bought on one day only")),
    FeatureInfo(
        "purchases_per_30d",
        "frequency",
        "ratio",
        Sentence("Repeat purchases per 30 days as a customer"),
    ),
    FeatureInfo(
        "orders_trend_30d",
        "frequency",
        "ratio",
        Sentence("Orders of the last 30 days against the 30 before"),
    ),
    FeatureInfo(
        "orders_trend_90d",
        "frequency",
        "ratio",
        Sentence("Orders of the last 90 days against the 90 before"),
    ),
    FeatureInfo("monetary_value", "spend", "money", Sentence("Net spend per purchase day")),
    FeatureInfo("net_spend", "spend", "money", Sentence("Net spend so far")),
    FeatureInfo("gross_spend", "spend", "money", Sentence("Spend so far before returns")),
    FeatureInfo("mean_order_amount", "spend", "money", Sentence("Mean order amount")),
    FeatureInfo("largest_order_amount", "spend", "money", Sentence("Largest order amount")),
    FeatureInfo(
        "day_spend_std",
        "spend",
        "money",
        Sentence("Spread of spend between purchase days (standard deviation)"),
    ),
    FeatureInfo("first_day_spend", "spend", "money", Sentence("Spend on the first purchase day")),
    FeatureInfo("last_day_spend", "spend", "money", Sentence("Spend on the last purchase day")),
    FeatureInfo(
        "last_spend_ratio",
        "spend",
        "ratio",
        Sentence("Spend on the last purchase day against this customer's mean"),
    ),
    FeatureInfo("spend_per_30d", "spend", "money", Sentence("Net spend per 30 days as a customer")),
    FeatureInfo(
        "spend_trend_30d",
        "spend",
        "ratio",
        Sentence("Spend of the last 30 days against the 30 before"),
    ),
    FeatureInfo(
        "spend_trend_90d",
        "spend",
        "ratio",
        Sentence("Spend of the last 90 days against the 90 before"),
    ),
    FeatureInfo("gap_mean_days", "rhythm", "days", Sentence("Mean days between purchases")),
    FeatureInfo(
        "gap_std_days",
        "rhythm",
        "days",
        Sentence("Spread of the days between purchases (standard deviation)"),
    ),
    FeatureInfo("gap_min_days", "rhythm", "days", Sentence("Shortest time between purchases")),
    FeatureInfo("gap_max_days", "rhythm", "days", Sentence("Longest time between purchases")),
    FeatureInfo(
        "last_gap_ratio",
        "rhythm",
        "ratio",
        Sentence("Last time between purchases against this customer's mean"),
    ),
    FeatureInfo(
        "recency_gap_ratio",
        "rhythm",
        "ratio",
        Sentence("Time since the last purchase against the mean time between purchases"),
    ),
    FeatureInfo(
        "purchase_timing",
        "rhythm",
        "share",
        Sentence("Where purchases lie between the first one (0) and today (1)"),
    ),
    FeatureInfo("weekend_share", "rhythm", "share", Sentence("Share of orders at the weekend")),
    FeatureInfo("pieces_per_order", "basket", "count", Sentence("Pieces per order")),
    FeatureInfo("products_per_order", "basket", "count", Sentence("Different products per order")),
    FeatureInfo("distinct_products", "basket", "count", Sentence("Different products bought")),
    FeatureInfo("return_count", "returns", "count", Sentence("Returns so far")),
    FeatureInfo("return_rate", "returns", "share", Sentence("Share of orders that are returns")),
    FeatureInfo("returned_share", "returns", "ratio", Sentence("Money returned per money spent")),
    FeatureInfo("season_sin", "season", "ratio", Sentence("Season: spring (1) to autumn (−1)")),
    FeatureInfo("season_cos", "season", "ratio", Sentence("Season: winter (1) to summer (−1)")),
    FeatureInfo(
        "season_share",
        "season",
        "share",
        Sentence("Share of past spend in the season that comes next"),
    ),
    FeatureInfo("days_since_visit", "browsing", "days", Sentence("Days since the last visit")),
    FeatureInfo("visit_count", "browsing", "count", Sentence("Visits so far")),
    FeatureInfo(
        "visits_since_purchase", "browsing", "count", Sentence("Visits since the last purchase")
    ),
    FeatureInfo(
        "visit_trend_30d",
        "browsing",
        "ratio",
        Sentence("Visits of the last 30 days against the 30 before"),
    ),
    FeatureInfo("view_count", "browsing", "count", Sentence("Product views so far")),
    FeatureInfo("views_30d", "browsing", "count", Sentence("Product views in the last 30 days")),
    FeatureInfo("views_90d", "browsing", "count", Sentence("Product views in the last 90 days")),
    FeatureInfo("cart_count", "browsing", "count", Sentence("Products put in the cart so far")),
    FeatureInfo(
        "carts_30d", "browsing", "count", Sentence("Products put in the cart in the last 30 days")
    ),
    FeatureInfo(
        "carts_90d", "browsing", "count", Sentence("Products put in the cart in the last 90 days")
    ),
    FeatureInfo("carts_per_view", "browsing", "ratio", Sentence("Carts per product view")),
    FeatureInfo("events_per_visit", "browsing", "count", Sentence("Events per visit")),
    FeatureInfo("mean_visit_seconds", "browsing", "seconds", Sentence("Mean length of a visit")),
    *REVIEW_INFOS,
    FeatureInfo(
        "spend_sequence", "spend", "money", Sentence("Net spend month by month, over two years")
    ),
    FeatureInfo(
        "purchase_sequence",
        "frequency",
        "count",
        Sentence("Purchases month by month, over two years"),
    ),
    FeatureInfo(
        "visit_sequence", "browsing", "count", Sentence("Visits month by month, over two years")
    ),
    FeatureInfo(
        "expected_spend",
        "forecast",
        "money",
        Sentence("Spend the statistical model expects (Pareto/NBD + Gamma-Gamma)"),
    ),
    FeatureInfo(
        "expected_orders",
        "forecast",
        "count",
        Sentence("Orders the statistical model expects (Pareto/NBD)"),
    ),
    FeatureInfo("p_alive", "forecast", "share", Sentence("Probability of still being a customer")),
    FeatureInfo(
        "log_horizon_ratio",
        "forecast",
        "log",
        Sentence("How much longer than the training window the forecast looks ahead"),
    ),
)

CATALOGUE: Final[dict[str, FeatureInfo]] = {info.name: info for info in (*_INFOS, *_windows())}
