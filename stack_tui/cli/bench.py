"""`stack-tui bench`: run lm-eval's tasks against an endpoint and print lm-eval's table."""

from functools import partial
from typing import Any

import click

from stack_tui.cli import options
from stack_tui.cli.follow import print_wait, run_to_report
from stack_tui.cli.options import EndpointChoice, Places
from stack_tui.cli.printing import Printing, check_printing, printing_options
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.worker import launch
from stack_tui.worker.benchmark_options import benchmark_subject, read_samples, read_settings
from stack_tui.worker.requests import BenchmarkRun

_BOS = ("auto", "yes", "no")
_PROTOCOLS = ("auto", "completions", "chat")


@click.command("bench")
@click.argument("tasks", nargs=-1, required=True, metavar="TASK...")
@options.endpoint_choice
@click.option("--fewshot", type=click.IntRange(0), help="How many examples precede a document.")
@click.option("--limit", type=float, help="Max documents per task: a number, or a share below 1.")
@click.option(
    "--sample",
    type=click.IntRange(1),
    metavar="N",
    help="Draw N documents at random over all tasks, in proportion, by --seed.",
)
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
@click.option(
    "--think-end-token",
    metavar="TOKEN",
    help='What ends the thinking, if the usual marks do not. "" scores the thinking too.',
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
    **options: Any,
) -> BenchmarkSubject:
    read = {
        "samples": read_samples(samples) if samples else None,
        "gen": read_settings(gen, "--gen"),
        "metadata": read_settings(metadata, "--metadata"),
    }
    return benchmark_subject(tasks, options | read)
