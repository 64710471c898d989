"""Reading scores out of what judges write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.suites.judging.score_parser import parse_score
from tests.suites.judge_answers import NOT_STATED, PERHAPS, STATED

READABLE = {
    "4": 4, "4.": 4, " 4\n": 4, "5!": 5, "(4)": 4, "[4]": 4, "4.0": 4, "４": 4, "4.5": 4.5,
    "**4**": 4, "Four.": 4, "Score: four": 4, "Score: 4": 4, "score=4": 4, "Score - 4": 4,
    "4/5": 4, "Score: 4/5": 4, "4 out of 5": 4, "4 (out of 5)": 4, "Rating: **3**/5": 3,
    "10/10": 5, "8/10": 4, "7/10": 3.5, "80/100": 4, "4.0/5.0": 4,
    '{"score": 4}': 4, '```json\n{"reason": "has 3 facts", "score": 4}\n```': 4,
    "<score>4</score>": 4, r"The answer is $\boxed{4}$": 4, "Score:\n\n**5**": 5,
    "<think>2…</think>4": 4, "It could be 3.</think>\n\n4": 4, "<think>a</think>4": 4,
    "On a scale of 1 to 5, I rate this 4.": 4, "Score (1-5): 4": 4, "rating out of 5: 4": 4,
    "I would rate this output 4 out of 5.": 4, "I'd give it a 4": 4, "A solid 4!": 4,
    "4 stars": 4, "The output would get 5 points": 5, "I considered 3 but give it a 4.": 4,
    "4 because it mentions 8 planets and 4.6 billion years": 4,
    "4. The summary mentions 8 planets.": 4, "2/5: misses the point": 2,
    "Score: 5 because all 3 facts are in.": 5, "Score: 4 | Reason: 2 facts": 4,
    "The output is accurate.\n\n4": 4, "1. Good.\n2. Lacks X.\nScore: 3": 3,
    "Accuracy score: 3\nFinal score: 4": 4,
}  # fmt: skip
UNREADABLE = [
    "", "score", "Score: N/A", "I can't grade this.", "Grade: B", "0", "7", "45", "5555", "-4",
    "Score: 7", "3-4", "3 or 4", "4, 5", "between 3 and 4", "Score: 3 to 4", "1 to 5", "5 5 5",
    "1/10", "4/7", "The age of the solar", "The solar system is 4.6 billion years old",
    "4.6 billion years ago", "3 facts are missing", "3 out of 5 facts are present",
    "2 of the 3 facts are missing", "Answer: 3 of the 5 facts", "1. Good.\n2. Lacks X.",
    "1\n2\n3\n4\n5", "Accuracy score: 3\nClarity score: 5", "<think>4", "<think>4</think>",
]  # fmt: skip


@pytest.mark.parametrize("text", READABLE)
def test_a_score_is_read(text: str) -> None:
    assert parse_score(text) == READABLE[text]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_states_no_single_score_from_1_to_5_is_unreadable(text: str) -> None:
    assert parse_score(text) is None


@given(st.text())
def test_whatever_is_read_is_from_1_to_5(text: str) -> None:
    score = parse_score(text)
    assert score is None or 1 <= score <= 5


@given(st.text(), st.integers(1, 5))
def test_what_was_thought_never_counts(thought: str, score: int) -> None:
    assert parse_score(f"<think>{thought}</think>{score}") == score


@given(st.integers().filter(lambda number: not 1 <= number <= 5))
def test_a_number_off_the_scale_is_unreadable(number: int) -> None:
    assert parse_score(str(number)) is None


@given(
    st.integers(1, 5),
    st.sampled_from(["{}", "Score: {}", "**{}**", "{}/5", "{}.", '{{"score": {}}}']),
)
def test_every_score_is_read_in_every_usual_form(score: int, form: str) -> None:
    assert parse_score(form.format(score)) == score


def test_a_score_at_either_end_of_a_very_long_answer_is_read() -> None:
    prose = "word " * 100_000
    assert parse_score(f"Score: 4\n{prose}") == 4
    assert parse_score(f"{prose}\nScore: 4") == 4


def test_a_number_cut_in_two_does_not_count() -> None:
    assert parse_score("a" * 1999 + "1" + "2" * 5000) is None


def test_of_two_hundred_answers_none_is_misread() -> None:
    accepted: dict[str, set[float | None]] = {
        **{text: {score} for text, score in STATED.items()},
        **{text: {score, None} for text, score in PERHAPS.items()},
        **{text: {None} for text in NOT_STATED},
    }
    assert len(accepted) >= 200
    read = {text: parse_score(text) for text in accepted}
    assert {text: score for text, score in read.items() if score not in accepted[text]} == {}


@given(st.sampled_from(NOT_STATED), st.sampled_from(["", "\n\n", "**", "<think>5</think>"]))
def test_what_is_not_stated_is_read_in_no_wrapping(text: str, before: str) -> None:
    assert parse_score(before + text) is None


@given(st.sampled_from(list(STATED)), st.sampled_from(["<think>5</think>", "\n\n", "  "]))
def test_what_is_stated_is_read_behind_thinking_and_space(text: str, before: str) -> None:
    assert parse_score(before + text) == STATED[text]
