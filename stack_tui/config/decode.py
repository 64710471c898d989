"""stack-tui.toml: endpoints by name, the defaults, and settings of the app."""

import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from stack_tui.config.permissions import ActingPart, not_allowed
from stack_tui.config.urls import base_url, url_problem
from stack_tui.errors import StackError
from stack_tui.names import did_you_mean
from stack_tui.paths import CONFIG_NAME, user_config_dir
from stack_tui.toml_edit import source

# The fields of an endpoint that its table in the configuration does not have.
NOT_IN_FILES = frozenset({"recorded_url", "key_withheld"})
EMBEDDED = "embedded:smollm2"
Keys = tuple[str, ...]
CONCURRENCY_HELP = "Max concurrent requests; leave empty to tune automatically."
THEMES = ("dark", "light", "16")
PanelMethod = Literal["median", "mean", "majority"]
_KEYS = re.compile(r"(sk|pk|rk|gsk|hf|xai|nvapi|r8|ghp)_|(?=.*[A-Za-z])(?=.*\d)[A-Za-z0-9]{20}")


class Endpoint(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A server, a model on it, and how to authenticate; the key itself is never part of it."""

    name: str
    """What configuration, commands and reports call it."""
    url: str
    """The base URL in its normal form, or `EMBEDDED`: a bare origin gets /v1, a slash goes."""
    model: str | None = None
    """The model's name, None for the only one that the server has."""
    api_key_env: str | None = None
    """The environment variable that holds the key."""
    concurrency: int | None = None
    """Maximum concurrent requests, None to tune it automatically."""
    timeout_s: float = 300.0
    """The timeout of a request, in seconds."""
    price_in: float | None = None
    """The price of a million prompt tokens, in `currency`."""
    price_out: float | None = None
    """The price of a million completion tokens, in `currency`."""
    currency: str = "USD"
    """A short word, printed with costs."""
    recorded_url: str = ""
    """The URL as an old run's run.toml states it, if it is not in its normal form."""
    key_withheld: bool = False
    """Whether the key may not be sent: the folder's file that names it is not trusted yet."""

    @property
    def key_url(self) -> str:
        """The URL in the keys of a run's recorded answers."""
        return self.recorded_url or self.url

    def __post_init__(self) -> None:
        if self.url != EMBEDDED:
            if not self.url.startswith(("http://", "https://")):
                raise ValueError(f"url must start with http:// or https://, not {self.url!r}")
            if problem := url_problem(self.url):
                raise ValueError(f"url {problem}")
            # Frozen, and yet set here: every way to an endpoint must end in the one form, since
            # endpoints are compared and looked up by their URLs.
            msgspec.structs.force_setattr(self, "url", base_url(self.url))
        if self.api_key_env is not None and not self.api_key_env.isidentifier():
            raise ValueError("api_key_env must be a variable's name, not the key itself")
        if self.concurrency is not None and self.concurrency < 1:
            raise ValueError("concurrency must be 1 or more")
        if not 0 < self.timeout_s < math.inf:
            raise ValueError("timeout_s must be a number of seconds above 0")
        self._check_prices()

    def _check_prices(self) -> None:
        if (self.price_in is None) != (self.price_out is None):
            raise ValueError("price_in and price_out go together; set a free one to 0")
        for price in (self.price_in, self.price_out):
            if price is not None and not 0 <= price < math.inf:
                raise ValueError("a price must be 0 or more")
        if not 0 < len(self.currency) <= 12 or not self.currency.isprintable():
            raise ValueError("currency must be a short word, such as EUR")


class Defaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The default endpoint, judges, panel and results folder of commands."""

    endpoint: str | None = None
    judges: tuple[str, ...] = ()
    panel: PanelMethod | None = None
    results: str | None = None


class AppSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The app's theme (None to detect one that fits the terminal) and use of the mouse."""

    theme: str | None = None
    mouse: bool = True

    def __post_init__(self) -> None:
        if self.theme is not None and self.theme not in THEMES:
            raise ValueError(f"theme must be one of {', '.join(THEMES)}, not {self.theme!r}")


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The decoded configuration; `path` is None if no file was found."""

    endpoints: dict[str, Endpoint] = {}
    defaults: Defaults = Defaults()
    app: AppSettings = AppSettings()
    keys: dict[str, Keys] = {}
    path: Path | None = None

    def endpoint(self, name: str) -> Endpoint:
        """Return the endpoint called `name`; raises StackError with the configured names."""
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
    """Return the file to read: `explicit`, $STACK_TUI_CONFIG, the working folder's, the user's."""
    if explicit:
        return explicit
    if named := os.environ.get("STACK_TUI_CONFIG"):
        return Path(named)
    candidates = (Path(CONFIG_NAME), user_config_dir() / CONFIG_NAME)
    return next((path for path in candidates if path.is_file()), None)


def load(explicit: Path | None = None) -> Config:
    """Read the configuration that `find` finds; raises StackError with the file and the place.

    Keys that the working folder's own file names are withheld until the user allows them.
    """
    path = find(explicit)
    if path is None:
        return Config()
    config = decode(source.read_text(path), path)
    return _with_keys_withheld(config) if is_of_folder(path) else config


def is_of_folder(path: Path) -> bool:
    """Return whether the file was found in the working folder, and not named by the user."""
    return path == Path(CONFIG_NAME)


def _with_keys_withheld(config: Config) -> Config:
    parts = {
        name: ActingPart(variable=endpoint.api_key_env, url=endpoint.url)
        for name, endpoint in config.endpoints.items()
        if endpoint.api_key_env
    }
    refused = set(not_allowed(parts.values()))
    endpoints = {
        name: msgspec.structs.replace(endpoint, key_withheld=parts.get(name) in refused)
        for name, endpoint in config.endpoints.items()
    }
    return msgspec.structs.replace(config, endpoints=endpoints)


def variable_problem(name: str) -> str:
    """Return why this cannot name an environment variable, "" if it can.

    The text is not quoted: it may be a key that was typed by mistake.
    """
    if name.isidentifier() and not _KEYS.match(name):
        return ""
    return "takes a variable's name, never a key: export MY_KEY=… and enter MY_KEY here"


def decode(text: str, path: Path) -> Config:
    """Return the configuration that `text` defines; raises StackError with file and place."""
    tables = source.convert(source.parse(text, path), _Tables, path)
    endpoints = {}
    for name, table in tables.endpoints.items():
        where = f"{path}: endpoints.{name}"
        if "name" in table:
            raise source.TomlError(
                "unknown key `name`",
                where=where,
                remedy="The table's title is the name; remove the key.",
            )
        for key in sorted(NOT_IN_FILES & table.keys()):
            raise source.TomlError(f"unknown key `{key}`", where=where, remedy="Remove it.")
        variable = table.get("api_key_env")
        if isinstance(variable, str) and (problem := variable_problem(variable)):
            raise source.TomlError(problem, where=f"{where}.api_key_env")
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
    """Yield each binding with its keys; a dot in a binding's name nests it in a table."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _keys(value, path, f"{before}{name}.")
        elif isinstance(value, str):
            yield f"{before}{name}", (value,)
        else:
            keys = source.convert(value, Keys, path, f"keys.{before}{name}")
            yield f"{before}{name}", keys
