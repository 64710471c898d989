"""Read training and few-shot files as a stream of passages, in bounded memory."""

import codecs
import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from stack_tui.errors import StackError

_LONGEST_LINE = 64 << 20
_LONGEST_JSON = 256 << 20
_BLOCK = 1 << 18
_ROWS = 256


@dataclass(frozen=True)
class Passage:
    """A text, its first line or row (from 1), and the share of the file read so far (0 to 1).

    In plain text (`counts_on`) the text's lines are the file's lines; otherwise it is one record.
    """

    text: str
    line: int
    done: float
    counts_on: bool = False


@dataclass(frozen=True)
class Unread:
    """A line or row that could not be read, and why."""

    line: int
    why: str


def passages(path: Path, overlap: int) -> Iterator[Passage | Unread]:
    """Yield the text of each record of JSONL, JSON or parquet, or blocks of plain text.

    Files may be gzipped. Blocks share `overlap` characters, so that no passage up to that length is
    cut. Raises StackError.
    """
    name = path.name.lower().removesuffix(".gz")
    if path.is_fifo() and not str(path).startswith(("/dev/", "/proc/")):
        # Opening one blocks until somebody writes to it; a shell's <(command) is under /dev.
        raise StackError("is a pipe, not a file", where=str(path))
    try:
        if name.endswith(".parquet"):
            yield from _parquet(path)
        elif name.endswith((".jsonl", ".ndjson")):
            yield from _jsonl(path)
        elif name.endswith(".json"):
            yield from _json(path)
        else:
            yield from _plain(path, overlap)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise StackError(f"cannot be read: {reason}", where=str(path)) from None


class _Opened:
    """A file, unpacked if its name ends in .gz, that tracks how much of it has been read."""

    def __init__(self, path: Path) -> None:
        self._raw = path.open("rb")
        self._size = max(path.stat().st_size, 1)
        packed = path.suffix.lower() == ".gz"
        self.file: IO[bytes] = gzip.GzipFile(fileobj=self._raw) if packed else self._raw  # type: ignore[assignment]

    def __enter__(self) -> "_Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    @property
    def done(self) -> float:
        return self._raw.tell() / self._size


def _jsonl(path: Path) -> Iterator[Passage | Unread]:
    with _Opened(path) as opened:
        number = 0
        while line := opened.file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                while (line := opened.file.readline(_LONGEST_LINE)) and not line.endswith(b"\n"):
                    pass
                yield Unread(number, f"longer than {_LONGEST_LINE >> 20} MiB")
            elif line.strip():
                yield _record(line, number, opened.done)


def _record(line: bytes, number: int, done: float) -> Passage | Unread:
    try:
        return Passage("\n".join(_strings(msgspec.json.decode(line))), number, done)
    except (msgspec.DecodeError, RecursionError) as error:
        return Unread(number, f"not JSON: {error}")


def _json(path: Path) -> Iterator[Passage | Unread]:
    with _Opened(path) as opened:
        text = opened.file.read(_LONGEST_JSON + 1)
    if len(text) > _LONGEST_JSON:
        raise StackError(
            f"larger than {_LONGEST_JSON >> 20} MiB",
            where=str(path),
            remedy="Convert it to JSONL, one record per line.",
        )
    try:
        data = msgspec.json.decode(text)
        records = data if isinstance(data, list) else [data]
        for number, record in enumerate(records, 1):
            yield Passage("\n".join(_strings(record)), number, number / len(records))
    except (msgspec.DecodeError, RecursionError) as error:
        raise StackError(f"not JSON: {error}", where=str(path)) from None


def _plain(path: Path, overlap: int) -> Iterator[Passage]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    with _Opened(path) as opened:
        kept, line = "", 1
        while data := opened.file.read(_BLOCK):
            if b"\0" in data:
                raise StackError(
                    "is not UTF-8 text",
                    where=str(path),
                    remedy="Use JSONL, JSON, parquet or text, gzipped or not.",
                )
            text = kept + decoder.decode(data)
            yield Passage(text, line, opened.done, counts_on=True)
            kept = text[-overlap:]
            line += text.count("\n", 0, len(text) - len(kept))


def _parquet(path: Path) -> Iterator[Passage]:
    import pyarrow  # type: ignore[import-untyped]
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path, pre_buffer=False) as file:
            schema = file.schema_arrow
            columns = [field.name for field in schema if _holds_text(pyarrow.types, field.type)]
            rows = max(file.metadata.num_rows, 1)
            number = 0
            for batch in file.iter_batches(_ROWS, columns=columns, use_threads=False):
                for record in batch.to_pylist():
                    number += 1
                    yield Passage("\n".join(_strings(record)), number, number / rows)
    except (pyarrow.ArrowException, OSError) as error:
        raise StackError(f"not readable as parquet: {error}", where=str(path)) from None


def _holds_text(types: Any, kind: Any) -> bool:
    if types.is_struct(kind):
        return any(_holds_text(types, field.type) for field in kind)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_dictionary(kind):
        return _holds_text(types, kind.value_type)
    if types.is_map(kind):
        return _holds_text(types, kind.item_type)
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
