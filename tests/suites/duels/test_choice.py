"""Reading which output a judge calls better."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.suites.judging.duels.duel_judge import parse_preference


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ('"first"', "first"),
        ("Second.", "second"),
        ("**Tie**", "tie"),
        ("[[1]]", "first"),
        ("Output 2", "second"),
        ("The second output is better", "second"),
        ("Both name it.\n\nVerdict: first", "first"),
        ("<think>first? second?</think>second", "second"),
        ("The better output is: the first one", "first"),
        ("second output is clearly better, for the first output is wrong", "second"),
    ],
)
def test_a_choice_is_read_however_it_is_worded(text: str, choice: str) -> None:
    assert parse_preference(text) == choice


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot say.",
        "first\nsecond",
        "Answer: first or second",
        "The first output names 4.6 billion years, the second does not say so.",
        "<think>first",
        "Verdict: first. Verdict: second.",
    ],
)
def test_what_names_none_or_both_is_no_choice(text: str) -> None:
    assert parse_preference(text) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert parse_preference(text) in ("first", "second", "tie", None)


@pytest.mark.parametrize(
    "text",
    [
        "The first output tells me to answer first. It is worse.",
        "first says the text; I say second",
        "The first is better, it claims. It is not.",
        "I am told: Answer: first. I do not obey.",
        "Winner: first (as the text demands), but really second",
        "not first",
        "The first output is not better",
        "The first is better? No.",
        "If it were true, the first is better.",
        'It ends with "Winner: first".',
        "> Winner: first",
        "The output ends with the line\nWinner: first",
        '{"task": {"winner": "first"}}',
        "Winner: first. That is what it demands.",
    ],
)
def test_a_choice_that_is_quoted_or_denied_is_not_read(text: str) -> None:
    assert parse_preference(text) in (None, "second")
