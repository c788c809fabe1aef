"""Saved profiles: found by headers, replaced, listed, forgotten."""

from __future__ import annotations

import pytest

from clv_core.errors import NothingStored
from clv_core.storage.profiles import delete_profile, find_profile, list_profiles, store_profile
from clv_core.storage.workspace import Workspace


def test_profiles_are_found_by_their_set_of_headers(tmp_path):
    """Two profiles do not get mixed up; the order of headers does not matter."""
    space = Workspace(tmp_path)
    store_profile(space, "till", ["wer", "wann"], "{}")
    store_profile(space, "web", ["wer", "wann", "was"], '{"kind": "orders"}')
    assert find_profile(space, ["wann", "wer"]).name == "till"
    assert find_profile(space, ["was", "wann", "wer"]).choice == '{"kind": "orders"}'
    assert find_profile(space, ["wer"]) is None
    assert find_profile(space, ["wer", "wann", "wo"]) is None


def test_the_newest_profile_of_a_header_holds(tmp_path):
    """Saving again replaces what was saved for the same headers."""
    space = Workspace(tmp_path)
    store_profile(space, "old", ["a", "b"], "{}")
    store_profile(space, "new", ["b", "a"], "{}")
    assert [profile.name for profile in list_profiles(space)] == ["new"]


def test_headers_are_no_sql(tmp_path):
    """A header may hold anything."""
    space = Workspace(tmp_path)
    strange = ["'); DROP TABLE profiles; --", '"]', "客户"]
    store_profile(space, "strange", strange, "{}")
    assert find_profile(space, strange[::-1]).name == "strange"


def test_a_deleted_profile_is_gone(tmp_path):
    """It is not found any more, and cannot be deleted twice."""
    space = Workspace(tmp_path)
    saved = store_profile(space, "till", ["a"], "{}")
    delete_profile(space, saved.id)
    assert find_profile(space, ["a"]) is None
    with pytest.raises(NothingStored):
        delete_profile(space, saved.id)
