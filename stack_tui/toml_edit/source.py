"""Typed reading of TOML files, with errors that name the file and the line or the path in it."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from stack_tui.errors import StackError

T = TypeVar("T")


class TomlError(StackError):
    """A TOML file that cannot be read, with the file and the place in it as `where`."""


def read_text(path: Path) -> str:
    """Return the file's text; raises TomlError where missing, unreadable, not UTF-8 or empty."""
    if path.is_char_device():
        raise TomlError("is a device, not a TOML file", where=str(path))
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise TomlError("no such file", where=str(path)) from None
    except IsADirectoryError:
        raise TomlError("is a folder, not a TOML file", where=str(path)) from None
    except OSError as error:
        raise TomlError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise TomlError(
            "not UTF-8 text", where=f"{path}:{line}", remedy="Save the file as UTF-8."
        ) from None
    if not text.strip():
        raise TomlError("the file is empty", where=str(path))
    return text


def parse(text: str, path: Path) -> dict[str, Any]:
    """Return the tables in `text`; raises TomlError with the line where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"not valid TOML: {error}", where=str(path)) from None


def convert(data: Any, kind: type[T], path: Path, place: str = "") -> T:
    """Return `data` as `kind`; raises TomlError with the path in the file and what was expected."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message, _, at = str(error).partition(" - at ")
        inner = at.strip("`").removeprefix("$").lstrip(".")
        full = ".".join(part for part in (place, inner) if part).replace(".[", "[")
        raise TomlError(message, where=f"{path}: {full}" if full else str(path)) from None
