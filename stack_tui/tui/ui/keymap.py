"""The keys of one's own: which bindings there are, and whether what the configuration asks fits."""

from __future__ import annotations

import difflib
import importlib
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.keys import format_key, key_to_character
from textual.screen import ModalScreen, Screen

from stack_tui.errors import StackError
from stack_tui.paths import CONFIG_NAME
from stack_tui.text import one_line

if TYPE_CHECKING:
    from stack_tui.config.decode import Config

# What every terminal sends, and tmux lets through; ctrl with h, i, j or m is another key there.
_NAMED = (
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"),
    *("enter", "escape", "tab", "shift+tab", "backspace", "space"),
)
_USABLE = {
    *_NAMED,
    *(f"f{number}" for number in range(1, 13)),
    *(f"ctrl+{letter}" for letter in string.ascii_lowercase if letter not in "hijm"),
}
_REMEDY = (
    "A character, f1 to f12, ctrl+ and a letter other than h, i, j and m, or one of "
    f"{', '.join(_NAMED)}."
)


@dataclass(frozen=True, slots=True)
class Bound:
    """Something that keys do: the name by which the configuration knows it, and its keys."""

    id: str
    keys: tuple[str, ...]
    what: str
    typed_over: bool

    @property
    def shown(self) -> str:
        """The keys as the configuration takes them."""
        characters = (None if key == "space" else key_to_character(key) for key in self.keys)
        return " ".join(char or key for char, key in zip(characters, self.keys, strict=True))


def keymap(config: Config) -> dict[str, str]:
    """Return the configured keys as Textual takes them; raises StackError for one that is no good.

    Only where there are any are all screens read in, to know what they bind.
    """
    if not config.keys:
        return {}
    where = f"{config.path or CONFIG_NAME}: keys"
    known = bound()
    for name, keys in config.keys.items():
        _check_name(name, known, where)
        for key in keys:
            _check_key(key, known[name], f"{where}.{name}")
        if not keys:
            raise StackError("names no key", where=f"{where}.{name}", remedy=_REMEDY)
    wanted = {name: tuple(map(_named, keys)) for name, keys in config.keys.items()}
    for chain in chains():
        _check_conflicts(chain, wanted, where)
    return {name: ",".join(keys) for name, keys in wanted.items()}


def bound(config: Config | None = None) -> dict[str, Bound]:
    """Return everything that can be given other keys, by name, with the configuration's keys."""
    found: dict[str, Bound] = {}
    for binding in (each for chain in chains() for each in chain):
        if name := binding.id:
            known = found.get(name)
            keys = tuple(dict.fromkeys((*(known.keys if known else ()), binding.key)))
            what = known.what if known else binding.tooltip or binding.description
            typed = binding.priority or name.startswith(("form.", "editor."))
            found[name] = Bound(name, keys, what, typed or bool(known and known.typed_over))
    wanted = config.keys if config else {}
    for name, keys in wanted.items():
        if name in found:
            found[name] = Bound(name, tuple(map(_named, keys)), found[name].what, typed_over=False)
    return found


def _check_name(name: str, known: Mapping[str, Bound], where: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise StackError(
            f"nothing is called {one_line(name)!r}",
            where=where,
            remedy=f"Is {near[0]} meant? " * bool(near) + "`stack-tui keys` lists all names.",
        )


def _check_key(key: str, of: Bound, where: str) -> None:
    character = len(key) == 1 and key.isprintable()
    if not character and key not in _USABLE:
        told = f"{one_line(key)!r} is no key that every terminal sends"
        raise StackError(told, where=where, remedy=_REMEDY)
    if of.typed_over and (character or key in ("space", "backspace", "delete")):
        told = f"{one_line(key)!r} is needed for typing where this key is pressed"
        raise StackError(told, where=where, remedy="f1 to f12, or ctrl+ and a letter.")


def _check_conflicts(
    chain: Sequence[Binding], wanted: Mapping[str, tuple[str, ...]], where: str
) -> None:
    """Refuse a key that would do two things at one place, one of them because it was asked for."""
    by_default = {(each.key, each.action) for each in chain}
    taken: dict[str, Binding] = {}
    for binding in chain:
        asked = wanted.get(binding.id or "")
        for key in asked or (binding.key,):
            other = taken.setdefault(key, binding)
            same = other.action == binding.action or (other.id and other.id == binding.id)
            same = same or by_default.issuperset({(key, binding.action), (key, other.action)})
            if not same and (asked or (other.id or "") in wanted):
                mine, theirs = (binding, other) if asked else (other, binding)
                raise StackError(
                    f"{format_key(key)} is taken there by {_called(theirs)}",
                    where=f"{where}.{mine.id}",
                    remedy="Choose another key, or give that one another key too."
                    if theirs.id
                    else "Choose another key.",
                )


def _called(binding: Binding) -> str:
    what = binding.tooltip or binding.description or binding.action
    return f"{binding.id} ({what})" if binding.id else what


def _named(key: str) -> str:
    """Return the key by Textual's name for it: question_mark for ?."""
    return next(iter(Binding.make_bindings([Binding(key, "")]))).key if len(key) == 1 else key


def chains() -> Iterator[list[Binding]]:
    """Yield what is bound at each place: in a list or a text, on its screen, and everywhere."""
    from stack_tui.tui.app import StackApp
    from stack_tui.tui.dashboard import PANES, Dashboard
    from stack_tui.tui.ui.block_view import BlockView
    from stack_tui.tui.ui.check_list import CheckList
    from stack_tui.tui.ui.table import Table

    for pane in PANES:
        yield _bindings_of(Table, BlockView, pane, Dashboard, StackApp)
    for screen in _screens():
        over = () if issubclass(screen, ModalScreen) else (StackApp,)
        yield _bindings_of(Table, BlockView, CheckList, screen, *over)


def _screens() -> list[type[DOMNode]]:
    """Return the screens that stand over the dashboard."""
    from stack_tui.tui import cases, endpoints, help, results, runs, ui
    from stack_tui.tui.dashboard import Dashboard

    rooms = (endpoints, runs, cases, results, ui)
    names = (f"{room.__name__}.{it.name}" for room in rooms for it in iter_modules(room.__path__))
    modules: list[ModuleType] = [help, *map(importlib.import_module, names)]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Screen) and value is not Dashboard
        if value.__module__ == module.__name__
    ]


def _bindings_of(*classes: type[DOMNode]) -> list[Binding]:
    maps = (each._merged_bindings or BindingsMap() for each in classes)
    return [binding for bindings in maps for _, binding in bindings]
