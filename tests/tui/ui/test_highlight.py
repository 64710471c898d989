"""Phrases highlighted in an output."""

from stack_tui.suites.grading.rules import marks
from stack_tui.tui.ui.highlight import marked
from tests.tui.data import (
    KV_CACHE,
    failing,
)


def test_an_output_is_marked_where_phrases_matched() -> None:
    output = failing().output
    content = marked(output, marks(KV_CACHE, output))
    found = {content.plain[span.start : span.end]: span.style for span in content.spans}
    assert content.plain == output
    assert "underline" in str(found["KV"])
    assert "on $error" in str(found["GPU memory"])


def test_marks_stand_right_beside_characters_that_are_not_shown() -> None:
    output = "a\u200bb\r\nKV\x1b[31m cache"
    content = marked(output, marks(KV_CACHE, output))
    assert {content.plain[span.start : span.end] for span in content.spans} == {"KV", "cache"}
