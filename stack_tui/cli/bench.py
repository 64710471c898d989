"""`stack-tui bench`: run lm-eval's tasks against an endpoint and print lm-eval's table."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from stack_tui.cli import options
from stack_tui.cli.follow import run_to_report
from stack_tui.cli.options import EndpointChoice, Places
from stack_tui.cli.printing import Printing, check_printing, printing_options
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.text import one_line
from stack_tui.worker import launch
from stack_tui.worker.requests import BenchmarkRun

_BOS = ("auto", "yes", "no")
_PROTOCOLS = ("auto", "completions", "chat")


@click.command("bench")
@click.argument("tasks", nargs=-1, required=True, metavar="TASK...")
@options.endpoint_choice
@click.option("--fewshot", type=click.IntRange(0), help="How many examples precede a document.")
@click.option("--limit", type=float, help="Max documents per task: a number, or a share below 1.")
@click.option(
    "--samples", help='Document numbers by task: JSON such as {"gsm8k": [0, 5]}, or a file.'
)
@click.option("--gen", multiple=True, metavar="KEY=VALUE", help="A generation setting. Repeatable.")
@click.option("--system", help="A system instruction.")
@click.option("--apply-chat-template", is_flag=True, help="Send prompts as conversations.")
@click.option("--fewshot-as-multiturn", is_flag=True, help="Send examples as separate turns.")
@click.option("--include-path", help="A folder with more tasks.")
@click.option("--datasets", help="A folder with the datasets, to run offline.")
@click.option("--tokenizer", help="A tokenizer.json, or a folder that contains one.")
@click.option(
    "--add-bos",
    type=click.Choice(_BOS),
    default="auto",
    help="Whether prompts of tokens begin with the BOS token; auto: as the tokenizer does.",
)
@click.option(
    "--protocol",
    type=click.Choice(_PROTOCOLS),
    default="auto",
    help="Which API generates text.",
)
@click.option("--seed", type=int, default=1234, show_default=True, help="Selects the examples.")
@click.option("--confirm-unsafe", is_flag=True, help="Allow tasks that run the model's code here.")
@click.option("--trust-remote-code", is_flag=True, help="Allow datasets that run their own code.")
@options.run_options
@printing_options
@options.places
def bench_command(
    tasks: tuple[str, ...],
    choice: EndpointChoice,
    concurrency: int | None,
    note: str,
    detach: bool,
    printing: Printing,
    places: Places,
    **benchmark: Any,
) -> int:
    """Run lm-eval TASKs or groups, such as mmlu gsm8k, and print lm-eval's own table.

    Ctrl-c stops the run and prints how to resume it. Closing the terminal does not end it.
    """
    config = places.read_config()
    results = places.results_folder(config)
    subject = _spec(tasks, **benchmark)
    check_printing(printing, results, subject.name)
    request = BenchmarkRun(
        benchmark=subject,
        endpoint=choice.resolve(config),
        concurrency=concurrency,
        note=note,
    )
    return run_to_report(partial(launch.start, request, results), printing, detach=detach)


def _spec(
    tasks: tuple[str, ...], *, samples: str | None, gen: tuple[str, ...], **benchmark: Any
) -> BenchmarkSubject:
    for name in ("include_path", "datasets", "tokenizer"):
        if benchmark[name] and Path(benchmark[name]).exists():
            benchmark[name] = str(Path(benchmark[name]).resolve())
    data = benchmark | {
        "tasks": tuple(dict.fromkeys(tasks)),
        "samples": _samples(samples) if samples else {},
        "gen": dict(map(_setting, gen)),
    }
    try:
        return msgspec.convert(data, BenchmarkSubject)
    except msgspec.ValidationError as error:
        raise StackError(str(error), where="bench") from None


def _samples(text: str) -> Any:
    try:
        return json.loads(text if text.lstrip().startswith("{") else Path(text).read_bytes())
    except (ValueError, OSError) as error:
        raise click.BadParameter(
            f"neither JSON nor a JSON file: {one_line(str(error), 200)}", param_hint="--samples"
        ) from None


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE", param_hint="--gen")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
