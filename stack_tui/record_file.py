"""Small files of one JSON record per line that several processes append to, such as labels."""

from pathlib import Path
from typing import TypeVar

import msgspec

from stack_tui.paths import append_line

T = TypeVar("T")


def append_record(path: Path, record: msgspec.Struct) -> None:
    """Append the record as one line; raises OSError if it cannot be stored whole."""
    append_line(path, msgspec.json.encode(record))


def read_records(path: Path, kind: type[T]) -> list[T]:
    """Return the records in the file, oldest first, without lines that are not a valid `kind`.

    A file that is missing or cannot be read holds no records.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return []
    records = []
    for line in lines:
        try:
            records.append(msgspec.json.decode(line, type=kind))
        except msgspec.DecodeError:
            continue
    return records
