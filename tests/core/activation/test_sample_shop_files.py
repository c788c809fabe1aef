"""A Meta and a Google file of the sample shop, held field by field against the platforms' rules.

The rules are written down anew here, from the platforms' own words, and read the shop's
``customers.csv`` as it was uploaded: nothing is shared with the code that wrote the files.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from clv_core.cli import main
from clv_core.runs.folder import RunFolder

META = (
    "email,email,email,phone,phone,phone,madid,fn,ln,zip,ct,st,country,dob,doby,gen,age,uid,value"
)
GOOGLE = "Email,Phone,First Name,Last Name,Country,Zip"
TEMPLATES = Path(__file__).resolve().parents[4] / "shared/data/export_templates"
Read = Callable[..., tuple[str, list[list[str]]]]


def digest(text: str) -> str:
    """Return what a platform compares a field with."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


@pytest.fixture
def export(small_run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Return a function that writes a list by the command line and reads it back."""
    monkeypatch.setenv("PERENNIAL_WORKSPACE", str(tmp_path / "none"))

    def write(*options: str) -> tuple[str, list[list[str]]]:
        out = tmp_path / "list.csv"
        call = ["export", "--run", str(small_run.folder), "--out", str(out), *options]
        assert main(call) == 0
        header, _, body = out.read_bytes().decode("utf-8").partition("\r\n")
        return header, list(csv.reader(body.splitlines()))

    return write


@pytest.fixture
def shop(small_shop: Path, small_run: RunFolder) -> dict[str, tuple[dict[str, str], float]]:
    """Return every forecast customer as uploaded, with the forecast, by e-mail address."""
    customers, forecast = small_run.customers(), small_run.forecast()
    assert customers is not None
    value = forecast["predicted"].to_dict()
    of_id = {row["customer_id"]: value.get(key) for key, row in customers.iterrows()}
    with (small_shop / "customers.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if of_id.get(row["customer_id"]) is not None]
    return {row["email"].strip().lower(): (row, of_id[row["customer_id"]]) for row in rows}


def test_a_meta_file(export: Read, shop: dict[str, tuple[dict[str, str], float]]) -> None:
    """Nineteen fields of every row: filled where they are known, empty where not."""
    header, rows = export("--format", "meta", "--no-hash", "--control-share", "0")
    assert header == META
    with_email = [row for row in rows if row[0]]
    assert len(with_email) > 100
    assert {row[0] for row in with_email} == {email for email in shop if email}
    for row in with_email:
        given, value = shop[row[0]]
        assert len(row) == 19
        assert row[1:3] + row[4:7] == [""] * 5  # one address and one number each, no device
        assert row[3] == re.sub(r"\D", "", given["phone"])
        assert re.fullmatch(r"([1-9]\d{6,14})?", row[3])
        words = given["customer_name"].split(" ")
        assert row[7:9] == (words if len(words) == 2 else ["", ""])
        assert row[9:12] == [""] * 3  # the shop knows no address
        assert row[12] == given["country"]
        assert row[13:18] == [""] * 5
        assert re.fullmatch(r"\d+(\.\d{1,2})?", row[18])
        assert float(row[18]) == pytest.approx(max(value, 0.0), abs=0.005)


def test_a_hashed_meta_file_is_the_plain_one_hashed(export: Read) -> None:
    """SHA-256 of trimmed lower case; telephone digits without +; the value never."""
    _, plain = export("--format", "meta", "--no-hash", "--control-share", "0")
    header, hashed = export("--format", "meta", "--hash", "--control-share", "0")
    assert header == META
    for row, secret in zip(plain, hashed, strict=True):
        assert secret[:18] == [digest(cell.strip().lower()) for cell in row[:18]]
        assert secret[18] == row[18]


def test_a_google_file(export: Read, shop: dict[str, tuple[dict[str, str], float]]) -> None:
    """Hashed address, hashed E.164 with its +, hashed names; country and postal code plain."""
    header, rows = export("--format", "google", "--control-share", "0")
    assert header == GOOGLE
    known = {digest(email): given for email, (given, _) in shop.items() if email}
    with_email = [row for row in rows if row[0]]
    assert {row[0] for row in with_email} == set(known)
    for row in with_email:
        given = known[row[0]]
        digits = re.sub(r"\D", "", given["phone"])
        assert row[1] == digest(f"+{digits}" if digits else "")
        words = given["customer_name"].lower().split(" ")
        assert row[2:4] == [digest(word) for word in (words if len(words) == 2 else ["", ""])]
        assert row[4:] == [given["country"], ""]


def test_controls_are_in_no_file_for_ads(export: Read, tmp_path: Path) -> None:
    """A tenth is missing from the list and stands, by id, in a file of its own."""
    _, everybody = export("--format", "google", "--control-share", "0")
    apart = tmp_path / "controls.csv"
    _, treated = export("--format", "google", "--controls-out", str(apart))
    kept_out = list(csv.reader(apart.read_text("utf-8-sig").splitlines()))[1:]
    assert len(kept_out) == round(len(everybody) * 0.1)
    assert len(treated) + len(kept_out) == len(everybody)
    assert {tuple(row) for row in treated} < {tuple(row) for row in everybody}


@pytest.mark.skipif(not TEMPLATES.is_dir(), reason="../shared/data is absent on this machine")
@pytest.mark.parametrize(
    ("file", "header"),
    [("meta_value_based_custom_audience.csv", META), ("google_customer_match.csv", GOOGLE)],
)
def test_headers_are_those_of_the_platforms_own_templates(file: str, header: str) -> None:
    """The first line, sign by sign."""
    assert (TEMPLATES / file).read_text("utf-8-sig").splitlines()[0] == header
