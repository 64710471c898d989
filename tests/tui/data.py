"""Runs, samples and suites as the screens get them, and a way to drive the app on them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from textual.content import Content
from textual.pilot import Pilot

from stack_tui.config.decode import Config, Endpoint
from stack_tui.endpoints.health import Health
from stack_tui.endpoints.kinds.server_kind import Model
from stack_tui.reports.measures.summary import summarize
from stack_tui.runs.events import ChoiceLogprob, Failure, JudgeScore, Sample, TaskPlan
from stack_tui.runs.rule_issue import issue_of_text
from stack_tui.runs.spec import BenchmarkSubject, RunSpec, SuiteSubject
from stack_tui.suites.model.case import Case, Suite
from stack_tui.tui.app import SnapshotRead, StackApp
from stack_tui.tui.state.snapshot import ChosenRun, Counts, RunCard, Snapshot, SuiteFile, TaskRow
from stack_tui.tui.ui.blocks import Block

BEGAN = 1_795_000_000.0
LOCAL = Endpoint(name="local", url="http://127.0.0.1:8000/v1", model="org/llama-8b")
JUDGE = Endpoint(name="judge", url="https://judge.example/v1", model="gpt-mini")
CONFIG = Config(endpoints={"local": LOCAL, "judge": JUDGE})

KV_CACHE = Case(
    id="kv-cache",
    input="A transformer keeps the keys and values of earlier tokens and reuses them.",
    must_mention=("KV", ("cache", "caching")),
    must_not_mention=("GPU memory",),
    rubric="Says what is kept and why each new token costs less.",
)
SOLAR = Case(id="solar-system", input="Eight planets orbit the Sun.", must_mention=("Sun",))
CUSTOM = Suite(name="custom", cases=(SOLAR, KV_CACHE), system="Be brief.", prompt="TL;DR {input}")
SUITE_FILE = SuiteFile(Path("cases/custom.toml"), suite=CUSTOM)


def passing(case: str = "solar-system", place: int = 0) -> Sample:
    """Return a sample that passed by rules and judge."""
    return Sample(
        at=BEGAN + place,
        task="custom",
        id=case,
        place=place,
        passed=True,
        output="Eight planets orbit the Sun.",
        rule_score=1.0,
        verdicts=(JudgeScore(judge="judge", model="gpt-mini", score=5, answer="5"),),
        judge_score=5.0,
        prompt="TL;DR Eight planets orbit the Sun.",
        finish_reason="stop",
        latency_s=0.42,
        prompt_tokens=21,
        completion_tokens=8,
    )


def failing(case: str = "kv-cache", place: int = 1) -> Sample:
    """Return a sample that failed: a forbidden phrase, and judges that disagree."""
    return Sample(
        at=BEGAN + place,
        task="custom",
        id=case,
        place=place,
        passed=False,
        output="KV caching keeps keys and values in GPU memory.",
        reasoning="The user wants one sentence.",
        rule_score=0.5,
        rule_issues=(issue_of_text("contains forbidden: ['GPU memory']"),),
        verdicts=(
            JudgeScore(
                judge="judge", model="gpt-mini", score=2, answer="Score: 2/5", latency_s=0.9
            ),
            JudgeScore(judge="local", model="org/llama-8b", answer="It is about", attempts=2),
        ),
        judge_score=2.0,
        prompt="TL;DR A transformer keeps the keys and values.",
        finish_reason="stop",
        latency_s=1.2,
        prompt_tokens=30,
        completion_tokens=12,
    )


def erring(case: str = "solar-system", place: int = 2) -> Sample:
    """Return a sample that the endpoint never answered."""
    failure = Failure(kind="timeout", message="no answer in 300 s", remedy="Ask for less at once.")
    return Sample(at=BEGAN, task="custom", id=case, place=place, status="error", failure=failure)


def chosen_answer(place: int = 0) -> Sample:
    """Return a multiple-choice sample that took B where A is right."""
    return Sample(
        at=BEGAN,
        task="mmlu_anatomy",
        id=str(place),
        place=place,
        passed=False,
        prefix="few",
        prompt="Which bone?\nAnswer:",
        choices=(ChoiceLogprob(text=" A", logprob=-1.2), ChoiceLogprob(text=" B", logprob=-0.4)),
        chosen=1,
        target=" A",
    )


def suite_spec(run_id: str = "20261118-120000-custom-llama-8b-0001") -> RunSpec:
    """Return the spec of a run of the suite custom."""
    return RunSpec(
        id=run_id,
        created="2026-11-18T12:00:00+00:00",
        endpoint=LOCAL,
        judges=(JUDGE,),
        subject=SuiteSubject(name="custom", path="cases/custom.toml", sha256="0" * 64),
    )


def benchmark_spec(run_id: str = "20261118-110000-mmlu-llama-8b-0002") -> RunSpec:
    """Return the spec of a run of two tasks."""
    tasks = ("mmlu_anatomy", "mmlu_astronomy")
    return RunSpec(
        id=run_id,
        created="2026-11-18T11:00:00+00:00",
        endpoint=LOCAL,
        subject=BenchmarkSubject(tasks=tasks, fewshot=5),
    )


def suite_card(samples: tuple[Sample, ...] = (), **changes: object) -> RunCard:
    """Return the card of a finished run of the suite with those samples."""
    counts = Counts(
        planned=len(samples),
        done=len(samples),
        passed=sum(sample.passed is True for sample in samples),
        failed=sum(sample.passed is False for sample in samples),
        errors=sum(sample.status == "error" for sample in samples),
    )
    spec = suite_spec()
    card = RunCard(
        folder=Path("eval-results") / spec.id,
        spec=spec,
        phase="finished",
        loaded=True,
        counts=counts,
        active_s=95,
        summary=summarize(samples),
    )
    return replace(card, **changes)  # type: ignore[arg-type]


def running_card(done: int = 1, planned: int = 2) -> RunCard:
    """Return the card of a run that is under way."""
    counts = Counts(planned=planned, done=done, passed=done)
    return suite_card(phase="running", counts=counts, rate=1.5, left_s=16, summary=None)


def benchmark_card() -> RunCard:
    """Return the card of a finished run of two tasks."""
    spec = benchmark_spec()
    tasks = tuple(
        TaskRow(
            name,
            TaskPlan(name=name, samples=100, requests=100, route="letters"),
            Counts(planned=100, done=done, passed=passed, failed=done - passed),
        )
        for name, done, passed in (("mmlu_anatomy", 100, 61), ("mmlu_astronomy", 40, 31))
    )
    return RunCard(
        folder=Path("eval-results") / spec.id,
        spec=spec,
        phase="interrupted",
        loaded=True,
        counts=Counts(planned=200, done=140, passed=92, failed=48),
        active_s=31,
        tasks=tasks,
    )


def snapshot(
    *samples: Sample, card: RunCard | None = None, suites: tuple[SuiteFile, ...] = (SUITE_FILE,)
) -> Snapshot:
    """Return how things stand with one run, chosen, that has those samples."""
    card = card or suite_card(samples)
    return Snapshot(
        ready=True,
        runs=(card,),
        chosen=ChosenRun(card, samples, {}, CUSTOM),
        suites=suites,
    )


def up(endpoint: Endpoint = LOCAL) -> Health:
    """Return the health of an endpoint that is up."""
    return Health(
        endpoint=endpoint,
        url=endpoint.url,
        state="up",
        checked_at=BEGAN,
        server_kind="vLLM",
        version="0.32.0",
        models=(Model(id="org/llama-8b", context_length=8192),),
        model="org/llama-8b",
        context_length=8192,
        latency_s=0.012,
    )


def refused(endpoint: Endpoint = JUDGE) -> Health:
    """Return the health of an endpoint that refuses the key."""
    failure = Failure(kind="auth", message="401: the key is refused", remedy="Set $JUDGE_KEY.")
    return Health(
        endpoint=endpoint, url=endpoint.url, state="refused", checked_at=BEGAN, failure=failure
    )


Body = Callable[[StackApp, Pilot[None]], Awaitable[None]]


def drive(
    body: Body,
    shown: Snapshot | None = None,
    *,
    size: tuple[int, int] = (120, 36),
    config: Config = CONFIG,
    answers: tuple[Health, ...] = (),
) -> None:
    """Run the app headless on that snapshot and those answers, and `body` in it."""

    async def main() -> None:
        app = StackApp(config, Path("eval-results"), live=False)
        async with app.run_test(size=size, notifications=True) as pilot:
            await show(app, pilot, shown or Snapshot(ready=True), *answers)
            await body(app, pilot)

    asyncio.run(main())


async def show(app: StackApp, pilot: Pilot[None], shown: Snapshot, *answers: Health) -> None:
    """Hand the app what a thread would have handed it."""
    app.post_message(SnapshotRead(shown))
    for health in answers:
        app.call_later(app.note_health, health)
    await pilot.pause()


async def wait_for(
    pilot: Pilot[None], condition: Callable[[], object], wanted: str = "", *, within_s: float = 30.0
) -> None:
    """Wait until the condition holds; fail after `within_s` seconds with `wanted` and the screen.

    The bound is generous: a slow machine passes, and a regression fails instead of hanging.
    """
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            sought = f"{wanted!r}" if wanted else "the condition"
            app = pilot.app
            screen = screen_text(app) if isinstance(app, StackApp) else ""
            raise AssertionError(f"after {within_s:g} s {sought} did not come about:\n{screen}")
        await pilot.pause(0.01)


async def settle(app: StackApp, pilot: Pilot[None]) -> None:
    """Wait until no job is under way."""
    await wait_for(pilot, lambda: not app.busy)
    await pilot.pause()


def screen_text(app: StackApp) -> str:
    """Return what the screen shows, line by line."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def text_of(blocks: Sequence[Block]) -> str:
    """Return the text of the blocks, laid out in 100 columns."""
    lines = [b.plain if isinstance(b, Content) else [c.plain for c in b(100)] for b in blocks]
    return "\n".join(line if isinstance(line, str) else "\n".join(line) for line in lines)
