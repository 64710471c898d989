"""Keys of one's own: what is refused, and what the keys then do."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from stack_tui.config import decode
from stack_tui.config.decode import Config
from stack_tui.errors import StackError
from stack_tui.tui.app import StackApp
from stack_tui.tui.help import Help
from stack_tui.tui.ui import keymap
from stack_tui.tui.ui.key_line import KeyLine
from tests.tui.data import drive, screen_text


def configured(keys: str) -> Config:
    """Return the configuration whose [keys] says that."""
    return decode.decode(f"[keys]\n{keys}\n", Path("stack-tui.toml"))


def refusal(keys: str) -> StackError:
    """Return the error about those keys."""
    with pytest.raises(StackError) as caught:
        keymap.keymap(configured(keys))
    return caught.value


def test_without_keys_of_ones_own_there_is_no_keymap() -> None:
    assert keymap.keymap(Config()) == {}


def test_a_name_may_be_quoted_or_stand_in_its_own_table() -> None:
    wanted = {"runs.stop": "S,f2", "quit": "question_mark", "help": "f1"}
    quoted = '"runs.stop" = ["S", "f2"]\nquit = "?"\nhelp = "f1"'
    assert keymap.keymap(configured(quoted)) == wanted
    assert keymap.keymap(configured(quoted.replace('"runs.stop"', "runs.stop"))) == wanted


def test_an_unknown_name_is_refused_with_the_nearest_known() -> None:
    error = refusal('runs.stopp = "x"')
    assert error.where == "stack-tui.toml: keys"
    assert "runs.stopp" in error.what
    assert "runs.stop meant" in error.remedy


@pytest.mark.parametrize("key", ["ctrl+enter", "ctrl+i", "ctrl+shift+a", "shift+a", "é\x1b", ""])
def test_a_key_that_not_every_terminal_sends_is_refused(key: str) -> None:
    assert "no key that every terminal sends" in refusal(f"zoom = {key!a}").what


def test_a_key_that_is_typed_is_refused_where_one_types() -> None:
    error = refusal('editor.save = "s"')
    assert error.where == "stack-tui.toml: keys.editor.save"
    assert "needed for typing" in error.what


def test_a_key_that_is_taken_at_the_same_place_is_refused() -> None:
    error = refusal('runs.stop = "z"')
    assert error.what == "z is taken there by zoom (The pane alone, or all four again)"
    assert error.where == "stack-tui.toml: keys.runs.stop"


def test_a_key_that_the_lists_need_is_refused() -> None:
    assert "list.down" in refusal('runs.stop = "j"').what


def test_two_of_ones_own_on_one_key_are_refused() -> None:
    assert "taken there" in refusal('runs.stop = "x"\nruns.resume = "x"').what


def test_keys_may_change_places() -> None:
    swapped = 'runs.stop = "r"\nruns.resume = "s"'
    assert keymap.keymap(configured(swapped)) == {"runs.stop": "r", "runs.resume": "s"}


def test_one_key_may_do_different_things_at_different_places() -> None:
    both = 'runs.compare = "X"\ncases.add = "X"'
    assert keymap.keymap(configured(both)) == {"runs.compare": "X", "cases.add": "X"}


def test_every_key_of_the_screens_has_a_name_by_which_it_can_be_changed() -> None:
    nameless = [
        binding.action
        for chain in keymap.chains()
        for binding in chain
        if not binding.id and not binding.system and not binding.action.startswith(("app.", "scr"))
    ]
    assert set(nameless) <= {"quit"}  # ctrl+q, Textual's own


def test_no_two_things_share_a_key_where_one_stands() -> None:
    """Leaving a screen and opening a row may: the list has the first say."""
    shared = set()
    for chain in keymap.chains():
        first: dict[str, str] = {}
        for binding in chain:
            other = first.setdefault(binding.key, binding.id or binding.action)
            if other != (binding.id or binding.action) and not binding.system:
                shared.add((other, binding.id))
    allowed = {("list.open", "back"), ("back", "quit"), ("back", "help")}
    assert shared <= allowed


def test_a_key_of_ones_own_works_and_is_shown() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        assert "f1 help" in app.query_one(KeyLine).text
        await pilot.press("question_mark")
        assert not isinstance(app.screen, Help)
        await pilot.press("f1")
        assert isinstance(app.screen, Help)
        await pilot.pause()
        assert "f1" in screen_text(app)

    drive(body, config=configured('help = "f1"'))
