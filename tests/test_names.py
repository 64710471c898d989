"""Slugs, free names and counted nouns."""

import re

import pytest

from stack_tui.names import file_name, first_free, joined_name, ordinal, plural, slug


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


@pytest.mark.parametrize(
    "name",
    ["mmlu", "mmlu+gsm8k", "kv-cache_2.1", "grp_nest::inner two", "größe", "duel-short", "a" * 100],
)
def test_a_plain_name_is_its_files_name(name: str) -> None:
    assert file_name(name, ".json") == f"{name}.json"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../pwned", "pwned-"),
        ("/home/me/tasks/t.yaml", "t.yaml-"),
        ("C:\\tasks\\t", "t-"),
        ("..", "name-"),
        ("", "name-"),
        (".hidden", "hidden-"),
        ("-rf", "rf-"),
        ("a\nb\x1b[31m\u202e", "a_b_[31m_-"),
        ("\ud800", "name-"),
        ("nul\0byte", "nul_byte-"),
        ("trailing ", "trailing_-"),
        ("a" * 5000, "a" * 90),
        ("é" * 5000, "é" * 46),
    ],
)
def test_any_other_name_gives_one_short_visible_part_of_a_path(name: str, kept: str) -> None:
    made = file_name(name, ".json")
    assert made.startswith(kept)
    assert "/" not in made
    assert "\\" not in made
    assert made.isprintable()
    assert made[0] not in ".-"
    assert len(made.encode()) <= 105


def test_different_names_give_different_files() -> None:
    names = ["a/t", "b/t", "t", "a" * 300, "a" * 301, "../t", "..//t"]
    assert len({file_name(name) for name in names}) == len(names)


def test_a_few_names_are_joined_and_many_are_counted() -> None:
    assert joined_name(["mmlu"]) == "mmlu"
    assert joined_name(["mmlu", "gsm8k"]) == "mmlu+gsm8k"
    many = [f"mmlu_subject_number_{n}" for n in range(60)]
    assert re.fullmatch(r"mmlu_subject_number_0\+59_more-[0-9a-f]{6}", joined_name(many))
    assert joined_name(many) != joined_name([*many[:-1], "other"])
    assert joined_name(many) == file_name(joined_name(many))
    assert len(joined_name(["x" * 300, "y"])) == 100


@pytest.mark.parametrize(
    ("number", "name"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (22, "22nd")],
)
def test_ordinals_are_spelt_as_they_are_said(number: int, name: str) -> None:
    assert ordinal(number) == name
