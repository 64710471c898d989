"""Which judges are the model itself, or of its family."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.measures.judge_agreement import kinship


@pytest.mark.parametrize(
    ("judge", "model", "expected"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct", "itself"),
        ("meta-llama/Llama-3.3-70B-Instruct", "llama3.2:3b", "family"),
        ("gpt-4o", "o3-mini", "family"),
        ("gpt-4o", "openai/gpt-oss-20b", "family"),
        ("Qwen/QwQ-32B", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "family"),
        ("codellama-13b", "llama-2-7b", "family"),
        ("gpt-4o", "claude-sonnet-4-5", None),
        ("gpt-4o", "meta-llama/Llama-3.1-8B", None),
        ("mistral-small", "google/gemma-3-4b", None),
        ("SmolLM2-1.7B", "smollm2", "family"),
        ("house-judge", "support-bot", None),
        ("", "", None),
    ],
)
def test_names_tell(judge: str, model: str, expected: str | None) -> None:
    assert kinship(judge, model) == expected


@given(st.text(), st.text())
def test_any_names_are_compared_either_way_round(one: str, other: str) -> None:
    assert kinship(one, other) == kinship(other, one)
    assert kinship(one, one) == ("itself" if one else None)
