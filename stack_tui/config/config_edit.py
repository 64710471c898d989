"""Changes to stack-tui.toml that keep its comments, its order and its other tables."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.config import decode
from stack_tui.config.decode import NOT_IN_FILES, Endpoint
from stack_tui.config.foreign_keys import acting_parts
from stack_tui.config.permissions import ActingPart, allow
from stack_tui.config.resolve import SELF
from stack_tui.errors import StackError
from stack_tui.toml_edit import edit, held_file, source
from stack_tui.toml_edit.held_file import FileChanged, HeldFile

_HEAD = "# The endpoints that stack-tui knows by name.\n"
# Each try fails only if another change was made: somebody has succeeded every time.
_TRIES = 100
_MOST_CHARACTERS = 2**20
_REMEDY = "Read it again and repeat the change."


def read(path: Path) -> HeldFile:
    """Return the configuration's file, with an empty text if there is none yet."""
    if not path.exists() or (path.is_file() and not path.read_bytes().strip()):
        return HeldFile.of(path, "")
    text = source.read_text(path)
    if len(text) > _MOST_CHARACTERS:
        raise StackError("is too large to be edited here", where=str(path), remedy="Shorten it.")
    return HeldFile.of(path, text)


def save(held: HeldFile, text: str) -> HeldFile:
    """Write the new text; raises TomlError if it is not valid, FileChanged if the file changed."""
    text = text if text.strip() else _HEAD
    new = acting_parts(decode.decode(text, held.path).endpoints.values())
    if held.path.exists() or held.text:
        saved = held.replaced(text, _REMEDY)
    else:
        saved = held_file.create(held.path, text, _REMEDY)
    # What the user has entered here needs no other permission, unlike what stood there before.
    before = _acting_parts_of(held)
    allow(part for part in new if part not in before)
    return saved


def _acting_parts_of(held: HeldFile) -> tuple[ActingPart, ...]:
    try:
        return acting_parts(decode.decode(held.text, held.path).endpoints.values())
    except StackError:
        return ()


def change(path: Path, edited: Callable[[str], str]) -> tuple[HeldFile, HeldFile]:
    """Change the file, which is created if it is missing; return it as it was and as it is now.

    If somebody else changes it meanwhile, the change is made to the new text.
    """
    for _ in range(_TRIES):
        try:
            return _changed_once(path, edited)
        except FileChanged:
            continue
    return _changed_once(path, edited)


def _changed_once(path: Path, edited: Callable[[str], str]) -> tuple[HeldFile, HeldFile]:
    held = read(path)
    try:
        text = edited(held.text)
    except StackError as error:
        error.where = error.where or str(path)
        raise
    return held, save(held, text)


def name_problem(name: str) -> str:
    """Return why an endpoint cannot have this name, "" if it can."""
    if not name.strip() or name != name.strip() or not name.isprintable():
        return "must be a few words on one line"
    return "self stands for the model that is evaluated" if name == SELF else ""


def put_endpoint(text: str, endpoint: Endpoint, before: str | None = None) -> str:
    """Return `text` with the endpoint added, or in the place of the one called `before`.

    If it is renamed, the defaults name it so too. Raises StackError if the name is taken or not
    valid, and UnusualForm if the text's form is too unusual to be edited.
    """
    if problem := name_problem(endpoint.name):
        raise StackError(f"the name {problem}", remedy="Choose another name.")
    known = _table(text, "endpoints")
    if endpoint.name != before and endpoint.name in known:
        raise StackError(f"the name {endpoint.name!r} is taken", remedy="Choose another name.")
    path = ("endpoints", endpoint.name)
    if before is None:
        return edit.insert(text if text.strip() else _HEAD, path, _fields(endpoint))
    wanted = _wanted(_named(known, before), endpoint)
    if endpoint.name != before:
        text = _in_defaults(text, before, endpoint.name)
        text = edit.rename(text, ("endpoints", before), endpoint.name)
    return edit.set_values(text, path, wanted)


def remove_endpoint(text: str, name: str) -> str:
    """Return `text` without the endpoint, the comment directly above it, and its use as default."""
    _named(_table(text, "endpoints"), name)
    return edit.remove(_in_defaults(text, name, None), ("endpoints", name))


def set_default(text: str, name: str | None) -> str:
    """Return `text` with that endpoint as the default, or without a default."""
    if name is not None:
        _named(_table(text, "endpoints"), name)
    return _with_defaults(text, {"endpoint": name})


def set_judges(text: str, names: Sequence[str]) -> str:
    """Return `text` with those endpoints as the default judges."""
    for name in names:
        _named(_table(text, "endpoints"), name)
    return _with_defaults(text, {"judges": list(dict.fromkeys(names)) or None})


def _table(text: str, name: str) -> Mapping[str, Any]:
    """Return the top-level table of that name, an empty one if it is missing."""
    table = edit.tables_of(text).get(name, {})
    if not isinstance(table, dict):
        raise edit.UnusualForm
    return table


def _named(endpoints: Mapping[str, Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    if name not in endpoints:
        known = ", ".join(sorted(endpoints)) or "none"
        raise StackError(
            f"no endpoint is called {name!r}; configured: {known}",
            remedy="Choose one of them, or add it first.",
        )
    return endpoints[name]


def _fields(endpoint: Endpoint) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(endpoint)
    return {key: value for key, value in fields.items() if key not in {"name", *NOT_IN_FILES}}


def _wanted(table: Mapping[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    """Return the table with what differs from `endpoint` replaced, the rest as it is written."""
    try:
        old = msgspec.convert({**table, "name": endpoint.name}, Endpoint)
    except msgspec.ValidationError:
        return _fields(endpoint)
    return edit.merged(table, _fields(endpoint), endpoint, old)


def _in_defaults(text: str, before: str, name: str | None) -> str:
    """Return `text` with the endpoint under another name in the defaults, None to remove it."""
    defaults = _table(text, "defaults")
    changed: dict[str, Any] = {}
    if defaults.get("endpoint") == before:
        changed["endpoint"] = name
    judges = defaults.get("judges")
    if isinstance(judges, list) and before in judges:
        renamed = (name if judge == before else judge for judge in judges)
        changed["judges"] = [judge for judge in renamed if judge is not None] or None
    return _with_defaults(text, changed) if changed else text


def _with_defaults(text: str, changed: Mapping[str, Any]) -> str:
    """Return `text` with those defaults, of which None removes one."""
    old = _table(text, "defaults")
    wanted = {key: value for key, value in {**old, **changed}.items() if value is not None}
    if wanted == old:
        return text
    if "defaults" not in edit.tables_of(text):
        return edit.insert(text, ("defaults",), wanted)
    return edit.set_values(text, ("defaults",), wanted)
