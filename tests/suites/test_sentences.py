"""Counting sentences as a reader would."""

import pytest

from stack_tui.suites.grading.sentences import count_sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("...", 0),
        ("No full stop", 1),
        ("One. Two.", 2),
        ("It is 4.6 billion years old! Is it?", 2),
        ("Use e.g. Python, i.e. this one.", 1),
        ("Two spaces after e.g.  lower case.", 1),
        ("Dr. Smith met J. R. Tolkien of the U.S. Army.", 1),
        ("Wait... what?", 1),
        ('He said "Stop." Then he left.', 2),
        ("**Bold.** Next.", 2),
        ("- one thing\n- another", 2),
        ("1. First\n2. Second", 2),
        ("A title\n\nAnd a sentence.", 2),
        ("Wrapped\nonto two lines.", 1),
        ("これは文です。もう一つ。", 2),
    ],
)
def test_sentences_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert count_sentences(text) == count
