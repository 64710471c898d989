"""`stack-tui bench`: run lm-eval's tasks against an endpoint and print lm-eval's table."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from stack_tui.benchmarks.catalog.catalog import expand_names
from stack_tui.cli import options
from stack_tui.cli.follow import print_wait, run_to_report
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
@click.option(
    "--metadata",
    multiple=True,
    metavar="KEY=VALUE|JSON",
    help="A value for tasks that make their documents by code, such as RULER's. Repeatable.",
)
@click.option("--system", help="A system instruction.")
@click.option("--apply-chat-template", is_flag=True, help="Send prompts as conversations.")
@click.option("--chat-template", metavar="NAME", help="Apply the chat template with this name.")
@click.option(
    "--fewshot-as-multiturn/--no-fewshot-as-multiturn",
    default=None,
    help="Send examples as separate turns. On by default with a chat template.",
)
@click.option("--include-path", help="A folder with more tasks. They may run code.")
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

    A TASK can also be a pattern such as 'mmlu_*', a YAML file, or a folder of such files.

    Ctrl-c stops the run and prints how to resume it. Closing the terminal does not end it.
    """
    config = places.read_config()
    results = places.results_folder(config)
    subject = _spec(tasks, **benchmark)
    check_printing(printing, results, subject.name)
    if subject.has_task_files:
        message = "The task files that you name may run any code on this machine"
        click.echo(f"{message}; it gets no keys from the environment.", err=True)
    request = BenchmarkRun(
        benchmark=subject,
        endpoint=choice.resolve(config),
        concurrency=concurrency,
        note=note,
    )
    start = partial(launch.start, request, results, print_wait)
    return run_to_report(start, printing, detach=detach)


def _spec(
    tasks: tuple[str, ...],
    *,
    samples: str | None,
    gen: tuple[str, ...],
    metadata: tuple[str, ...],
    **benchmark: Any,
) -> BenchmarkSubject:
    for name in ("include_path", "datasets", "tokenizer"):
        if benchmark[name] and Path(benchmark[name]).exists():
            benchmark[name] = str(Path(benchmark[name]).resolve())
    data = benchmark | {
        "tasks": expand_names(tasks, benchmark["include_path"]),
        "samples": _samples(samples) if samples else {},
        "gen": dict(_setting(text, "--gen") for text in gen),
        "metadata": _metadata(metadata),
        **_conversation(**{name: benchmark[name] for name in _OF_CONVERSATION}),
    }
    try:
        return msgspec.convert(data, BenchmarkSubject)
    except msgspec.ValidationError as error:
        raise StackError(str(error), where="bench") from None


_OF_CONVERSATION = ("apply_chat_template", "chat_template", "fewshot_as_multiturn")


def _conversation(
    *, apply_chat_template: bool, chat_template: str | None, fewshot_as_multiturn: bool | None
) -> dict[str, bool]:
    """Return whether prompts are conversations, and examples turns, with lm-eval's defaults."""
    apply = apply_chat_template or chat_template is not None
    if fewshot_as_multiturn and not apply:
        raise click.UsageError("--fewshot-as-multiturn needs --apply-chat-template.")
    turns = apply if fewshot_as_multiturn is None else fewshot_as_multiturn
    return {"apply_chat_template": apply, "fewshot_as_multiturn": turns}


def _samples(text: str) -> dict[str, list[int]]:
    hint = "--samples"
    try:
        found = json.loads(
            text if text.lstrip().startswith(("{", "[")) else Path(text).read_bytes()
        )
    except (ValueError, OSError) as error:
        raise click.BadParameter(
            f"neither JSON nor a JSON file: {one_line(str(error), 200)}", param_hint=hint
        ) from None
    if not isinstance(found, dict):
        raise click.BadParameter(
            'expected document numbers by task, such as {"gsm8k": [0, 5]}', param_hint=hint
        )
    for task, numbers in found.items():
        listed = numbers if isinstance(numbers, list) else [None]
        if any(not isinstance(one, int) or isinstance(one, bool) for one in listed):
            raise click.BadParameter(
                f"the task {one_line(task, 80)} has {one_line(json.dumps(numbers), 80)}, which is"
                " not a list of document numbers",
                param_hint=hint,
            )
    return found


def _metadata(texts: tuple[str, ...]) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    for text in texts:
        if not text.lstrip().startswith("{"):
            name, value = _setting(text, "--metadata")
            metadata[name] = value
            continue
        try:
            metadata |= json.loads(text)
        except ValueError as error:
            raise click.BadParameter(f"is not JSON: {error}", param_hint="--metadata") from None
    return metadata


def _setting(text: str, option: str) -> tuple[str, Any]:
    """Return key and value: JSON, else read as lm-eval reads it, else text."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE", param_hint=option)
    for read in (json.loads, _truth, float):
        try:
            return name, read(value)
        except ValueError:
            continue
    return name, value


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"
