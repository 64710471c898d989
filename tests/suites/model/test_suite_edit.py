"""Editing a suite's file: what was not edited stays, to the character."""

import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.errors import StackError
from stack_tui.suites.model import suite_edit, suite_store
from stack_tui.suites.model.case import Case, Criterion, Number, Suite
from stack_tui.toml_edit import edit, splitter
from tests.suites.files import PHRASES, TEXT, TRICKY, Written, files

PATH = Path("made.toml")
SUITE = '''# Our cases.
[suite]
name = "ours"  # short
prompt = "Summarize:\\n\\n{input}"

# The first one.
[[case]]
id = "a"
input = """
One line,
two lines."""
must_mention = [
    "one",  # needed
    ["two", "2"],
]

# --- Numbers ---

# Counts.
[[case]]
id = "b"  # the second
input = 'Three.'
max_words = 5
[case.number]
value = 3  # exactly

[[case]]
id = "c"
input = "Four."
'''


def parsed(text: str) -> Suite:
    return suite_store.parse(text, PATH)


def by_id(text: str, case_id: str) -> Case:
    return next(case for case in parsed(text).cases if case.id == case_id)


def edited(text: str, case_id: str, **fields: object) -> str:
    return suite_edit.change_case(
        text, case_id, msgspec.structs.replace(by_id(text, case_id), **fields)
    )


def whole(made: tuple[str, list[Written], str]) -> str:
    head, cases, tail = made
    return head + "".join(case.text for case in cases) + tail


CRITERIA = st.lists(
    st.builds(Criterion, name=TEXT, ask=TEXT | TRICKY, weight=st.sampled_from([1.0, 2.5])),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each.name,
)
VALUES = {
    "input": TEXT | TRICKY,
    "rubric": TEXT | TRICKY,
    "must_mention": PHRASES.map(tuple) | st.lists(PHRASES.map(tuple), min_size=1).map(tuple),
    "labels": PHRASES.map(tuple),
    "max_words": st.integers(1, 99),
    "number": st.builds(Number, value=st.integers(-9, 9).map(float)),
}


@given(files())
def test_the_pieces_of_a_file_are_the_file(made: tuple[str, list[Written], str]) -> None:
    assert splitter.join(splitter.split(whole(made))) == whole(made)


@given(made=files(), data=st.data())
def test_editing_one_field_leaves_every_other_line_as_it_was(
    made: tuple[str, list[Written], str], data: st.DataObject
) -> None:
    text = whole(made)
    head, cases, tail = made
    number = data.draw(st.integers(0, len(cases) - 1))
    field = data.draw(st.sampled_from(sorted(VALUES)))
    value = data.draw(VALUES[field])
    names = [name for name, _ in cases[number].chunks]
    place = names.index(field)
    chunks = [chunk for _, chunk in cases[number].chunks]
    before = head + "".join(case.text for case in cases[:number]) + cases[number].lead
    before += "[[case]]\n" + "".join(chunks[:place])
    after = "".join(chunks[place + 1 :]) + cases[number].gap
    after += "".join(case.text for case in cases[number + 1 :]) + tail
    new = edited(text, f"case-{number}", **{field: value})
    assert getattr(by_id(new, f"case-{number}"), field) == value
    if field == "number" and not chunks[place]:
        assert set(text.splitlines()) <= set(new.splitlines())
    else:
        assert new.startswith(before)
        assert new.endswith(after)


@given(made=files(), data=st.data())
def test_an_edit_taken_back_gives_the_same_suite(
    made: tuple[str, list[Written], str], data: st.DataObject
) -> None:
    text = whole(made)
    old = by_id(text, "case-0")
    field = data.draw(st.sampled_from(sorted(VALUES)))
    new = edited(text, "case-0", **{field: data.draw(VALUES[field])})
    assert parsed(suite_edit.change_case(new, "case-0", old)) == parsed(text)


@given(files())
def test_writing_what_is_there_already_changes_nothing(
    made: tuple[str, list[Written], str],
) -> None:
    text = whole(made)
    suite = parsed(text)
    for case in suite.cases:
        assert suite_edit.change_case(text, case.id, case) == text


@given(made=files(), data=st.data())
def test_a_case_can_stand_anywhere_and_takes_its_comment_along(
    made: tuple[str, list[Written], str], data: st.DataObject
) -> None:
    text = whole(made)
    ids = [case.id for case in parsed(text).cases]
    moved = data.draw(st.sampled_from(ids))
    place = data.draw(st.integers(0, len(ids) - 1))
    new = suite_edit.move_case(text, moved, place)
    others = [case_id for case_id in ids if case_id != moved]
    assert [case.id for case in parsed(new).cases] == [*others[:place], moved, *others[place:]]
    assert sorted(new.split()) == sorted(text.split())


