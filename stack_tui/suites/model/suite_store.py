"""Find, read and write suites, with errors that name the place in the file."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.errors import StackError
from stack_tui.paths import DEFAULT_CASES
from stack_tui.suites.model.case import Case, Suite
from stack_tui.suites.model.validation import case_problems, suite_problems
from stack_tui.text import one_line
from stack_tui.toml_edit import held_file, source, splitter
from stack_tui.toml_edit.held_file import HeldFile
from stack_tui.toml_edit.source import TomlError


def discover(folder: Path = DEFAULT_CASES) -> list[Path]:
    """Return the suites' files in the folder, by name; an empty list if it does not exist."""
    return sorted(path for path in folder.glob("*.toml") if path.is_file())


def resolve(name_or_path: str, folder: Path = DEFAULT_CASES) -> Path:
    """Return the file for a path, or for the name of a suite in the folder.

    Raises StackError with similar names, or with all of them.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    known = {path.stem: path for path in discover(folder)}
    if found := known.get(name_or_path):
        return found
    near = difflib.get_close_matches(path.stem, known, n=3)
    if near:
        remedy = f"Did you mean {' or '.join(near)}?"
    elif known:
        remedy = f"Choose one of {', '.join(known)}, or give a file's path."
    else:
        remedy = f"Give a suite's path, or put suites into {folder}/."
    name = one_line(name_or_path, 200)
    raise StackError(f"no suite is called {name!r}", where=str(folder), remedy=remedy)


def load(path: Path) -> Suite:
    """Read a suite's file; raises TomlError with the file and the place in it."""
    return parse(source.read_text(path), path)


def parse(text: str, path: Path) -> Suite:
    """Return the suite that `text` defines; raises TomlError with `path` and the place in it."""
    try:
        return _parse(text, path)
    except RecursionError:
        raise TomlError("nested too deeply", where=str(path), remedy="Use fewer levels.") from None


def _parse(text: str, path: Path) -> Suite:
    tables = source.parse(text, path)
    for key in tables.keys() - {"suite", "case"}:
        raise TomlError(
            f"unknown key {one_line(key, 60)!r}",
            where=str(path),
            remedy="A suite's file has one [suite] and a [[case]] for each case.",
        )
    suite = _suite(tables, path)
    cases = tables.get("case", [])
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise TomlError(
            "expected [[case]] tables",
            where=f"{path}: case",
            remedy="Write [[case]] above each case.",
        )
    if not cases:
        raise TomlError(
            "has no cases", where=str(path), remedy="Add one: [[case]] with an id and an input."
        )
    lines = _case_lines(text, len(cases))
    read: dict[str, tuple[int, Case]] = {}
    for number, (table, line) in enumerate(zip(cases, lines, strict=True)):
        file = Path(f"{path}:{line}") if line else path
        place = f"case[{number}]"
        if isinstance(name := table.get("id"), str):
            place += f" ({one_line(name, 60)})"
        case = read_case(table, file, place)
        if case.id in read:
            first = read[case.id][0]
            at = f" at line {lines[first]}" if lines[first] else ""
            raise TomlError(
                f"the id is already used by case[{first}]{at}",
                where=f"{file}: {place}.id",
                remedy="Give each case an id of its own.",
            )
        read[case.id] = (number, case)
    return msgspec.structs.replace(suite, cases=tuple(case for _, case in read.values()))


def _suite(tables: Mapping[str, Any], path: Path) -> Suite:
    table = tables.get("suite")
    if not isinstance(table, dict):
        raise TomlError(
            "lacks its [suite] table",
            where=str(path),
            remedy='Start it with [suite], a name and a prompt such as "Summarize:\\n\\n{input}".',
        )
    fields = set(Suite.__struct_fields__) - {"cases"}
    _refuse_unknown(table, fields, str(path), "suite")
    suite = source.convert(table | {"cases": ()}, Suite, path, "suite")
    for problem in suite_problems(suite):
        raise TomlError(problem.message, where=f"{path}: suite.{problem.field}")
    return suite


def read_case(table: Mapping[str, Any], file: Path, place: str) -> Case:
    """Return the case that `table` defines; raises TomlError with `file` and `place`."""
    _refuse_unknown(table, set(Case.__struct_fields__), str(file), place)
    case = source.convert(table, Case, file, place)
    for problem in case_problems(case):
        raise TomlError(problem.message, where=f"{file}: {place}.{problem.field}")
    return case


def _refuse_unknown(table: Mapping[str, Any], fields: set[str], file: str, place: str) -> None:
    for key in table:
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            raise TomlError(
                f"unknown key {one_line(key, 60)!r}",
                where=f"{file}: {place}",
                remedy=f"Did you mean {near[0]}?"
                if near
                else f"Known: {', '.join(sorted(fields))}.",
            )


def _case_lines(text: str, cases: int) -> list[int]:
    """Return the line, from 1, of each [[case]]; 0 for cases that have no header of their own."""
    pieces = splitter.split(text)
    lines = [piece.line for piece in pieces if piece.path[:1] == ("case",) and len(piece.path) == 2]
    return lines if len(lines) == cases else [0] * cases


def save(held: HeldFile, text: str) -> HeldFile:
    """Write the suite's new text and return the file as it is then.

    Raises TomlError if `text` is not a valid suite, FileChanged if the file changed meanwhile.
    """
    parse(text, held.path)
    return held.replaced(text, "Save under another name, or read the file again and repeat it.")


def create(path: Path, text: str) -> HeldFile:
    """Write a new suite; raises TomlError if `text` is not valid, FileChanged if `path` exists."""
    parse(text, path)
    return held_file.create(path, text, "Choose another name.")
