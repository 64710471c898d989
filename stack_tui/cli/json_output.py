"""Print one JSON document on stdout."""

import sys
from typing import Any

import click
import msgspec

from stack_tui.text import escaped_in_json

# What models, judges and servers wrote, or what quotes it.
_TEXTS = frozenset(
    {
        "output",
        "outputs",
        "reasoning",
        "answer",
        "extracted",
        "target",
        "flags",
        "rule_issues",
        "message",
    }
)
_WITH_TEXTS = ("results", "errors")


def print_json(document: Any, *, compact: bool = False) -> None:
    """Print the document; on a terminal, without characters that a terminal acts upon."""
    click.echo(shown_json(json_text(document, compact=compact)))


def json_text(document: Any, *, compact: bool = False) -> str:
    """Return the document as JSON, indented unless it is to be compact."""
    encoded = msgspec.json.encode(document)
    return (encoded if compact else msgspec.json.format(encoded, indent=2)).decode()


def shown_json(text: str) -> str:
    """Return JSON for stdout: on a terminal its control and invisible characters are escaped."""
    return escaped_in_json(text) if sys.stdout.isatty() else text


def without_text(document: dict[str, Any]) -> dict[str, Any]:
    """Return a report without what models, judges and servers wrote: figures and names remain."""
    return {
        name: _pruned(value) if name in _WITH_TEXTS else value for name, value in document.items()
    }


def _pruned(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_pruned(item) for item in value]
    if isinstance(value, dict):
        return {name: _pruned(item) for name, item in value.items() if name not in _TEXTS}
    return value
