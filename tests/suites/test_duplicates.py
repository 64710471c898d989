"""Cases that say the same as an earlier one."""

from hypothesis import given
from hypothesis import strategies as st

from stack_tui.suites.diagnostics.duplicates import NEAR, SHINGLE, duplicates, shingles, words
from stack_tui.suites.model.case import Case

PASSAGE = (
    "Honey keeps for years in a closed jar. It is acid and holds little water, so that hardly any "
    "microbe can grow in it. Opened and left in damp air it draws water and may begin to ferment."
)
LETTERS = st.lists(st.sampled_from("abc"), min_size=1, max_size=12).map(" ".join)


def test_letter_case_punctuation_and_spaces_make_no_other_words() -> None:
    assert words("The  cat's\n“Hat”!") == words("the CAT s hat") == [b"the", b"cat", b"s", b"hat"]
    assert words("Straße – Café") == words("STRASSE cafe\u0301")


def test_text_without_spaces_counts_by_the_character() -> None:
    assert len(words("蜂蜜不会变质。")) == 6


def test_a_case_with_the_same_words_is_a_duplicate() -> None:
    cases = [Case(id="a", input=PASSAGE), Case(id="b", input=PASSAGE.upper() + "\n")]
    found = duplicates(cases)
    assert [(one.case, one.earlier, one.share) for one in found] == [("b", "a", 1.0)]


def test_a_case_with_a_few_words_changed_is_a_near_duplicate() -> None:
    changed = PASSAGE.replace("years", "decades").replace("ferment", "foam")
    found = duplicates([Case(id="a", input=PASSAGE), Case(id="b", input=changed)])
    assert [one.earlier for one in found] == ["a"]
    assert NEAR <= found[0].share < 1


def test_short_questions_on_other_numbers_are_no_duplicates() -> None:
    assert not duplicates([Case(id="a", input="12 + 30 = ?"), Case(id="b", input="12 + 31 = ?")])


@given(st.lists(LETTERS, min_size=2, max_size=8))
def test_exactly_what_is_similar_enough_to_a_kept_case_is_found(texts: list[str]) -> None:
    cases = [Case(id=str(number), input=text) for number, text in enumerate(texts)]
    found = {one.case: one.share for one in duplicates(cases)}
    kept: list[Case] = []
    for case in cases:
        mine = shingles(words(case.input), SHINGLE)
        others = [shingles(words(other.input), SHINGLE) for other in kept]
        best = max((len(mine & other) / len(mine | other) for other in others), default=0.0)
        assert found.get(case.id, 0.0) == (best if best >= NEAR else 0.0)
        if best < NEAR:
            kept.append(case)
