"""Paragraphs made of text that is not trusted."""

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from stack_tui.text import printable
from stack_tui.tui.ui.blocks import Block, body, field, heading, line, meter


def lines(block: Block, room: int) -> list[str]:
    return [block.plain] if isinstance(block, Content) else [c.plain for c in block(room)]


@given(st.text())
def test_a_line_holds_its_parts_literally_and_printably(text: str) -> None:
    assert line(text, (text, "bad")).plain == printable(text) * 2


def test_markup_in_a_part_is_text() -> None:
    content = line("[@click=app.quit]x[/]", ("[/nope] [b", "dim"))
    assert content.plain == "[@click=app.quit]x[/][/nope] [b"
    assert [span.style for span in content.spans] == ["$muted"]


def test_a_field_wraps_within_its_own_column() -> None:
    shown = lines(field("label", "one two three four"), 24)
    assert [text.rstrip() for text in shown] == ["label       one two", "            three four"]


def test_a_heading_reaches_to_the_end_of_the_line_with_what_stands_there() -> None:
    assert lines(heading("Rules", ".50"), 20) == ["Rules ────────── .50"]


@given(st.floats(0, 1), st.integers(1, 200))
def test_a_meter_is_as_wide_as_asked_and_full_only_at_the_end(share: float, width: int) -> None:
    shown = meter(share, width).plain
    assert len(shown) == width
    assert ("─" not in shown) == (int(share * width + 1e-9) >= width)


def test_a_text_too_long_to_read_is_cut_and_says_so() -> None:
    shown = body("x" * 1_000_000).plain
    assert len(shown) < 21_000
    assert "980,000 more characters" in shown
