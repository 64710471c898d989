"""`stack-tui endpoints`: list, add, change and remove endpoints."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from stack_tui.cli import options
from stack_tui.cli.json_output import print_json
from stack_tui.config import config_edit
from stack_tui.config import decode as configuration
from stack_tui.config.decode import CONCURRENCY_HELP, NOT_IN_FILES, Config, Endpoint
from stack_tui.endpoints.probe import Health, check, discover
from stack_tui.paths import CONFIG_NAME
from stack_tui.text import one_line


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint, whether and as what it is configured, and its health."""

    endpoint: Endpoint
    configured: bool
    default: bool
    judge: bool
    health: Health


_HELP = {
    "model": "The model's name on the server.",
    "api_key_env": "The environment variable that holds the key, never the key itself.",
    "concurrency": CONCURRENCY_HELP,
    "timeout_s": "Timeout of an answer in seconds.",
    "price_in": "Price of a million prompt tokens.",
    "price_out": "Price of a million answer tokens.",
    "currency": "Currency of the prices, such as EUR.",
}


def _take_file(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    if value:
        ctx.find_root().params["config"] = value


_file = click.option(
    "--config",
    type=click.Path(path_type=Path),
    expose_value=False,
    callback=_take_file,
    help="The configuration file.",
)


def _options(function: options.Function) -> options.Function:
    """Add an option for each setting of an endpoint except its URL."""
    for field in reversed(msgspec.structs.fields(Endpoint)):
        if field.name not in {"name", "url", *NOT_IN_FILES}:
            option = f"--{field.name.replace('_', '-')}"
            function = click.option(option, field.name, help=_HELP.get(field.name))(function)
    return function


@click.group("endpoints", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@_file
@click.pass_context
def endpoints_command(ctx: click.Context, as_json: bool) -> None:
    """List the endpoints that are configured or answer on local ports, with their health.

    The subcommands edit the configuration file and keep its comments and order.
    """
    if ctx.invoked_subcommand is not None:
        return
    known = options.Places().read_config()
    found = asyncio.run(_listed(known))
    if as_json:
        print_json(found)
        return
    if not found:
        raise options.no_endpoint()
    for listed in found:
        click.echo(_line(listed))


@endpoints_command.command("add")
@click.argument("name")
@click.option("--url", required=True, help="Its base URL, such as http://127.0.0.1:8000/v1.")
@_options
@click.option("--default", is_flag=True, help="Make it the default endpoint.")
@_file
def add_command(name: str, url: str, default: bool, **settings: Any) -> None:
    """Add an endpoint to the configuration without contacting it."""
    endpoint = _endpoint(name=name, url=url, **settings)

    def edit(text: str) -> str:
        text = config_edit.put_endpoint(text, endpoint)
        return config_edit.set_default(text, name) if default else text

    _change(edit, f"{name} added")


@endpoints_command.command("change")
@click.argument("name")
@click.option("--name", "new_name", help="The new name.")
@click.option("--url", help="Its base URL.")
@_options
@_file
def change_command(name: str, new_name: str | None, **settings: Any) -> None:
    """Change an endpoint's settings; an empty value removes one."""
    before = msgspec.to_builtins(configuration.load(_path()).endpoint(name))
    before.pop("key_withheld", None)
    given = {key: value for key, value in settings.items() if value is not None}
    endpoint = _endpoint(**{**before, **given, "name": new_name or name})
    _change(lambda text: config_edit.put_endpoint(text, endpoint, name), f"{name} changed")


@endpoints_command.command("remove")
@click.argument("name")
@_file
def remove_command(name: str) -> None:
    """Remove an endpoint from the configuration and from its defaults."""
    removed = configuration.load(_path()).endpoint(name)
    _change(lambda text: config_edit.remove_endpoint(text, name), f"{name} removed")
    click.echo(f"To add it again: {_add_command_for(removed)}", err=True)


@endpoints_command.command("default")
@click.argument("name")
@_file
def default_command(name: str) -> None:
    """Make an endpoint the default one."""
    _change(lambda text: config_edit.set_default(text, name), f"{name} is now the default")


@endpoints_command.command("judges")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_file
def judges_command(names: tuple[str, ...]) -> None:
    """Make these endpoints the default judges; without a NAME, there are none."""
    done = f"judges: {', '.join(names)}" if names else "no judges by default"
    _change(lambda text: config_edit.set_judges(text, names), done)


async def _listed(config: Config) -> list[Listed]:
    configured = list(config.endpoints.values())
    healths, found = await asyncio.gather(asyncio.gather(*map(check, configured)), discover())
    known = {endpoint.url for endpoint in configured}
    others = [health for health in found if health.endpoint.url not in known]
    return [_listing(config, health) for health in (*healths, *others)]


def _listing(config: Config, health: Health) -> Listed:
    endpoint = health.endpoint
    configured = config.endpoints.get(endpoint.name) == endpoint
    return Listed(
        endpoint=endpoint,
        configured=configured,
        default=configured and endpoint.name == config.defaults.endpoint,
        judge=configured and endpoint.name in config.defaults.judges,
        health=health,
    )


def _line(listed: Listed) -> str:
    health = listed.health
    roles = [role for role, has in (("default", listed.default), ("judge", listed.judge)) if has]
    origin = ", ".join(roles) if listed.configured else "found here"
    server = f"{health.server_kind} {health.version}".strip()
    problem = health.failure.message if health.failure else health.note
    parts = (
        f"{health.state:<8} {one_line(listed.endpoint.name):<16} {one_line(server):<20}",
        f"{one_line(health.model or '–'):<28} {one_line(listed.endpoint.url):<32} {origin}",
        f"  {one_line(problem)}" if problem else "",
    )
    return " ".join(parts).rstrip()


def _endpoint(**settings: Any) -> Endpoint:
    variable = settings.get("api_key_env")
    if variable and (problem := configuration.variable_problem(variable)):
        raise click.BadParameter(problem, param_hint="--api-key-env")
    given = {key: value for key, value in settings.items() if value not in (None, "")}
    try:
        return msgspec.convert(given, Endpoint, strict=False)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        option = f"--{place.rstrip('`').replace('_', '-')}" if place else None
        raise click.BadParameter(message, param_hint=option) from None


def _path() -> Path:
    named: Path | None = click.get_current_context().find_root().params.get("config")
    return configuration.find(named) or Path(CONFIG_NAME)


def _change(edit: Callable[[str], str], done: str) -> None:
    path = _path()
    config_edit.change(path, edit)
    click.echo(f"{one_line(done)} ({path})", err=True)


def _add_command_for(endpoint: Endpoint) -> str:
    import shlex

    fields = {key: value for key, value in msgspec.to_builtins(endpoint).items() if key != "name"}
    given = (
        f"--{key.replace('_', '-')} {shlex.quote(str(value))}" for key, value in fields.items()
    )
    return f"stack-tui endpoints add {shlex.quote(endpoint.name)} {' '.join(given)}"
