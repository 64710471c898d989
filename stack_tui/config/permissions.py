"""What a folder's files may do: they act only after the user has allowed it, once.

A stack-tui.toml in the working folder may come with a cloned repository, and a run's folder from
somebody else. Such a file names servers freely, but a key goes to a server only if the user has
allowed that key for that URL. The user's own file, and one named on the command line or by
$STACK_TUI_CONFIG, need no permission.
"""

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from stack_tui.errors import StackError
from stack_tui.paths import user_config_dir
from stack_tui.record_file import append_record, read_records


class ActingPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a file that acts: the key of an environment variable goes to a URL."""

    variable: str
    url: str

    @property
    def digest(self) -> str:
        """What identifies the part; another variable or URL has to be allowed anew."""
        return hashlib.sha256(msgspec.json.encode(("key", self.variable, self.url))).hexdigest()


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the file of permissions."""

    at: float
    """When it was given, in seconds since 1970."""
    digest: str
    variable: str
    """For people who read the file, as is `url`."""
    url: str


def not_allowed(parts: Iterable[ActingPart]) -> tuple[ActingPart, ...]:
    """Return the parts that the user has not allowed, each once."""
    distinct = tuple(dict.fromkeys(parts))
    known = _digests() if distinct else frozenset()
    return tuple(part for part in distinct if part.digest not in known)


def allow(parts: Iterable[ActingPart]) -> None:
    """Allow the parts from now on; raises StackError if that cannot be stored."""
    try:
        for part in not_allowed(parts):
            _path().parent.mkdir(parents=True, exist_ok=True)
            permission = Permission(
                at=time.time(), digest=part.digest, variable=part.variable, url=part.url
            )
            append_record(_path(), permission)
    except OSError as error:
        raise StackError(
            f"cannot be written: {error.strerror}",
            where=str(_path()),
            remedy="Check the folder's permissions and free space.",
        ) from None


def _path() -> Path:
    return user_config_dir() / "trusted.jsonl"


def _digests() -> frozenset[str]:
    return frozenset(each.digest for each in read_records(_path(), Permission))
