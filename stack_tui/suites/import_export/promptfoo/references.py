"""Files that a configuration refers to; only those in its own folder are read."""

from pathlib import Path
from typing import TypeGuard

from stack_tui.suites.import_export.promptfoo.templates import Unmapped

_SCHEME = "file://"


def is_reference(value: object) -> TypeGuard[str]:
    """Return whether the value is text such as file://prompt.txt."""
    return isinstance(value, str) and value.startswith(_SCHEME)


def referred(value: str, folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files referred to, several for a pattern such as file://cases/*.yaml.

    Raises Unmapped if there are none, or if one is outside the folder or of another kind.
    """
    name = value.removeprefix(_SCHEME)
    is_pattern = "*" in name and not name.startswith("/")
    named = sorted(folder.glob(name)) if is_pattern else [folder / name]
    if not all(path.resolve().is_relative_to(folder.resolve()) for path in named):
        raise Unmapped(f"a file outside the configuration's folder: {name}")
    of_kind = [path for path in named if path.name.lower().endswith(suffixes)]
    if named and not of_kind:
        raise Unmapped(f"a file that does not end in {' or '.join(suffixes)}: {name}")
    found = [path for path in of_kind if path.is_file()]
    if not found:
        raise Unmapped(f"a file that does not exist: {name}")
    return found
