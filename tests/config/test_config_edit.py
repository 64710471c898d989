"""Changing stack-tui.toml: what was not changed stays, to the character."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.config import config_edit, decode
from stack_tui.config.decode import Endpoint
from stack_tui.errors import StackError
from stack_tui.toml_edit import splitter
from stack_tui.toml_edit.held_file import FileChanged

PATH = Path("stack-tui.toml")
TEXT = """\
# Our servers.

[endpoints.local]  # on this box
url = 'http://127.0.0.1:8000/v1'
# model = "an older one"
model = "llama"  # the small one

# --- judges ---

# Costs money.
[endpoints.judge]
url = "https://api.example.com/v1"
api_key_env = "JUDGE_KEY"

[defaults]
endpoint = "local"   # used most
judges = ["judge"]
"""
NEW = Endpoint(name="new one", url="http://h:1/v1", model="m")

NAMES = st.sampled_from(["a", "b-2", "my server", 'quo"te', "d.ot", "ünï", "[x]", "#"])
COMMENTS = st.sampled_from(["", "# a comment\n", "\n# apart\n\n", "# [endpoints.x]\n", "\n"])
ENDS = st.sampled_from(["", "  # why", ' # url = "x"'])
MODELS = st.sampled_from(['"m"', "'lit'", '"""\nm"""', '"[endpoints.a]"', '"# no comment"'])


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a configuration as a person may write it, and the names of its endpoints."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    text = draw(COMMENTS)
    defaults = f'[defaults]\nresults = "r" {draw(ENDS)}\n' + draw(COMMENTS)
    place = draw(st.integers(0, len(names)))
    for number, name in enumerate(names):
        text += defaults if number == place else ""
        header = splitter.header_of(("endpoints", name))
        text += (
            draw(COMMENTS) + f"{header}{draw(ENDS)}\nurl = 'http://h:{number + 1}'{draw(ENDS)}\n"
        )
        if draw(st.booleans()):
            text += f"model = {draw(MODELS)}{draw(ENDS)}\n"
        text += draw(COMMENTS)
    text += defaults if place == len(names) else ""
    return text if draw(st.booleans()) else text.replace("\n", "\r\n"), names


def endpoints(text: str) -> dict[str, Endpoint]:
    return decode.decode(text, PATH).endpoints


def without(tables: dict[str, Any], name: str) -> dict[str, Any]:
    rest = {key: value for key, value in tables.get("endpoints", {}).items() if key != name}
    return tables | {"endpoints": rest}


@given(files())
def test_the_pieces_of_a_file_are_the_file(made: tuple[str, list[str]]) -> None:
    text, names = made
    pieces = splitter.split(text)
    assert splitter.join(pieces) == text
    assert {p.path for p in pieces} == {(), ("defaults",), *(("endpoints", n) for n in names)}


@given(files())
def test_an_added_endpoint_leaves_every_line_where_it_was(made: tuple[str, list[str]]) -> None:
    text, _ = made
    changed = config_edit.put_endpoint(text, NEW)
    assert endpoints(changed) == endpoints(text) | {NEW.name: NEW}
    rest = iter(changed.splitlines())
    assert all(line in rest for line in text.splitlines())


@given(files())
def test_an_endpoint_that_was_added_and_removed_leaves_the_file_as_it_was(
    made: tuple[str, list[str]],
) -> None:
    text, _ = made
    changed = config_edit.remove_endpoint(config_edit.put_endpoint(text, NEW), NEW.name)
    assert changed.split() == text.split()
    assert tomllib.loads(changed) == tomllib.loads(text)


@given(files(), st.data())
def test_a_change_touches_the_lines_of_its_endpoint_alone(
    made: tuple[str, list[str]], data: st.DataObject
) -> None:
    text, names = made
    name = data.draw(st.sampled_from(names))
    wanted = Endpoint(name=name, url="https://else/v1", timeout_s=5.0)
    changed = config_edit.put_endpoint(text, wanted, name)
    assert endpoints(changed)[name] == wanted
    assert without(tomllib.loads(changed), name) == without(tomllib.loads(text), name)
    before, after = (splitter.split(each) for each in (text, changed))
    others = [(b, a) for b, a in zip(before, after, strict=True) if b.path[1:] != (name,)]
    assert all(b.text + b.gap == a.text + a.gap for b, a in others)


@given(files(), st.data())
def test_removing_one_keeps_the_others_and_every_comment_that_is_not_its_own(
    made: tuple[str, list[str]], data: st.DataObject
) -> None:
    text, names = made
    name = data.draw(st.sampled_from(names))
    changed = config_edit.remove_endpoint(text, name)
    assert endpoints(changed) == {k: v for k, v in endpoints(text).items() if k != name}
    for piece in splitter.split(text):
        if piece.path != ("endpoints", name):
            assert piece.text in changed
        assert piece.gap.strip() in changed


@given(files(), st.data())
def test_a_renamed_endpoint_keeps_its_place_and_its_use(
    made: tuple[str, list[str]], data: st.DataObject
) -> None:
    text, names = made
    name = data.draw(st.sampled_from(names))
    text = config_edit.set_judges(config_edit.set_default(text, name), names)
    endpoint = endpoints(text)[name]
    renamed = config_edit.put_endpoint(
        text, Endpoint(name="zz", url=endpoint.url, model=endpoint.model), name
    )
    order = ["zz" if each == name else each for each in names]
    assert list(endpoints(renamed)) == order
    defaults = decode.decode(renamed, PATH).defaults
    assert (defaults.endpoint, list(defaults.judges)) == ("zz", order)


@given(files())
def test_writing_what_is_there_already_changes_nothing(made: tuple[str, list[str]]) -> None:
    text, _ = made
    for name, endpoint in endpoints(text).items():
        assert config_edit.put_endpoint(text, endpoint, name) == text


def test_a_removed_endpoint_takes_the_comment_above_it_along_and_no_other() -> None:
    changed = config_edit.remove_endpoint(TEXT, "judge")
    assert "Costs money" not in changed
    for kept in ("# Our servers.", "# on this box", "# --- judges ---", "# used most"):
        assert kept in changed
    assert decode.decode(changed, PATH).defaults.judges == ()


def test_only_the_value_that_changes_is_written_anew() -> None:
    judge = Endpoint(name="judge", url="https://api.example.com/v2", api_key_env="JUDGE_KEY")
    changed = config_edit.put_endpoint(TEXT, judge, "judge")
    assert changed == TEXT.replace("com/v1", "com/v2")


@pytest.mark.parametrize(
    "text",
    [
        '[endpoints]\na = {url = "http://a"}\n',
        '[endpoints]\na.url = "http://a"\n',
        'endpoints.a.url = "http://a"\n',
    ],
)
def test_endpoints_written_in_one_table_are_changed_and_removed_there(text: str) -> None:
    changed = config_edit.put_endpoint(text, Endpoint(name="a", url="http://b"), "a")
    assert changed == text.replace("http://a", "http://b/v1")
    assert endpoints(config_edit.remove_endpoint(text, "a")) == {}


def test_a_form_that_cannot_be_edited_is_reported_and_left_alone() -> None:
    text = 'endpoints = {a = {url = "http://a"}}\n'
    with pytest.raises(StackError, match="too unusual") as refused:
        config_edit.put_endpoint(text, NEW)
    assert "Edit the file itself" in refused.value.remedy


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(StackError, match="taken"):
        config_edit.put_endpoint(TEXT, Endpoint(name="judge", url="http://x"), "local")


def test_without_a_file_one_is_made(tmp_path: Path) -> None:
    path = tmp_path / "stack-tui.toml"
    config_edit.change(path, lambda text: config_edit.put_endpoint(text, NEW))
    assert decode.load(path).endpoints == {NEW.name: NEW}
    config_edit.change(path, lambda text: config_edit.remove_endpoint(text, NEW.name))
    assert decode.load(path).endpoints == {}


def test_a_change_made_elsewhere_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "stack-tui.toml"
    path.write_text(TEXT)
    seen: list[str] = []

    def edit(text: str) -> str:
        seen.append(text)
        path.write_text(TEXT + "# theirs\n")
        return config_edit.put_endpoint(text, NEW)

    before, after = config_edit.change(path, edit)
    assert seen == [TEXT, before.text]
    assert "# theirs" in after.text == path.read_text()
    assert NEW.name in decode.load(path).endpoints


def test_a_file_that_changes_all_the_time_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "stack-tui.toml"
    path.write_text(TEXT)

    def edit(text: str) -> str:
        path.write_text(f"{text}# theirs\n")
        return config_edit.put_endpoint(text, NEW)

    with pytest.raises(FileChanged, match="changed since"):
        config_edit.change(path, edit)


def test_what_would_be_no_configuration_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "stack-tui.toml"
    path.write_text(TEXT)
    with pytest.raises(StackError, match=r"unknown field"):
        config_edit.change(path, lambda text: text + "[other]\n")
    assert path.read_text() == TEXT


@pytest.mark.parametrize(
    "key", ["sk-proj-abc", "gsk_abcDEF123", "AIzaSyB1234567890abcdef", "a b", "0f3c9d7e1b", "{x}"]
)
def test_a_key_in_place_of_its_variable_is_refused_and_not_quoted(key: str) -> None:
    problem = decode.variable_problem(key)
    assert problem
    assert key not in problem


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "HF_TOKEN", "key2", "MY_KEY_FOR_GPT_4"])
def test_a_variables_name_is_taken(name: str) -> None:
    assert decode.variable_problem(name) == ""


def test_a_string_that_ends_in_a_line_with_a_number_sign_is_not_taken_for_a_comment() -> None:
    text = (
        '[endpoints.a]\nurl = "http://a"\nmodel = """\nm\n# x"""\n[endpoints.b]\nurl = "http://b"\n'
    )
    changed = config_edit.remove_endpoint(text, "b")
    assert changed == text[: text.index("[endpoints.b]")]
