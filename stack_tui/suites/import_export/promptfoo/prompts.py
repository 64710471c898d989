"""promptfoo's prompts (texts, chats and files) as a system prompt and a user's turn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.suites.import_export.imported import Notes
from stack_tui.suites.import_export.promptfoo.templates import (
    Unmapped,
    is_reference,
    referred,
    variables,
)
from stack_tui.suites.import_export.promptfoo.yaml_text import YamlDocument
from stack_tui.toml_edit.source import read_utf8

_TEXT_FILES = (".txt", ".md", ".j2")
_CHAT_FILES = (".json",)
_CODE_FILES = (".py", ".js", ".ts", ".mjs", ".cjs", ".sh", ".csv", ".yaml", ".yml")


@dataclass(frozen=True)
class Prompt:
    """A prompt's turns, as templates, and its place in the configuration."""

    where: str
    label: str
    system: str
    user: str


def prompts_of(config: YamlDocument, notes: Notes) -> list[Prompt]:
    """Return the prompts that suites can express, with notes on the others."""
    stated = config.data.get("prompts", "{{prompt}}")
    found: list[Prompt] = []
    if isinstance(stated, Mapping):
        stated = [{"id": name, "label": label} for name, label in stated.items()]
    for place, one in enumerate(stated if isinstance(stated, list) else [stated]):
        where = (
            config.where("prompts", place) if isinstance(stated, list) else config.where("prompts")
        )
        label, source = "", one
        if isinstance(one, Mapping):
            label = str(one.get("label") or "")
            source = one.get("raw") or one.get("id")
            for key in one:
                if key not in ("label", "raw", "id"):
                    notes.left_out(where, f"a prompt's {key}")
        try:
            found += [
                _prompt(where, label, content) for content in _texts(source, config.path.parent)
            ]
        except Unmapped as reason:
            notes.left_out(where, str(reason))
    return found


def _texts(source: Any, folder: Path) -> Iterator[str]:
    if not isinstance(source, str):
        raise Unmapped("a prompt that is not text")
    known = (*_TEXT_FILES, *_CHAT_FILES, *_CODE_FILES)
    is_file = "\n" not in source and source.lower().split(":")[0].endswith(known)
    if not is_reference(source) and not is_file:
        if source.startswith(("exec:", "langfuse://", "portkey://", "helicone://", "http")):
            raise Unmapped("a prompt that a program makes or that is kept elsewhere")
        yield source
        return
    for path in referred(source, folder, (*_TEXT_FILES, *_CHAT_FILES)):
        content = read_utf8(path)
        if path.suffix.lower() in _TEXT_FILES:
            yield from (part.strip() for part in f"\n{content}\n".split("\n---\n") if part.strip())
        else:
            yield content


def _prompt(where: str, label: str, content: str) -> Prompt:
    """Return the prompt; a JSON list of turns is split into its roles."""
    system, user = "", content
    turns = _turns(content)
    if turns:
        roles = [role for role, _ in turns]
        if roles not in (["user"], ["system", "user"], ["developer", "user"]):
            raise Unmapped("a prompt of several turns")
        user = turns[-1][1]
        system = turns[0][1] if len(turns) == 2 else ""
    variables(system)
    variables(user)
    return Prompt(where, label, system, user)


def _turns(content: str) -> list[tuple[str, str]]:
    """Return the roles and texts of a chat, an empty list for plain text."""
    if not content.lstrip().startswith("["):
        return []
    try:
        turns = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return []
    if not isinstance(turns, list) or not all(isinstance(t, dict) and "role" in t for t in turns):
        return []
    if not all(isinstance(turn.get("content"), str) for turn in turns):
        raise Unmapped("a prompt with content other than text")
    return [(turn["role"], turn["content"]) for turn in turns]
