"""What printable() lets through, and what it does not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.text import one_line, printable, visible, well_formed

any_text = st.text(st.characters(exclude_categories=[]) | st.sampled_from("\x1b\x9b\u202e\ud800\0"))


def is_harmless(character: str) -> bool:
    """Say whether no terminal acts on the character."""
    return character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")


@given(any_text)
def test_nothing_that_a_terminal_acts_upon_gets_through(text: str) -> None:
    assert all(is_harmless(character) for character in printable(text))


@given(any_text)
def test_no_bidi_control_and_no_invisible_tag_gets_through(text: str) -> None:
    shown = printable(text)
    assert not set(shown) & {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x2070))}
    assert not any(0xE0000 <= ord(character) <= 0xE0FFF for character in shown)


@given(any_text)
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(any_text)
def test_visible_text_is_harmless_and_stands_character_under_character(text: str) -> None:
    assert printable(visible(text)) == visible(text)
    assert len(visible(text)) == len(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_ordinary_text_keeps_its_visible_characters(text: str) -> None:
    assert (
        len(printable(text)) >= len(text) - sum(unicodedata.category(c) == "Cf" for c in text) - 9
    )


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b]0;title\x07b", "a␛]0;title␇b"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("windows\r\nline", "windows\nline"),
        ("bare\rreturn", "bare␍return"),
        ("\x9b31m", "\ufffd31m"),
        ("a\u202eb", "a\ufffdb"),
        ("zero\u200bwidth", "zerowidth"),
        ("lone \ud83d", "lone \ufffd"),
        ("\x7f", "␡"),
        ("naïve 日本 🎉", "naïve 日本 🎉"),
    ],
)
def test_control_characters_are_made_visible(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@given(any_text, st.integers(2, 80))
def test_one_line_is_one_line_and_short_enough(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line


def test_one_line_says_where_it_was_cut() -> None:
    assert one_line("a" * 500, 10) == "aaaaaaaaa…"


@given(any_text)
def test_well_formed_text_can_be_written_to_a_file(text: str) -> None:
    assert well_formed(text).encode() is not None


@given(st.text())
def test_text_that_is_well_formed_stays_as_it_is(text: str) -> None:
    assert well_formed(text) == text
