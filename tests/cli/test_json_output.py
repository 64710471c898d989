"""JSON on stdout: data to the letter, without what a terminal acts upon."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.cli import json_output
from stack_tui.cli.command_line import run
from stack_tui.runs import store
from stack_tui.runs.events import Finished, Planned, Sample, TaskPlan
from stack_tui.runs.journal import Journal
from stack_tui.text import escaped_in_json, printable
from tests.cli.folders import SUITE, spec_of

Captured = pytest.CaptureFixture[str]
HOSTILE = "\x9b31m \x9d0;title\x9c \u202e \U000e0041 \u200b \x7f"


@given(st.text(st.characters(codec="utf-8")))
def test_escaped_json_is_the_same_data_and_nothing_in_it_acts(text: str) -> None:
    escaped = escaped_in_json(json.dumps({text: [text]}, ensure_ascii=False))
    assert json.loads(escaped) == {text: [text]}
    assert printable(escaped) == escaped


@pytest.fixture
def _run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = store.create(Path("eval-results"), spec_of("20261124-100000-tiny-a"), SUITE)
    plan = TaskPlan(name="tiny", samples=1, requests=1, route="chat")
    with Journal(store.journal_path(folder)) as journal:
        journal.append(Planned(at=0.0, tasks=(plan,)))
        journal.append(
            Sample(at=1.0, task="tiny", id="c", passed=True, rule_score=1.0, output=HOSTILE)
        )
        journal.append(Finished(at=2.0, outcome="complete"))


def report(capsys: Captured, *options: str) -> tuple[str, Any]:
    assert run(["report", "latest", "--json", *options]) == 0
    out = capsys.readouterr().out
    return out, json.loads(out)


@pytest.mark.usefixtures("_run_folder")
def test_on_a_terminal_a_json_report_is_escaped(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped, data = report(capsys)
    assert HOSTILE in piped
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    shown, same = report(capsys)
    assert same == data
    assert printable(shown) == shown


@pytest.mark.usefixtures("_run_folder")
def test_text_can_be_left_out_of_json(capsys: Captured) -> None:
    whole, data = report(capsys)
    bare, pruned = report(capsys, "--no-text")
    assert HOSTILE in whole
    assert HOSTILE not in bare
    assert pruned["summary"] == data["summary"]
    assert pruned["results"][0]["id"] == "c"
    assert pruned["results"][0]["rule_score"] == 1.0


def test_a_report_without_text_keeps_its_figures() -> None:
    verdict = {"judge": "j", "score": 4, "answer": "4", "failure": {"kind": "auth", "message": "m"}}
    document = {"summary": {"message": "kept"}, "results": [{"id": "a", "verdicts": [verdict]}]}
    assert json_output.without_text(document) == {
        "summary": {"message": "kept"},
        "results": [
            {"id": "a", "verdicts": [{"judge": "j", "score": 4, "failure": {"kind": "auth"}}]}
        ],
    }


@pytest.mark.parametrize("command", [["runs"], ["report", "latest", "--out", "a\x9bb.txt"]])
@pytest.mark.usefixtures("_run_folder")
def test_paths_are_printed_without_control_characters(
    command: list[str], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    if command == ["runs"]:
        command = ["--results", "none\x9b\u202e", "runs"]
    run(command)
    captured = capsys.readouterr()
    assert "\x9b" not in captured.err + captured.out
