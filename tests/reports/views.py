"""Views of runs for tests of what is made from them."""

from collections.abc import Iterable

import msgspec

from stack_tui.config import Endpoint
from stack_tui.runs.events import Event, Failure, Planned, Sample, Started, TaskPlan, Verdict
from stack_tui.runs.spec import RunSpec, SuiteSpec
from stack_tui.runs.view import RunView, fold

ENDPOINT = Endpoint(name="local", url="http://127.0.0.1:8000/v1", model="tiny")
JUDGE = Endpoint(name="judge", url="http://127.0.0.1:8001/v1", model="big")
SPEC = RunSpec(
    id="20261124-101500-custom-tiny-0a1b",
    created="2026-11-24T10:15:00+00:00",
    endpoint=ENDPOINT,
    suite=SuiteSpec(name="custom", path="cases/custom.toml", sha256="0" * 64),
    judges=(JUDGE,),
)
OTHER_SPEC = msgspec.structs.replace(SPEC, id="20261124-111500-custom-tiny-2c3d")
TIMEOUT = Failure(kind="timeout", message="no answer within 300 s")


def view(samples: Iterable[Sample], spec: RunSpec = SPEC, *, planned: int | None = None) -> RunView:
    """A run with those samples, planned for as many unless said otherwise."""
    found = list(samples)
    tasks: dict[str, int] = {}
    for sample in found:
        tasks[sample.task] = tasks.get(sample.task, 0) + 1
    if planned is not None:
        tasks = {next(iter(tasks), "custom"): planned}
    plan = tuple(
        TaskPlan(name=name, samples=count, requests=count, route="chat")
        for name, count in tasks.items()
    )
    events: list[Event] = [
        Started(at=0.0, spec=spec, versions={"stack-tui": "0"}),
        Planned(at=0.0, tasks=plan),
        *found,
    ]
    return fold(spec, events)


def outcomes(passes: Iterable[bool], task: str = "custom") -> list[Sample]:
    """Samples c0, c1, … that pass or fail so."""
    return [
        Sample(at=1.0, task=task, id=f"c{place}", passed=passed, output="fine")
        for place, passed in enumerate(passes)
    ]


def judged(scores: Iterable[float], task: str = "custom") -> list[Sample]:
    """Samples c0, c1, … that one judge gave those scores, and that neither pass nor fail."""
    return [
        Sample(
            at=1.0,
            task=task,
            id=f"c{place}",
            output="fine",
            judge_score=score,
            verdicts=(Verdict(judge="judge", model="big", score=score, answer=str(score)),),
        )
        for place, score in enumerate(scores)
    ]
