"""Configured keys: check the configuration against the bindings, and name the keys in force."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.keys import format_key, key_to_character

from stack_tui.errors import StackError
from stack_tui.names import did_you_mean
from stack_tui.paths import CONFIG_NAME
from stack_tui.text import one_line
from stack_tui.tui.bindings import chains

if TYPE_CHECKING:
    from stack_tui.config.decode import Config

# Keys that every terminal sends and tmux passes on; ctrl+h, i, j and m arrive as other keys.
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
    """An action with keys: its name in the configuration, its keys, and what it does."""

    id: str
    keys: tuple[str, ...]
    what: str
    typed_over: bool

    @property
    def printed(self) -> str:
        """The keys as the configuration takes them."""
        return " ".join(map(print_key, self.keys))


def keymap(config: Config) -> dict[str, str]:
    """Return the configured keys as Textual takes them; raises StackError for an unusable one."""
    if not config.keys:
        return {}
    where = f"{config.path or CONFIG_NAME}: keys"
    known = bound()
    for name, keys in config.keys.items():
        _check_name(name, known, where)
        for key in keys:
            _check_key(key, known[name], f"{where}.{name}")
        if not keys:
            raise StackError("has no key", where=f"{where}.{name}", remedy=_REMEDY)
    wanted = {name: tuple(map(_named, keys)) for name, keys in config.keys.items()}
    for chain in chains():
        _check_conflicts(chain, wanted, where)
    return {name: ",".join(keys) for name, keys in wanted.items()}


def bound(config: Config | None = None) -> dict[str, Bound]:
    """Return all actions with configurable keys by name, with the keys in force."""
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


def key_for(name: str, keymap: Mapping[str, str]) -> str:
    """Return the key to name in a message for what the configuration knows as `name`.

    `keymap` holds the keys in force, as `keymap()` returns them.
    """
    keys = keymap.get(name) or _default_keys()[name]
    key = print_key(keys.partition(",")[0])
    return "esc" if key == "escape" else key


def print_key(key: str) -> str:
    """Return the character that the key types, or its name if that is not printable."""
    character = None if key == "space" else key_to_character(key)
    return character if character and character.isprintable() else key


@cache
def _default_keys() -> dict[str, str]:
    return {name: known.keys[0] for name, known in bound().items()}


def _check_name(name: str, known: Mapping[str, Bound], where: str) -> None:
    if name not in known:
        meant = did_you_mean(name, known)
        raise StackError(
            f"unknown name {one_line(name)!r}",
            where=where,
            remedy=f"{meant} `stack-tui keys` lists all names.".lstrip(),
        )


def _check_key(key: str, of: Bound, where: str) -> None:
    character = len(key) == 1 and key.isprintable()
    if not character and key not in _USABLE:
        problem = f"{one_line(key)!r} is not a key that every terminal sends"
        raise StackError(problem, where=where, remedy=_REMEDY)
    if of.typed_over and (character or key in ("space", "backspace", "delete")):
        problem = f"{one_line(key)!r} is needed for typing there"
        raise StackError(problem, where=where, remedy="f1 to f12, or ctrl+ and a letter.")


def _check_conflicts(
    chain: Sequence[Binding], wanted: Mapping[str, tuple[str, ...]], where: str
) -> None:
    """Refuse a configured key that would do two things at one place."""
    by_default = {(each.key, each.action) for each in chain}
    taken: dict[str, Binding] = {}
    for binding in chain:
        configured = wanted.get(binding.id or "")
        for key in configured or (binding.key,):
            other = taken.setdefault(key, binding)
            same = other.action == binding.action or (other.id and other.id == binding.id)
            same = same or by_default.issuperset({(key, binding.action), (key, other.action)})
            if not same and (configured or (other.id or "") in wanted):
                mine, theirs = (binding, other) if configured else (other, binding)
                raise StackError(
                    f"{format_key(key)} is already used there by {_called(theirs)}",
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
