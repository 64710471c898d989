"""A case as the fields of a form, and back."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.suites.model.case import Case, Criterion, Number
from stack_tui.tui.cases.case_fields import FIELDS, from_texts
from stack_tui.tui.ui.form_field import to_texts
from tests.tui.data import KV_CACHE

words = st.text("abcdefgh XYZ.,", min_size=1).map(str.strip).filter(bool)
phrases = st.lists(words | st.lists(words, min_size=2, max_size=3).map(tuple)).map(tuple)
criteria = st.lists(
    st.builds(Criterion, name=words, ask=words, weight=st.sampled_from([1.0, 0.5, 2.0])),
    unique_by=lambda each: each.name,
).map(tuple)
cases = st.builds(
    Case,
    id=words,
    input=words,
    must_mention=phrases,
    must_not_mention=st.lists(words).map(tuple),
    rubric=st.text("ab \n"),
    max_words=st.none() | st.integers(1, 500),
    criteria=criteria,
    reference=words,
    starts_with=st.none() | words,
    number=st.none() | st.builds(Number, value=st.integers(-9, 9).map(float)),
)


@given(cases)
def test_a_form_that_is_not_touched_gives_the_case_back(case: Case) -> None:
    assert from_texts(to_texts(FIELDS, case), case) == (case, {})


@given(cases)
def test_what_the_fields_hold_states_the_case(case: Case) -> None:
    read, problems = from_texts(to_texts(FIELDS, case), Case(id="other", input="other"))
    assert problems == {}
    assert read is not None
    for field in ("id", "must_mention", "must_not_mention", "criteria", "number"):
        assert getattr(read, field) == getattr(case, field)


def test_a_line_is_an_item_and_a_bar_parts_alternatives() -> None:
    texts = to_texts(FIELDS, KV_CACHE) | {"must_mention": "KV\n cache | caching \n\n"}
    case, _ = from_texts(texts, KV_CACHE)
    assert case is not None
    assert case.must_mention == ("KV", ("cache", "caching"))


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("max_words", "many", "must be a whole number or empty"),
        ("max_words", "0", "must be 1 or more"),
        ("number", "about 4", "must be a number, or a number ± a tolerance"),
        ("json_schema", "{", "is not valid JSON"),
        ("json_schema", "[]", "must be a JSON object"),
        ("criteria", "accuracy", "each line must be a name, a colon and what to judge"),
        ("criteria", "accuracy × 0: Is it?", "must be above 0"),
        ("criteria", "accuracy:", "is empty"),
        ("criteria", "a: Is it?\na: Is it so?", "is used twice"),
        ("id", " ", "is empty"),
        ("input", "", "is empty"),
        ("regex", "(", ""),
    ],
)
def test_what_is_wrong_is_told_of_its_field(field: str, text: str, problem: str) -> None:
    case, problems = from_texts(to_texts(FIELDS, KV_CACHE) | {field: text}, KV_CACHE)
    assert case is None
    assert list(problems) == [field]
    assert problem in problems[field]


def test_a_phrase_that_the_form_cannot_state_stays_as_it_is_until_it_is_touched() -> None:
    odd = msgspec.structs.replace(KV_CACHE, must_mention=("two\nlines", "a | bar"))
    case, _ = from_texts(to_texts(FIELDS, odd) | {"rubric": "another"}, odd)
    assert case is not None
    assert case.must_mention == odd.must_mention
    assert case.rubric == "another"
