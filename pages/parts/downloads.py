"""Lists that leave the house: written when the user asks, and put on record."""

from __future__ import annotations

from typing import Final

import pandas as pd

from clv_core.activation.export_plan import ExportPlan
from clv_core.activation.exports import write_controls, write_export
from clv_core.activation.handover import Taken, hand_over, hand_over_controls

MIME: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_list(taken: Taken, plan: ExportPlan, customers: pd.DataFrame) -> bytes:
    """Write the file of a plan, and put on record and remember that it was taken."""
    return hand_over(taken, plan, write_export(plan, customers))


def write_control_list(taken: Taken, plan: ExportPlan, customers: pd.DataFrame) -> bytes:
    """Write who is kept out of it, and put on record that it was taken."""
    return hand_over_controls(taken, plan, write_controls(plan, customers))