@given(made=files(), data=st.data())
def test_deleting_a_case_leaves_all_other_lines(
    made: tuple[str, list[Written], str], data: st.DataObject
) -> None:
    text = whole(made)
    head, cases, _ = made
    number = data.draw(st.integers(0, len(cases) - 1))
    new = suite_edit.delete_case(text, f"case-{number}")
    left = [case for place, case in enumerate(cases) if place != number]
    assert new.startswith(head.rstrip("\n"))
    for case in left:
        assert case.text.removesuffix(case.gap).rstrip("\n") in new


@given(made=files(), new_case=st.builds(Case, id=st.just("new"), input=TEXT | TRICKY))
def test_a_new_case_stands_behind_the_one_that_is_named(
    made: tuple[str, list[Written], str], new_case: Case
) -> None:
    text = whole(made)
    new = suite_edit.add_case(text, new_case, after="case-0")
    assert parsed(new).cases[1] == new_case
    assert parsed(suite_edit.delete_case(new, "new")) == parsed(text)


def test_text_of_several_lines_stays_so_and_so_do_the_quotes() -> None:
    new = edited(edited(SUITE, "a", input="New line,\nlast."), "b", input="Six.")
    assert 'input = """\nNew line,\nlast."""' in new
    assert "input = 'Six.'" in new


def test_a_line_break_written_as_an_escape_stays_one() -> None:
    values = {"name": "ours", "prompt": "Shorten:\n\n{input}"}
    new = edit.set_values(SUITE, ("suite",), values)
    assert new == SUITE.replace("Summarize:", "Shorten:")


def test_a_phrase_added_to_a_list_stands_on_a_line_of_its_own_and_comments_stay() -> None:
    new = edited(SUITE, "a", must_mention=("one", ("two", "2"), "three"))
    assert new == SUITE.replace('    ["two", "2"],\n', '    ["two", "2"],\n    "three",\n')


def test_an_alternative_is_changed_within_its_phrase() -> None:
    new = edited(SUITE, "a", must_mention=("one", ("two", "II")))
    assert new == SUITE.replace('["two", "2"]', '["two", "II"]')


def test_a_number_is_changed_in_its_own_table() -> None:
    assert edited(SUITE, "b", number=Number(value=4)) == SUITE.replace(
        "value = 3  # exactly", "value = 4  # exactly"
    )


def test_a_field_set_back_to_its_default_goes() -> None:
    assert edited(SUITE, "b", max_words=None) == SUITE.replace("max_words = 5\n", "")
    assert "number" not in edited(SUITE, "b", number=None)


def test_a_field_that_is_new_stands_behind_the_others_of_its_case() -> None:
    new = edited(SUITE, "b", rubric="Says three.")
    assert new == SUITE.replace("max_words = 5\n", 'max_words = 5\nrubric = "Says three."\n')


def test_a_long_schema_gets_tables_of_its_own() -> None:
    names = ["first_name", "last_name", "birthday", "city"]
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    new = edited(SUITE, "a", json_schema=schema)
    assert "\n[case.json_schema]\n" in new
    assert by_id(new, "a").json_schema == schema
    assert by_id(new, "b") == by_id(SUITE, "b")


def test_renaming_is_a_change_of_the_id() -> None:
    assert edited(SUITE, "b", id="second") == SUITE.replace('id = "b"', 'id = "second"')


def test_a_copy_holds_the_comments_and_stands_behind_its_original() -> None:
    new = suite_edit.duplicate_case(SUITE, "b", "b-2")
    copy = SUITE[SUITE.index("# Counts.") : SUITE.index('[[case]]\nid = "c"')]
    assert new == SUITE.replace(copy, copy + copy.replace('id = "b"', 'id = "b-2"'))


def test_a_moved_case_leaves_the_headings_where_they_are() -> None:
    new = suite_edit.move_case(SUITE, "c", 0)
    assert [case.id for case in parsed(new).cases] == ["c", "a", "b"]
    assert new.index('id = "c"') < new.index("# The first one.") < new.index("# --- Numbers ---")


def test_a_new_case_is_parted_from_the_others_as_they_are() -> None:
    new = suite_edit.add_case(SUITE, Case(id="d", input="Five."))
    assert new == SUITE + '\n[[case]]\nid = "d"\ninput = "Five."\n'


def test_a_file_without_a_last_line_break_can_grow() -> None:
    new = suite_edit.add_case(SUITE.rstrip("\n"), Case(id="d", input="Five."))
    assert new == SUITE + '\n[[case]]\nid = "d"\ninput = "Five."\n'


