"""Where files lie, and how one is written so that a crash leaves the old or the new one."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

CONFIG_NAME = "stack-tui.toml"
DEFAULT_RESULTS = Path("eval-results")


def user_config_dir() -> Path:
    """Return the user's config folder for stack-tui, whether or not it exists."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "stack-tui"


def shipped_cases() -> Path:
    """Return the folder of the suites that come with stack-tui, installed or in its checkout."""
    package = Path(__file__).parent
    installed = package / "shipped_cases"
    return installed if installed.is_dir() else package.parent / "cases"


def runtime_dir() -> Path:
    """Return a folder of mode 0700 that this user owns, for sockets; it is made where missing.

    Raises PermissionError where somebody else owns the name.
    """
    base = os.environ.get("XDG_RUNTIME_DIR")
    folder = (
        Path(base) / "stack-tui"
        if base
        else Path(tempfile.gettempdir()) / f"stack-tui-{os.getuid()}"
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise PermissionError(f"{folder} is not a private folder of this user")
    return folder


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace the file at `path` in one step, durably; its permissions stay as they were.

    What is no regular file, such as /dev/stdout, is written to instead. An OSError names `path`.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        if error.errno is not None:
            error.filename = str(path)
        raise


def _replace(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
