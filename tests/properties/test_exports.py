"""Whatever customers typed: no file runs a formula, and everyone is accounted for."""

import csv
import io

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from clv_core.activation.contacts import read_contacts, survey_contacts
from clv_core.activation.export_plan import Barred, plan_export
from clv_core.activation.export_settings import ExportSettings
from clv_core.activation.exports import write_controls, write_export
from clv_core.activation.platforms.registry import TARGETS
from tests.core.activation.sheet_reading import read_sheet

DANGEROUS = tuple("=+-@\t\r\n")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NASTY = st.builds(lambda sign, rest: sign + rest, st.sampled_from(DANGEROUS), TEXT)
EMAILS = st.sampled_from(
    ["=a@example.com", "+b@example.com", "-c@example.com", "d+e@example.com", "d@example.com"]
)
PHONES = st.sampled_from(["+12125550123", "+44 7700 900123", "07700900123", "-1", "138****8000"])
CELLS = st.none() | NASTY | TEXT
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": NASTY | TEXT,
            "email": EMAILS | CELLS,
            "phone": PHONES | CELLS,
            "customer_name": CELLS,
            "country": st.sampled_from(["GB", "US", "=1", None]),
            "consent": st.sampled_from([True, False, None]),
            "predicted": st.floats(-1e6, 1e6),
            "value_tier": st.sampled_from(["high", "low"]),
            "marketing_tier": st.sampled_from(["grow", "rest"]),
        }
    ),
    min_size=1,
    max_size=7,
)
WISHES = st.fixed_dictionaries(
    {
        "target": st.sampled_from(sorted(TARGETS)),
        "value_tiers": st.sampled_from([(), ("high",)]),
        "consented_only": st.booleans(),
        "control_share": st.sampled_from([0.0, 0.1, 0.5]),
        "leaves_controls_out": st.booleans(),
        "spares_earlier_controls": st.booleans(),
        "is_hashed": st.sampled_from([None, True, False]),
        "default_country": st.sampled_from(["", "GB"]),
        "seed": st.integers(0, 5),
    }
)


def make_plan(people, wishes, barred):
    """Plan a list of some people; the keys that are barred may be anybody's."""
    table = pd.DataFrame(people, index=pd.RangeIndex(len(people), name="customer_key"))
    forecast = table[["predicted", "value_tier", "marketing_tier"]].assign(low=0.0, high=1.0)
    wanted = ExportSettings.check(wishes)
    read = read_contacts(table, wanted.default_country)
    survey = survey_contacts(table, read)
    kept_out = Barred(pd.Index(barred[:2]), pd.Index(barred[2:]), None)
    return table, plan_export(forecast, table, survey, wanted, kept_out)


def read_cells(content, file_format):
    """Return every text cell and header of a file."""
    if file_format == "xlsx":
        return [cell for row in read_sheet(content) for cell in row if isinstance(cell, str)]
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [cell for row in rows for cell in row if not is_number(cell)]


def is_number(cell):
    """Say whether a cell is a number, which may begin with a minus."""
    try:
        float(cell)
    except ValueError:
        return False
    return cell[:1] not in "+"


@settings(max_examples=60, deadline=None)
@given(PEOPLE, WISHES, st.lists(st.integers(0, 6), max_size=4))
def test_no_cell_of_any_file_starts_a_formula(people, wishes, barred):
    """Every target, hashed or not, the control group's list too."""
    table, plan = make_plan(people, wishes, barred)
    for bundle, kind in (
        (write_export(plan, table), plan.settings.place.file_format),
        (write_controls(plan, table), "csv"),
    ):
        assert not [cell for cell in read_cells(bundle.content, kind) if cell[:1] in DANGEROUS]


@settings(max_examples=60, deadline=None)
@given(PEOPLE, WISHES, st.lists(st.integers(0, 6), max_size=4))
def test_everyone_chosen_is_written_kept_out_or_dropped_for_one_reason(people, wishes, barred):
    """Chosen = rows + controls left out + dropped; nobody barred is written."""
    table, plan = make_plan(people, wishes, barred)
    rows = len(write_export(plan, table).frame)
    assert rows == len(plan.written)
    assert rows + plan.left_out_controls + sum(plan.dropped.values()) == plan.chosen
    assert not set(plan.audience.index) & set(barred[:2])
    assert len(plan.members) == len(plan.audience)
    expected = round(len(plan.audience) * plan.settings.control_share)
    assert plan.is_control.sum() == expected
