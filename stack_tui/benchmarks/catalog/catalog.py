"""The benchmarks that can be run: tasks, groups and tags, and what a task needs."""

import difflib
import fnmatch
import glob
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.benchmarks.catalog.task_index import TaskEntry, read_config, read_index
from stack_tui.errors import StackError

_GLOB_SIGNS = "*?["


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
class TaskMember:
    """A task that a name expands to: the file that defines it, and what its groups set instead.

    A task that stands inside a group has no file: `settings` are its whole definition.
    """

    name: str
    path: str
    settings: dict[str, Any]

    def facts(self) -> TaskFacts:
        """Return what is known of the task before it is loaded."""
        config = (read_config(self.path) if self.path else {}) | self.settings
        return TaskFacts(
            name=self.name,
            output_type=str(config.get("output_type") or "generate_until"),
            dataset=str(config.get("dataset_path") or ""),
            subset=str(config.get("dataset_name") or ""),
            fewshot=config.get("num_fewshot"),
            short_choices=_are_short(config.get("doc_to_choice")),
        )


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
        if not any(sign in pattern for sign in _GLOB_SIGNS):
            pattern = f"*{pattern}*"
        return sorted(fnmatch.filter(self.entries, pattern))

    def leaves(self, name: str) -> list[str]:
        """Return the names of the tasks that `name` expands to, in lm-eval's order."""
        return [member.name for member in self.members(name)]

    def members(self, name: str) -> list[TaskMember]:
        """Return the tasks that `name` expands to, in lm-eval's order.

        Of tasks with the same name, the last has the place of all, as in lm-eval.
        """
        members = self._members(self.find(name), {}, ())
        return list({member.name: member for member in members}.values())

    def _members(
        self, entry: TaskEntry, settings: dict[str, Any], above: tuple[str, ...]
    ) -> Iterator[TaskMember]:
        if entry.name in above:
            raise StackError(f"the group {entry.name} contains itself", where=entry.path)
        if entry.kind == "task":
            yield TaskMember(settings.get("task") or _own_name(entry), entry.path, settings)
        elif entry.kind == "tag":
            for name in entry.members:
                if name in self.entries:
                    yield from self._members(self.entries[name], settings, above)
        else:
            config = read_config(entry.path)
            of_group = {key: config[key] for key in config if key not in _GROUP_KEYS} | settings
            group = str(config.get("group"))
            yield from self._of_group(config, group, of_group, (*above, entry.name))

    def _of_group(
        self, config: dict[str, Any], group: str, settings: dict[str, Any], above: tuple[str, ...]
    ) -> Iterator[TaskMember]:
        members = config.get("task")
        for member in members if isinstance(members, list) else []:
            inner = member if isinstance(member, dict) else {"task": str(member)}
            name = str(inner.get("group") or inner.get("task") or "")
            own = {key: inner[key] for key in inner if key not in _GROUP_KEYS}
            if isinstance(member, dict) and "group" not in member:
                # lm-eval sets this too for each task of a group or tag: the last one is left.
                own["task"] = name
            if name in self.entries:
                yield from self._members(self.entries[name], settings | own, above)
            elif "group" in inner:
                yield from self._of_group(inner, f"{group}::{name}", own | settings, above)
            else:
                yield TaskMember(f"{group}::{name}", "", settings | own)

    def needed(self, names: Iterable[str]) -> dict[str, TaskEntry]:
        """Return the entries needed to load `names`: theirs, and those of their members."""
        waiting = [self.find(name) for name in names]
        needed: dict[str, TaskEntry] = {}
        while waiting:
            entry = waiting.pop()
            if entry.name in needed:
                continue
            needed[entry.name] = entry
            within = _names_within(read_config(entry.path)) if entry.kind == "group" else ()
            waiting += [
                self.entries[name] for name in (*entry.members, *within) if name in self.entries
            ]
        return needed

    def facts(self, name: str) -> TaskFacts:
        """Return what the task's own YAML says, without a group's overrides."""
        entry = self.find(name)
        return TaskMember(name, entry.path, {}).facts()


# What a group's YAML says of the group itself; the rest is set in each of its tasks.
_GROUP_KEYS = frozenset({"group", "group_alias", "task", "aggregate_metric_list", "metadata"})


def _own_name(entry: TaskEntry) -> str:
    """Return the task's name, which differs from the entry's if that is its file."""
    if entry.name != entry.path:
        return entry.name
    return str(read_config(entry.path).get("task") or entry.name)


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


def expand_names(names: Iterable[str], include_path: str | None = None) -> tuple[str, ...]:
    """Return the names that lm-eval's command would run for these, each once.

    A name may be several with commas in between, a pattern of names or of files, or a folder of
    YAML files. Files are returned by their whole paths: a run may be resumed elsewhere. What
    matches nothing is returned as it is.
    """
    found: dict[str, None] = {}
    for given in names:
        for name in [given] if Path(given).is_file() else filter(None, given.split(",")):
            found |= dict.fromkeys(_expanded(name, include_path))
    return tuple(found)


def _expanded(name: str, include_path: str | None) -> list[str]:
    path = Path(name)
    if name.endswith((".yaml", ".yml")):
        files = [path] if path.is_file() else sorted(map(Path, glob.glob(name)))
        return [str(file.resolve()) for file in files] or [name]
    has_sign = any(sign in name for sign in _GLOB_SIGNS)
    if not has_sign and not path.is_dir():
        return [name]
    catalog = open_catalog(include_path)
    if has_sign:
        return catalog.match(name) or [name]
    is_name = name in catalog.entries
    files = [] if is_name else sorted(path.glob("*.yaml"))
    return [str(file.resolve()) for file in files] or [name]
