"""Splitting a TOML file into one piece per table."""

import tomllib

from hypothesis import given

from stack_tui.toml_edit import splitter
from stack_tui.toml_edit.splitter import Piece
from tests.toml_edit.documents import documents


def piece(text: str, *path: str | int) -> Piece:
    return next(each for each in splitter.split(text) if each.path == path)


@given(documents())
def test_the_pieces_of_a_file_are_the_file(text: str) -> None:
    assert splitter.join(splitter.split(text)) == text


@given(documents())
def test_there_is_a_piece_for_each_table_at_the_line_of_its_header(text: str) -> None:
    tables = tomllib.loads(text)
    lines = text.split("\n")
    paths = set()
    for each in splitter.split(text)[1:]:
        assert lines[each.line - 1].strip().startswith(splitter.header_of(each.path))
        paths.add(each.path[:2])
    named = {("t", name) for name in tables["t"]}
    assert paths == named | {("row", number) for number in range(len(tables["row"]))}


@given(documents())
def test_each_piece_is_valid_toml_without_the_others(text: str) -> None:
    for each in splitter.split(text):
        tomllib.loads(each.code)


def test_a_comment_directly_above_a_header_is_about_its_table() -> None:
    text = "# The file.\n\n[a]\nx = 1\n# below\n\n# apart\n\n# above\n[b]\n"
    assert piece(text).tail == "# The file.\n"
    assert piece(text, "a").tail == "# below\n"
    assert piece(text, "a").gap == "\n# apart\n\n"
    assert piece(text, "b").lead == "# above\n"


def test_a_string_whose_last_line_begins_with_a_number_sign_is_not_a_comment() -> None:
    text = '[a]\nx = """\none\n# two"""\n[b]\n'
    assert piece(text, "a").code == '[a]\nx = """\none\n# two"""\n'
    assert piece(text, "b").lead == ""


def test_a_line_of_an_array_that_looks_like_a_header_is_not_one() -> None:
    text = '[a]\nx = [\n["b"],\n[1]\n]\n[c]\n'
    assert [each.path for each in splitter.split(text)] == [(), ("a",), ("c",)]


def test_tables_below_an_array_of_tables_have_its_place_in_their_path() -> None:
    text = "[[case]]\n[case.number]\n[[case]]\n[[case.criteria]]\n[[case.criteria]]\n"
    assert [each.path for each in splitter.split(text)][1:] == [
        ("case", 0),
        ("case", 0, "number"),
        ("case", 1),
        ("case", 1, "criteria", 0),
        ("case", 1, "criteria", 1),
    ]
