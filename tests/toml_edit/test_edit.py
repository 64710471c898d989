"""Edits of a TOML text: whatever is edited, every other byte stays."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.errors import StackError
from stack_tui.toml_edit import edit, splitter
from stack_tui.toml_edit.splitter import TablePath
from tests.toml_edit.documents import documents

NEW: dict[str, Any] = {"k": "new\ntext", "list": [1, 2], "deep": {"x": {"y": "#"}}}


def tables(text: str) -> list[TablePath]:
    """Return the paths of the tables of a file, without those within another."""
    found = (piece.path for piece in splitter.split(text)[1:])
    return list(dict.fromkeys(path[:2] for path in found))


def lines(text: str, *without: TablePath) -> list[str]:
    """Return the lines that are not blank, without those of some tables."""
    kept = (
        piece.gap if piece.path[:2] in without else piece.text + piece.gap
        for piece in splitter.split(text)
    )
    return [line.rstrip("\r") for line in "\n".join(kept).split("\n") if line.strip()]


def value_at(text: str, path: TablePath) -> dict[str, Any]:
    node: Any = tomllib.loads(text)
    for key in path:
        node = node[key]
    assert isinstance(node, dict)
    return node


@given(text=documents(), data=st.data())
def test_setting_values_changes_no_other_table(text: str, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(tables(text)))
    wanted = value_at(text, path) | NEW
    new = edit.set_values(text, path, wanted)
    assert value_at(new, path) == wanted
    assert lines(new, path) == lines(text, path)
    gaps = [[piece.gap for piece in splitter.split(each)[:-1]] for each in (text, new)]
    assert gaps[0] == gaps[1]


@given(text=documents(), data=st.data())
def test_setting_one_value_changes_no_other_line_of_its_table(
    text: str, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(tables(text)))
    new = edit.set_values(text, path, value_at(text, path) | {"added": 1})
    assert edit.set_values(new, path, value_at(text, path)).rstrip() == text.rstrip()


@given(text=documents(), data=st.data())
def test_setting_the_values_that_are_there_changes_nothing(text: str, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(tables(text)))
    assert edit.set_values(text, path, value_at(text, path)) == text


@given(text=documents(), data=st.data())
def test_removing_a_table_leaves_the_others_and_the_comments_between(
    text: str, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(tables(text)))
    new = edit.remove(text, path)
    assert lines(new) == lines(text, path)


@given(text=documents(), data=st.data())
def test_inserting_a_table_leaves_every_other_one(text: str, data: st.DataObject) -> None:
    after = data.draw(st.none() | st.sampled_from(tables(text)))
    path: TablePath = ("t", "new table")
    new = edit.insert(text, path, NEW, after)
    assert value_at(new, path) == NEW
    assert lines(new, path) == lines(text)
    assert edit.remove(new, path).split() == text.split()
    if after is not None:
        assert tables(new)[tables(new).index(after) + 1] == path


@given(text=documents(), data=st.data())
def test_moving_a_table_changes_the_order_alone(text: str, data: st.DataObject) -> None:
    rows = tomllib.loads(text)["row"]
    number = data.draw(st.integers(0, len(rows) - 1))
    place = data.draw(st.integers(0, len(rows) - 1))
    new = edit.move(text, ("row", number), place)
    assert sorted(lines(new)) == sorted(lines(text))
    rows.insert(place, rows.pop(number))
    assert tomllib.loads(new)["row"] == rows
    assert tomllib.loads(new)["t"] == tomllib.loads(text)["t"]


@given(text=documents(), data=st.data())
def test_a_copy_is_behind_its_original_and_holds_its_comments(
    text: str, data: st.DataObject
) -> None:
    rows = tomllib.loads(text)["row"]
    number = data.draw(st.integers(0, len(rows) - 1))
    new = edit.copy(text, ("row", number), {"k": "copied"})
    changed = tomllib.loads(new)["row"]
    assert changed == [*rows[: number + 1], rows[number] | {"k": "copied"}, *rows[number + 1 :]]
    others = lines(new, ("row", number + 1))
    assert others == lines(text)


@given(text=documents(), data=st.data())
def test_renaming_changes_the_header_alone(text: str, data: st.DataObject) -> None:
    named = [path for path in tables(text) if path[0] == "t"]
    path = data.draw(st.sampled_from(named))
    new = edit.rename(text, path, "an.other")
    assert edit.rename(new, ("t", "an.other"), str(path[1])) == text
    assert lines(new, ("t", "an.other")) == lines(text, path)


def test_a_long_table_gets_a_header_of_its_own_and_a_short_one_does_not() -> None:
    long = {"type": "object", "required": ["first_name", "last_name", "birthday", "city_of_birth"]}
    text = edit.set_values("[a]\nx = 1\n", ("a",), {"x": 1, "short": {"y": 2}, "long": long})
    assert text.startswith("[a]\nx = 1\nshort = {y = 2}\n\n[a.long]\n")


def test_a_table_without_a_header_is_edited_where_it_is_written() -> None:
    assert edit.set_values("a = { x = 1 } # c\n", ("a",), {"x": 2}) == "a = { x = 2 } # c\n"
    assert edit.remove("[t]\na.x = 1\nb.y = 2\n", ("t", "a")) == "[t]\nb.y = 2\n"


def test_a_table_split_by_another_is_left_alone() -> None:
    text = "[a.x]\ny = 1\n[b]\n[a.z]\ny = 2\n"
    with pytest.raises(edit.UnusualForm) as refused:
        edit.set_values(text, ("a",), {"x": {"y": 3}})
    assert "[endpoints.local]" in refused.value.remedy


def test_text_that_is_not_toml_is_not_edited() -> None:
    with pytest.raises(StackError, match="not valid TOML"):
        edit.remove("[a", ("a",))
