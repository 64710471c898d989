"""Which documents ask about the same passage."""

from typing import Any

import pytest

from stack_tui.benchmarks.harness.shared_passage import passage_field, passage_id


def documents(field: str, *texts: Any) -> list[dict[str, Any]]:
    return [{field: text, "question": str(place)} for place, text in enumerate(texts)]


@pytest.mark.parametrize("field", ["passage", "article", "paragraph", "story", "context"])
def test_documents_with_the_same_passage_have_the_same_name(field: str) -> None:
    found = documents(field, "one", "one", "other")
    assert passage_field(found) == field
    first, second, third = (passage_id(each, field) for each in found)
    assert first == second != third


@pytest.mark.parametrize(
    "found",
    [
        documents("question_text", "one", "other"),
        documents("context", "Answer.", "Answer."),
        documents("context", ["one"], ["other"]),
        documents("context", "", "other"),
        documents("context", "alone"),
        [],
    ],
)
def test_other_texts_are_no_passages(found: list[dict[str, Any]]) -> None:
    assert passage_field(found) == ""
    assert all(passage_id(each, "") == "" for each in found)
