"""The command, the form and f5 give one suite the same judges, and refuse the same misspelt one."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from stack_tui.cli.command_line import run
from stack_tui.config.decode import Endpoint
from stack_tui.runs.events import Sample
from stack_tui.suites.model import suite_store
from stack_tui.suites.model.case import Suite
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases import preview
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.runs.new_run import NewRun
from stack_tui.tui.state.snapshot import Snapshot, SuiteFile
from stack_tui.tui.ui.check_list import CheckList
from stack_tui.worker import launch
from stack_tui.worker.requests import RunRequest, SuiteRun
from tests.tui.data import drive, failing, screen_text, settle, wait_for

SUITE = """
[suite]
name = "tiny"
prompt = "Summarize: {input}"
judges = [JUDGES]

[[case]]
id = "a"
input = "b"
"""
CONFIGURED = """
[endpoints.local]
url = "http://127.0.0.1:8000/v1"
model = "org/llama-8b"
[endpoints.judge]
url = "https://judge.example/v1"
model = "gpt-mini"
[defaults]
endpoint = "local"
"""
Judges = list[tuple[str, ...]]


@pytest.fixture
def judges(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Judges:
    """Return the judges of all that is started or asked for."""
    found: Judges = []

    def start(request: RunRequest, results: Path, on_retry: object = None) -> Path:
        del on_retry
        assert isinstance(request, SuiteRun)
        found.append(tuple(judge.name for judge in request.judges))
        return results / "20991118-120000-new"

    async def run_case(suite: Suite, endpoint: Endpoint, by: Sequence[Endpoint]) -> Sample:
        found.append(tuple(judge.name for judge in by))
        return failing()

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(launch, "start", start)
    monkeypatch.setattr(preview, "run_case", run_case)
    return found


def suite_of(judges: str) -> Snapshot:
    """Write a suite with these judges and the configuration, and list the suite in the app."""
    Path("cases").mkdir()
    path = Path("cases/tiny.toml")
    path.write_text(SUITE.replace("JUDGES", judges))
    Path("stack-tui.toml").write_text(CONFIGURED)
    return Snapshot(ready=True, suites=(SuiteFile(path, suite=suite_store.load(path)),))


async def by_form(app: StackApp, pilot: Pilot[None]) -> None:
    await pilot.press("n")
    await pilot.pause()
    await pilot.press("ctrl+s")
    await settle(app, pilot)


async def by_f5(app: StackApp, pilot: Pilot[None]) -> None:
    await pilot.press("3", "end", "e")
    await pilot.pause()
    await pilot.press("f5")
    await settle(app, pilot)


@pytest.mark.parametrize(
    ("named", "chosen"),
    [
        ('"self", "judge"', ("local", "judge")),
        ('"judge", "self"', ("judge", "local")),
        ('"judge"', ("judge",)),
        ("", ("local",)),
    ],
)
def test_a_suites_judges_are_the_same_wherever_it_is_run(
    named: str, chosen: tuple[str, ...], judges: Judges
) -> None:
    shown = suite_of(named)
    run(["eval", "tiny", "--detach"])
    drive(by_form, shown)
    drive(by_f5, shown)
    assert judges == [chosen] * 3


MISSPELT = "no endpoint is called 'jugde'"
MEANT = "Did you mean judge?"


def test_a_misspelt_judge_is_the_same_error_wherever_the_suite_is_run(
    judges: Judges, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = suite_of('"self", "jugde"')
    assert run(["eval", "tiny", "--detach"]) == 2
    printed = capsys.readouterr().err
    assert MISSPELT in printed
    assert MEANT in printed

    async def form(app: StackApp, pilot: Pilot[None]) -> None:
        await by_form(app, pilot)
        assert isinstance(app.screen, NewRun)
        assert MISSPELT in screen_text(app)
        assert MEANT in screen_text(app)
        app.screen.query_one(CheckList).tick({2})
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert isinstance(app.screen, Dashboard)

    async def f5(app: StackApp, pilot: Pilot[None]) -> None:
        await by_f5(app, pilot)
        await wait_for(pilot, lambda: MISSPELT in screen_text(app))
        assert MEANT in screen_text(app)

    drive(form, shown)
    drive(f5, shown)
    assert judges == [("judge",)]
