"""Cases as CSV, there and back."""

from pathlib import Path

import pytest
from hypothesis import given

from stack_tui.errors import StackError
from stack_tui.suites.import_export.records import read_csv, write_csv
from stack_tui.suites.model.case import Case, Number
from tests.suites.import_export.made import CASES

PATH = Path("cases.csv")


@given(CASES)
def test_what_is_written_reads_back_as_the_same_cases(cases: list[Case]) -> None:
    assert read_csv(write_csv(cases), PATH) == tuple(cases)


def test_only_columns_in_use_are_written() -> None:
    assert write_csv([Case(id="a", input="One.")]) == "id,input\r\na,One.\r\n"


def test_a_table_written_by_hand_needs_no_json() -> None:
    text = 'input;must_mention;max_words;number;regex\n"One; two";cache;9;42;[0-9]\n'.replace(
        ";[0-9]", ";\\d"
    )
    assert read_csv(text, PATH) == (
        Case(
            id="line-2",
            input="One; two",
            must_mention=("cache",),
            max_words=9,
            number=Number(value=42),
            regex="\\d",
        ),
    )


def test_an_input_longer_than_the_csv_librarys_limit_is_read() -> None:
    case = Case(id="a", input="x" * 300_000)
    assert read_csv(write_csv([case]), PATH) == (case,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,input\na,b,c\n", ("cases.csv:2", "3 cells", "has 2")),
        ("id,input\n\na,\n", ("cases.csv:3", "input")),
        ("id,input,max_words\na,b,many\n", ("cases.csv:2", "max_words")),
        ("id,input,must_mention\na,b,[0-9]+\n", ("cases.csv:2: must_mention", "not valid JSON")),
        ('id,input\na,"b\n', ("cases.csv:2", "CSV")),
        ("id,id,input\na,b,c\n", ("cases.csv:1", "'id'")),
        ("id,inputs\na,b\n", ("cases.csv:2", "inputs", "Did you mean input?")),
        ("", ("cases.csv", "no case")),
    ],
)
def test_a_mistake_is_reported_with_file_line_and_column(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(StackError) as refused:
        read_csv(text, PATH)
    for word in words:
        assert word in str(refused.value)
