"""The configuration's file, read again when somebody changes it."""

from collections.abc import Callable
from pathlib import Path

from stack_tui.config import decode as configuration
from stack_tui.config.decode import Config
from stack_tui.errors import StackError

Stamp = tuple[int, int, int] | None


class ConfigWatch:
    """Where the configuration lies, or will; `config` is what was last read there."""

    def __init__(self, config: Config) -> None:
        self._path = config.path
        self._stamp = _stamp(config.path)

    def look(
        self, changed: Callable[[Config], object], failed: Callable[[StackError], object]
    ) -> None:
        """Tell what the file says where that has changed, or what is wrong with it."""
        try:
            if config := self.refresh():
                changed(config)
        except StackError as error:
            failed(error)

    def refresh(self) -> Config | None:
        """Return what the file says now, None where it has not changed; raises what is wrong."""
        if self._path is None:
            self._path = configuration.find()
        stamp = _stamp(self._path)
        if stamp == self._stamp or self._path is None:
            return None
        self._stamp = stamp
        if stamp is None:
            raise StackError(
                "the configuration's file was removed",
                where=str(self._path),
                remedy="What it said holds until stack-tui is left.",
            )
        return configuration.load(self._path)


def _stamp(path: Path | None) -> Stamp:
    try:
        status = path.stat() if path else None
    except OSError:
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns) if status else None
