"""Valid JSON, text and journals, and what a broken or hostile source makes of them."""

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any


class Raw(str):
    """JSON that Python's own encoder does not write, such as a number of 400 digits."""

    __slots__ = ()


_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 2, 0.5, 1e308, "", "x", "NaN", "\udfff\0", "\u202e\x1b]0;x\x07",
    "a" * 9000,
    [], {}, [[]], [{}], [None], {"a": 1}, {"": None}, [1, "x", None],
    *map(Raw, (
        "NaN", "-Infinity", "1e999", str(2**64), "1" + "0" * 400, "-1" + "0" * 5000,
        "[" * 90 + "]" * 90,
        "[" * 700 + "]" * 700, '{"error":' * 600 + '"x"' + "}" * 600,
        '{"text":["\\\\",' * 200 + "1" + "]}" * 200,
    )),
)  # fmt: skip
_FRAGMENTS = (
    "", "\0", "\x1b", "\x85", "\u202e", "\'\'\'", '"""', "[", "]", "{", "}", "[[", "=", ".", ",",
    "#", "\n", "\r\n",
    "\\", "\\u", "nan", "inf", "1e999", "9" * 400, "9" * 5000, "1979-13-27", "true", "null", "~",
    "*a", "<<: *a",
    "!!x", "- ", ": ", "|", "{{", "{input}", "é", "e\u0301" * 40, " " * 50, "\t",
    "[" * 60 + "]" * 60, "(?R)",
    "(a+)+$", "(", "a{99}", "$ref", "f99", "±", "ci", "self", "https://[::1", "http://a:b@c",
    "-1", "\ufeff",
    "a" + ".a" * 200,
)  # fmt: skip


def mutated_json(random: Random, body: bytes) -> bytes:
    """Return the JSON with a few values replaced, removed or doubled, or with damaged bytes."""
    if random.random() < 0.15:
        return mutated_bytes(random, body)
    try:
        data = json.loads(body)
    except ValueError:
        return mutated_bytes(random, body)
    for _ in range(random.choice((1, 1, 2, 3))):
        places = [place for place in _places(data) if place]
        if not places:
            break
        _change(random, data, random.choice(places))
    return _dumped(data)


def mutated_bytes(random: Random, data: bytes) -> bytes:
    """Return the bytes cut, with some of them changed, or with others put in."""
    place = random.randrange(len(data) + 1)
    how = random.randrange(5)
    if how == 0:
        return data[:place]
    if how == 1:
        return data[:place] + bytes((random.randrange(256),)) + data[place + 1 :]
    if how == 2:
        return b"\xef\xbb\xbf" + data
    if how == 3:
        return (
            data[:place]
            + random.choice((b"\xff\xfe", b"\\ud800", b"\0", b"\x1b[31m"))
            + data[place:]
        )
    return random.choice((b"", b"<html>" + data, data + b"}" + data[:8]))


def mutated_text(random: Random, text: str) -> str:
    """Return the text with a few fragments put in, parts removed or repeated, and lines moved."""
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.randrange(1, 30))
        lines = text.split("\n")
        match random.randrange(6):
            case 0:
                text = text[:start] + random.choice(_FRAGMENTS) + text[start:]
            case 1:
                text = text[:start] + random.choice(_FRAGMENTS) + text[end:]
            case 2:
                text = text[:start] + text[end:]
            case 3:
                text = text[:start] + text[start:end] * random.randrange(2, 5) + text[end:]
            case 4:
                lines.insert(random.randrange(len(lines)), random.choice(lines))
                text = "\n".join(lines)
            case 5:
                lines.pop(random.randrange(len(lines)))
                text = "\n".join(lines)
    return text


def damaged_journal(random: Random, data: bytes) -> bytes:
    """Return a journal as bad sectors, a bad copy or a crash leave it."""
    lines = data.splitlines(keepends=True)
    place = random.randrange(len(data))
    match random.randrange(7):
        case 0:
            return data[:place]
        case 1:
            return flipped(data, place * 8 + random.randrange(8))
        case 2:
            return data[:place] + bytes(512) + data[place + 512 :]
        case 3:
            lines.insert(random.randrange(len(lines)), random.choice(lines))
        case 4:
            random.shuffle(lines)
        case 5:
            lines.pop(random.randrange(len(lines)))
        case 6:
            lines.insert(random.randrange(len(lines)), random.randbytes(200) + b"\n")
    return b"".join(lines)


def flipped(data: bytes, bit: int) -> bytes:
    """Return the data with one bit flipped."""
    found = bytearray(data)
    found[bit // 8] ^= 1 << bit % 8
    return bytes(found)


def _places(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield above
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _places(value, (*above, name))
    elif isinstance(data, list):
        for number, value in enumerate(data[:6]):
            yield from _places(value, (*above, number))


def _change(random: Random, data: Any, place: tuple[Any, ...]) -> None:
    parent = data
    for key in place[:-1]:
        parent = parent[key]
    match random.randrange(5):
        case 0:
            del parent[place[-1]]
        case 1 if isinstance(parent, list):
            parent.insert(place[-1], copy.deepcopy(parent[place[-1]]))
        case 2 if isinstance(parent, dict):
            parent[random.choice(("", "x"))] = parent.pop(place[-1])
        case _:
            parent[place[-1]] = copy.deepcopy(random.choice(_VALUES))


def _dumped(data: Any) -> bytes:
    raws: list[Raw] = []

    def marked(value: Any) -> Any:
        if isinstance(value, Raw):
            raws.append(value)
            return f"@raw{len(raws) - 1}@"
        if isinstance(value, dict):
            return {name: marked(inner) for name, inner in value.items()}
        return [marked(inner) for inner in value] if isinstance(value, list) else value

    text = json.dumps(marked(data))
    for number, raw in enumerate(raws):
        text = text.replace(f'"@raw{number}@"', raw)
    return text.encode("utf-8", "surrogatepass")
