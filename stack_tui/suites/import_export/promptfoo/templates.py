"""Fill in {{ variables }}, the only Nunjucks syntax supported, and read files referred to."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

import msgspec

from stack_tui.suites.import_export.promptfoo.yaml_text import read_yaml
from stack_tui.toml_edit.source import read_utf8

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\}\}")
_LOGIC = re.compile(r"\{\{|\{%|\{#")


class Unmapped(Exception):
    """Something that a suite cannot express; the message names it for the import's notes."""


def variables(template: str) -> list[str]:
    """Return the names of the variables in their order; raises Unmapped where there is logic."""
    if _LOGIC.search(_VARIABLE.sub("", template)):
        raise Unmapped("a template with logic or filters")
    names = dict.fromkeys(_VARIABLE.findall(template))
    if any(name.startswith("env.") for name in names):
        raise Unmapped("a template that reads the environment")
    return list(names)


def render(value: Any, values: Mapping[str, Any]) -> Any:
    """Return the text, or all texts in the list or mapping, with variables filled in.

    Raises Unmapped where there is logic or where a variable has no value.
    """
    if isinstance(value, str):
        variables(value)
        return _VARIABLE.sub(lambda match: text(_value(match[1], values)), value)
    if isinstance(value, Mapping):
        return {key: render(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [render(inner, values) for inner in value]
    return value


def substitute(template: str, name: str, put: str) -> str:
    """Return the template with `put` for the one variable."""
    return _VARIABLE.sub(lambda match: put if match[1] == name else match[0], template)


def text(value: Any) -> str:
    """Return the value as JavaScript would put it into a text."""
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


_SCHEME = "file://"


def is_reference(value: object) -> TypeGuard[str]:
    """Say whether the value is text such as file://prompt.txt."""
    return isinstance(value, str) and value.startswith(_SCHEME)


def referred(value: str, folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files that are meant, several for a pattern such as file://cases/*.yaml.

    Raises Unmapped where there is none, where it is of another kind, or outside the folder.
    """
    name = value.removeprefix(_SCHEME)
    is_pattern = "*" in name and not name.startswith("/")
    named = sorted(folder.glob(name)) if is_pattern else [folder / name]
    if not all(path.resolve().is_relative_to(folder.resolve()) for path in named):
        raise Unmapped(f"a file outside the configuration's folder: {name}")
    of_kind = [path for path in named if path.name.lower().endswith(suffixes)]
    if named and not of_kind:
        raise Unmapped(f"a file that is none of {', '.join(suffixes)}: {name}")
    found = [path for path in of_kind if path.is_file()]
    if not found:
        raise Unmapped(f"a file that is not there: {name}")
    return found


def contents(value: Any, folder: Path, suffixes: tuple[str, ...]) -> Iterator[Any]:
    """Yield the value, or what each file holds that it refers to; raises as `referred` does."""
    if not is_reference(value):
        yield value
        return
    for path in referred(value, folder, suffixes):
        content = read_utf8(path)
        yield content if path.suffix in (".txt", ".md") else read_yaml(content, path).data
