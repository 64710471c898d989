"""An event as a line of JSON with a checksum, and back."""

from zlib import crc32

import msgspec

from stack_tui.runs.events import Event
from stack_tui.runs.old_formats import current_event

_CHECKSUM = b',"crc32":"'
_CHECKSUM_BYTES = len(_CHECKSUM) + 8 + 2
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """Return the event as one line of JSON, newline included, with its checksum as last field."""
    fields = _encoder.encode(event)[:-1]
    return b'%b%b%08x"}\n' % (fields, _CHECKSUM, crc32(fields))


def decode(line: bytes) -> Event:
    """Return the event that `line` holds; raises msgspec.DecodeError if it holds none.

    A line that is not what `encode` wrote holds none. Lines of older versions have no checksum.
    """
    line = line.rstrip(b"\n")
    fields, found = line[:-_CHECKSUM_BYTES], line[-_CHECKSUM_BYTES:]
    if found.startswith(_CHECKSUM) and found[len(_CHECKSUM) : -2] != b"%08x" % crc32(fields):
        raise msgspec.DecodeError("the line was damaged: its checksum differs")
    try:
        return _decoder.decode(line)
    except msgspec.ValidationError:
        # Converting costs a second pass, so only a line that today's types refuse pays for it.
        return _converted(line)
    except RecursionError:
        raise msgspec.DecodeError("nested too deeply") from None


def _converted(line: bytes) -> Event:
    try:
        event: Event = msgspec.convert(current_event(msgspec.json.decode(line)), Event)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise msgspec.DecodeError(f"no event: {type(error).__name__}") from None
    return event
