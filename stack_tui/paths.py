"""Where files are kept, how they are written safely, and how a change to one is noticed."""

import errno
import fcntl
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_APP = "stack-tui"
_NEW_FILE = 0o666  # the umask takes away what the user does not want others to have
CONFIG_NAME = "stack-tui.toml"
DEFAULT_RESULTS = Path("eval-results")
DEFAULT_CASES = Path("cases")


def user_config_dir() -> Path:
    """Return the user's config folder for stack-tui, whether or not it exists."""
    import platformdirs

    return platformdirs.user_config_path(_APP, appauthor=False)


def user_cache_dir() -> Path:
    """Return the user's cache folder for stack-tui, whether or not it exists."""
    import platformdirs

    return platformdirs.user_cache_path(_APP, appauthor=False)


def shipped_cases() -> Path:
    """Return the folder of the suites that ship with stack-tui, installed or in a checkout."""
    package = Path(__file__).parent
    installed = package / "shipped_cases"
    return installed if installed.is_dir() else package.parent / "cases"


def runtime_dir() -> Path:
    """Return a folder of mode 0700 that this user owns, for sockets; create it if it is missing.

    Raises PermissionError if another user owns it or others can enter it.
    """
    # platformdirs ignores an XDG_RUNTIME_DIR that others can enter and picks another folder. All
    # processes that share a socket must use the same folder, or fail with a reason.
    base = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(base) / _APP if base else Path(tempfile.gettempdir()) / f"{_APP}-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise PermissionError(f"{folder} is not a private folder of this user")
    return folder


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace what is at `path` by a file in one step, durably, and keep a file's permissions.

    A symbolic link is replaced and not followed: in a folder that others can write to, it may lead
    anywhere. A new file gets the permissions that the umask leaves. An OSError names `path`.
    """
    with _naming(path):
        _replace(path, content)


def write_through(path: Path, content: str | bytes) -> None:
    """Write the file that a person named: like `write_atomically`, but through symbolic links.

    A pipe or a device, such as /dev/stdout, is written to instead. An OSError names `path`.
    """
    with _naming(path):
        if path.exists() and not path.is_file():
            path.write_bytes(_encoded(content))
        else:
            _replace(path.resolve(), content)


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Have an OSError raised within name `path`."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            error.filename = str(path)
        raise


def _replace(target: Path, content: str | bytes) -> None:
    draft = target.with_name(f".{secrets.token_hex(8)}.tmp")
    kept = _mode_of(target)
    # The kernel applies the umask to a new file, and nobody may read the draft who may not read
    # the file.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(draft, flags, _NEW_FILE if kept is None else kept & 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            if kept is not None:
                os.fchmod(handle, kept)
            file.write(_encoded(content))
            file.flush()
            os.fsync(handle)
        draft.replace(target)
        sync_folder(target.parent)
    except BaseException:
        with suppress(FileNotFoundError):
            draft.unlink()
        raise


def _mode_of(path: Path) -> int | None:
    """Return the permissions of the file at `path`, None if there is none; a link has none."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return status.st_mode & 0o777 if stat.S_ISREG(status.st_mode) else None


def open_to_append(path: Path) -> int:
    """Return a descriptor to read and append to the file, which is created if it is missing.

    Raises OSError for a symbolic link, which is not followed.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags, _NEW_FILE)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(error.errno, "is a symbolic link, not a file", str(path)) from None
        raise


def write_new(path: Path, data: bytes) -> None:
    """Write a file that does not exist yet, durably; `sync_folder` makes its name durable too."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in the folder durable: what was created, renamed or removed there."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # Some network filesystems cannot sync a folder; they then do so by themselves.
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, for a change that reads a file before it writes it.

    Not for use within itself. Where the filesystem has no locks, there is no protection.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def append_whole(handle: int, data: bytes) -> None:
    """Write all of `data` to the end of an open file; if that fails, leave the file as it was.

    The caller holds the file's lock, so that nobody else appends meanwhile.
    """
    end = os.fstat(handle).st_size
    try:
        written = 0
        while written < len(data):
            written += os.write(handle, data[written:])
    except OSError:
        os.ftruncate(handle, end)
        raise


def append_line(path: Path, line: bytes) -> None:
    """Append `line` and a line break to the file, which is created if it is missing.

    Two processes that append at once do not mix their lines, and a failed write leaves no part.
    """
    handle = open_to_append(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        append_whole(handle, line + b"\n")
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file's identity and state on disk: a different stamp means that it may have changed.

    The size catches two writes within one tick of the clock; the inode catches a file that was
    replaced by one of the same size and time.
    """

    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def inode_of(cls, path: Path) -> int | None:
        """Return the inode of the file at `path`, None if there is none that can be examined."""
        stamp = cls.of(path)
        return stamp.inode if stamp else None

    @classmethod
    def of(cls, path: Path) -> "FileStamp | None":
        """Return the stamp of the file at `path`, None if there is none that can be examined."""
        try:
            status = path.stat()
        except OSError:
            return None
        return cls(status.st_ino, status.st_size, status.st_mtime_ns)
