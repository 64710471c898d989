"""Text from models, datasets, servers and files, in every field of every pane."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from stack_tui.config.decode import Config, Defaults, Endpoint
from stack_tui.endpoints.health import Health
from stack_tui.errors import StackError
from stack_tui.runs.events import ChoiceLogprob, Failure, Fault, Finding, JudgeScore, Sample
from stack_tui.runs.rule_issue import issue_of_text
from stack_tui.runs.spec import SuiteSubject
from stack_tui.suites.model.case import Case, Suite
from stack_tui.text import well_formed
from stack_tui.tui.app import StackApp
from stack_tui.tui.state.snapshot import ChosenRun, Counts, Snapshot, SuiteFile, TaskRow
from tests.e2e.hostile import ALL, LONG_LINE
from tests.tui.data import BEGAN, benchmark_card, drive, screen_text, suite_card, suite_spec, up

BAD = well_formed(ALL)
FORBIDDEN = {chr(code) for code in (*range(32), *range(0x7F, 0xA0), 0x202E, 0x2066, 0x200F)} - {
    "\n"
}
FAILURE = Failure(kind="timeout", message=BAD, remedy=BAD)
ERROR = StackError(BAD, where=BAD, remedy=BAD)
ENDPOINT = Endpoint(name=BAD, url="http://[::1]:8000/[b]v1[/nope]", model=BAD)
VERDICT = JudgeScore(judge=BAD, model=BAD, score=2, answer=BAD, reasoning=BAD, failure=FAILURE)
SAMPLE = Sample(
    at=BEGAN,
    task=BAD,
    id=BAD,
    passed=False,
    failure=FAILURE,
    prompt=BAD,
    prefix=BAD,
    output=BAD + LONG_LINE,
    reasoning=BAD,
    finish_reason=BAD,
    flags=(BAD,),
    rule_score=0.1,
    rule_issues=(issue_of_text(BAD),),
    verdicts=(VERDICT, msgspec.structs.replace(VERDICT, failure=None)),
    choices=(ChoiceLogprob(text=BAD, logprob=-1.0),),
    chosen=0,
    target=BAD,
    extracted={BAD: BAD},
    metrics={BAD: 1.0},
    labels=(BAD,),
)
CASE = Case(
    id=BAD,
    input=BAD,
    must_mention=(BAD, (BAD, BAD)),
    must_not_mention=(BAD,),
    rubric=BAD,
    labels=(BAD,),
    equals=BAD,
    starts_with=BAD,
    json_schema={BAD: BAD},
)
SUITE = Suite(name=BAD, cases=(CASE,), description=BAD, system=BAD, prompt=BAD, judges=(BAD,))


def everything(benchmark: bool) -> Snapshot:
    spec = msgspec.structs.replace(
        suite_spec(), endpoint=ENDPOINT, judges=(ENDPOINT,), note=BAD, created=BAD
    )
    suite = spec.subject
    assert isinstance(suite, SuiteSubject)
    spec = msgspec.structs.replace(spec, subject=msgspec.structs.replace(suite, name=BAD))
    card = suite_card(
        (SAMPLE,),
        spec=spec,
        message=BAD,
        phase="running",
        fault=Fault(at=BEGAN, message=BAD, where=BAD, remedy=BAD),
        findings=(Finding(at=BEGAN, check=BAD, task=BAD, seen=BAD, cause=BAD),),
        tasks=(TaskRow(BAD, None, Counts()), TaskRow(BAD, None, Counts())),
    )
    if benchmark:
        card = replace(benchmark_card(), tasks=card.tasks, phase="running", fault=card.fault)
    broken = suite_card(folder=Path("eval-results/broken"), spec=None, problem=ERROR)
    return Snapshot(
        ready=True,
        runs=(card, broken),
        chosen=ChosenRun(card, (SAMPLE,), {BAD: BAD}, SUITE),
        suites=(SuiteFile(Path("x.toml"), suite=SUITE), SuiteFile(Path("y.toml"), problem=ERROR)),
        problem=ERROR,
    )


def answer(**changes: Any) -> Health:
    return msgspec.structs.replace(
        up(ENDPOINT), server_kind=BAD, version=BAD, model=BAD, note=BAD, **changes
    )


def assert_literal(app: StackApp) -> None:
    """Fail if anything on the screen is there to be acted upon."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert not FORBIDDEN & set(segment.text), repr(segment.text)
            if segment.style:
                assert not segment.style.link
                action = str(segment.style.meta.get("@click", ""))
                assert action.startswith(("app.simulate_key(", "screen.pane(")) or not action


@pytest.mark.parametrize(
    ("size", "benchmark"), [((80, 24), False), ((120, 36), True)], ids=["suite", "benchmark"]
)
def test_hostile_text_is_only_ever_shown(size: tuple[int, int], benchmark: bool) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        shown: list[str] = []
        app.busy = (BAD,)
        app.show_message(BAD)
        app.show_error(ERROR)
        for pane in "1234":
            for keys in (
                (pane, "z"),
                ("down", "down"),
                ("enter", "t", "p"),
                ("escape", "slash", "[", "enter"),
                ("escape", "n"),
                ("escape", "z"),
            ):
                await pilot.press(*keys)
                await pilot.pause()
                assert_literal(app)
                shown.append(screen_text(app))
        assert "[/nope] [b" in "".join(shown)

    drive(
        body,
        everything(benchmark),
        size=size,
        config=Config(endpoints={BAD: ENDPOINT}),
        answers=(answer(), answer(state="down", failure=FAILURE)),
    )


def test_an_endpoint_with_a_hostile_name_is_only_ever_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        shown: list[str] = []
        for keys in ("1", "e"), ("escape", "D"), ("escape", "t"), ("escape", "K"), ("J",):
            await pilot.press(*keys)
            await pilot.pause()
            assert_literal(app)
            shown.append(screen_text(app))
        assert "Remove" in shown[1]
        assert "first token" in shown[2]

    config = Config(endpoints={BAD: ENDPOINT}, defaults=Defaults(endpoint=BAD, judges=(BAD,)))
    drive(body, everything(False), config=config, answers=(answer(),), size=(80, 24))