def test_the_line_ends_of_windows_stay() -> None:
    windows = SUITE.replace("\n", "\r\n")
    new = edited(suite_edit.add_case(windows, Case(id="d", input="x\ny")), "a", rubric="1\n2")
    assert new.count("\n") == new.count("\r\n")
    assert by_id(new, "d").input == "x\ny"
    assert by_id(new, "a").rubric == "1\n2"


def test_a_suite_stated_without_a_header_can_be_edited() -> None:
    text = 'suite = { name = "x" } # inline\n\n[[case]]\nid = "a"\ninput = "b"\n'
    new = edit.set_values(text, ("suite",), {"name": "y"})
    assert new == text.replace('"x"', '"y"')


def test_cases_in_one_list_are_refused_with_the_remedy() -> None:
    text = 'case = [{ id = "a", input = "b" }]\n[suite]\nname = "x"\n'
    with pytest.raises(StackError, match="unusual") as refused:
        suite_edit.delete_case(text, "a")
    assert "[[case]]" in refused.value.remedy


def test_a_case_that_is_not_there_is_named() -> None:
    with pytest.raises(StackError, match="'gone'"):
        suite_edit.delete_case(SUITE, "gone")


def test_text_that_is_no_toml_is_not_edited() -> None:
    with pytest.raises(StackError, match="not valid TOML"):
        suite_edit.delete_case(SUITE + "]", "a")


def test_null_in_a_schema_cannot_be_written() -> None:
    with pytest.raises(StackError, match="null"):
        edited(SUITE, "a", json_schema={"enum": [None]})


@given(
    st.builds(
        Suite,
        name=st.just("made"),
        system=TEXT | TRICKY,
        prompt=(TEXT | TRICKY).map(lambda text: text + "{input}"),
        temperature=st.sampled_from([0.0, 0.7, (0.0, 0.7), (1.0,)]),
        extra_body=st.just({}) | st.just({"chat_template_kwargs": {"thinking": False}}),
        cases=st.lists(
            st.builds(
                Case,
                id=TEXT,
                input=TEXT | TRICKY,
                must_mention=PHRASES.map(tuple),
                rubric=TEXT | TRICKY,
                json_schema=st.none() | st.just({"type": "object", "required": ["a" * 90]}),
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda case: case.id,
        ).map(tuple),
    )
)
def test_a_suite_written_anew_loads_as_the_same(suite: Suite) -> None:
    text = suite_edit.suite_text(suite)
    assert parsed(text) == suite
    assert tomllib.loads(text)["suite"]["name"] == "made"


@given(CRITERIA.map(tuple), CRITERIA.map(tuple))
def test_criteria_are_written_changed_and_taken_away(
    first: tuple[Criterion, ...], second: tuple[Criterion, ...]
) -> None:
    text = SUITE
    for criteria in (first, second, ()):
        text = edited(text, "b", criteria=criteria)
        assert by_id(text, "b").criteria == criteria
        assert by_id(text, "b").number == Number(value=3)
    assert text == SUITE


def test_criteria_under_headers_of_their_own_can_be_changed() -> None:
    headed = '[[case.criteria]]\nname = "facts"\nask = "Are they right?"  # all of them\n'
    text = SUITE.replace("[case.number]", f"{headed}[case.number]")
    before = by_id(text, "b").criteria
    heavier = msgspec.structs.replace(before[0], weight=3.0)
    changed = edited(text, "b", criteria=(heavier, Criterion(name="style", ask="Is it short?")))
    assert [each.weight for each in by_id(changed, "b").criteria] == [3.0, 1.0]
    assert by_id(changed, "b").number == Number(value=3)


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ('id = "b"', 8),
        ("id = 'b'", 8),
        ('\t id="b"  # "a"', 8),
        ('"id" = "\\u0062"', 8),
        ('input = """\nid = "b"\n"""\nid = "b"', 11),
    ],
)
def test_the_line_of_a_case_is_that_of_its_id_however_it_is_written(
    written: str, line: int
) -> None:
    text = '[suite]\nname = "x"\n\n[[case]]\nid = "a"\n# b\n  [[case]]\n' + written + "\n"
    assert suite_edit.line_of(text, "a") == 5
    assert suite_edit.line_of(text, "b") == line


@pytest.mark.parametrize("text", [SUITE, "[suite", 'case = [{ id = "a" }]\n'])
def test_a_case_without_a_header_of_its_own_is_looked_for_from_the_first_line(text: str) -> None:
    assert suite_edit.line_of(text, "gone" if text is SUITE else "a") == 1
