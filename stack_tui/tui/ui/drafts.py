"""Unsaved edits, kept on disk so that a lost connection loses none."""

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec

from stack_tui.paths import user_cache_dir, write_atomically


class Draft(msgspec.Struct, frozen=True):
    """The fields as they were typed, and the digest of the file that the edit began with."""

    texts: dict[str, str]
    seen: str


def keep(path: Path, case_id: str, draft: Draft) -> None:
    """Keep the draft of that case of that file, if its file can be written."""
    place = _place(path, case_id)
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place, msgspec.json.encode(draft))


def kept(path: Path, case_id: str) -> Draft | None:
    """Return the draft, None if there is none that can be read."""
    try:
        return msgspec.json.decode(_place(path, case_id).read_bytes(), type=Draft)
    except (OSError, msgspec.DecodeError):
        return None


def forget(path: Path, case_id: str) -> None:
    """Delete the draft."""
    with suppress(OSError):
        _place(path, case_id).unlink(missing_ok=True)


def _place(path: Path, case_id: str) -> Path:
    name = hashlib.sha256(f"{path.resolve()}\0{case_id}".encode()).hexdigest()[:24]
    return user_cache_dir() / "drafts" / f"{name}.json"
