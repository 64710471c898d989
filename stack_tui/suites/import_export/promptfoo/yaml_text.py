"""Read YAML 1.2, as promptfoo does, with line numbers and a limit on its size."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from stack_tui.errors import StackError
from stack_tui.text import one_line

# The size of a file with its aliases written out. Nobody writes more by hand: it is an attack.
_MOST_VALUES = 500_000
# Its parser takes 4 s for a MiB, and gigabytes for hundreds.
_MOST_CHARACTERS = 4 * 2**20


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Keeps `yes`, dates and numbers with leading zeros as text, as YAML 1.2 does."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


for _kind, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}", re.compile(rf"(?:{_pattern})\Z"), list(_first)
    )


@dataclass(frozen=True)
class YamlDocument:
    """A file's data; `line` returns the line, from 1, of the value at a path of keys."""

    path: Path
    data: Any
    line: Callable[..., int]

    def where(self, *keys: str | int) -> str:
        """Return a place for messages: file, line and keys."""
        steps = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
        place = steps.removeprefix(".")
        return f"{self.path}:{self.line(*keys)}: {place}" if place else str(self.path)


def read_yaml(text: str, path: Path) -> YamlDocument:
    """Return the YAML or JSON in `text`; raises StackError with file and line."""
    if len(text) > _MOST_CHARACTERS:
        raise StackError(
            f"larger than {_MOST_CHARACTERS >> 20} MiB",
            where=str(path),
            remedy="Split it, or keep the cases in JSONL or CSV files.",
        )
    try:
        loader = _Loader(text)
    except yaml.YAMLError as error:
        raise StackError(
            f"not valid YAML: {one_line(str(error), 200)}",
            where=str(path),
            remedy="Remove the control characters.",
        ) from None
    try:
        root = loader.get_single_node()
        if root is None:
            raise StackError(
                "the file is empty", where=str(path), remedy="Give a promptfoo configuration."
            )
        _count(root, {}, path)
        data = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise StackError(
            f"not valid YAML: {error.problem}",
            where=f"{path}:{line}",
            remedy="Put quotes around text that contains ? : or #.",
        ) from None
    except yaml.YAMLError as error:
        raise StackError(
            f"not valid YAML: {error}", where=str(path), remedy="Correct the file."
        ) from None
    except RecursionError:
        raise StackError("nested too deeply", where=str(path), remedy="Use fewer levels.") from None
    except ValueError:
        raise StackError(
            "a number has too many digits", where=str(path), remedy="Put quotes around it."
        ) from None
    finally:
        loader.dispose()
    return YamlDocument(path, data, lambda *keys: _line(root, keys))


def _count(node: Any, known: dict[int, int], path: Path) -> int:
    """Return how many values the node expands to; raises StackError if there are too many."""
    if id(node) not in known:
        known[id(node)] = _MOST_VALUES + 1
        children = node.value if isinstance(node, yaml.CollectionNode) else []
        if isinstance(node, yaml.MappingNode):
            _refuse_repeated_keys(node, path)
            children = [child for pair in node.value for child in pair]
        known[id(node)] = 1 + sum(_count(child, known, path) for child in children)
    if known[id(node)] > _MOST_VALUES:
        where = f"{path}:{node.start_mark.line + 1}"
        raise StackError(
            "its aliases expand to too many values", where=where, remedy="Use fewer aliases."
        )
    return known[id(node)]


def _refuse_repeated_keys(node: Any, path: Path) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value != "<<":
            if key.value in seen:
                where = f"{path}:{key.start_mark.line + 1}"
                raise StackError(
                    f"the key {key.value!r} is repeated", where=where, remedy="Remove one of them."
                )
            seen.add(key.value)


def _line(node: Any, keys: tuple[str | int, ...]) -> int:
    """Return the line of the value at the keys, or of the innermost one that exists."""
    for key in keys:
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
        elif isinstance(node, yaml.MappingNode):
            found = [value for name, value in node.value if name.value == key]
            if not found:
                break
            node = found[0]
    return int(node.start_mark.line) + 1
