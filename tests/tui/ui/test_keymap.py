"""Keys of one's own: what is refused, and what the keys then do."""

import importlib
import re
from pathlib import Path
from pkgutil import walk_packages

import pytest
from click.testing import CliRunner
from textual.pilot import Pilot
from textual.screen import Screen

from stack_tui import tui
from stack_tui.cli.keys import keys_command
from stack_tui.config import decode
from stack_tui.config.decode import Config
from stack_tui.errors import StackError
from stack_tui.tui import bindings
from stack_tui.tui.app import StackApp
from stack_tui.tui.help import Help
from stack_tui.tui.ui import keymap
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.list_pane import Pane
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
    assert "Did you mean runs.stop?" in error.remedy


@pytest.mark.parametrize("key", ["ctrl+enter", "ctrl+i", "ctrl+shift+a", "shift+a", "é\x1b", ""])
def test_a_key_that_not_every_terminal_sends_is_refused(key: str) -> None:
    assert "not a key that every terminal sends" in refusal(f"zoom = {key!a}").what


def test_a_key_that_is_typed_is_refused_where_one_types() -> None:
    error = refusal('editor.save = "s"')
    assert error.where == "stack-tui.toml: keys.editor.save"
    assert "needed for typing" in error.what


def test_a_key_that_is_taken_at_the_same_place_is_refused() -> None:
    error = refusal('runs.stop = "z"')
    assert error.what == "z is already used there by zoom (Show this pane alone, or all four)"
    assert error.where == "stack-tui.toml: keys.runs.stop"


def test_a_key_that_the_lists_need_is_refused() -> None:
    assert "list.down" in refusal('runs.stop = "j"').what


def test_two_of_ones_own_on_one_key_are_refused() -> None:
    assert "already used there" in refusal('runs.stop = "x"\nruns.resume = "x"').what


def test_keys_may_change_places() -> None:
    swapped = 'runs.stop = "r"\nruns.resume = "s"'
    assert keymap.keymap(configured(swapped)) == {"runs.stop": "r", "runs.resume": "s"}


def test_one_key_may_do_different_things_at_different_places() -> None:
    both = 'runs.compare = "X"\ncases.add = "X"'
    assert keymap.keymap(configured(both)) == {"runs.compare": "X", "cases.add": "X"}


def test_every_key_of_the_screens_has_a_name_by_which_it_can_be_changed() -> None:
    nameless = [
        binding.action
        for chain in bindings.chains()
        for binding in chain
        if not binding.id and not binding.system and not binding.action.startswith(("app.", "scr"))
    ]
    assert set(nameless) <= {"quit"}  # ctrl+q, Textual's own


def test_no_two_things_share_a_key_where_one_stands() -> None:
    """Leaving a screen and opening a row may: the list has the first say."""
    shared = set()
    for chain in bindings.chains():
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


def test_every_widget_that_has_keys_takes_a_table_that_is_checked() -> None:
    """A screen or pane whose table stands at no place would have keys that nobody checks."""
    placed = {id(table) for place in bindings.PLACES for table in place}
    modules = walk_packages(tui.__path__, f"{tui.__name__}.")
    found = {
        value.__qualname__: value.__dict__["BINDINGS"]
        for module in modules
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, type) and issubclass(value, Screen | Pane)
        if value.__module__.startswith("stack_tui.") and "BINDINGS" in value.__dict__
    }
    assert len(found) > 20
    assert [name for name, table in found.items() if id(table) not in placed] == []


def test_every_key_is_printed_by_a_name_that_a_terminal_shows() -> None:
    """Escape is listed as "escape": its character would clear the line, or worse."""
    output = CliRunner().invoke(keys_command, []).output
    assert all(line.isprintable() for line in output.splitlines())
    columns = [re.split(r"  +", line.strip()) for line in output.splitlines()]
    assert ["back", "escape q enter ? v", "Back"] in columns
    assert all(len(row) == 3 and all(row) for row in columns)


def test_a_message_names_the_key_in_force() -> None:
    assert keymap.key_for("cases.undo", {}) == "u"
    assert keymap.key_for("back", {}) == "esc"
    assert keymap.key_for("cases.undo", {"cases.undo": "f4,question_mark"}) == "f4"
    assert keymap.key_for("cases.undo", {"cases.undo": "question_mark"}) == "?"


@pytest.mark.parametrize("name", ['""', '"a."', '" "', '"."', '"a"."" '])
def test_an_odd_name_is_refused_like_any_other(name: str) -> None:
    config = decode.decode(f'[keys]\n{name} = "x"\n', Path("c.toml"))
    with pytest.raises(StackError, match="unknown name"):
        keymap.keymap(config)
