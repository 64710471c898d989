"""Files that a configuration refers to; none is read from outside its folder."""

from pathlib import Path
from typing import TypeGuard

from stack_tui.suites.exchange.promptfoo.templates import Unmapped

_SCHEME = "file://"


def is_reference(value: object) -> TypeGuard[str]:
    """Say whether the value is text such as file://prompt.txt."""
    return isinstance(value, str) and value.startswith(_SCHEME)


def referred(value: str, folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files that are meant, several for a pattern such as file://cases/*.yaml.

    Raises Unmapped where there is none, where it is of another kind, or outside the folder.
    """
    name = value.removeprefix(_SCHEME)
    if not name.lower().endswith(suffixes):
        raise Unmapped(f"a file that is none of {', '.join(suffixes)}: {name}")
    found = (
        sorted(folder.glob(name)) if "*" in name and not name.startswith("/") else [folder / name]
    )
    for path in found:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise Unmapped(f"a file outside the configuration's folder: {name}")
    found = [path for path in found if path.is_file()]
    if not found:
        raise Unmapped(f"a file that is not there: {name}")
    return found
