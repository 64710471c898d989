"""The benchmarks that can be run: tasks, groups and tags, and what a task needs."""

import difflib
import fnmatch
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.benchmarks.catalog.task_index import TaskEntry, read_config, read_index
from stack_tui.errors import StackError


class UnknownTask(StackError):
    """No task, group or tag has the given name."""


class TaskFacts(msgspec.Struct, frozen=True):
    """What a task's YAML says about it, before anything is loaded or run."""

    name: str
    output_type: str
    dataset: str
    subset: str
    fewshot: int | None
    short_choices: bool


@dataclass(frozen=True)
class Catalog:
    """Every name that can be run, with its entry."""

    entries: dict[str, TaskEntry]

    def find(self, name: str) -> TaskEntry:
        """Return the entry called `name`; raises UnknownTask, which suggests the nearest names."""
        if entry := self.entries.get(name):
            return entry
        if name.endswith((".yaml", ".yml")) and Path(name).is_file():
            kind = read_config(name)
            return TaskEntry(
                name, "group" if "group" in kind and "class" not in kind else "task", name
            )
        near = self.nearest(name)
        raise UnknownTask(
            f"no lm-eval task, group or tag is called {name!r}",
            remedy=f"Nearest: {', '.join(near)}." if near else "List them with: stack-tui tasks",
        )

    def nearest(self, name: str, count: int = 5) -> list[str]:
        """Return the names that `name` may be a misspelling of, likeliest first."""
        folded = name.lower().replace("-", "_")
        whole = self._folded.get(folded, [])
        starts = sorted((known for known in self.entries if known.startswith(folded)), key=len)
        alike = difflib.get_close_matches(folded, self.entries, n=count, cutoff=0.7)
        return list(dict.fromkeys([*whole, *starts[:count], *alike]))[:count]

    @cached_property
    def _folded(self) -> dict[str, list[str]]:
        folded: dict[str, list[str]] = {}
        for name in self.entries:
            folded.setdefault(name.lower().replace("-", "_"), []).append(name)
        return folded

    def match(self, pattern: str) -> list[str]:
        """Return the names that match a glob pattern, or contain a plain text."""
        glob = pattern if any(sign in pattern for sign in "*?[") else f"*{pattern}*"
        return sorted(fnmatch.filter(self.entries, glob))

    def leaves(self, name: str) -> list[str]:
        """Return the tasks that `name` expands to, in lm-eval's order."""
        return list(dict.fromkeys(self._leaves(self.find(name), ())))

    def _leaves(self, entry: TaskEntry, above: tuple[str, ...]) -> Iterator[str]:
        if entry.name in above:
            raise StackError(f"the group {entry.name} contains itself", where=entry.path)
        if entry.kind == "task":
            yield entry.name
        elif entry.kind == "tag":
            yield from (name for name in entry.members if name in self.entries)
        else:
            yield from self._of_group(read_config(entry.path), entry.name, (*above, entry.name))

    def _of_group(
        self, config: dict[str, Any], group: str, above: tuple[str, ...]
    ) -> Iterator[str]:
        members = config.get("task")
        for member in members if isinstance(members, list) else []:
            inner = member if isinstance(member, dict) else {"task": str(member)}
            name = str(inner.get("group") or inner.get("task") or "")
            if name in self.entries:
                yield from self._leaves(self.entries[name], above)
            elif "group" in inner:
                yield from self._of_group(inner, f"{group}::{name}", above)
            else:
                yield f"{group}::{name}"

    def needed(self, names: Iterable[str]) -> dict[str, TaskEntry]:
        """Return the entries needed to load `names`: theirs, and those of their members."""
        needed: dict[str, TaskEntry] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            entry = self.entries.get(name)
            if entry is None or name in needed:
                continue
            needed[name] = entry
            waiting += entry.members
            if entry.kind == "group":
                waiting += _names_within(read_config(entry.path))
        return needed

    def facts(self, name: str) -> TaskFacts:
        """Return what the task's own YAML says, without a group's overrides."""
        entry = self.find(name)
        config = read_config(entry.path)
        return TaskFacts(
            name=name,
            output_type=str(config.get("output_type") or "generate_until"),
            dataset=str(config.get("dataset_path") or ""),
            subset=str(config.get("dataset_name") or ""),
            fewshot=config.get("num_fewshot"),
            short_choices=_are_short(config.get("doc_to_choice")),
        )


def _are_short(choices: Any) -> bool:
    return isinstance(choices, list) and all(len(str(choice)) <= 3 for choice in choices)


def _names_within(config: dict[str, Any]) -> list[str]:
    names: list[str] = []
    members = config.get("task")
    for member in members if isinstance(members, list) else []:
        if isinstance(member, dict):
            names += [
                str(member[key]) for key in ("task", "group") if isinstance(member.get(key), str)
            ]
            names += _names_within(member)
        else:
            names.append(str(member))
    return names


def open_catalog(include_path: str | None = None) -> Catalog:
    """Return the catalog of lm-eval's tasks, our own, and those in `include_path`.

    Raises StackError if that is not a folder.
    """
    folder = Path(include_path) if include_path else None
    if folder is not None and not folder.is_dir():
        raise StackError("no such folder", where=str(folder), remedy="Check --include-path.")
    return Catalog(read_index(folder))
