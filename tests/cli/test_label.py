"""label: people's verdicts given and listed by a command, and what reports make of them."""

import json
from pathlib import Path

import pytest

from stack_tui.cli.command_line import run
from stack_tui.runs import labels, store
from stack_tui.runs.events import Finished, JudgeScore, Planned, Sample, TaskPlan
from stack_tui.runs.journal import Journal
from tests.cli.folders import SUITE, spec_of

Captured = pytest.CaptureFixture[str]
RUN = "20261124-100000-tiny-a"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a run of three judged samples, two of them repeats of one case."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)
    made = store.create(Path("eval-results"), spec_of(RUN), SUITE)
    with Journal(store.journal_path(made)) as journal:
        plan = TaskPlan(name="tiny", samples=3, requests=6, route="chat")
        journal.append(Planned(at=0.0, tasks=(plan,)))
        for place, (name, repeat) in enumerate([("sun", 0), ("sun", 1), ("kv-cache", 0)]):
            verdict = JudgeScore(judge="judge", model="big", score=5.0)
            journal.append(
                Sample(
                    at=1.0,
                    task="tiny",
                    id=name,
                    repeat=repeat,
                    place=place,
                    passed=True,
                    judge_score=5.0,
                    verdicts=(verdict,),
                )
            )
        journal.append(Finished(at=2.0, outcome="complete"))
    return made


def test_a_label_is_given_listed_and_reported(folder: Path, capsys: Captured) -> None:
    options = ["--verdict", "wrong-judge", "--score", "2", "--note", "it names no sun"]
    assert run(["label", "latest", "sun #2", *options]) == 0
    assert capsys.readouterr().out == "tiny/sun #2: wrong judge\n"
    assert run(["label", "latest"]) == 0
    listed = capsys.readouterr()
    shown = " ".join(listed.out.split("(")[0].split())
    assert shown == "tiny/sun #2 wrong judge judges 2 it names no sun"
    assert listed.err == "1 of 3 samples have a label: wrong judge 1\n"
    assert run(["report", RUN, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["summary"]["labels"] == {"wrong judge": 1}
    assert report["labels"]["judges"][0]["passes_wrongly"] == 1


def test_none_takes_a_label_back(folder: Path, capsys: Captured) -> None:
    assert run(["label", RUN, "kv-cache", "--verdict", "real-pass", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "real pass"
    assert run(["label", RUN, "tiny/kv-cache", "--verdict", "none"]) == 0
    assert labels.read(folder) == {}


def test_the_first_repeat_goes_by_the_case_alone(folder: Path) -> None:
    assert run(["label", RUN, "sun", "--verdict", "flaky"]) == 0
    assert list(labels.read(folder)) == [("tiny", "sun", 0, None)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["moon", "--verdict", "flaky"], "has no sample 'moon'"),
        (["kv-cash", "--verdict", "flaky"], "Did you mean kv-cache?"),
        (["sun", "--score", "4"], "give --verdict too: real-failure, "),
        (["--verdict", "flaky"], "name the SAMPLE"),
        (["sun", "--verdict", "none", "--score", "4"], "removes a label"),
        (["sun", "--verdict", "flaky", "--score", "6"], "--score"),
        (["sun", "--verdict", "flaky", "--score", "nan"], "--score"),
        (["sun", "--verdict", "good"], "--verdict"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    folder: Path, arguments: list[str], said: str, capsys: Captured
) -> None:
    assert run(["label", RUN, *arguments]) == 2
    assert said in capsys.readouterr().err
    assert labels.read(folder) == {}
