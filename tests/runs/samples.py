"""Specs and events for tests of what reads a run."""

from collections.abc import Iterable

from stack_tui.config.decode import Endpoint
from stack_tui.runs.events import Event, Planned, Sample, Started, Status, TaskPlan
from stack_tui.runs.spec import RunSpec, SuiteSubject
from stack_tui.runs.view import RunView

ENDPOINT = Endpoint(name="local", url="http://127.0.0.1:8000/v1", model="tiny")
SPEC = RunSpec(
    id="20261124-101500-custom-tiny-0a1b",
    created="2026-11-24T10:15:00+00:00",
    endpoint=ENDPOINT,
    subject=SuiteSubject(name="custom", path="cases/custom.toml", sha256="0" * 64),
)


def started(at: float = 0.0) -> Started:
    """The event with which a worker begins."""
    return Started(at=at, spec=SPEC, versions={"stack-tui": "0"})


def planned(samples: int, at: float = 0.0) -> Planned:
    """A plan of one task, `custom`, with that many samples."""
    plan = TaskPlan(name="custom", samples=samples, requests=samples, route="chat")
    return Planned(at=at, tasks=(plan,))


def sample(
    id: str, *, at: float = 1.0, status: Status = "ok", passed: bool | None = True
) -> Sample:
    """An outcome of the case `id`."""
    return Sample(at=at, task="custom", id=id, status=status, passed=passed, output="fine")


def fold(spec: RunSpec, events: Iterable[Event]) -> RunView:
    """Return the view of a run with these events."""
    view = RunView(spec)
    view.apply(events)
    return view
