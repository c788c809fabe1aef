"""A file per place, compared byte by byte with one that was checked by hand.

Written anew with ``python -m tests.core.activation.test_golden`` and then read, cell by
cell: every person in it is invented, every number one kept free for fiction.
"""

from pathlib import Path

import pytest

from clv_core.activation.exports import write_export
from tests.core.activation.people import CUSTOMERS, plan

GOLDEN = Path(__file__).parent / "golden"
FILES = {
    "csv": {"target": "csv", "control_share": 0.34},
    "klaviyo": {"target": "klaviyo", "control_share": 0.34},
    "mailchimp": {"target": "mailchimp", "control_share": 0.5},
    "hubspot": {"target": "hubspot", "control_share": 0.34},
    "meta": {"target": "meta", "is_hashed": False, "default_country": "GB"},
    "meta_hashed": {"target": "meta", "default_country": "GB", "value": "low"},
    "google": {"target": "google"},
    "tiktok": {"target": "tiktok", "default_country": "GB"},
    "tiktok_hashed": {"target": "tiktok", "is_hashed": True, "default_country": "GB"},
}


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_is_as_it_was_checked(name):
    """Header, order, cells, quotes and line ends."""
    written = write_export(plan(**FILES[name]), CUSTOMERS).content
    assert written == (GOLDEN / f"{name}.csv").read_bytes()


if __name__ == "__main__":
    for name, settings in FILES.items():
        (GOLDEN / f"{name}.csv").write_bytes(write_export(plan(**settings), CUSTOMERS).content)
