"""`stack-tui bench`: lm-eval's tasks against an endpoint, live, resumable, scored by lm-eval."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from stack_tui.cli import options
from stack_tui.cli.foreground import carry_out
from stack_tui.cli.printing import Printing, check_printing, printing_options
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.text import one_line
from stack_tui.worker import launch

_PROTOCOLS = ("auto", "completions", "chat")


@click.command("bench")
@click.argument("tasks", nargs=-1, required=True, metavar="TASK...")
@options.endpoint_choice
@click.option("--fewshot", type=click.IntRange(0), help="Examples before each document.")
@click.option("--limit", type=float, help="Documents of each task: a number, or a share under 1.")
@click.option(
    "--samples", help='Document numbers by task: JSON such as {"gsm8k": [0, 5]}, or a file.'
)
@click.option("--gen", multiple=True, metavar="KEY=VALUE", help="A generation setting; repeatable.")
@click.option("--system", help="A system instruction.")
@click.option("--apply-chat-template", is_flag=True, help="Put prompts as conversations.")
@click.option("--fewshot-as-multiturn", is_flag=True, help="Put examples as turns of their own.")
@click.option("--include-path", help="A folder of further tasks.")
@click.option("--datasets", help="A folder that holds the datasets, for work without a hub.")
@click.option("--tokenizer", help="A tokenizer.json, or a folder that holds one.")
@click.option("--protocol", type=click.Choice(_PROTOCOLS), default="auto", help="For generation.")
@click.option("--seed", type=int, default=1234, show_default=True, help="Chooses the examples.")
@click.option("--confirm-unsafe", is_flag=True, help="Allow tasks that run the model's code here.")
@click.option("--trust-remote-code", is_flag=True, help="Allow datasets that bring code of theirs.")
@click.option(
    "--concurrency", type=click.IntRange(1), help="Requests at once; else it finds itself."
)
@click.option("--note", default="", help="A remark that is kept with the run.")
@click.option("--detach", is_flag=True, help="Start the run, print its id, and return.")
@printing_options
@options.places
def bench_command(
    tasks: tuple[str, ...],
    endpoint: str | None,
    url: str | None,
    model: str | None,
    api_key_env: str | None,
    samples: str | None,
    gen: tuple[str, ...],
    concurrency: int | None,
    note: str,
    detach: bool,
    results: Path | None,
    config: Path | None,
    **more: Any,
) -> int:
    """Run lm-eval TASKs or groups, such as mmlu gsm8k, and print lm-eval's own table.

    Ctrl-c stops the run and says how to resume it; a closed terminal does not end it.
    """
    printing = Printing(**{name: more.pop(name) for name in Printing.__struct_fields__})
    known = options.read_config(config)
    folder = options.results_folder(results, known)
    check_printing(printing, folder, "+".join(tasks))
    start = partial(
        launch.start_benchmarks,
        folder,
        _spec(tasks, samples, gen, more),
        options.choose_endpoint(known, endpoint, url, model, api_key_env),
        concurrency=concurrency,
        note=note,
    )
    return carry_out(start, printing, detach=detach)


def _spec(
    tasks: tuple[str, ...], samples: str | None, gen: tuple[str, ...], benchmark: dict[str, Any]
) -> BenchmarkSubject:
    for name in ("include_path", "datasets", "tokenizer"):
        if benchmark[name] and Path(benchmark[name]).exists():
            benchmark[name] = str(Path(benchmark[name]).resolve())
    chosen = _samples(samples) if samples else {}
    tasks = tuple(dict.fromkeys(tasks))
    data = benchmark | {"tasks": tasks, "samples": chosen, "gen": dict(map(_setting, gen))}
    try:
        return msgspec.convert(data, BenchmarkSubject)
    except msgspec.ValidationError as error:
        raise StackError(str(error), where="bench") from None


def _samples(text: str) -> Any:
    try:
        return json.loads(Path(text).read_bytes() if Path(text).is_file() else text)
    except (ValueError, OSError) as error:
        raise click.BadParameter(
            f"neither JSON nor a file of it: {one_line(str(error), 200)}", param_hint="--samples"
        ) from None


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE", param_hint="--gen")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
