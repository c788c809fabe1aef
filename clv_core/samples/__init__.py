"""The sample shop: a seeded generator whose truth is known."""

from clv_core.samples.order_lines import write_order_lines
from clv_core.samples.shop import SampleShop, SampleTruth, generate_shop, write_samples
from clv_core.samples.tables import SampleCounts

__all__ = [
    "SampleCounts",
    "SampleShop",
    "SampleTruth",
    "generate_shop",
    "write_order_lines",
    "write_samples",
]
