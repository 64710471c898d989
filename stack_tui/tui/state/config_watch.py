"""The configuration file, read again when it changes."""

from stack_tui.config import decode as configuration
from stack_tui.config.decode import Config
from stack_tui.errors import StackError
from stack_tui.paths import FileStamp


class ConfigWatch:
    """Watches the file that `config` was read from, or the first one to be written."""

    def __init__(self, config: Config) -> None:
        self._path = config.path
        self._stamp = FileStamp.of(config.path) if config.path else None

    def refresh(self) -> Config | None:
        """Return the changed configuration, None if it is as before; raises StackError."""
        if self._path is None:
            self._path = configuration.find()
        if self._path is None or (stamp := FileStamp.of(self._path)) == self._stamp:
            return None
        self._stamp = stamp
        if stamp is None:
            raise StackError(
                "the configuration file was removed",
                where=str(self._path),
                remedy="Its settings stay in force until you leave stack-tui.",
            )
        return configuration.load(self._path)
