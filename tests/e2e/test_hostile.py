import pytest

from stack_tui.text import printable, well_formed
from tests.e2e.hostile import ALL, HOSTILE, LONG_LINE, assert_harmless

# Markup harms only programs that read it; bell and carriage return are written by programs too.
NOT_ACTED_UPON = {"action markup", "link markup", "broken markup", "bell", "carriage return"}


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in NOT_ACTED_UPON])
def test_a_program_that_writes_hostile_text_as_it_is_is_found_out(name: str) -> None:
    with pytest.raises((AssertionError, UnicodeDecodeError)):
        assert_harmless(b"before " + HOSTILE[name].encode(errors="surrogatepass") + b" after")


@pytest.mark.parametrize(
    "text", [*HOSTILE.values(), ALL, LONG_LINE], ids=[*HOSTILE, "all", "long line"]
)
def test_printable_text_passes(text: str) -> None:
    assert_harmless(printable(well_formed(text)).encode())


def test_text_cut_off_within_a_character_passes() -> None:
    assert_harmless("done ✓".encode()[:-1])


def test_what_a_screen_writes_to_paint_itself_passes() -> None:
    assert_harmless(b"\x1b[?1049h\x1b[H\x1b[1;31mred\x1b[0m\x1b[2J\x1b]22;default\x07")
