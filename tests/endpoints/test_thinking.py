"""Thinking and output told apart in every form that models write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.endpoints.thinking import split_thinking
from tests.endpoints.answer_table import Row, rows

MARKS = st.sampled_from(
    ["<think>", "</think>", "[THINK]", "[/THINK]", "<|channel|>", "<|message|>", "<|end|>", "final"]
)


@pytest.mark.parametrize("row", rows("thinking"), ids=lambda row: row.codes[0])
def test_each_listed_form_is_split_as_the_docs_say(row: Row) -> None:
    found = split_thinking(row.codes[0])
    if row.taken_as == "truncated while thinking":
        assert found.output == ""
        assert found.reasoning.endswith("A")
        assert found.unfinished
    else:
        assert (found.output, found.unfinished) == (row.taken, False)
        assert "A" in found.reasoning or "A" not in row.codes[0]


@pytest.mark.parametrize(
    ("content", "reasoning", "output"),
    [
        ("4", "", "4"),
        ("<think>a</think>4", "a", "4"),
        ("\n<think>\na\n</think>\n\n4\n", "a", "4\n"),
        ("a</think>4", "a", "4"),
        ("", "", ""),
        ("<think></think>\n\n4", "", "4"),
        ("<Think>a</Think>4", "a", "4"),
        ("Sure.\n<think>a</think>4", "Sure.\na", "4"),
        ("Okay <think>\na\n</think> the answer", "Okay\na", "the answer"),
        ("<think>a <think> b</think>c</think>4", "a <think> b\nc", "4"),
        ("<|channel|>final<|message|>4", "", "4"),
        ("<|channel|>analysis<|message|>a<|end|>", "a", ""),
        ("Use `<think>` to think", "", "Use `<think>` to think"),
        ('It ends with "</think>" and', "", 'It ends with "</think>" and'),
        (
            "write <think>your reasoning</think> first",
            "",
            "write <think>your reasoning</think> first",
        ),
        ("B <reasoning>a</reasoning> C", "", "B <reasoning>a</reasoning> C"),
    ],
)
def test_a_text_is_split(content: str, reasoning: str, output: str) -> None:
    assert split_thinking(content) == (reasoning, output, False)


@given(st.text(alphabet=st.characters(exclude_characters="<[◁")))
def test_a_text_without_marks_is_all_output(content: str) -> None:
    assert split_thinking(content).output == content or content.lstrip().startswith("analysis")


@given(st.lists(st.text() | MARKS).map("".join))
def test_no_text_breaks_the_splitting_and_nothing_is_made_up(content: str) -> None:
    found = split_thinking(content)
    assert set(found.output) <= set(content)
    assert not (found.unfinished and found.output)
