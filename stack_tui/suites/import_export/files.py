"""Import suites from other formats and export them, by the ending of the file's name."""

import re
from pathlib import Path

from stack_tui import paths
from stack_tui.errors import StackError
from stack_tui.names import file_name
from stack_tui.suites.import_export.imported import BroughtIn, Imported
from stack_tui.suites.import_export.records import (
    Renamed,
    read_csv,
    read_jsonl,
    write_csv,
    write_jsonl,
)
from stack_tui.suites.model.case import Suite
from stack_tui.suites.model.suite_edit import suite_text
from stack_tui.suites.model.suite_store import create
from stack_tui.toml_edit.source import read_utf8

_READERS = {".jsonl": read_jsonl, ".ndjson": read_jsonl, ".csv": read_csv, ".tsv": read_csv}
_WRITERS = {".jsonl": write_jsonl, ".csv": write_csv}


def read(path: Path, renamed: Renamed | None = None) -> Imported:
    """Return the suites in a JSONL, CSV or promptfoo YAML file; raises StackError.

    `renamed` maps a record's keys to fields of a case, "" to leave one out. JSONL and CSV hold
    only cases: their suite is named after the file, and its prompt is the bare input.
    """
    ending = path.suffix.lower()
    if ending in (".yaml", ".yml"):
        from stack_tui.suites.import_export.promptfoo.promptfoo_config import read_promptfoo

        return read_promptfoo(path)
    if ending not in _READERS:
        known = f"{', '.join(_READERS)} or .yaml"
        raise StackError(
            "cannot be imported: unknown kind of file",
            where=str(path),
            remedy=f"Give a file that ends in {known}.",
        )
    cases = _READERS[ending](read_utf8(path), path, renamed)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._")[:64] or "imported"
    return Imported(suites=(Suite(name=name, cases=cases),))


def bring_in(file: Path, folder: Path, renamed: Renamed | None = None) -> BroughtIn:
    """Write a file in the folder for each suite in `file`; raises StackError.

    If one of them exists already, none is written.
    """
    imported = read(file, renamed)
    suites = {folder / file_name(suite.name, ".toml"): suite for suite in imported.suites}
    for path in suites:
        if path.exists() or path.is_symlink():
            raise StackError("exists already", where=str(path), remedy="Rename one of the two.")
    folder.mkdir(parents=True, exist_ok=True)
    for path, suite in suites.items():
        create(path, suite_text(suite))
    return BroughtIn(suites=suites, notes=imported.notes)


def write(path: Path, suite: Suite) -> None:
    """Write the suite's cases as JSONL or CSV; raises StackError, also if the file exists."""
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        remedy = f"End its name in {' or '.join(_WRITERS)}."
        raise StackError("cannot be exported to: unknown kind", where=str(path), remedy=remedy)
    if path.exists() or path.is_symlink():
        raise StackError("exists already", where=str(path), remedy="Choose another name.")
    try:
        paths.write_atomically(path, writer(suite.cases))
    except OSError as error:
        raise StackError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            remedy="Check the folder's permissions and free space.",
        ) from None
