"""A benchmark's options as people type them, on a command line or into a form."""

import json
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.text import one_line

# A run may be resumed in another folder, so what exists is stored with its whole path.
_PLACES = ("include_path", "datasets", "tokenizer")


class BadOption(StackError):
    """An option's text cannot be read, or options do not fit each other."""


def benchmark_subject(tasks: Iterable[str], options: Mapping[str, Any]) -> BenchmarkSubject:
    """Return the benchmark of these options, by the subject's fields; None means not given.

    Raises BadOption for values that are out of range.
    """
    from stack_tui.benchmarks.catalog.catalog import expand_names

    given = {name: value for name, value in options.items() if value is not None}
    given |= {name: _whole_path(given[name]) for name in _PLACES if given.get(name)}
    names = expand_names(tuple(tasks), given.get("include_path"))
    data = given | _conversation(given) | {"tasks": names}
    try:
        return msgspec.convert(data, BenchmarkSubject)
    except msgspec.ValidationError as error:
        raise BadOption(str(error), where="bench") from None


def _conversation(given: Mapping[str, Any]) -> dict[str, bool]:
    """Return whether prompts are conversations, and examples turns, with lm-eval's defaults."""
    apply = bool(given.get("apply_chat_template")) or "chat_template" in given
    turns = given.get("fewshot_as_multiturn", apply)
    if turns and not apply:
        raise BadOption("--fewshot-as-multiturn needs --apply-chat-template", where="bench")
    return {"apply_chat_template": apply, "fewshot_as_multiturn": turns}


def _whole_path(text: str) -> str:
    return str(Path(text).resolve()) if Path(text).exists() else text


def read_samples(text: str) -> dict[str, list[int]]:
    """Return document numbers by task, from JSON or from the JSON file that is named."""
    where = "--samples"
    try:
        inline = text.lstrip().startswith(("{", "["))
        found = json.loads(text if inline else Path(text).read_bytes())
    except (ValueError, OSError) as error:
        problem = f"neither JSON nor a JSON file: {one_line(str(error), 200)}"
        raise BadOption(problem, where=where) from None
    if not isinstance(found, dict):
        example = 'expected document numbers by task, such as {"gsm8k": [0, 5]}'
        raise BadOption(example, where=where)
    for task, numbers in found.items():
        listed = numbers if isinstance(numbers, list) else [None]
        if any(not isinstance(one, int) or isinstance(one, bool) for one in listed):
            raise BadOption(
                f"the task {one_line(task, 80)} has {one_line(json.dumps(numbers), 80)}, which is"
                " not a list of document numbers",
                where=where,
            )
    return found


def split_settings(line: str) -> list[str]:
    """Return the settings typed on one line, quoted as in a shell; JSON stays whole."""
    if line.lstrip().startswith("{"):
        return [line]
    try:
        return shlex.split(line)
    except ValueError as error:
        raise BadOption(f"{one_line(line, 80)}: {error}") from None


def read_settings(texts: Iterable[str], option: str) -> dict[str, Any]:
    """Return settings by name, from texts that are KEY=VALUE or a JSON object."""
    found: dict[str, Any] = {}
    for text in texts:
        if not text.lstrip().startswith("{"):
            name, value = _setting(text, option)
            found[name] = value
            continue
        try:
            found |= json.loads(text)
        except ValueError as error:
            raise BadOption(f"is not JSON: {error}", where=option) from None
    return found


def _setting(text: str, option: str) -> tuple[str, Any]:
    """Return key and value: JSON, else read as lm-eval reads it, else text."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise BadOption(f"{one_line(text, 80)!r} is not KEY=VALUE", where=option)
    for read in (json.loads, _truth, float):
        try:
            return name, read(value)
        except ValueError:
            continue
    return name, value


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"
