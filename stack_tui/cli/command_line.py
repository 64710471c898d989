"""The command line as a whole: find the command, and print every error as one message."""

import importlib
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from stack_tui import __version__
from stack_tui.errors import StackError
from stack_tui.text import printable

COMMANDS = {
    "demo": ("demo", "Run the shipped suite on a tiny built-in model and open the app on it."),
    "doctor": ("doctor", "Print each endpoint's capabilities, or what is wrong and how to fix it."),
    "endpoints": ("endpoints", "List, add, change and remove endpoints."),
    "trust": ("trust", "Allow a folder's configuration or run to send the keys that it names."),
    "eval": ("eval_suite", "Run a suite of your own cases and print its report."),
    "bench": ("bench", "Run lm-eval's tasks and print lm-eval's own table."),
    "tasks": ("tasks", "List lm-eval's tasks and how an endpoint would run them."),
    "runs": ("runs", "List all runs."),
    "watch": ("runs", "Follow a run in plain lines."),
    "report": ("runs", "Print a run's report."),
    "compare": ("runs", "Compare two runs: better, worse or inconclusive."),
    "duel": ("duel", "Have judges compare two runs' outputs, case by case."),
    "label": ("label", "Label a sample with your own verdict, or list a run's labels."),
    "cases": ("cases", "Check, import and export suites."),
    "leakage": ("cases", "Find cases that appear in training or few-shot data."),
    "keys": ("keys", "List the app's keys and their names in the configuration's [keys]."),
    "stop": ("run_control", "Stop a run once the requests in flight are answered."),
    "pause": ("run_control", "Have a run send no new requests until it is resumed."),
    "regrade": ("regrade", "Grade a run's recorded outputs by its suite as it is now."),
    "rejudge": ("regrade", "Have a run's recorded outputs judged again."),
    "resume": ("run_control", "Continue a paused, stopped, interrupted or failed run."),
}


class CommandsByName(click.Group):
    """A group that imports a command when it is called: `--help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if ctx.meta.get("listing"):
            return click.Command(cmd_name, help=COMMANDS[cmd_name][1])
        module = importlib.import_module(f"stack_tui.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        command.help = command.help or COMMANDS[cmd_name][1]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        ctx.meta["listing"] = True
        super().format_commands(ctx, formatter)


@click.group(
    cls=CommandsByName,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done; 1 a gate failed; 2 usage, config or case file; 3 endpoint "
    "unreachable or unable; 4 ended with errors or interrupted.",
)
@click.option("--config", type=click.Path(path_type=Path), help="The configuration file.")
@click.option("--results", type=click.Path(path_type=Path), help="The folder of runs.")
@click.option("--cases", type=click.Path(path_type=Path), help="The folder of suites.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.version_option(__version__, prog_name="stack-tui")
@click.pass_context
def stack_tui(
    ctx: click.Context,
    config: Path | None,
    results: Path | None,
    cases: Path | None,
    no_mouse: bool,
) -> None:
    """Is this model any good? Benchmarks and your own cases, live, from one terminal.

    Without a command, opens the app.
    """
    if ctx.invoked_subcommand is None:
        from stack_tui.cli.open_app import open_app
        from stack_tui.cli.options import Places

        open_app(Places(config=config, results=results), mouse=not no_mouse)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; an error is printed on stderr."""
    try:
        result = stack_tui.main(list(arguments), prog_name="stack-tui", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except StackError as error:
        click.echo(f"stack-tui: {printable(str(error))}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("stack-tui: interrupted", err=True)
        return 4
    except SystemExit:  # from click, if the reader of the output is gone; 1 would mean a gate
        return 4
    except OSError as error:
        place = printable(str(error.filename or "output"))
        with suppress(OSError):
            click.echo(f"stack-tui: {place}: {error.strerror or error}", err=True)
        return 4
    except Exception as error:
        click.echo(f"stack-tui: a defect in stack-tui: {_keep_traceback(error)}", err=True)
        return 4
    return result if isinstance(result, int) else 0


def _keep_traceback(error: Exception) -> str:
    """Return the error on one line with the name of the file that now holds its traceback."""
    summary = f"{type(error).__name__}: {printable(str(error)).partition(chr(10))[0]}"
    try:
        handle, name = tempfile.mkstemp(prefix="stack-tui-", suffix=".log")
    except OSError:
        return summary
    with os.fdopen(handle, "w") as log:
        traceback.print_exception(error, file=log)
    return f"{summary}\n  Please report it with {name}"


def main() -> None:
    """Run this process's command line; it may have been started without some streams."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r+"))  # noqa: SIM115 - until it ends
    sys.exit(run(sys.argv[1:]))
