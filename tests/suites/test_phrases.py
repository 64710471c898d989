"""Finding phrases in folded text, with their places in the original."""

from hypothesis import given
from hypothesis import strategies as st

from stack_tui.suites.grading.phrases import FoldedText
from stack_tui.text import fold_case

COMPOSING = st.one_of(
    st.sampled_from("aàe\u0301\u0300\u0327\u0315ßİIıſ가\u1100\u1161\u11a8\u0bc6\u0bbeǰΐﬁ"),
    st.characters(),
)


@given(st.text(COMPOSING))
def test_text_is_folded_piece_by_piece_as_it_is_as_a_whole(text: str) -> None:
    assert FoldedText(text).folded == fold_case(text)


@given(st.text(COMPOSING), st.text(COMPOSING, min_size=1, max_size=3))
def test_what_is_found_holds_the_phrase(text: str, phrase: str) -> None:
    for start, end in FoldedText(text).find(phrase, 100):
        assert fold_case(phrase) in fold_case(text[start:end])


def test_at_most_so_many_occurrences_are_given() -> None:
    assert list(FoldedText("aaaa").find("a", 2)) == [(0, 1), (1, 2)]
