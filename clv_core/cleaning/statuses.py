"""Order statuses: what they mean on any platform, and how they are compared."""

from __future__ import annotations

from typing import Final

from clv_core.ingest.presets import fold_all

__all__ = ["CANCELLED", "TEST", "UNPAID", "fold_status", "has_status"]

CANCELLED: Final = fold_all(
    {
        *("cancelled", "canceled", "void", "voided", "failed", "storniert", "annulé", "annulée"),
        *("cancelado", "cancelada", "annullato", "iptal", "iptal edildi", "キャンセル"),
        *("交易关闭", "已取消", "已关闭", "交易取消", "订单取消"),
    }
)
TEST: Final = fold_all({"test", "test order", "测试", "测试订单"})
UNPAID: Final = fold_all(
    {
        *("unpaid", "pending", "pending payment", "on-hold", "awaiting payment", "to pay"),
        *("authorized", "expired", "checkout-draft", "unbezahlt", "offen", "en attente"),
        *("pendiente", "pendente", "等待买家付款", "待付款", "未付款", "未支付"),
    }
)


def fold_status(column: str) -> str:
    """Return SQL for a status in lower case, letters and digits only, as presets name them."""
    return f"nullif(regexp_replace(lower({column}), '[^\\p{{L}}\\p{{N}}]', '', 'g'), '')"


def has_status(folded: frozenset[str]) -> str:
    """Return SQL that says whether a row's folded ``status`` is one of our own constants."""
    listed = ", ".join(f"'{status}'" for status in sorted(folded))
    return f"coalesce(status IN ({listed}), FALSE)"
