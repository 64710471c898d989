"""Files that a configuration refers to; none is read from outside its folder."""

from pathlib import Path
from typing import TypeGuard

from stack_tui.suites.import_export.promptfoo.templates import Unmapped

_SCHEME = "file://"


def is_reference(value: object) -> TypeGuard[str]:
    """Say whether the value is text such as file://prompt.txt."""
    return isinstance(value, str) and value.startswith(_SCHEME)


def referred(value: str, folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files that are meant, several for a pattern such as file://cases/*.yaml.

    Raises Unmapped where there is none, where it is of another kind, or outside the folder.
    """
    name = value.removeprefix(_SCHEME)
    is_pattern = "*" in name and not name.startswith("/")
    named = sorted(folder.glob(name)) if is_pattern else [folder / name]
    if not all(path.resolve().is_relative_to(folder.resolve()) for path in named):
        raise Unmapped(f"a file outside the configuration's folder: {name}")
    of_kind = [path for path in named if path.name.lower().endswith(suffixes)]
    if named and not of_kind:
        raise Unmapped(f"a file that is none of {', '.join(suffixes)}: {name}")
    found = [path for path in of_kind if path.is_file()]
    if not found:
        raise Unmapped(f"a file that is not there: {name}")
    return found
