"""stack-tui.toml: the endpoints by name, and what is used where a command names nothing."""

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from stack_tui.errors import StackError
from stack_tui.names import did_you_mean
from stack_tui.paths import CONFIG_NAME, user_config_dir
from stack_tui.toml_edit import source

EMBEDDED = "embedded:smollm2"
Keys = tuple[str, ...]
CONCURRENCY_HELP = "Max concurrent requests; leave empty to tune automatically."
THEMES = ("dark", "light", "16")
PanelMethod = Literal["median", "mean", "majority"]


class Endpoint(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A base URL, a model name and how to authenticate; the key itself is never part of it.

    Prices are per million tokens, in `currency`.
    """

    name: str
    url: str
    model: str | None = None
    api_key_env: str | None = None
    concurrency: int | None = None
    timeout_s: float = 300.0
    price_in: float | None = None
    price_out: float | None = None
    currency: str = "USD"

    def __post_init__(self) -> None:
        if self.url != EMBEDDED and not self.url.startswith(("http://", "https://")):
            raise ValueError(f"url must start with http:// or https://, not {self.url!r}")
        if self.url != EMBEDDED and (wrong := _wrong_with(self.url)):
            raise ValueError(f"url {wrong}")
        if self.api_key_env is not None and not self.api_key_env.isidentifier():
            raise ValueError("api_key_env must be a variable's name, not the key itself")
        if self.concurrency is not None and self.concurrency < 1:
            raise ValueError("concurrency must be 1 or more")
        if not 0 < self.timeout_s < math.inf:
            raise ValueError("timeout_s must be a number of seconds above 0")
        self._check_prices()

    def _check_prices(self) -> None:
        if (self.price_in is None) != (self.price_out is None):
            raise ValueError("price_in and price_out go together; 0 is a price too")
        for price in (self.price_in, self.price_out):
            if price is not None and not 0 <= price < math.inf:
                raise ValueError("a price must be 0 or more")
        if not 0 < len(self.currency) <= 12 or not self.currency.isprintable():
            raise ValueError("currency must be a short word, such as EUR")


def _wrong_with(url: str) -> str:
    """Return what keeps `url` from being a base URL, without quoting it: it may hold a secret."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is no URL of a server"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or password; api_key_env names the key's variable"
    if parts.query or parts.fragment:
        return "must end with its path: no ? and no #; api_key_env names the key's variable"
    if not host or port == 0 or not url.isprintable() or " " in url:
        return "is no URL of a server"
    return ""


class Defaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a command takes where it names no endpoint, judge, panel or results folder."""

    endpoint: str | None = None
    judges: tuple[str, ...] = ()
    panel: PanelMethod | None = None
    results: str | None = None


class AppSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the app looks and what it listens to; without a theme, what fits the terminal."""

    theme: str | None = None
    mouse: bool = True

    def __post_init__(self) -> None:
        if self.theme is not None and self.theme not in THEMES:
            raise ValueError(f"theme must be one of {', '.join(THEMES)}, not {self.theme!r}")


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The decoded configuration; `path` is None where no file was found."""

    endpoints: dict[str, Endpoint] = {}
    defaults: Defaults = Defaults()
    app: AppSettings = AppSettings()
    keys: dict[str, Keys] = {}
    path: Path | None = None

    def endpoint(self, name: str) -> Endpoint:
        """Return the endpoint called `name`; raises StackError with the names that exist."""
        if found := self.endpoints.get(name):
            return found
        known = ", ".join(sorted(self.endpoints)) or "none"
        meant = did_you_mean(name, self.endpoints)
        add = f"dd [endpoints.{name}] with a url there, or use --url and --model."
        raise StackError(
            f"no endpoint is called {name!r}; configured: {known}",
            where=str(self.path or CONFIG_NAME),
            remedy=f"{meant} Otherwise a{add}" if meant else f"A{add}",
        )


class _Tables(msgspec.Struct, forbid_unknown_fields=True):
    endpoints: dict[str, dict[str, object]] = {}
    defaults: Defaults = Defaults()
    app: AppSettings = AppSettings()
    keys: dict[str, object] = {}


def find(explicit: Path | None = None) -> Path | None:
    """Return the file to read: the named one, $STACK_TUI_CONFIG, the folder's, else the user's."""
    if explicit:
        return explicit
    if named := os.environ.get("STACK_TUI_CONFIG"):
        return Path(named)
    candidates = (Path(CONFIG_NAME), user_config_dir() / CONFIG_NAME)
    return next((path for path in candidates if path.is_file()), None)


def load(explicit: Path | None = None) -> Config:
    """Read the configuration that `find` finds; raises StackError naming file and place."""
    path = find(explicit)
    if path is None:
        return Config()
    return decode(source.read_text(path), path)


def decode(text: str, path: Path) -> Config:
    """Return the configuration that `text` states; raises StackError naming file and place."""
    tables = source.convert(source.parse(text, path), _Tables, path)
    endpoints = {}
    for name, table in tables.endpoints.items():
        if "name" in table:
            raise source.TomlError(
                "unknown key `name`: the table's title is the name",
                where=f"{path}: endpoints.{name}",
            )
        endpoints[name] = source.convert(
            table | {"name": name}, Endpoint, path, f"endpoints.{name}"
        )
    config = Config(
        endpoints=endpoints,
        defaults=tables.defaults,
        app=tables.app,
        keys=dict(_keys(tables.keys, path)),
        path=path,
    )
    for name in filter(None, (tables.defaults.endpoint, *tables.defaults.judges)):
        config.endpoint(name)
    return config


def _keys(table: dict[str, object], path: Path, before: str = "") -> Iterator[tuple[str, Keys]]:
    """Yield what each binding's keys are to be; a dot in a name makes a table of its own."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _keys(value, path, f"{before}{name}.")
        elif isinstance(value, str):
            yield f"{before}{name}", (value,)
        else:
            keys = source.convert(value, Keys, path, f"keys.{before}{name}")
            yield f"{before}{name}", keys
