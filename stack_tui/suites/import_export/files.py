"""Files of other formats as suites, and suites as such files, by the ending of their name."""

import re
from pathlib import Path

from stack_tui import paths
from stack_tui.errors import StackError
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

    `renamed` says which of a record's keys is which field of a case, "" for one to leave out. JSONL
    and CSV hold cases alone: their suite has the file's name and asks the bare inputs.
    """
    ending = path.suffix.lower()
    if ending in (".yaml", ".yml"):
        from stack_tui.suites.import_export.promptfoo.promptfoo_config import read_promptfoo

        return read_promptfoo(path)
    if ending not in _READERS:
        known = ", ".join([*_READERS, ".yaml"])
        raise StackError("is of no kind that can be imported", where=str(path), remedy=known)
    cases = _READERS[ending](read_utf8(path), path, renamed)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._")[:64] or "imported"
    return Imported(suites=(Suite(name=name, cases=cases),))


def bring_in(file: Path, folder: Path, renamed: Renamed | None = None) -> BroughtIn:
    """Make a file in the folder of each suite that `file` holds, never over one; StackError else.

    Where one of the names is taken, nothing is made.
    """
    imported = read(file, renamed)
    suites = {folder / f"{suite.name}.toml": suite for suite in imported.suites}
    for path in suites:
        if path.exists():
            raise StackError("exists already", where=str(path), remedy="Rename one of the two.")
    folder.mkdir(parents=True, exist_ok=True)
    for path, suite in suites.items():
        create(path, suite_text(suite))
    return BroughtIn(suites=suites, notes=imported.notes)


def write(path: Path, suite: Suite) -> None:
    """Write the suite's cases as JSONL or CSV, never over a file; raises StackError."""
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        remedy = f"End its name in {' or '.join(_WRITERS)}."
        raise StackError("is of no kind that can be exported to", where=str(path), remedy=remedy)
    if path.exists():
        raise StackError("exists already", where=str(path), remedy="Choose another name.")
    try:
        paths.write_atomically(path, writer(suite.cases))
    except OSError as error:
        raise StackError(f"cannot be written: {error.strerror}", where=str(path)) from None
