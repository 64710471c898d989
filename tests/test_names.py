"""Slugs, free names and counted nouns."""

import pytest

from stack_tui.names import first_free, plural, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KV cache", "kv-cache"),
        ("  mmlu/astronomy #37 ", "mmlu-astronomy-37"),
        ("déjà vu", "d-j-vu"),
        ("***", ""),
        ("", ""),
    ],
)
def test_a_slug_holds_lower_case_letters_digits_and_hyphens(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_slug_is_cut_to_its_limit_and_does_not_end_in_a_hyphen() -> None:
    assert slug("a" * 70) == "a" * 60
    assert slug("one two three", 8) == "one-two"


def test_a_free_name_gets_no_number_and_a_taken_one_gets_the_first_that_is_free() -> None:
    assert first_free("local", {"other"}) == "local"
    assert first_free("local", {"local"}) == "local-2"
    assert first_free("local", {"local", "local-2", "local-4"}) == "local-3"


@pytest.mark.parametrize(
    ("number", "noun", "expected"),
    [
        (1, "case", "1 case"),
        (0, "case", "0 cases"),
        (14_042, "case", "14,042 cases"),
        (2, "process", "2 processes"),
        (2, "box", "2 boxes"),
        (3, "query", "3 queries"),
        (3, "key", "3 keys"),
    ],
)
def test_a_counted_noun_has_the_number_it_needs(number: int, noun: str, expected: str) -> None:
    assert plural(number, noun) == expected
