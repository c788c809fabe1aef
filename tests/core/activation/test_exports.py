"""Who is on a list, who is not and why; the file that comes of it."""

import csv
import io
import re

import pandas as pd
import pytest

from clv_core.activation.export_plan import REASONS, Barred, plan_export, warn_of_limits
from clv_core.activation.export_settings import ExportSettings
from clv_core.activation.exports import (
    foresee_size,
    lay_out,
    name_file,
    write_controls,
    write_export,
)
from clv_core.activation.platforms.plain import EXPORT_COLUMNS, VALUE_EXPORT_COLUMNS
from clv_core.activation.platforms.registry import TARGETS
from clv_core.errors import InvalidSetting
from tests.core.activation.people import CUSTOMERS, FORECAST, plan
from tests.core.activation.sheet_reading import read_sheet


def read_csv(bundle):
    """Parse a file as RFC 4180 with Python's own reader."""
    return list(csv.reader(io.StringIO(bundle.content.decode("utf-8-sig"), newline="")))


def add_up(made):
    """Return everyone the plan accounts for."""
    return len(made.written) + made.left_out_controls + sum(made.dropped.values())


def test_plain_files_hold_the_documented_columns_highest_forecast_first():
    """Contact fields as uploaded but guarded, numbers untouched, nobody left out."""
    frame = lay_out(plan(), CUSTOMERS)
    assert list(frame.columns) == list(EXPORT_COLUMNS)
    assert frame["customer_id"].tolist() == [f"C-00{place}" for place in range(1, 7)]
    assert frame["email"].tolist()[:2] == ["Ada.Byron@Example.com", "'=cmd@example.com"]
    assert frame["phone"].tolist()[0] == "'+1-212-555-0123"
    assert frame["customer_name"].tolist()[5] == "'@SUM(1)"
    assert frame["predicted"].tolist()[5] == -4.5
    assert frame["next_order_low_date"].tolist()[:2] == ["2026-11-02", "2026-11-20"]
    assert frame["next_order_low_date"].isna().tolist()[3:] == [True] * 3


def test_csv_and_workbook_say_the_same():
    """The same cells in both formats, whatever reads them."""
    made = plan(target="xlsx")
    sheet = read_sheet(write_export(made, CUSTOMERS).content)
    table = read_csv(write_export(plan(), CUSTOMERS))
    assert sheet[0] == table[0] == list(EXPORT_COLUMNS)
    names = [row[table[0].index("customer_name")] for row in table[1:]]
    assert [row[sheet[0].index("customer_name")] for row in sheet[1:]] == names


def test_a_value_table_s_file_has_the_known_value_and_nothing_about_purchases():
    """No columns that would be empty for everybody."""
    given = FORECAST[["predicted", "low", "high", "value_tier", "marketing_tier"]].assign(
        known_value=1.0
    )
    survey = pd.DataFrame({"is_unread_email": False, "is_unread_phone": False}, given.index)
    made = plan_export(given, CUSTOMERS, survey, ExportSettings(control_share=0))
    assert list(lay_out(made, CUSTOMERS).columns) == list(VALUE_EXPORT_COLUMNS)


def test_tiers_consent_suppression_and_earlier_controls_are_counted():
    """The first reason that holds is counted; chosen = written + dropped."""
    made = plan(value_tiers=["high", "low"], consented_only=True)
    assert (made.chosen, dict(made.dropped)) == (4, {"no_consent": 1})
    barred = Barred(pd.Index([6, 3]), pd.Index([2]), None)
    made = plan(barred, consented_only=True, spares_earlier_controls=True)
    assert dict(made.dropped) == {"no_consent": 2, "earlier_control": 1}
    assert list(made.written) == [1, 4, 5]
    assert add_up(made) == made.chosen == 6
    contacted = plan(Barred(earlier_controls=pd.Index([2])))
    assert list(contacted.written) == list(FORECAST.index)
    assert (contacted.spoilt_controls, made.spoilt_controls) == (1, 0)


def test_only_customers_who_were_named():
    """Those picked in a chart, and of them those of the chosen tiers."""
    made = plan(Barred(named=pd.Index([1, 3])), value_tiers=["high"])
    assert list(made.written) == [1]
    assert dict(made.dropped) == {"not_named": 1}


def test_unknown_consent_is_none_and_those_without_are_told():
    """Without the filter the plan says how many did not agree."""
    assert plan().without_consent == 2
    assert plan(consented_only=True).without_consent == 0


@pytest.mark.parametrize(
    ("target", "dropped"),
    [
        ("csv", {}),
        ("klaviyo", {"no_contact": 1, "duplicate": 1}),
        ("mailchimp", {"no_email": 3, "duplicate": 1}),  # 4 has none, 2 a formula, 6 an ë
        ("hubspot", {"no_email": 2, "duplicate": 1}),
        ("meta", {"no_contact": 1, "no_country": 1, "duplicate": 1}),
        ("google", {"no_contact": 1, "duplicate": 1}),
        ("tiktok", {"no_contact": 1, "duplicate": 1}),
    ],
)
def test_each_place_drops_whom_it_cannot_reach(target, dropped):
    """Counted by hand from six invented people; every one of them accounted for."""
    made = plan(target=target)
    assert dict(made.dropped) == dropped
    assert add_up(made) == made.chosen == 6
    assert set(dropped) <= set(REASONS)


