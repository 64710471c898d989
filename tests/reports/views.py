"""Views of runs for tests of what is made from them."""

from collections.abc import Iterable

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.runs.events import (
    ChoiceLogprob,
    Event,
    Failure,
    Finding,
    Finished,
    JudgeScore,
    Planned,
    RecordScores,
    Sample,
    Started,
    Status,
    TaskPlan,
)
from stack_tui.runs.rule_issue import issue_of_text
from stack_tui.runs.spec import RunSpec, SuiteSubject
from stack_tui.runs.view import RunView
from tests.runs.samples import fold

ENDPOINT = Endpoint(name="local", url="http://127.0.0.1:8000/v1", model="tiny")
JUDGE = Endpoint(name="judge", url="http://127.0.0.1:8001/v1", model="big")
SPEC = RunSpec(
    id="20261124-101500-custom-tiny-0a1b",
    created="2026-11-24T10:15:00+00:00",
    endpoint=ENDPOINT,
    subject=SuiteSubject(name="custom", path="cases/custom.toml", sha256="0" * 64),
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
            verdicts=(JudgeScore(judge="judge", model="big", score=score, answer=str(score)),),
        )
        for place, score in enumerate(scores)
    ]


HOSTILE = (
    "</pre></details><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' style='background:url(//evil.test)",
    "]]></failure><testcase name='fake'/>&lol;",
    "=HYPERLINK(0)|`x` ![i](//evil.test/p.png) @team #1 https://evil.test | a@evil.test",
    "\x1b]52;c;QQ==\x07\x00\x08\x0b\ufffe\x9b2J\u202elive\ud800\u200b\u2028",
    "\t@SUM(1)\r\n-1+cmd|'/c calc'!A0\n`` ` ```\n| a | b |\n<!-- --> <b>",
    "",
)


def hostile_view(text: str, spec: RunSpec = SPEC) -> RunView:
    """A run in which each text that came from elsewhere is that one, in every outcome there is."""
    endpoint = msgspec.structs.replace(spec.endpoint, name=text, model=text)
    hostile_spec = msgspec.structs.replace(
        spec,
        endpoint=endpoint,
        judges=(msgspec.structs.replace(JUDGE, name=text, model=text),),
        subject=SuiteSubject(name=text, path=text, sha256=text),
        note=text,
    )
    outcomes: list[tuple[Status, bool | None]] = [
        ("ok", True),
        ("ok", False),
        ("truncated", False),
        ("error", None),
        ("unscored", None),
    ]
    samples = [
        Sample(
            at=1.0,
            task=text,
            id=f"{text}{place}",
            repeat=place,
            status=status,
            passed=passed,
            failure=Failure(kind="bad_answer", message=text) if status == "error" else None,
            prompt=text,
            output=text,
            reasoning=text,
            finish_reason=text,
            flags=(text,),
            rule_score=0.5,
            rule_issues=(issue_of_text(text),),
            verdicts=(
                JudgeScore(judge=text, model=text, score=2.0, answer=text),
                JudgeScore(judge=f"{text}2", model=text, score=3.0, answer=text),
            ),
            judge_score=2.5,
            choices=(ChoiceLogprob(text=text, logprob=-1.0),),
            chosen=0,
            target=text,
            extracted={text: text},
            metrics={text: 0.5},
        )
        for place, (status, passed) in enumerate(outcomes)
    ]
    finding = Finding(at=2.0, check="chance", task=text, seen=text, cause=text)
    finished = Finished(at=3.0, outcome="errors", errors=1, message=text)
    run = view(samples, hostile_spec, planned=len(samples) + 1)
    scores = RecordScores(at=2.0, results={"results": {text: {f"{text},none": 0.5}}}, table=text)
    run.apply([finding, scores, finished])
    return run
