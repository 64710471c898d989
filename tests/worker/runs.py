"""Runs on fake servers, carried out in this process or in a worker's own."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stack_tui.config.decode import Endpoint
from stack_tui.runs import store
from stack_tui.runs.spec import RunSpec, SuiteSubject
from stack_tui.runs.store import Run
from stack_tui.worker.execute import execute
from tests.fakes import Asked, FakeServer

SUITE = """
[suite]
name = "tiny"
prompt = "Summarize: {input}"
temperature = 0
""" + "\n".join(
    f'[[case]]\nid = "case-{n}"\ninput = "The passage number {n} is long enough for a summary."\n'
    f'must_mention = ["number {n}"]\nrubric = "Names the number."'
    for n in range(6)
)


def reply(asked: Asked) -> str:
    """Return a right summary of the case, or a judge's 5 for it."""
    if "response_format" in asked.body:
        return "5"
    return "It is number " + asked.text.partition("number ")[2][:1]


def make(
    results: Path, server: FakeServer, *, judged: bool = True, api_key_env: str | None = None
) -> Path:
    """Make a run of SUITE on the server, which judges itself too."""
    endpoint = Endpoint(
        name="fake", url=server.url, model=server.model, api_key_env=api_key_env, timeout_s=20
    )
    spec = RunSpec(
        id="20261124-101500-tiny-fake-0001",
        created="2026-11-24T10:15:00+00:00",
        endpoint=endpoint,
        judges=(endpoint,) if judged else (),
        subject=SuiteSubject(
            name="tiny", path="tiny.toml", sha256=hashlib.sha256(SUITE.encode()).hexdigest()
        ),
        concurrency=2,
    )
    return store.create(results, spec, SUITE)


def carried_out(folder: Path) -> Run:
    """Carry the run out in this process, and return it as a reader sees it then."""
    asyncio.run(execute(folder))
    return read(folder)


def read(folder: Path) -> Run:
    """Return the run as a new reader sees it."""
    run = Run(folder)
    run.refresh()
    return run


def scores(folder: Path) -> Sequence[tuple[Any, ...]]:
    """Return what the run's report says of each case, times aside."""
    report = json.loads((folder / "report.json").read_bytes())
    keys = ("id", "output", "rule_score", "rule_issues", "judge_score")
    return [tuple(map(repr, (result[key] for key in keys))) for result in report["results"]]


def model_requests(server: FakeServer) -> list[str]:
    """Return what the model was asked as a model, judging aside, in order."""
    return [asked.text for asked in server.asked if asked.text.startswith("Summarize:")]
