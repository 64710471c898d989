"""Fill in {{ variables }}, the only part of Nunjucks templates that suites support."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\}\}")
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
