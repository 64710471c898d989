"""Finding phrases in folded text, with their places in the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.suites.grading.phrases import FoldedText, contains, fold_phrase

COMPOSING = st.one_of(
    st.sampled_from("a -\n'\u00a0\u2011\u2019\u200b\u00ad\u2028e"),
    st.sampled_from("à\u0301\u0300\u0327\u0315ßİIıſ가\u1100\u1161\u11a8\u0bc6\u0bbeǰΐﬁ"),
    st.characters(),
)


@given(st.text(COMPOSING), st.text(COMPOSING, min_size=1, max_size=3))
def test_what_is_found_holds_the_phrase(text: str, phrase: str) -> None:
    for start, end in FoldedText(text).find(phrase, 100):
        assert contains(fold_phrase(text[start:end]), phrase)


def test_at_most_so_many_occurrences_are_given() -> None:
    assert list(FoldedText("aaaa").find("a", 2)) == [(0, 1), (1, 2)]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("within 30\u00a0days", "30 days"),
        ("within 30\u202fdays", "30 days"),
        ("within 30\n  days", "30 days"),
        ("a KV\u2011cache", "KV-cache"),
        ("pages 30\u201340", "30-40"),
        ("I can\u2019t", "can't"),
        ("I can't", "can\u2019t"),
        ("the \u201cKV cache\u201d", '"kv cache"'),
        ("pass\u200bword", "password"),
        ("pass\u00adword", "password"),
    ],
)
def test_typography_does_not_hide_a_phrase(text: str, phrase: str) -> None:
    assert contains(fold_phrase(text), phrase)


def test_a_phrase_is_marked_where_it_stands_in_the_original() -> None:
    text = "\u200bIn  30\u00a0\n days\u200b."
    ((start, end),) = FoldedText(text).find("30 days", 9)
    assert text[start:end] == "30\u00a0\n days"


def test_letters_that_fold_to_two_do_not_move_later_marks() -> None:
    text = "ß\u200bx"
    assert list(FoldedText(text).find("x", 9)) == [(2, 3)]
