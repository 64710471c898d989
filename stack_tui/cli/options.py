"""Options that several commands share, and what they stand for."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args
from urllib.parse import urlsplit

import click
import msgspec

from stack_tui.config import decode as configuration
from stack_tui.config.decode import EMBEDDED, Config, Endpoint, PanelMethod
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.paths import DEFAULT_CASES, DEFAULT_RESULTS, shipped_cases
from stack_tui.runs import store

Function = TypeVar("Function", bound=Callable[..., Any])

EMBEDDED_ENDPOINT = Endpoint(name="embedded", url=EMBEDDED)


def places(function: Function) -> Function:
    """Add --config and --results."""
    path = click.Path(path_type=Path)
    function = click.option("--config", type=path, help="The configuration file.")(function)
    return click.option("--results", type=path, help="The folder of runs.")(function)


def endpoint_choice(function: Function) -> Function:
    """Add --endpoint, or --url with --model and --api-key-env for a one-off."""
    for option in (
        click.option("--api-key-env", help="With --url: the variable that holds the key."),
        click.option("--model", help="The model's name on the server."),
        click.option("--url", help="A server's base URL, such as http://127.0.0.1:8000/v1."),
        click.option("--endpoint", "-e", help="A configured endpoint's name, or embedded."),
    ):
        function = option(function)
    return function


def panel_choice(function: Function) -> Function:
    """Add --panel."""
    return click.option(
        "--panel",
        type=click.Choice(get_args(PanelMethod)),
        help="What several judges' scores come to; median where nothing says otherwise.",
    )(function)


def read_config(config: Path | None) -> Config:
    """Return the configuration that the command, or the group before it, names."""
    root = click.get_current_context().find_root()
    return configuration.load(config or root.params.get("config"))


def results_folder(results: Path | None, config: Config) -> Path:
    """Return the folder of runs: as the command says, the group, the configuration, the default."""
    root = click.get_current_context().find_root()
    named = results or root.params.get("results") or config.defaults.results
    return Path(named) if named else DEFAULT_RESULTS


def cases_folder() -> Path:
    """Return the folder of suites: the named one, else the working folder's, else the shipped."""
    named: Path | None = click.get_current_context().find_root().params["cases"]
    return named or (DEFAULT_CASES if DEFAULT_CASES.is_dir() else shipped_cases())


def own_cases_folder() -> Path:
    """Return the folder for suites of the user's own, never the shipped ones'."""
    named: Path | None = click.get_current_context().find_root().params["cases"]
    return named or DEFAULT_CASES


def run_folder(name: str, results: Path | None, config: Path | None) -> Path:
    """Return the folder of the run called `name`; raises RunNotFound."""
    return store.find(results_folder(results, read_config(config)), name)


def named_endpoint(config: Config, name: str) -> Endpoint:
    """Return a configured endpoint, or the embedded one; raises StackError."""
    if name == EMBEDDED_ENDPOINT.name and name not in config.endpoints:
        return EMBEDDED_ENDPOINT
    return config.endpoint(name)


def choose_endpoint(
    config: Config,
    endpoint: str | None,
    url: str | None,
    model: str | None,
    api_key_env: str | None,
) -> Endpoint:
    """Return the endpoint that the options, the configuration or the local ports give."""
    if endpoint and url:
        raise click.UsageError("--endpoint and --url exclude each other")
    if api_key_env and not url:
        raise click.UsageError("--api-key-env goes with --url")
    if url:
        return _one_off(url, model, api_key_env)
    name = endpoint or config.defaults.endpoint
    if name is None and len(config.endpoints) == 1:
        name = next(iter(config.endpoints))
    chosen = named_endpoint(config, name) if name else _discovered(config)
    return msgspec.structs.replace(chosen, model=model) if model else chosen


def _one_off(url: str, model: str | None, api_key_env: str | None) -> Endpoint:
    try:
        name = urlsplit(url).netloc.rpartition("@")[2] or "server"
        return Endpoint(name=name, url=url, model=model, api_key_env=api_key_env)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--url") from None


def _discovered(config: Config) -> Endpoint:
    if config.endpoints:
        names = ", ".join(config.endpoints)
        raise click.UsageError(f"name one of the endpoints with --endpoint: {names}")
    from stack_tui.endpoints.probe import discover

    found = [health.endpoint for health in asyncio.run(discover())]
    if len(found) == 1:
        click.echo(f"No endpoint is configured; taking {found[0].url}", err=True)
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


def choose_judges(
    config: Config,
    judges: Sequence[str],
    by_suite: Sequence[str],
    model: Endpoint,
    *,
    no_judge: bool,
) -> list[Endpoint]:
    """Return the judges that the command, the suite or the configuration names, else the model."""
    if no_judge:
        if judges:
            raise click.UsageError("--judge and --no-judge exclude each other")
        return []
    names = judges or by_suite or config.defaults.judges
    found = [
        model if name in ("self", model.name) else named_endpoint(config, name) for name in names
    ]
    return list(dict.fromkeys(found)) or [model]
