"""Changes of stack-tui.toml that leave its comments, its order and its other tables as they are."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.config import decode
from stack_tui.config.decode import Endpoint
from stack_tui.errors import StackError
from stack_tui.toml_edit import held_file, source, splitter
from stack_tui.toml_edit.held_file import HeldText, as_read

_HEAD = "# The endpoints that stack-tui knows by name.\n"
_SELF = "self"
_REMEDY = "Read it again and repeat the change."
_KEYS = re.compile(r"(sk|pk|rk|gsk|hf|xai|nvapi|r8|ghp)_|(?=.*[A-Za-z])(?=.*\d)[A-Za-z0-9]{20}")


def read(path: Path) -> HeldText:
    """Return the configuration's text, an empty one where there is no file yet."""
    if not path.exists() or (path.is_file() and not path.read_bytes().strip()):
        return as_read(path, "")
    return as_read(path, source.read_text(path))


def save(held: HeldText, text: str) -> HeldText:
    """Write the new text, where the file is still what was read; raises TomlError, FileChanged."""
    text = text if text.strip() else _HEAD
    decode.decode(text, held.path)
    if held.path.exists() or held.text:
        held_file.replace(held.path, text, held.seen, _REMEDY)
    else:
        held_file.create(held.path, text, _REMEDY)
    return as_read(held.path, text)


def change(path: Path, edit: Callable[[str], str]) -> tuple[HeldText, HeldText]:
    """Change the file, which is made where there is none; return it as it was and as it is now."""
    held = read(path)
    try:
        text = edit(held.text)
    except StackError as error:
        error.where = error.where or str(path)
        raise
    return held, save(held, text)


def name_problem(name: str) -> str:
    """Say what keeps the name from being an endpoint's, "" where nothing does."""
    if not name.strip() or name != name.strip() or not name.isprintable():
        return "must be a word or a few, on one line"
    return "self stands for the model that is evaluated" if name == _SELF else ""


def variable_problem(name: str) -> str:
    """Say why this is no environment variable's name, without quoting it: it may be a key."""
    if name.isidentifier() and not _KEYS.match(name):
        return ""
    return "takes a variable's name, never a key: export MY_KEY=… and name MY_KEY here"


def put_endpoint(text: str, endpoint: Endpoint, before: str | None = None) -> str:
    """Return `text` with the endpoint added, or in the place of the one called `before`.

    Where it gets another name, the defaults name it so too. Raises StackError for a name that is
    taken or none, and where the text's form is too unusual.
    """
    if problem := name_problem(endpoint.name):
        raise StackError(f"the name {problem}")
    tables = _tables(text)
    if endpoint.name != before and endpoint.name in tables.get("endpoints", {}):
        raise StackError(f"the name {endpoint.name!r} is taken", remedy="Choose another name.")
    if before is None:
        return _added(text, tables, endpoint)
    wanted = _wanted(_named(tables, before), endpoint)
    if endpoint.name != before:
        text = _renamed(text, tables, before, endpoint.name)
    tables["endpoints"][endpoint.name] = wanted
    text = splitter.with_values(text, ("endpoints", endpoint.name), wanted)
    return splitter.says(text, tables)


def remove_endpoint(text: str, name: str) -> str:
    """Return `text` without the endpoint, the comment directly above it, and its use as default."""
    tables = _tables(text)
    _named(tables, name)
    text = _in_defaults(text, tables, name, None)
    pieces = splitter.split(text)
    own = [piece for piece in pieces if piece.path[:2] == ("endpoints", name)]
    del tables["endpoints"][name]
    if own:
        text = splitter.without(pieces, own)
    else:
        text = splitter.with_values(text, ("endpoints",), tables["endpoints"])
    if not tables["endpoints"] and "endpoints" not in _tables(text):
        del tables["endpoints"]
    return splitter.says(text, tables)


