"""The names of all lm-eval tasks, groups and tags, read without lm-eval, which takes 6 s."""

import codecs
import hashlib
import importlib.metadata
import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml  # type: ignore[import-untyped]

from stack_tui.errors import StackError
from stack_tui.paths import user_cache_dir, write_atomically

TaskKind = Literal["task", "group", "tag"]

_IGNORED = {"__pycache__", ".ipynb_checkpoints"}
_HEAD = ("task", "group", "tag", "class", "include")
_KEYS = rb"""["']?(task|group|tag|class|include)["']?[ \t]*:[ \t]*(.*(?:\n(?:[ \t-].*)?)*)"""
_TOP_LEVEL = re.compile(rb"^" + _KEYS, re.MULTILINE)
_PLAIN = re.compile(rb"""["']?([A-Za-z0-9_./\-]+)["']?[ \t]*(?:#[^\n]*)?\s*""")
OWN_TASKS = Path(__file__).parents[1] / "tasks"


class TaskEntry(msgspec.Struct, frozen=True):
    """A name's meaning: `members` are a tag's tasks, `path` is the YAML of a task or group."""

    name: str
    kind: TaskKind
    path: str = ""
    members: tuple[str, ...] = ()


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """Loads lm-eval's YAML with each `!function` as the text that names it."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: str(node.value))


def lm_eval_tasks() -> Path:
    """Return the folder of lm-eval's tasks, without importing lm-eval."""
    found = importlib.util.find_spec("lm_eval")
    if found is None or not found.submodule_search_locations:
        raise StackError(
            "lm-eval is not installed", remedy="Install it: pip install 'lm-eval[api]'"
        )
    return Path(found.submodule_search_locations[0]) / "tasks"


def read_index(include_path: Path | None = None) -> dict[str, TaskEntry]:
    """Return every name; `include_path` overrides the defaults, as in lm-eval."""
    index = _cached_defaults()
    for folder in (OWN_TASKS, include_path):
        if folder is not None:
            _overlay(index, scan(folder))
    return index


def scan(root: Path) -> dict[str, TaskEntry]:
    """Return the names that the YAML files under `root` define; the first in path order wins."""
    index: dict[str, TaskEntry] = {}
    tags: dict[str, list[str]] = {}
    heads: dict[str, dict[str, Any]] = {}
    for path in sorted(_yaml_files(str(root))):
        try:
            head = _effective_head(path, heads, ())
        except (OSError, ValueError, RecursionError, yaml.YAMLError):
            continue
        kind: TaskKind = "group" if "group" in head and "class" not in head else "task"
        name = head.get(kind)
        if not isinstance(name, str) or name in index:
            continue
        index[name] = TaskEntry(name, kind, path)
        if kind == "task":
            for tag in _as_list(head.get("tag")):
                tags.setdefault(tag, []).append(name)
    for tag, members in tags.items():
        index.setdefault(tag, TaskEntry(tag, "tag", members=tuple(sorted(set(members)))))
    return index


def read_config(path: str) -> dict[str, Any]:
    """Return the YAML of a task or group merged over its includes."""
    return _merged(Path(path), ())


def _merged(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    path = path.resolve()
    if path in seen:
        raise StackError("includes itself", where=str(path))
    try:
        config = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a safe loader's child
    except OSError as error:
        raise StackError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise StackError(f"is not valid YAML: {error}", where=str(path)) from None
    if not isinstance(config, dict):
        raise StackError("is not a task: expected a YAML mapping", where=str(path))
    merged: dict[str, Any] = {}
    for include in _as_list(config.pop("include", None)):
        merged |= _merged(path.parent / include, (*seen, path))
    return merged | config


def _overlay(index: dict[str, TaskEntry], more: dict[str, TaskEntry]) -> None:
    for name, entry in more.items():
        known = index.get(name)
        if entry.kind == "tag" and known is not None and known.kind == "tag":
            entry = TaskEntry(name, "tag", members=tuple(sorted({*known.members, *entry.members})))
        index[name] = entry


def _cached_defaults() -> dict[str, TaskEntry]:
    root = lm_eval_tasks()
    key = f"{importlib.metadata.version('lm_eval')} {root} {root.stat().st_mtime_ns}"
    folder = user_cache_dir()
    path = folder / f"tasks-{hashlib.sha256(key.encode()).hexdigest()[:16]}.msgpack"
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=dict[str, TaskEntry])
    except (OSError, msgspec.DecodeError):
        index = scan(root)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, msgspec.msgpack.encode(index))
    except OSError:
        return index  # without a cache each start takes a second longer
    return index


def _yaml_files(root: str) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in _IGNORED]
        for name in files:
            if name.endswith(".yaml"):
                yield os.path.join(folder, name)


def _effective_head(
    path: str, heads: dict[str, dict[str, Any]], seen: tuple[str, ...]
) -> dict[str, Any]:
    """Return task, group, tag and class of the file, merged over those of its includes."""
    known = heads.get(path)
    if known is not None:
        return known
    if path in seen:
        raise ValueError("an include that leads back to itself")
    head = _own_head(Path(path).read_bytes())
    inherited: dict[str, Any] = {}
    for include in _as_list(head.pop("include", None)):
        target = os.path.normpath(os.path.join(os.path.dirname(path), include))
        inherited |= _effective_head(target, heads, (*seen, path))
    heads[path] = inherited | head
    return heads[path]


def _own_head(text: bytes) -> dict[str, Any]:
    head: dict[str, Any] = {}
    text = text.removeprefix(codecs.BOM_UTF8)
    try:
        for found in () if text.lstrip().startswith(b"{") else _TOP_LEVEL.finditer(text):
            plain = _PLAIN.fullmatch(found[2])
            head[found[1].decode()] = (
                plain[1].decode() if plain else yaml.load(b"v: " + found[2], Loader=_Loader)["v"]  # noqa: S506
            )
    except (yaml.YAMLError, ValueError):
        head = {}
    # In another style than a key a line, such as {task: name}, only a parser finds the keys.
    return head or _parsed_head(text)


def _parsed_head(text: bytes) -> dict[str, Any]:
    config = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader's child
    return {key: config[key] for key in _HEAD if key in config} if isinstance(config, dict) else {}


def _as_list(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
