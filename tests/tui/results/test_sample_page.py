"""The page of a sample."""

from functools import partial

import msgspec
import pytest

from stack_tui.runs.events import ChoiceLogprob, CriterionScore, JudgeScore, Sample
from stack_tui.tui.results import sample_page
from stack_tui.tui.ui.keymap import key_for
from tests.tui.data import (
    chosen_answer,
    erring,
    failing,
    passing,
    text_of,
)

sample_blocks = partial(sample_page.sample_blocks, key_for=partial(key_for, keymap={}))


def test_a_failing_sample_tells_its_rule_issues_and_every_judges_answer() -> None:
    shown = text_of(sample_blocks(failing()))
    assert "✗ fail" in shown
    assert "contains forbidden: ['GPU memory']" in shown
    assert "“Score: 2/5”" in shown
    assert "“It is about”" in shown
    assert "2 tries" in shown


def test_reasoning_and_prompt_are_folded_until_asked_for() -> None:
    sample = failing()
    assert sample.reasoning not in text_of(sample_blocks(sample))
    assert sample.prompt not in text_of(sample_blocks(sample))
    shown = text_of(sample_blocks(sample, prefix="Few shots. ", unfolded={"reasoning", "prompt"}))
    assert sample.reasoning in shown
    assert sample.prompt in shown
    assert "Few shots." not in shown
    assert "Few shots." in text_of(
        sample_blocks(sample, prefix="Few shots.", unfolded={"examples"})
    )


def test_an_error_tells_what_happened_and_the_remedy() -> None:
    shown = text_of(sample_blocks(erring()))
    assert "timeout: no answer in 300 s" in shown
    assert "→ Ask for less at once." in shown


def test_a_sample_cut_off_while_thinking_says_so() -> None:
    sample = Sample(at=0, task="t", id="x", status="truncated", truncated_while_thinking=True)
    assert "cut off at its token limit while still thinking" in text_of(sample_blocks(sample))


def test_choices_are_told_with_what_was_taken_and_what_is_right() -> None:
    shown = text_of(sample_blocks(chosen_answer()))
    assert "  ✓ " in shown
    assert "→ ✗ " in shown
    assert "-1.20" in shown


def test_a_sample_says_at_which_of_several_temperatures() -> None:
    sample = msgspec.structs.replace(passing(), temperature=0.7, repeat=1)
    assert "solar-system t=0.7 #2" in text_of(sample_blocks(sample))


def test_each_criterion_of_a_judge_is_told_with_its_weight_and_what_could_not_be_read() -> None:
    criteria = (
        CriterionScore(name="facts", weight=3.0, score=4.0, answer="4"),
        CriterionScore(name="style", answer="It is nice", attempts=2),
    )
    verdict = JudgeScore(judge="judge", model="gpt-mini", attempts=3, criteria=criteria)
    text = text_of(
        sample_blocks(msgspec.structs.replace(failing(), verdicts=(verdict,), judge_score=None))
    )
    assert "4    facts × 3" in text
    assert "?    style × 1  “It is nice”" in text
    assert "3 tries" in text


def test_choices_shares_are_among_the_choices() -> None:
    given = (
        ChoiceLogprob(text="a", logprob=-1.0),
        ChoiceLogprob(text="b", logprob=-1.0),
        ChoiceLogprob(text="c"),
    )
    assert sample_page.probabilities(given) == [pytest.approx(0.5), pytest.approx(0.5), None]
