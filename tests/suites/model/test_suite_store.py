"""Reading suites: what a right file gives, and the one message that a wrong one gets."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.errors import StackError
from stack_tui.suites.model import suite_store
from stack_tui.suites.model.case import Number
from stack_tui.toml_edit.source import TomlError

PATH = Path("cases/x.toml")
SUITE = '[suite]\nname = "x"\nprompt = "Do: {input}"\n'
CASE = '[[case]]\nid = "kv-cache"\ninput = "text"\n'


def test_a_suite_is_read_with_its_defaults() -> None:
    suite = suite_store.parse(SUITE + CASE, PATH)
    assert [case.id for case in suite.cases] == ["kv-cache"]
    assert (suite.temperature, suite.repeats, suite.length_check) == (0.0, 1, True)


def test_every_field_of_a_case_is_read() -> None:
    text = (
        CASE
        + """
must_mention = ["KV", ["cache", "buffer"]]
must_not_mention = ["GPU"]
rubric = "Says what."
labels = ["memory"]
regex = '\\d+'
not_regex = ["a", "b"]
max_chars = 100
max_words = 20
max_sentences = 2
equals = "a"
one_of = ["a", "b"]
starts_with = "a"
json_schema = { type = "object" }
number = { value = 4, tolerance = 0.5 }
"""
    )
    case = suite_store.parse(SUITE + text, PATH).cases[0]
    assert case.must_mention == ("KV", ("cache", "buffer"))
    assert (case.regex, case.not_regex) == (r"\d+", ("a", "b"))
    assert case.json_schema == {"type": "object"}
    assert case.number == Number(value=4.0, tolerance=0.5)


FILES = {
    " \n": "cases/x.toml: lacks its [suite] table",
    "[suite": "cases/x.toml: not valid TOML: ",
    CASE: "cases/x.toml: lacks its [suite] table",
    SUITE: "cases/x.toml: has no cases",
    f"case = 3\n{SUITE}": "cases/x.toml: case: expected [[case]] tables",
    f"[suit]\n{SUITE}{CASE}": "cases/x.toml: unknown key 'suit'",
    f"[suite]\n{CASE}": "cases/x.toml: suite: Object missing required field `name`",
    f"{SUITE}[[case]]\ninput = 't'": "cases/x.toml:4: case[0]: Object missing required field `id`",
    SUITE
    + CASE
    + CASE: "cases/x.toml:7: case[1] (kv-cache).id: the id is already used by case[0] at line 4",
    SUITE + CASE.replace("text", " "): "cases/x.toml:4: case[0] (kv-cache).input: is empty",
    f"{SUITE}seed = {'[' * 9000}{']' * 9000}\n{CASE}": "cases/x.toml: not valid TOML: nested too",
}
SETTINGS = {
    "max_token = 3": ": unknown key 'max_token'",
    "cases = []": ": unknown key 'cases'",
    'seed = "7"': ".seed: Expected `int | null`, got `str`",
    'name = "../x"': ".name: must be letters, digits",
    'prompt = "Do it"': ".prompt: lacks {input}",
    'judge_prompt = "Good?"': ".judge_prompt: lacks {output}",
    "temperature = nan": ".temperature: must be from 0 to 2",
    "temperature = []": ".temperature: must have at least one temperature",
    "temperature = [0, 2.5]": ".temperature: must be from 0 to 2",
    "temperature = [0, 0.7, 0.0]": ".temperature: repeats a temperature",
    "top_p = 0": ".top_p: must be above 0",
    "max_tokens = 0": ".max_tokens: must be 1 or more",
    "repeats = 0": ".repeats: must be 1 or more",
    "repeats = 10001": ".repeats: must be at most 10,000",
    "judges = ['']": ".judges[0]: is empty",
    "panel = 'vote'": ".panel: Invalid enum value 'vote'",
    "criteria = [{ name = 'a', ask = '' }]": ".criteria[0].ask: is empty",
    "extra_body = { model = 'x' }": ".extra_body.model: is set by stack-tui itself",
}
RULES = {
    "must_mentions = []": ": unknown key 'must_mentions'",
    "must_mention = [3]": ".must_mention[0]: Expected `str | array`, got `int`",
    "must_mention = ['a', ' ']": ".must_mention[1]: is empty",
    "must_mention = [['a', '']]": ".must_mention[0][1]: is empty",
    "must_mention = [[]]": ".must_mention[0]: has no alternatives",
    "must_not_mention = ['']": ".must_not_mention[0]: is empty",
    "regex = '('": ".regex: '(' is not a valid regular expression: missing ) at position 1",
    "not_regex = ['a', '[']": ".not_regex: '[' is not a valid regular expression: ",
    "max_words = 0": ".max_words: must be 1 or more",
    "cluster = ' '": ".cluster: is empty",
    "equals = ''": ".equals: is empty",
    "criteria = [{ name = 'a' }]": ".criteria[0]: Object missing required field `ask`",
    "criteria = [{ name = 'a', ask = ' ' }]": ".criteria[0].ask: is empty",
    "criteria = [{ name = 'a', ask = 'b', weight = 0 }]": ".criteria[0].weight: must be above 0",
    "criteria = [{ name = 'a', ask = 'b', wait = 2 }]": ".criteria[0]: Object contains unknown",
    "criteria = [{ name = 'a', ask = 'b' }, { name = 'a', ask = 'c' }]": ".criteria[1].name: is",
    "number = { value = nan }": ".number.value: must be a finite number",
    "number = { value = 1, tolerance = -1 }": ".number.tolerance: must be 0 or more",
    "json_schema = { type = 'x' }": ".json_schema: not a valid JSON schema at $.type: ",
    "json_schema = { pattern = '(?<=a)(' }": ".json_schema: not a valid JSON schema",
    "json_schema = { '$ref' = 'http://x/y' }": ".json_schema: the schema refers to something",
    "json_schema = { '$ref' = '#' }": ".json_schema: the schema refers to itself endlessly",
    "json_schema = { patternProperties = {} }": ".json_schema: patternProperties is not supported",
}


def message(text: str) -> str:
    with pytest.raises(TomlError) as caught:
        suite_store.parse(text, PATH)
    return str(caught.value)


@pytest.mark.parametrize("text", FILES)
def test_a_file_that_is_no_suite_is_reported(text: str) -> None:
    assert message(text).startswith(FILES[text])


@pytest.mark.parametrize("line", SETTINGS)
def test_a_mistake_in_the_suite_is_reported_with_its_place(line: str) -> None:
    key = line.split(" ", 1)[0]
    kept = [other for other in SUITE.splitlines() if not other.startswith(f"{key} ")]
    text = "\n".join([*kept, line, CASE])
    assert message(text).startswith(f"cases/x.toml: suite{SETTINGS[line]}")


@pytest.mark.parametrize("line", RULES)
def test_a_mistake_in_a_case_is_reported_with_its_place(line: str) -> None:
    said = message(f"{SUITE}{CASE}{line}")
    assert said.startswith(f"cases/x.toml:4: case[0] (kv-cache){RULES[line]}")


def test_a_misspelt_key_gets_a_suggestion() -> None:
    with pytest.raises(TomlError, match=r"Did you mean must_mention\?"):
        suite_store.parse(f"{SUITE}{CASE}must_mentions = []", PATH)


def test_the_line_is_right_whatever_strings_and_comments_hold() -> None:
    decoy = '# [[case]]\ndescription = """\n[[case]]\n"""\n'
    with pytest.raises(TomlError, match=r"x\.toml:11: case\[1\] \(b\)"):
        suite_store.parse(f'{SUITE}{decoy}{CASE}[[case]]\nid = "b"\ninput = ""\n', PATH)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"[suite]\nname = '\xff'\n", "x.toml:2: not UTF-8 text"),
        (None, "no such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "x.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StackError, match=said) as caught:
        suite_store.load(path)
    assert str(path) in str(caught.value)


@given(st.text())
def test_any_text_is_read_or_reported_to_be_wrong(text: str) -> None:
    with pytest.raises(StackError):
        suite_store.parse(text, PATH)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("tldr", "custom"):
        (tmp_path / f"{name}.toml").write_text(SUITE + CASE)
    return tmp_path


def test_suites_are_discovered_by_name(folder: Path) -> None:
    assert [path.stem for path in suite_store.discover(folder)] == ["custom", "tldr"]
    assert suite_store.discover(folder / "absent") == []


def test_a_suite_is_found_by_name_and_by_path(folder: Path) -> None:
    assert suite_store.resolve("tldr", folder) == folder / "tldr.toml"
    assert suite_store.resolve(str(folder / "tldr.toml"), Path("absent")) == folder / "tldr.toml"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("custm", "Did you mean custom?"), ("zzz", "Choose one of custom, tldr,")],
)
def test_an_unknown_suite_is_answered_with_those_there_are(
    folder: Path, name: str, remedy: str
) -> None:
    with pytest.raises(StackError) as caught:
        suite_store.resolve(name, folder)
    assert f"no suite is called '{name}'" in str(caught.value)
    assert remedy in str(caught.value)


def test_without_any_suite_a_path_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="Give a suite's path"):
        suite_store.resolve("custom", tmp_path)
