"""Importing and exporting by the ending of a file's name."""

from pathlib import Path

import pytest

from stack_tui.errors import StackError
from stack_tui.suites.import_export import files
from stack_tui.suites.model.case import Case, Suite

SUITE = Suite(name="my-cases", cases=(Case(id="a", input="One.", labels=("x",)),))


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_what_was_exported_can_be_imported(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"my cases.{ending}"
    files.write(path, SUITE)
    assert files.read(path).suites == (SUITE,)


def test_a_promptfoo_configuration_is_known_by_its_ending(tmp_path: Path) -> None:
    path = tmp_path / "promptfooconfig.yaml"
    path.write_text("prompts: [Say one.]\ntests: [{}]")
    (suite,) = files.read(path).suites
    assert (suite.name, suite.cases[0].input) == ("promptfoo", "Say one.")


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    with pytest.raises(StackError, match="exists"):
        files.write(path, SUITE)
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"", "unknown kind of file"),
        ("a.jsonl", b'{"id": "a"}\n\xff', "a.jsonl:2"),
        ("a.yaml", b"\xff", "not UTF-8"),
        ("gone.csv", None, "no such file"),
    ],
)
def test_what_cannot_be_imported_is_reported(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(StackError) as refused:
        files.read(tmp_path / name)
    assert words in str(refused.value)


def test_only_known_endings_are_exported_to(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="unknown kind") as refused:
        files.write(tmp_path / "a.txt", SUITE)
    assert ".jsonl or .csv" in refused.value.remedy


def test_where_one_suites_file_is_there_already_none_is_made(tmp_path: Path) -> None:
    source = tmp_path / "two.yaml"
    source.write_text("prompts: [A, B]\nproviders: [echo]\ntests: [{vars: {x: hello}}]\n")
    names = [suite.name for suite in files.read(source).suites]
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / f"{names[-1]}.toml").write_text("theirs")
    with pytest.raises(StackError, match="exists already"):
        files.bring_in(source, folder)
    assert [path.read_text() for path in folder.iterdir()] == ["theirs"]
