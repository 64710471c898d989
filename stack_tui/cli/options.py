"""Options that several commands share: each group reaches its command as one object."""

import asyncio
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args
from urllib.parse import urlsplit

import click
import msgspec

from stack_tui.config import decode as configuration
from stack_tui.config.decode import CONCURRENCY_HELP, Config, Endpoint, PanelMethod
from stack_tui.config.resolve import named_endpoint, resolve_judges
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.paths import DEFAULT_CASES, DEFAULT_RESULTS, shipped_cases
from stack_tui.runs import store
from stack_tui.text import well_formed

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

JUDGE_HELP = "A judge: an endpoint's name. Repeatable."
JUDGE_OR_SELF_HELP = "A judge: an endpoint's name, or self. Repeatable."
FILE = click.Path(path_type=Path)


def option_group(
    argument: str, group: type[msgspec.Struct], *options: Callable[[Function], Function]
) -> Decorator:
    """Return a decorator that adds `options` and passes their values as one `group`.

    `group` is a struct with a field for each option; the command takes it as `argument`.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def command(**values: Any) -> Any:
            chosen = {name: values.pop(name) for name in group.__struct_fields__}
            return function(**values, **{argument: group(**chosen)})

        return functools.reduce(lambda decorated, add: add(decorated), reversed(options), command)

    return decorate


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where the command finds the configuration and the runs."""

    results: Path | None = None
    """The folder of runs, if the command names it."""
    config: Path | None = None
    """The configuration file, if the command names it."""

    def read_config(self) -> Config:
        """Return the configuration that the command, or the group before it, names."""
        root = click.get_current_context().find_root()
        return configuration.load(self.config or root.params.get("config"))

    def results_folder(self, config: Config) -> Path:
        """Return the folder of runs: of the command, the group, the configuration, or default."""
        root = click.get_current_context().find_root()
        named = self.results or root.params.get("results") or config.defaults.results
        return Path(named) if named else DEFAULT_RESULTS

    def run_folder(self, name: str) -> Path:
        """Return the folder of the run called `name`; raises RunNotFound."""
        return store.find(self.results_folder(self.read_config()), name)


places = option_group(
    "places",
    Places,
    click.option("--results", type=FILE, help="The folder of runs."),
    click.option("--config", type=FILE, help="The configuration file."),
)


class EndpointChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Which endpoint the command is for: a configured one, or a server named by its URL."""

    endpoint: str | None = None
    url: str | None = None
    model: str | None = None
    api_key_env: str | None = None

    def resolve(self, config: Config) -> Endpoint:
        """Return the endpoint that the options name, else the default one, else a local server."""
        if self.endpoint and self.url:
            raise click.UsageError("--endpoint and --url exclude each other")
        if self.api_key_env and not self.url:
            raise click.UsageError("--api-key-env goes with --url")
        if self.url:
            return self._one_off(self.url)
        name = self.endpoint or config.defaults.endpoint
        if name is None and len(config.endpoints) == 1:
            name = next(iter(config.endpoints))
        chosen = named_endpoint(config, name) if name else _discovered(config)
        return msgspec.structs.replace(chosen, model=self.model) if self.model else chosen

    def _one_off(self, url: str) -> Endpoint:
        try:
            name = urlsplit(url).netloc.rpartition("@")[2] or "server"
            return Endpoint(name=name, url=url, model=self.model, api_key_env=self.api_key_env)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--url") from None


endpoint_choice = option_group(
    "choice",
    EndpointChoice,
    click.option("--endpoint", "-e", help="A configured endpoint's name, or embedded."),
    click.option("--url", help="A server's base URL, such as http://127.0.0.1:8000/v1."),
    click.option("--model", help="The model's name on the server."),
    click.option("--api-key-env", help="With --url: the variable that holds the key."),
)


class JudgeChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Who judges a suite's run, and how several judges' scores are combined."""

    judges: tuple[str, ...] = ()
    no_judge: bool = False
    panel: PanelMethod | None = None

    def resolve(
        self, config: Config, suite: Sequence[str], model: Endpoint
    ) -> tuple[Endpoint, ...]:
        """Return the judges, `suite` being those of the suite; raises StackError."""
        if self.no_judge and self.judges:
            raise click.UsageError("--judge and --no-judge exclude each other")
        return () if self.no_judge else resolve_judges(config, suite, self.judges, model)


panel_option = click.option(
    "--panel",
    type=click.Choice(get_args(PanelMethod)),
    help="How several judges' scores are combined. Median unless the suite or the "
    "configuration says otherwise.",
)
judge_choice = option_group(
    "judging",
    JudgeChoice,
    click.option("--judge", "judges", multiple=True, help=JUDGE_OR_SELF_HELP),
    click.option("--no-judge", is_flag=True, help="Grade by rules only."),
    panel_option,
)

concurrency_option = click.option("--concurrency", type=click.IntRange(1), help=CONCURRENCY_HELP)
note_option = click.option(
    "--note",
    default="",
    help="A note to store with the run.",
    # A command line may hold bytes that are no UTF-8, which no file could store.
    callback=lambda context, option, note: well_formed(note),
)
detach_option = click.option(
    "--detach", is_flag=True, help="Start the run, print its id and return at once."
)


def run_options(function: Function) -> Function:
    """Add --concurrency, --note and --detach, which every command that starts a run takes."""
    return concurrency_option(note_option(detach_option(function)))


def cases_folder() -> Path:
    """Return the folder of suites: the named one, else the working folder's, else the shipped."""
    named: Path | None = click.get_current_context().find_root().params["cases"]
    return named or (DEFAULT_CASES if DEFAULT_CASES.is_dir() else shipped_cases())


def own_cases_folder() -> Path:
    """Return the folder for the user's own suites, never the shipped one."""
    named: Path | None = click.get_current_context().find_root().params["cases"]
    return named or DEFAULT_CASES


def _discovered(config: Config) -> Endpoint:
    if config.endpoints:
        names = ", ".join(config.endpoints)
        raise click.UsageError(f"name one of the endpoints with --endpoint: {names}")
    from stack_tui.endpoints.probe import discover

    found = [health.endpoint for health in asyncio.run(discover())]
    if len(found) == 1:
        click.echo(f"No endpoint is configured; using {found[0].url}", err=True)
        return found[0]
    if found:
        urls = ", ".join(endpoint.url for endpoint in found)
        raise click.UsageError(f"several servers answer; name one with --url: {urls}")
    raise no_endpoint()


def no_endpoint() -> EndpointError:
    """Return the error that there is no server to ask."""
    return EndpointError(
        "connection",
        "no endpoint is configured and no well-known local port answers",
        remedy="Name a server with --url, configure one in stack-tui.toml, or try: stack-tui demo",
    )