def set_default(text: str, name: str | None) -> str:
    """Return `text` with that endpoint, or none, as the one that commands take by themselves."""
    tables = _tables(text)
    if name is not None:
        _named(tables, name)
    return _with_defaults(text, tables, {"endpoint": name})


def set_judges(text: str, names: Sequence[str]) -> str:
    """Return `text` with those endpoints as the judges of runs that name none."""
    tables = _tables(text)
    for name in names:
        _named(tables, name)
    return _with_defaults(text, tables, {"judges": list(dict.fromkeys(names)) or None})


def _tables(text: str) -> dict[str, Any]:
    tables = splitter.tables_of(text)
    if not all(isinstance(tables.get(root, {}), dict) for root in ("endpoints", "defaults")):
        raise splitter.unusual()
    return tables


def _named(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    endpoints: Mapping[str, Mapping[str, Any]] = tables.get("endpoints", {})
    if name not in endpoints:
        known = ", ".join(sorted(endpoints)) or "none"
        raise StackError(f"no endpoint is called {name!r}; configured: {known}")
    return endpoints[name]


def _wanted(table: Mapping[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    """Return the table with what differs from `endpoint` replaced, the rest as it is written."""
    fields: dict[str, Any] = msgspec.to_builtins(endpoint)
    del fields["name"]
    try:
        current = msgspec.convert({**table, "name": endpoint.name}, Endpoint)
    except msgspec.ValidationError:
        return fields
    same = {f for f in Endpoint.__struct_fields__ if getattr(current, f) == getattr(endpoint, f)}
    kept = {key: value for key, value in table.items() if key in same or key in fields}
    return kept | {key: value for key, value in fields.items() if key not in same}


def _added(text: str, tables: dict[str, Any], endpoint: Endpoint) -> str:
    """Put the endpoint behind the last one, else at the end."""
    wanted = _wanted({}, endpoint)
    header = splitter.header_of(("endpoints", endpoint.name))
    new = splitter.with_values(f"{header}\n", ("endpoints", endpoint.name), wanted)
    tables.setdefault("endpoints", {})[endpoint.name] = wanted
    pieces = splitter.split(text if text.strip() else _HEAD)
    places = [place for place, piece in enumerate(pieces) if piece.path[:1] == ("endpoints",)]
    place = places[-1] if places else len(pieces) - 1
    return splitter.says(splitter.put(pieces, place, new), tables)


def _renamed(text: str, tables: dict[str, Any], before: str, name: str) -> str:
    """Give the endpoint, and what the defaults call it, the new name in text and tables."""
    text = _in_defaults(text, tables, before, name)
    pieces = splitter.split(text)
    text = splitter.renamed(pieces, ("endpoints", before), ("endpoints", name))
    tables["endpoints"] = {
        name if key == before else key: value for key, value in tables["endpoints"].items()
    }
    return splitter.says(text, tables)


def _in_defaults(text: str, tables: dict[str, Any], before: str, name: str | None) -> str:
    """Let the defaults call the endpoint so, or no longer name it, in text and tables."""
    defaults = tables.get("defaults", {})
    changed: dict[str, Any] = {}
    if defaults.get("endpoint") == before:
        changed["endpoint"] = name
    judges = defaults.get("judges")
    if isinstance(judges, list) and before in judges:
        called = (name if judge == before else judge for judge in judges)
        changed["judges"] = [judge for judge in called if judge is not None] or None
    return _with_defaults(text, tables, changed) if changed else text


def _with_defaults(text: str, tables: dict[str, Any], changed: Mapping[str, Any]) -> str:
    """Change those defaults in text and tables, None taking one out."""
    wanted = tables.get("defaults", {}) | changed
    wanted = {key: value for key, value in wanted.items() if value is not None}
    if wanted == tables.get("defaults", {}):
        return text
    if "defaults" not in tables:
        pieces = splitter.split(text)
        text = splitter.put(pieces, len(pieces) - 1, "[defaults]\n")
    tables["defaults"] = wanted
    return splitter.says(splitter.with_values(text, ("defaults",), wanted), tables)
