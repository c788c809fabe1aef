"""Every way of cleaning that can be chosen, as the properties try them."""

from __future__ import annotations

from typing import Any, Final

_KEPT: Final = (
    *("repeated_lines", "repeated_orders", "reversed_pairs", "unmatched_returns"),
    *("unpriced_lines", "non_goods", "test_orders"),
)
WAYS: Final[dict[str, dict[str, Any]]] = {
    "default": {},
    "keep_all": dict.fromkeys(_KEPT, "keep"),
    "guests_by_email": {"guests": "email"},
    "guests_by_both": {"guests": "email_or_phone"},
    "mean": {"missing_amounts": "mean"},
    "median": {"missing_amounts": "median"},
    "regression": {"missing_amounts": "regression"},
    "z_score": {"outliers": "z_score", "z_limit": 1.5},
    "iqr": {"outliers": "iqr", "iqr_factor": 0.6},
    "winsorise": {"outliers": "winsorise", "winsor_share": 0.1},
    "rates": {"currency": "EUR", "rates": {"USD": 0.9}},
    "own_lists": {"non_goods_codes": ["bag"], "staff_domains": ["a.shop"]},
    "everything": {
        "guests": "email_or_phone",
        "missing_amounts": "regression",
        "outliers": "winsorise",
        "winsor_share": 0.1,
        "rates": {"USD": 0.9},
    },
}
# What each way must come to on the lines of ``test_cleaning_leakage.random_lines``.
EXPECTED: Final[dict[str, set[str]]] = {
    "default": {"unmatched_return", "missing_customer", "unreadable_amount", "other_currency"},
    "keep_all": {"refund"},
    "guests_by_email": {"guest_joined", "guest_by_contact"},
    "guests_by_both": {"guest_joined"},
    "mean": {"amount_filled"},
    "median": {"amount_filled"},
    "regression": {"amount_filled"},
    "z_score": {"outlier"},
    "iqr": {"outlier"},
    "winsorise": {"amount_capped"},
    "rates": {"amount_converted", "no_rate"},
    "own_lists": {"non_goods", "staff_order", "test_order"},
    "everything": {"guest_joined", "amount_filled", "amount_capped", "amount_converted"},
}
