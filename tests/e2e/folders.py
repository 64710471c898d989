"""A working folder whose every text is hostile: config, suite, spec and journal."""

from pathlib import Path

import tomli_w

from stack_tui.config.decode import Endpoint
from stack_tui.runs import store
from stack_tui.runs.events import (
    ChoiceLogprob,
    Failure,
    Fault,
    Finding,
    JudgeScore,
    Planned,
    Prefix,
    Sample,
    Started,
    TaskPlan,
)
from stack_tui.runs.journal import Journal
from stack_tui.runs.rule_issue import issue_of_text
from stack_tui.runs.spec import RunSpec, SuiteSubject
from stack_tui.text import well_formed
from tests.e2e.hostile import ALL, HOSTILE, LONG_LINE

EVIL = well_formed(ALL)
LINE = EVIL.replace("\n", " ")


def make(folder: Path, number: int = 1) -> Path:
    """Fill the folder with a config, a suite and an interrupted run; return the run's folder.

    For another run in the same folder, give it another number.
    """
    endpoint = {"url": "http://127.0.0.1:9/v1", "model": LINE}
    config = tomli_w.dumps({"endpoints": {LINE: endpoint}})
    (folder / "stack-tui.toml").write_bytes(config.encode())
    suite = tomli_w.dumps(_suite())
    (folder / "cases").mkdir(exist_ok=True)
    (folder / "cases" / "evil.toml").write_bytes(suite.encode())
    (folder / "cases" / "broken.toml").write_bytes(tomli_w.dumps({LINE: LINE}).encode())
    run = store.create(folder / "eval-results", _spec(number), suite)
    with Journal(store.journal_path(run)) as journal:
        for event in _events():
            journal.append(event)
    return run


def _suite() -> dict[str, object]:
    cases = [
        {"id": f"{n} {LINE}", "input": EVIL, "rubric": EVIL, "labels": [LINE]}
        | {"must_mention": [LINE], "must_not_mention": ["x" + LINE]}
        for n in range(3)
    ]
    head = {"name": "evil", "description": EVIL, "system": EVIL, "prompt": "{input}" + EVIL}
    return {"suite": head, "case": cases}


def _spec(number: int = 1) -> RunSpec:
    endpoint = Endpoint(name=LINE, url="http://127.0.0.1:9/v1", model=LINE)
    return RunSpec(
        id=f"20261124-101500-evil-{number:04}",
        created="2026-11-24T10:15:00+00:00",
        endpoint=endpoint,
        judges=(endpoint,),
        subject=SuiteSubject(name="evil", path="cases/evil.toml", sha256="0" * 64),
        note=EVIL,
    )


def _events() -> list[Started | Planned | Prefix | Sample | Fault | Finding]:
    failure = Failure(kind="server_error", message=EVIL, remedy=EVIL)
    verdicts = (
        JudgeScore(judge=LINE, model=LINE, score=2.0, answer=EVIL, reasoning=EVIL),
        JudgeScore(judge=LINE, model=LINE, failure=failure),
    )
    return [
        Started(at=0.0, spec=_spec(), versions={LINE: LINE}, server={"kind": LINE, "url": LINE}),
        Planned(at=0.0, tasks=(TaskPlan(name=LINE, samples=9, requests=9, route=LINE),)),
        Prefix(at=0.0, id="p", text=EVIL),
        Fault(at=1.0, where=LINE, message=EVIL, remedy=EVIL),
        Finding(at=1.0, check=LINE, task=LINE, seen=EVIL, cause=EVIL),
        *(
            Sample(
                at=1.0,
                task=LINE,
                id=f"{n} {LINE}",
                passed=False,
                rule_score=0.5,
                rule_issues=(issue_of_text(EVIL),),
                judge_score=2.0,
                verdicts=verdicts,
                output=LONG_LINE if n == 1 else EVIL,
                reasoning=EVIL,
                prompt=EVIL,
                prefix="p",
                flags=(LINE,),
                target=EVIL,
                labels=(LINE,),
                finish_reason=LINE,
            )
            for n in range(3)
        ),
        Sample(at=1.0, task=LINE, id="error", status="error", failure=failure),
        Sample(
            at=1.0,
            task=LINE,
            id="choices",
            passed=False,
            chosen=0,
            target=EVIL,
            choices=tuple(
                ChoiceLogprob(text=text, logprob=-1.0) for text in map(well_formed, HOSTILE)
            ),
            metrics={LINE: 0.0},
            extracted={LINE: EVIL},
        ),
    ]