def test_a_country_given_for_all_lets_everyone_with_a_contact_in():
    """Meta wants a country: asked for, not guessed."""
    assert "no_country" not in plan(target="meta", default_country="GB").dropped


def test_the_one_left_of_two_with_one_address_is_the_first_that_can_be_written():
    """A customer who is dropped for another reason takes nobody along."""
    made = plan(Barred(named=pd.Index([2, 3, 4, 5, 6])), target="google")
    assert 5 in made.written
    assert "duplicate" not in made.dropped


@pytest.mark.parametrize("target", list(TARGETS))
def test_whoever_has_the_address_of_somebody_suppressed_is_left_out_too(target):
    """5 is 1 with another id: the address must not leave by that way."""
    for named in (1, 5):
        made = plan(Barred(suppressed=pd.Index([named])), target=target)
        assert made.dropped["suppressed"] == 2
        assert not {1, 5} & set(made.audience.index)
        assert add_up(made) == made.chosen


def test_fields_that_could_not_be_read_are_counted_among_those_on_the_list():
    """The masked telephone of 3; the broken address of 4 only where 4 is listed."""
    made = plan(target="google")
    assert (made.unread_emails, made.unread_phones) == (0, 1)
    assert plan().unread_emails == 1


def test_controls_are_marked_in_a_file_that_can_and_left_out_of_one_that_cannot():
    """Two of six drawn: a column in CSV, no row in a file for ads; the plan adds up."""
    marked = plan(control_share=0.34)
    assert marked.is_control.sum() == 2
    assert lay_out(marked, CUSTOMERS)["holdout_group"].value_counts().to_dict() == {
        "treated": 4,
        "control": 2,
    }
    apart = plan(control_share=0.34, leaves_controls_out=True)
    assert set(lay_out(apart, CUSTOMERS)["holdout_group"]) == {"treated"}
    assert (len(apart.written), apart.left_out_controls) == (4, 2)
    ads = plan(target="google", control_share=0.5)
    assert (len(ads.written), ads.left_out_controls) == (2, 2)
    assert len(lay_out(ads, CUSTOMERS)) == 2
    assert add_up(ads) == 6
    kept_out = write_controls(ads, CUSTOMERS).frame["customer_id"]
    assert set(kept_out) == set(CUSTOMERS.loc[ads.is_control.index[ads.is_control], "customer_id"])


def test_members_are_everyone_written_and_every_control():
    """What is remembered knows tier and group of both, and no contact field."""
    made = plan(target="meta", control_share=0.5, default_country="US")
    assert set(made.members.index) == set(made.written) | set(
        made.is_control.index[made.is_control]
    )
    assert list(made.members.columns) == ["tier", "is_control"]


def test_without_a_control_group_the_column_is_empty():
    """Nobody is called treated where nobody was drawn."""
    assert set(lay_out(plan(), CUSTOMERS)["holdout_group"]) == {""}


@pytest.mark.parametrize("what", ["customers", "control-group"])
def test_file_names_are_ours_neutral_and_never_repeat(what):
    """Nothing of the customers', their worth or their tier; a random token in each."""
    names = {name_file(what, "csv") for _ in "ab"}
    assert len(names) == 2
    assert all(re.fullmatch(rf"perennial-{what}-[0-9a-f]{{16}}\.csv", name) for name in names)


def test_short_lists_are_warned_of_and_plain_files_are_not():
    """100 people for Meta and Google, 1,000 for TikTok, no minimum for a plain file."""
    told = {name: str(warn_of_limits(plan(target=name))) for name in TARGETS}
    assert "below 100 Meta, value-based list" in told["meta"]
    assert "below 100 Google Customer Match" in told["google"]
    assert "below 1,000 TikTok customer file" in told["tiktok"]
    assert told["csv"] == "()"


def test_a_file_that_a_platform_would_refuse_is_refused_here(monkeypatch):
    """Klaviyo's limit, lowered for the test, is told with the remedy."""
    monkeypatch.setattr(type(TARGETS["klaviyo"]), "most_bytes", 100)
    with pytest.raises(InvalidSetting, match="Klaviyo profiles takes 0"):
        write_export(plan(target="klaviyo"), CUSTOMERS)
    made = plan(target="klaviyo")
    assert str(foresee_size(made, lay_out(made, CUSTOMERS, 2))).startswith("The file would have")
    assert foresee_size(plan(), lay_out(plan(), CUSTOMERS)) is None


def test_an_unknown_target_names_those_there_are():
    """The remedy lists every format."""
    with pytest.raises(InvalidSetting) as raised:
        plan(target="fax")
    assert "meta" in str(raised.value.remedy)


def test_a_forecast_customer_without_contacts_is_our_fault_and_loud():
    """Exports never drop a customer silently."""
    survey = pd.DataFrame({"is_unread_email": False}, FORECAST.index)
    with pytest.raises(KeyError):
        plan_export(FORECAST, CUSTOMERS.iloc[:2], survey, ExportSettings())
