"""`stack-tui endpoints`: which there are and how they do; adding, changing and removing them."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from stack_tui.cli import options
from stack_tui.config import config_edit
from stack_tui.config import decode as configuration
from stack_tui.config.decode import Config, Endpoint
from stack_tui.endpoints.probe import Health, check, discover
from stack_tui.paths import CONFIG_NAME
from stack_tui.text import one_line


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint with where it is known from, what it is the default for, and how it does."""

    endpoint: Endpoint
    configured: bool
    default: bool
    judge: bool
    health: Health


_HELP = {
    "model": "The model's name on the server.",
    "api_key_env": "The variable that holds the key, never the key.",
    "concurrency": "Requests in flight at most.",
    "timeout_s": "Seconds that an answer may take.",
    "price_in": "What a million tokens of a prompt cost.",
    "price_out": "What a million tokens of an answer cost.",
    "currency": "In which currency, such as EUR.",
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
    """Add an option for each of an endpoint's settings but its URL."""
    for field in reversed(msgspec.structs.fields(Endpoint)):
        if field.name not in ("name", "url"):
            option = f"--{field.name.replace('_', '-')}"
            function = click.option(option, field.name, help=_HELP.get(field.name))(function)
    return function


@click.group("endpoints", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@_file
@click.pass_context
def endpoints_command(ctx: click.Context, as_json: bool) -> None:
    """List the endpoints that are configured or answer on local ports, and how they do.

    The subcommands change the configuration file: comments and order stay as they are.
    """
    if ctx.invoked_subcommand is not None:
        return
    known = options.read_config(None)
    found = asyncio.run(_listed(known))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
        return
    if not found:
        raise options.no_endpoint()
    for one in found:
        click.echo(_line(one))


@endpoints_command.command("add")
@click.argument("name")
@click.option("--url", required=True, help="Its base URL, such as http://127.0.0.1:8000/v1.")
@_options
@click.option("--default", is_flag=True, help="Make it the one that commands take by themselves.")
@_file
def add_command(name: str, url: str, default: bool, **settings: Any) -> None:
    """Write an endpoint into the configuration; nothing is asked of it."""
    endpoint = _endpoint(name=name, url=url, **settings)

    def edit(text: str) -> str:
        text = config_edit.put_endpoint(text, endpoint)
        return config_edit.set_default(text, name) if default else text

    _change(edit, f"{name} added")


@endpoints_command.command("change")
@click.argument("name")
@click.option("--name", "new_name", help="Call it so from now on.")
@click.option("--url", help="Its base URL.")
@_options
@_file
def change_command(name: str, new_name: str | None, **settings: Any) -> None:
    """Change an endpoint's settings; an empty value takes one out."""
    before = msgspec.to_builtins(configuration.load(_path()).endpoint(name))
    given = {key: value for key, value in settings.items() if value is not None}
    endpoint = _endpoint(**{**before, **given, "name": new_name or name})
    _change(lambda text: config_edit.put_endpoint(text, endpoint, name), f"{name} changed")


@endpoints_command.command("remove")
@click.argument("name")
@_file
def remove_command(name: str) -> None:
    """Take an endpoint out of the configuration, and out of its defaults."""
    removed = configuration.load(_path()).endpoint(name)
    _change(lambda text: config_edit.remove_endpoint(text, name), f"{name} removed")
    click.echo(f"To have it back: {_how_to_add(removed)}", err=True)


@endpoints_command.command("default")
@click.argument("name")
@_file
def default_command(name: str) -> None:
    """Make an endpoint the one that commands take where they name none."""
    _change(lambda text: config_edit.set_default(text, name), f"{name} is the default now")


@endpoints_command.command("judges")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_file
def judges_command(names: tuple[str, ...]) -> None:
    """Make these endpoints the judges of runs that name none; without a NAME, nobody."""
    said = f"judges: {', '.join(names)}" if names else "no judges by default"
    _change(lambda text: config_edit.set_judges(text, names), said)


async def _listed(config: Config) -> list[Listed]:
    configured = list(config.endpoints.values())
    healths, found = await asyncio.gather(asyncio.gather(*map(check, configured)), discover())
    known = {endpoint.url for endpoint in configured}
    others = [health for health in found if health.endpoint.url not in known]
    return [_one(config, health) for health in (*healths, *others)]


def _one(config: Config, health: Health) -> Listed:
    endpoint = health.endpoint
    configured = config.endpoints.get(endpoint.name) == endpoint
    return Listed(
        endpoint=endpoint,
        configured=configured,
        default=configured and endpoint.name == config.defaults.endpoint,
        judge=configured and endpoint.name in config.defaults.judges,
        health=health,
    )


def _line(one: Listed) -> str:
    health = one.health
    roles = [role for role, has in (("default", one.default), ("judge", one.judge)) if has]
    origin = ", ".join(roles) if one.configured else "found here"
    said = f"{health.server_kind} {health.version}".strip()
    problem = health.failure.message if health.failure else health.note
    parts = (
        f"{health.state:<8} {one_line(one.endpoint.name):<16} {one_line(said):<20}",
        f"{one_line(health.model or '–'):<28} {one_line(one.endpoint.url):<32} {origin}",
        f"  {one_line(problem)}" if problem else "",
    )
    return " ".join(parts).rstrip()


def _endpoint(**settings: Any) -> Endpoint:
    variable = settings.get("api_key_env")
    if variable and (problem := config_edit.variable_problem(variable)):
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


def _change(edit: Callable[[str], str], said: str) -> None:
    path = _path()
    config_edit.change(path, edit)
    click.echo(f"{one_line(said)} ({path})", err=True)


def _how_to_add(endpoint: Endpoint) -> str:
    import shlex

    fields = {key: value for key, value in msgspec.to_builtins(endpoint).items() if key != "name"}
    given = (
        f"--{key.replace('_', '-')} {shlex.quote(str(value))}" for key, value in fields.items()
    )
    return f"stack-tui endpoints add {shlex.quote(endpoint.name)} {' '.join(given)}"
