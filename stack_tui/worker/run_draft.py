"""A run that is ready to be made: its spec without an id, and what else its folder will hold."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from stack_tui.runs.duel_data import DuelData
from stack_tui.runs.events import Event
from stack_tui.runs.spec import RunSpec, SuiteSubject
from stack_tui.suites.model import suite_store as suites
from stack_tui.toml_edit import source
from stack_tui.worker.requests import BenchmarkRun, SuiteRun

NOISE_REPEATS = 2
NOISE_CONCURRENCY = 16  # servers that batch round differently than for a single request


@dataclass(frozen=True)
class RunDraft:
    """A run before its endpoints are checked and its folder is made."""

    spec: RunSpec
    """The spec; its id is empty, and models that nobody named are still open."""
    suite_text: str | None = None
    """The suite's file, copied into the folder."""
    recorded: Sequence[Event] = ()
    """What an earlier run recorded, if this one grades its outputs."""
    duel: DuelData | None = None
    """The outputs that a duel compares."""
    checks_endpoints: bool = True
    """Whether the endpoints have to be up for the run to start."""


def created_now() -> str:
    """Return the time for a spec's `created`."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def text_digest(text: str) -> str:
    """Return the SHA-256 of a suite's text, as its spec records it."""
    return hashlib.sha256(text.encode()).hexdigest()


def draft_suite(request: SuiteRun) -> RunDraft:
    """Return the draft of a suite's run; raises TomlError for a suite that cannot be read."""
    text = source.read_text(request.suite)
    suite = suites.parse(text, request.suite)
    noise = request.noise
    of_noise = request.endpoint.concurrency or NOISE_CONCURRENCY if noise else None
    spec = RunSpec(
        id="",
        created=created_now(),
        endpoint=request.endpoint,
        judges=request.judges,
        panel=request.panel,
        subject=SuiteSubject(
            name=suite.name,
            path=str(request.suite),
            sha256=text_digest(text),
            cases=request.cases,
        ),
        repeats=NOISE_REPEATS if noise else request.repeats or suite.repeats,
        temperatures=(0.0,) if noise else request.temperatures or suite.temperatures,
        noise=noise,
        concurrency=request.concurrency or of_noise,
        note=request.note,
    )
    return RunDraft(spec, suite_text=text)


def draft_benchmark(request: BenchmarkRun) -> RunDraft:
    """Return the draft of a benchmark run."""
    return RunDraft(
        RunSpec(
            id="",
            created=created_now(),
            endpoint=request.endpoint,
            subject=request.benchmark,
            concurrency=request.concurrency,
            note=request.note,
        )
    )
