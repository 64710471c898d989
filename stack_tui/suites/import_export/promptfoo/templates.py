"""Fill in {{ variables }}, all that suites support of Nunjucks, and read files referred to."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

import msgspec

from stack_tui.suites.import_export.promptfoo.yaml_text import read_yaml
from stack_tui.toml_edit.source import read_utf8

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\}\}")
_SCHEME = "file://"
_LOGIC = re.compile(r"\{\{|\{%|\{#")


class Unmapped(Exception):
    """Something that suites cannot express; the message names it in the import's notes."""


def variables(template: str) -> list[str]:
    """Return the variables' names in order; raises Unmapped for logic or filters."""
    if _LOGIC.search(_VARIABLE.sub("", template)):
        raise Unmapped("a template with logic or filters")
    names = dict.fromkeys(_VARIABLE.findall(template))
    if any(name.startswith("env.") for name in names):
        raise Unmapped("a template that reads the environment")
    return list(names)


def render(value: Any, values: Mapping[str, Any]) -> Any:
    """Return a text, or all texts in a list or mapping, with variables filled in.

    Raises Unmapped for logic and for a variable without a value.
    """
    if isinstance(value, str):
        variables(value)
        return _VARIABLE.sub(lambda match: text(_value(match[1], values)), value)
    if isinstance(value, Mapping):
        return {key: render(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [render(inner, values) for inner in value]
    return value


def substitute(template: str, name: str, replacement: str) -> str:
    """Return the template with one variable replaced."""
    return _VARIABLE.sub(lambda match: replacement if match[1] == name else match[0], template)


def text(value: Any) -> str:
    """Return the value as JavaScript would convert it to text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return msgspec.json.encode(value).decode()


def _value(name: str, values: Mapping[str, Any]) -> Any:
    found: Any = values
    for step in name.split("."):
        if not isinstance(found, Mapping) or step not in found:
            raise Unmapped(f"a template whose variable {name!r} has no value")
        found = found[step]
    return found


def is_reference(value: object) -> TypeGuard[str]:
    """Return whether the value is text such as file://prompt.txt."""
    return isinstance(value, str) and value.startswith(_SCHEME)


def referred(value: str, folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files referred to, several for a pattern such as file://cases/*.yaml.

    Raises Unmapped if there are none, or if one is outside the folder or of another kind.
    """
    name = value.removeprefix(_SCHEME)
    is_pattern = "*" in name and not name.startswith("/")
    named = sorted(folder.glob(name)) if is_pattern else [folder / name]
    if not all(path.resolve().is_relative_to(folder.resolve()) for path in named):
        raise Unmapped(f"a file outside the configuration's folder: {name}")
    of_kind = [path for path in named if path.name.lower().endswith(suffixes)]
    if named and not of_kind:
        raise Unmapped(f"a file that does not end in {' or '.join(suffixes)}: {name}")
    found = [path for path in of_kind if path.is_file()]
    if not found:
        raise Unmapped(f"a file that does not exist: {name}")
    return found


def contents(value: Any, folder: Path, suffixes: tuple[str, ...]) -> Iterator[Any]:
    """Yield the value, or the contents of the files it refers to; raises as `referred` does."""
    if not is_reference(value):
        yield value
        return
    for path in referred(value, folder, suffixes):
        content = read_utf8(path)
        yield content if path.suffix in (".txt", ".md") else read_yaml(content, path).data
