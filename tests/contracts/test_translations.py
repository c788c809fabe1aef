"""Everything people read exists in both languages, and is marked for translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from tests.contracts.catalogue import ROOT, extract_strings, read_catalogue

PAGES = sorted([ROOT / "app.py", *(ROOT / "pages").rglob("*.py")])
# Arguments that hold names, not words: icons, keys, paths, formats, modes.
_NAMES = """
icon key page on_click on_change args kwargs type border width height mime file_name format bind
persist_state layout position delta_color delta_arrow label_visibility horizontal value theme path
horizontal_alignment vertical_alignment gap size page_icon icon_image selection_mode default config
disabled on_select url_path column_order hide_index num_rows
"""
UNSPOKEN = frozenset(_NAMES.split())
# Calls whose strings are names: state, settings of the app, pages by their file.
_NAMING = """
get pop setdefault switch_page columns grid set_page_config cache_data logo query_params
session_state form get_option component
"""
UNSPOKEN_CALLS = frozenset(_NAMING.split())
# Calls of which only one positional argument is spoken; options go through ``format_func``.
SPOKEN_ARGUMENT = {
    "selectbox": 0,
    "segmented_control": 0,
    "pills": 0,
    "radio": 0,
    "multiselect": 0,
    "page_link": 1,
}
ICON = re.compile(r":material/\w+:")


def placeholders(template: str) -> list[tuple[str, str]]:
    """Return the fields of a template with their formats, in any order."""
    parsed = Formatter().parse(template)
    return sorted((field, spec or "") for _text, field, spec, _how in parsed if field is not None)


def test_every_string_is_translated() -> None:
    """Each string of the source has a Chinese text."""
    translated = {message.id for message in read_catalogue() if message.id and message.string}

    assert sorted(extract_strings() - translated) == []


def test_nothing_is_translated_that_nobody_says() -> None:
    """The catalogue holds no string that has left the source."""
    known = {message.id for message in read_catalogue() if message.id}

    assert sorted(known - extract_strings()) == []


def test_translations_name_the_same_facts() -> None:
    """A translation fills in exactly the facts of its English, with the same formats."""
    differing = [
        message.id
        for message in read_catalogue()
        if message.id
        and message.string
        and placeholders(message.id) != placeholders(message.string)
    ]

    assert differing == []


def test_the_catalogue_is_in_order() -> None:
    """Entries stand in the order of their English, so that two people's changes merge."""
    ids = [message.id for message in read_catalogue() if message.id]

    assert ids == sorted(ids)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_no_word_reaches_the_screen_unmarked(file: Path) -> None:
    """No literal that holds a word is given to Streamlit without ``_``."""
    tree = ast.parse(file.read_text("utf-8"))
    found = [
        f"{file.name}:{literal.lineno} {literal.value!r}"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _speaks(call)
        for literal in _spoken_literals(call)
    ]

    assert found == []


def _speaks(call: ast.Call) -> bool:
    """Whether a call is to Streamlit (``st.x``, ``st.sidebar.x``, ``st.column_config.x``)."""
    names, node = [], call.func
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    is_streamlit = isinstance(node, ast.Name) and node.id == "st" and bool(names)
    return is_streamlit and not UNSPOKEN_CALLS & set(names)


def _spoken_literals(call: ast.Call) -> Iterator[ast.Constant]:
    place = SPOKEN_ARGUMENT.get(call.func.attr) if isinstance(call.func, ast.Attribute) else None
    spoken = call.args if place is None else call.args[place : place + 1]
    given = [*spoken, *(word.value for word in call.keywords if word.arg not in UNSPOKEN)]
    for argument in given:
        yield from _words_in(argument)


def _words_in(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield literals with a letter in them; calls inside answer for themselves."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and re.search(r"[^\W\d_]", ICON.sub("", node.value)):
            yield node
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from _words_in(part)
    elif isinstance(node, (ast.BinOp, ast.IfExp, ast.BoolOp, ast.List, ast.Tuple)):
        for part in ast.iter_child_nodes(node):
            yield from _words_in(part)
