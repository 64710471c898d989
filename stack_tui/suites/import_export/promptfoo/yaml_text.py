"""Reading YAML as the promptfoo that wrote it does (YAML 1.2), with lines and within bounds."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from stack_tui.errors import StackError

# What a file may grow to when its aliases are written out; more is meant to exhaust memory.
_MOST_VALUES = 500_000


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Text stays text: `yes`, dates and numbers with leading zeros are no other values."""

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
    """What a file holds; `line` gives the line, from 1, of what is at a path of keys."""

    path: Path
    data: Any
    line: Callable[..., int]

    def where(self, *keys: str | int) -> str:
        """Return the place as messages name it: file, line and keys."""
        steps = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
        place = steps.removeprefix(".")
        return f"{self.path}:{self.line(*keys)}: {place}" if place else str(self.path)


def read_yaml(text: str, path: Path) -> YamlDocument:
    """Return the YAML or JSON in `text`; raises StackError naming file and line."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise StackError("the file is empty", where=str(path))
        _count(root, {}, path)
        data = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise StackError(
            f"not valid YAML: {error.problem}",
            where=f"{path}:{line}",
            remedy="Texts with signs such as ? : or # in them may need quotes.",
        ) from None
    except yaml.YAMLError as error:
        raise StackError(f"not valid YAML: {error}", where=str(path)) from None
    except RecursionError:
        raise StackError("nested too deeply", where=str(path)) from None
    finally:
        loader.dispose()
    return YamlDocument(path, data, lambda *keys: _line(root, keys))


def _count(node: Any, known: dict[int, int], path: Path) -> int:
    """Return how many values the node stands for; raises StackError for more than there may be."""
    if id(node) not in known:
        known[id(node)] = _MOST_VALUES + 1
        children = node.value if isinstance(node, yaml.CollectionNode) else []
        if isinstance(node, yaml.MappingNode):
            _refuse_repeated_keys(node, path)
            children = [child for pair in node.value for child in pair]
        known[id(node)] = 1 + sum(_count(child, known, path) for child in children)
    if known[id(node)] > _MOST_VALUES:
        where = f"{path}:{node.start_mark.line + 1}"
        raise StackError("its aliases stand for too much", where=where)
    return known[id(node)]


def _refuse_repeated_keys(node: Any, path: Path) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value != "<<":
            if key.value in seen:
                where = f"{path}:{key.start_mark.line + 1}"
                raise StackError(f"the key {key.value!r} stands twice", where=where)
            seen.add(key.value)


def _line(node: Any, keys: tuple[str | int, ...]) -> int:
    """Return the line of the value at the keys, or of the innermost that there is."""
    for key in keys:
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
        elif isinstance(node, yaml.MappingNode):
            found = [value for name, value in node.value if name.value == key]
            if not found:
                break
            node = found[0]
    return int(node.start_mark.line) + 1
