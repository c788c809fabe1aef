"""How a file was read last time, applied to files with the same headers."""

from __future__ import annotations

import pytest

from clv_core.errors import InvalidSetting
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.understand import recognise_file, understand_file
from clv_core.jobs.profiles import recall_choice, remember_choice
from clv_core.storage.profiles import list_profiles
from clv_core.storage.workspace import Workspace


def write(folder, text, name="file.csv"):
    """Write a small file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def confirm(path, **mapping):
    """Understand a file as its user says."""
    return understand_file(path, choice=FileChoice(mapping=mapping, is_confirmed=True))


@pytest.fixture
def space(tmp_path):
    """A workspace of its own."""
    return Workspace(tmp_path / "workspace")


def test_a_file_is_read_like_last_time(tmp_path, space):
    """Next month's file, its columns moved and spelled otherwise, needs no help."""
    january = write(tmp_path, "Wer,Wann,Was es ist\nann,2024-01-02,5\n")
    remember_choice(
        space, confirm(january, customer_id="Wer", order_time="Wann", amount="Was es ist"), "Kasse"
    )
    february = write(tmp_path, "was_es_ist,WER,wann\n7,bob,2024-02-03\n", "february.csv")
    choice = recall_choice(space, recognise_file(february))
    raw = understand_file(february, choice=choice)
    assert raw.mapping == {"customer_id": "WER", "order_time": "wann", "amount": "was_es_ist"}
    assert [str(note) for note in raw.notes] == ["Read like last time (layout Kasse)."]


def test_two_profiles_are_kept_apart(tmp_path, space):
    """Each file finds its own."""
    till = write(tmp_path, "a,b,c\nann,2024-01-02,5\n", "till.csv")
    web = write(tmp_path, "a,b,c,d\n2024-01-02,ann,5,x\n", "web.csv")
    remember_choice(space, confirm(till, customer_id="a", order_time="b", amount="c"), "till")
    remember_choice(space, confirm(web, customer_id="b", order_time="a", amount="c"), "web")
    assert recall_choice(space, recognise_file(till)).profile == "till"
    assert recall_choice(space, recognise_file(web)).mapping["customer_id"] == "b"


def test_a_renamed_column_is_another_file(tmp_path, space):
    """Nothing is guessed where a header is not the same."""
    first = write(tmp_path, "a,b,c\nann,2024-01-02,5\n")
    remember_choice(space, confirm(first, customer_id="a", order_time="b", amount="c"), "till")
    renamed = write(tmp_path, "a,b,brutto\nann,2024-01-02,5\n", "renamed.csv")
    assert recall_choice(space, recognise_file(renamed)) is None


def test_a_file_without_header_is_never_saved(tmp_path, space):
    """Its first row could be somebody's data."""
    bare = write(tmp_path, "ann,2024-01-02,5\nbob,2024-01-03,6\n")
    named = FileChoice(column_names=("customer_id", "order_time", "amount"))
    with pytest.raises(InvalidSetting, match="has no header"):
        remember_choice(space, understand_file(bare, choice=named), "bare")
    assert list_profiles(space) == []
    assert recall_choice(space, recognise_file(bare)) is None


def test_a_profile_needs_a_name(tmp_path, space):
    """Blanks are none."""
    raw = confirm(
        write(tmp_path, "a,b,c\nx,2024-01-02,5\n"), customer_id="a", order_time="b", amount="c"
    )
    with pytest.raises(InvalidSetting):
        remember_choice(space, raw, "  ")


def test_a_value_table_keeps_its_features(tmp_path, space):
    """What is learnt from is saved with the value."""
    text = "who,age,income,visits,worth\n" + "".join(
        f"c{n},{n % 50},{n * 7 % 90},{n % 8},{n * 13 % 71}\n" for n in range(40)
    )
    path = write(tmp_path, text)
    told = FileChoice(
        kind="value_table",
        mapping={"target_value": "worth", "customer_id": "who"},
        is_confirmed=True,
        features=("age", "visits"),
    )
    remember_choice(space, understand_file(path, choice=told), "worth")
    raw = understand_file(path, choice=recall_choice(space, recognise_file(path)))
    assert (raw.kind, raw.features) == ("value_table", ("age", "visits"))
    assert raw.mapping == {"target_value": "worth", "customer_id": "who"}


def test_only_headers_are_saved(tmp_path, space):
    """No cell of the file is in the profile."""
    path = write(tmp_path, "a,b,c\nsecret-person,2024-01-02,5\n")
    saved = remember_choice(
        space, confirm(path, customer_id="a", order_time="b", amount="c"), "till"
    )
    assert "secret" not in saved.choice
