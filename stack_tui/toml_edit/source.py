"""Reading of text and TOML files, with errors that name the file and the place in it."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from stack_tui.errors import StackError
from stack_tui.toml_edit import bounded_toml

T = TypeVar("T")
MAX_BYTES = 64 * 2**20


class TomlError(StackError):
    """A TOML file that is not valid; `where` is the file and the place in it."""


def read_text(path: Path) -> str:
    """Return a TOML file's text; raises StackError as `read_utf8` does, or if it is empty."""
    text = read_utf8(path)
    if not text.strip():
        raise TomlError("the file is empty", where=str(path))
    return text


def read_utf8(path: Path) -> str:
    """Return the file's text; raises StackError if it is missing, unreadable or not UTF-8."""
    if path.is_char_device():
        raise StackError("is a device, not a file", where=str(path))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise StackError(f"is larger than {MAX_BYTES >> 20} MiB", where=str(path))
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise StackError("no such file", where=str(path)) from None
    except IsADirectoryError:
        raise StackError("is a folder, not a file", where=str(path)) from None
    except OSError as error:
        raise StackError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise StackError(
            "not UTF-8 text", where=f"{path}:{line}", remedy="Save the file as UTF-8."
        ) from None


def parse(text: str, path: Path) -> dict[str, Any]:
    """Return the tables in `text`; raises TomlError, with the line, if it is not valid TOML."""
    try:
        return bounded_toml.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"not valid TOML: {error}", where=str(path)) from None


def convert(data: Any, kind: type[T], path: Path, place: str = "") -> T:
    """Return `data` as `kind`; raises TomlError with the place in the file and what is expected."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message, _, at = str(error).partition(" - at ")
        inner = at.strip("`").removeprefix("$").lstrip(".")
        full = ".".join(part for part in (place, inner) if part).replace(".[", "[")
        raise TomlError(message, where=f"{path}: {full}" if full else str(path)) from None
