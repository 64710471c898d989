"""Runs like those of MMLU, of any size, finished or with samples still arriving. By hand:

    python -m tests.perf.journals RESULTS SAMPLES [PER_SECOND]

makes a run of that many samples; with PER_SECOND it then holds the run, as a worker does, and
appends that many a second until it is killed.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from stack_tui.config.decode import Endpoint
from stack_tui.runs import store
from stack_tui.runs.events import (
    Answer,
    ChoiceLogprob,
    Event,
    Finished,
    Planned,
    Sample,
    Started,
    TaskPlan,
)
from stack_tui.runs.journal import Journal
from stack_tui.runs.spec import BenchmarkSubject, RunSpec

MMLU = 14_042
_SUBJECTS = 57
_BATCH_S = 0.02
_WORDS = """
the cell membrane statute enzyme velocity contract inertia treaty of a which following is most
likely to be when under given that patient court market energy function set group
""".split()  # noqa: SIM905


def make(results: Path, samples: int, *, name: str = "mmlu", planned: int | None = None) -> Path:
    """Make a run with that many samples, finished unless more of them are planned."""
    spec = _spec(name)
    folder = store.create(results, spec)
    with Journal(store.journal_path(folder)) as journal:
        for event in (*_beginning(spec, planned or samples), *_outcomes(name, 0, samples)):
            journal.append(event)
        if planned is None:
            journal.append(Finished(at=time.time(), outcome="complete"))
    return folder


def go_on(folder: Path, done: int, per_second: float) -> None:
    """Append samples at that rate, in small batches as they come from a server, for ever."""
    spec = store.read_spec(folder)
    with Journal(store.journal_path(folder)) as journal:
        began, sent, events = time.monotonic(), 0, _outcomes(spec.subject.name, done, 10_000_000)
        journal.append(Started(at=time.time(), spec=spec, versions={}))
        while True:
            time.sleep(_BATCH_S)
            due = int((time.monotonic() - began) * per_second)
            for _ in range(due - sent):
                journal.append(next(events))  # the answer
                journal.append(next(events))  # and its sample
            sent = due


@contextmanager
def live(folder: Path, samples: int, per_second: float) -> Iterator[None]:
    """Have samples arrive at a run that has as many, written by a process of its own."""
    command = [sys.executable, "-m", __name__, str(folder / "eval-results"), str(samples)]
    writer = subprocess.Popen([*command, str(per_second)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    writer.stdout.readline()
    try:
        yield
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()


def _spec(name: str) -> RunSpec:
    return RunSpec(
        id=f"20261124-{time.time_ns()}-{name}",
        created="2026-11-24T10:15:00+00:00",
        endpoint=Endpoint(name="local", url="http://127.0.0.1:9/v1", model="org/llama-8b"),
        subject=BenchmarkSubject(tasks=(name,), fewshot=5),
    )


def _beginning(spec: RunSpec, planned: int) -> tuple[Event, Event]:
    now = time.time()
    share, rest = divmod(planned, _SUBJECTS)
    tasks = _tasks(spec.subject.name)
    plans = tuple(
        TaskPlan(name=task, samples=share + (n < rest), requests=share, route="letters", fewshot=5)
        for n, task in enumerate(tasks)
    )
    prefixes = {task: _text(Random(task), 2500) for task in tasks}
    return (
        Started(at=now, spec=spec, versions={"lm_eval": "0.4.13"}),
        Planned(at=now, tasks=plans, prefixes=prefixes),
    )


def _tasks(name: str) -> list[str]:
    return [f"{name}_subject_{number:02}" for number in range(_SUBJECTS)]


def _outcomes(name: str, first: int, end: int) -> Iterator[Event]:
    random, tasks = Random(first), _tasks(name)
    for number in range(first, end):
        place, subject = divmod(number, _SUBJECTS)
        task = tasks[subject]
        right = random.randrange(4)
        chosen = right if random.random() < 0.65 else random.randrange(4)
        choices = tuple(
            ChoiceLogprob(text=f" {letter}", logprob=-0.4 if n == chosen else -random.uniform(1, 9))
            for n, letter in enumerate("ABCD")
        )
        logprobs = [choice.logprob for choice in choices]
        now = time.time()
        yield Answer(
            at=now,
            key=f"{number:024x}",
            task=task,
            sample=str(place),
            role="model",
            response={"logprobs": logprobs, "greedy": [n == chosen for n in range(4)]},
            latency_s=0.05,
        )
        yield Sample(
            at=now,
            task=task,
            id=str(place),
            place=place,
            passed=chosen == right,
            prefix=task,
            prompt=_text(random, random.randrange(150, 700)) + "\nAnswer:",
            choices=choices,
            chosen=chosen,
            target=f" {'ABCD'[right]}",
            metrics={"acc": float(chosen == right)},
            latency_s=0.05,
            prompt_tokens=700,
        )


def _text(random: Random, characters: int) -> str:
    return " ".join(random.choices(_WORDS, k=characters // 6))


def main() -> None:
    """Make one run and, where a rate is given, go on with it until killed."""
    results, samples, *rate = sys.argv[1:]
    name, planned = ("live", 100 * int(samples)) if rate else ("mmlu", None)
    folder = make(Path(results), int(samples), name=name, planned=planned)
    print(folder, flush=True)
    if rate:
        go_on(folder, int(samples), float(rate[0]))


if __name__ == "__main__":
    main()
