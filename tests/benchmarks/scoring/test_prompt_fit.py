"""Prompts are cut only where lm-eval cuts them, and refused with their numbers elsewhere."""

import pytest

from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.benchmarks.scoring.prompt_fit import (
    PromptChange,
    UnfitDocument,
    fit_pair,
    fit_text,
    fit_tokens,
    output_limit,
)
from stack_tui.benchmarks.scoring.prompt_usage import unread_text, unread_tokens


def test_a_pair_that_fits_is_left_as_it_is() -> None:
    pair = EncodedPair([1], [2, 3], [4])
    assert fit_pair(pair, 5) == (pair, None)
    assert fit_pair(pair, None) == (pair, None)


def test_a_pairs_context_is_cut_from_the_left_to_one_less_than_the_models_context() -> None:
    kept, change = fit_pair(EncodedPair([1, 2], [3, 4], [5, 6]), 6)
    assert (kept.given, kept.continuation) == ([2, 3, 4], [5, 6])
    assert change == PromptChange("cut", 6, 5)
    assert change is not None
    assert change.flag == "prompt cut to fit the context: 5 of 6 tokens"


def test_a_continuation_that_leaves_no_context_is_refused() -> None:
    with pytest.raises(UnfitDocument, match="9 tokens to score and 1 before them > 9"):
        fit_pair(EncodedPair([], [1, 2], [3] * 9), 10)


def test_a_prompt_of_tokens_leaves_room_for_its_output() -> None:
    prompt = list(range(330))
    assert fit_tokens(prompt, 256, 4096) == (prompt, 256, None)
    kept, limit, change = fit_tokens(prompt, 4000, 4096)
    assert (kept, limit) == (prompt[-95:], 4000)
    assert change == PromptChange("cut", 330, 95)


@pytest.mark.parametrize("limit", [32768, 4095, None])
def test_a_limit_over_the_context_becomes_what_the_prompt_leaves(limit: int | None) -> None:
    prompt = list(range(12))
    assert fit_tokens(prompt, limit, 4096) == (prompt, 4084, PromptChange("room", limit, 4084))
    assert fit_text(12, limit if limit != 4095 else 4096, 4096)[0] == 4084


def test_a_limit_that_is_not_set_is_left_to_a_server_of_unknown_context() -> None:
    assert fit_tokens([1], None, None) == ([1], None, PromptChange("room", None, None))
    assert fit_text(None, None, 4096) == (None, PromptChange("room", None, None))


def test_an_empty_prompt_of_tokens_is_refused() -> None:
    with pytest.raises(UnfitDocument, match="empty"):
        fit_tokens([], 16, 4096)


def test_a_text_that_does_not_fit_is_refused_with_its_numbers() -> None:
    with pytest.raises(UnfitDocument, match=r"1,210 prompt tokens \+ 256 to generate > 1,024"):
        fit_text(1210, 256, 1024)


def test_the_limit_of_a_task_is_256_unless_it_says_otherwise() -> None:
    assert output_limit({}) == 256
    assert output_limit({"max_gen_toks": 16.0}) == 16
    assert output_limit({"max_gen_toks": None}) is None


def test_a_server_that_counts_fewer_tokens_than_were_sent_has_not_read_them() -> None:
    assert unread_tokens({"usage": {"prompt_tokens": 64}}, [216]) == 152
    assert unread_tokens({"usage": {"prompt_tokens": 217}}, [216]) == 0
    assert unread_tokens({"usage": {"prompt_tokens": 216}}, [216, 216]) == 0


@pytest.mark.parametrize("usage", [None, "x", {}, {"prompt_tokens": True}, {"prompt_tokens": 0}])
def test_a_server_that_counts_nothing_is_not_suspected(usage: object) -> None:
    assert unread_tokens({"usage": usage}, [216]) == 0
    assert unread_tokens(usage, [216]) == 0


def test_a_template_that_trims_a_text_is_not_suspected() -> None:
    assert unread_text(95, 100) == 0
    assert unread_text(64, 1008) == 944
    assert unread_text(None, 100) == 0
    assert unread_text(50, None) == 0
