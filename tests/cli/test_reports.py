"""report, compare, gates, cases and leakage: what is printed, written and returned."""

import csv
import io
import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest

from stack_tui.cli.command_line import run
from stack_tui.runs import store
from stack_tui.runs.events import Failure, Fault, Finished, Planned, Sample, TaskPlan
from stack_tui.runs.journal import Journal
from stack_tui.runs.spec import RunSpec
from stack_tui.suites.model.suite_store import load
from tests.cli.folders import SUITE, spec_of

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def two_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with two finished runs, of which the first passes more cases."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "tiny.toml").write_text(SUITE)
    finished(spec_of("20261124-100000-tiny-a", note="main"), passed=(True, True, True))
    finished(spec_of("20261124-110000-tiny-b"), passed=(True, False, True))


def finished(spec: RunSpec, passed: tuple[bool, ...]) -> None:
    """Write a run that ended with those outcomes."""
    folder = store.create(Path("eval-results"), spec, SUITE)
    with Journal(store.journal_path(folder)) as journal:
        plan = TaskPlan(name="tiny", samples=len(passed), requests=len(passed), route="chat")
        journal.append(Planned(at=0.0, tasks=(plan,)))
        for number, good in enumerate(passed):
            score = 1.0 if good else 0.5
            journal.append(
                Sample(
                    at=1.0,
                    task="tiny",
                    id=f"case-{number}",
                    passed=good,
                    rule_score=score,
                    output="=1+1 <script>",
                )
            )
        journal.append(Finished(at=2.0, outcome="complete"))
    (folder / "report.json").write_text("{}")


@pytest.mark.parametrize("damage", ["removed", "emptied", "broken"])
def test_gates_that_cannot_be_read_fail(damage: str, capsys: Captured) -> None:
    suite = store.find(Path("eval-results"), "latest") / "suite.toml"
    if damage == "removed":
        suite.unlink()
    else:
        suite.write_text("" if damage == "emptied" else "[suite")
    assert run(["report", "latest"]) == 1
    assert "gates cannot be read" in capsys.readouterr().err
    assert run(["report", "latest", "--format", "junit"]) == 1
    junit = ET.fromstring(capsys.readouterr().out)
    assert any("gates cannot be read" in (found.get("message") or "") for found in junit.iter())


@pytest.mark.parametrize(
    ("gate", "code"),
    [("rule_avg >= 0.8", 0), ("errors == 0", 0), ("rule_pass_rate >= 0.9", 1)],
)
def test_a_gate_that_fails_is_exit_code_1(gate: str, code: int, capsys: Captured) -> None:
    assert run(["report", "latest", "--gate", gate]) == code
    captured = capsys.readouterr()
    assert "── gates ──" in captured.out
    assert ("gate failed" in captured.err) == bool(code)


def test_a_gate_that_cannot_be_told_counts_as_the_caller_chooses(capsys: Captured) -> None:
    gate = ["--gate", "vs latest:main not worse by 0.02"]
    assert run(["report", "latest", *gate]) == 1
    assert "inconclusive" in capsys.readouterr().err
    assert run(["report", "latest", *gate, "--inconclusive", "pass"]) == 0


def test_a_gate_that_cannot_be_read_is_exit_code_2(capsys: Captured) -> None:
    assert run(["report", "latest", "--gate", "rule_avg"]) == 2
    assert "rule_avg" in capsys.readouterr().err


def test_two_runs_are_compared_with_a_verdict(capsys: Captured) -> None:
    assert run(["compare", "tiny-a", "tiny-b"]) == 0
    shown = capsys.readouterr().out
    assert "verdict: inconclusive" in shown
    assert "case-1" in shown
    assert run(["compare", "tiny-a", "tiny-b", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pairs"] == 3


def test_every_form_of_the_report_can_be_read_by_what_it_is_for(capsys: Captured) -> None:
    shown = {}
    for form in ("json", "junit", "csv", "markdown", "html"):
        assert run(["report", "latest", "--format", form]) == 0
        shown[form] = capsys.readouterr().out
    assert json.loads(shown["json"])["summary"]["n_cases"] == 3
    assert ET.fromstring(shown["junit"]).get("failures") == "1"
    assert len(list(csv.reader(io.StringIO(shown["csv"])))) == 4
    assert "<script>" not in shown["html"]
    assert "| pass rate |" in shown["markdown"]


def test_a_report_can_be_written_to_a_file_with_a_comparison(capsys: Captured) -> None:
    arguments = ["report", "latest", "--against", "tiny-a", "--format", "html", "--out", "r.html"]
    assert run(arguments) == 0
    assert "Content-Security-Policy" in Path("r.html").read_text()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("out", "said"),
    [("absent/x.html", "does not exist"), ("cases", "is a folder"), ("", "is a folder")],
)
def test_a_file_that_cannot_be_written_is_told(out: str, said: str, capsys: Captured) -> None:
    assert run(["report", "latest", "--out", out]) == 2
    captured = capsys.readouterr()
    assert f"Invalid value for --out: {'.' if not out else ''}" in captured.err
    assert said in captured.err
    assert captured.out == ""


def test_a_report_that_could_not_be_given_out_is_told_before_anything_is_asked(
    capsys: Captured,
) -> None:
    command = ["eval", "tiny", "--url", "http://127.0.0.1:9/v1"]
    assert run([*command, "--out", "absent/x"]) == 2
    assert run([*command, "--against", "nosuch"]) == 2
    assert run(["regrade", "--out", "absent/x"]) == 2
    assert run(["resume", "tiny-a", "--out", "absent/x"]) == 2
    assert len(store.folders(Path("eval-results"))) == 2


def test_a_run_that_cannot_be_read_is_in_nobodys_way(capsys: Captured) -> None:
    damaged = Path("eval-results/20261124-120000-other")
    damaged.mkdir()
    (damaged / "run.toml").write_text("\0")
    gate = ["--gate", "vs latest:main not worse by 0.9", "--inconclusive", "pass"]
    assert run(["report", "tiny-b", *gate]) == 0
    assert run(["report", "tiny-b", "--against", "latest"]) == 0


def test_a_run_whose_worker_ended_says_what_it_said_last(capsys: Captured) -> None:
    folder = store.create(Path("eval-results"), spec_of("20261124-120000-tiny-c"), SUITE)
    (folder / "worker.log").write_text("an old one\nNo space left on device\n")
    assert run(["report", "latest"]) == 4
    printed = capsys.readouterr().err
    assert printed.startswith("No space left on device\ninterrupted; continue it with")


def test_a_run_whose_folder_went_while_it_was_followed_is_told_so(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = store.Run.refresh

    def refresh(self: store.Run) -> object:
        shutil.rmtree(self.folder, ignore_errors=True)
        return held(self)

    monkeypatch.setattr(store.Run, "refresh", refresh)
    assert run(["watch", "tiny-b"]) == 4
    captured = capsys.readouterr()
    assert "the run was deleted" in captured.err
    assert captured.out == ""


def test_runs_lists_what_there_is(capsys: Captured) -> None:
    assert run(["runs", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["state"], row["passed"], row["note"]) for row in rows] == [
        ("finished", 3, "main"),
        ("finished", 2, ""),
    ]


def test_a_suite_that_contradicts_itself_is_found(capsys: Captured) -> None:
    bad = SUITE + '\n[[case]]\nid = "c"\ninput = "x"\nmust_mention = ["a"]\nequals = "b"\n'
    Path("cases/bad.toml").write_text(bad)
    assert run(["cases", "check", "tiny"]) == 0
    assert run(["cases", "check", "bad"]) == 2
    assert "c." in capsys.readouterr().out


def test_a_case_that_stands_in_training_data_is_found(capsys: Captured) -> None:
    Path("train.txt").write_text(
        "Before. The passage number 1 is long enough for a summary. After."
    )
    assert run(["leakage", "tiny", "--against", "train.txt"]) == 1
    assert "case-1" in capsys.readouterr().out
    Path("clean.txt").write_text("Nothing of the kind stands here.")
    assert run(["leakage", "tiny", "--against", "clean.txt"]) == 0


def test_cases_go_out_and_come_back_the_same(capsys: Captured) -> None:
    assert run(["cases", "export", "tiny", "out.jsonl"]) == 0
    assert run(["cases", "import", "out.jsonl"]) == 0
    assert "out.toml: 3 cases" in capsys.readouterr().out
    assert load(Path("cases/out.toml")).cases == load(Path("cases/tiny.toml")).cases


def test_nothing_is_imported_or_exported_over_a_file(capsys: Captured) -> None:
    assert run(["cases", "export", "tiny", "tiny.csv"]) == 0
    assert run(["cases", "export", "tiny", "tiny.csv"]) == 2
    assert run(["cases", "import", "tiny.csv"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert Path("cases/tiny.toml").read_text() == SUITE


def test_without_a_cases_folder_an_import_makes_one_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    Path("mine.jsonl").write_text('{"id": "a", "input": "b"}\n')
    assert run(["cases", "import", "mine.jsonl"]) == 0
    assert [path.name for path in Path("cases").iterdir()] == ["mine.toml"]


def test_a_run_that_could_not_be_carried_out_says_what_to_do(capsys: Captured) -> None:
    folder = store.create(Path("eval-results"), spec_of("20261124-120000-tiny-c"), SUITE)
    with Journal(store.journal_path(folder)) as journal:
        message, remedy = "it needs its data", "Give them with --datasets."
        journal.append(Finished(at=2.0, outcome="failed", message=message, remedy=remedy))
    assert run(["report", folder.name]) == 3
    assert f"{message}\n  {remedy}\n" in capsys.readouterr().err


def refused(name: str, count: int = 3, total: int = 4) -> None:
    """Write a run in which the server refused that many of the samples."""
    folder = store.create(Path("eval-results"), spec_of(name), SUITE)
    failure = Failure(kind="bad_request", message="400, refused: no field stop", status=400)
    with Journal(store.journal_path(folder)) as journal:
        plan = TaskPlan(name="tiny", samples=total, requests=total, route="chat")
        journal.append(Planned(at=0.0, tasks=(plan,)))
        for number in range(total):
            bad = number < count
            sample = Sample(at=1.0, task="tiny", id=f"case-{number}", passed=None if bad else True)
            if bad:
                sample = msgspec.structs.replace(sample, status="error", failure=failure)
            journal.append(sample)
        journal.append(Finished(at=2.0, outcome="errors", errors=count))


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_each_report_names_the_reason_of_errors_once_with_their_number(
    form: str, capsys: Captured
) -> None:
    refused("20261124-120000-tiny-c")
    assert run(["report", "--format", form]) == 4
    printed = capsys.readouterr().out
    shown = printed[printed.lower().index("errors by reason") :]
    assert "3 × bad_request" in shown
    assert "no field stop (such as tiny/case-0)" in shown


def test_the_json_report_groups_errors_and_has_none_without_errors(capsys: Captured) -> None:
    assert run(["report", "20261124-100000", "--json"]) == 0
    assert "errors" not in json.loads(capsys.readouterr().out)
    refused("20261124-120000-tiny-c")
    assert run(["report", "--json"]) == 4
    (group,) = json.loads(capsys.readouterr().out)["errors"]
    assert (group["kind"], group["count"], group["sample"]) == ("bad_request", 3, "case-0")
    assert group["message"] == "400, refused: no field stop"


def test_resume_is_not_advised_for_errors_that_would_repeat(capsys: Captured) -> None:
    refused("20261124-120000-tiny-c")
    assert run(["report"]) == 4
    told = capsys.readouterr().err
    assert "3 errors would repeat. Change what the error names, and start a new run." in told
    assert "errors; resuming cannot help" in told
    assert "stack-tui resume" not in told


def test_watch_names_task_sample_and_reason_of_an_error(capsys: Captured) -> None:
    refused("20261124-120000-tiny-c")
    run(["watch"])
    assert "! tiny case-0  bad_request: 400, refused: no field stop" in capsys.readouterr().err


def test_a_long_run_prints_a_reason_once(capsys: Captured) -> None:
    refused("20261124-120000-tiny-c", count=300, total=400)
    run(["watch"])
    told = capsys.readouterr().err
    assert told.count("no field stop") == 1
    assert "! tiny case-0  bad_request" in told


def test_a_failed_run_says_once_what_is_wrong_and_where(capsys: Captured) -> None:
    folder = store.create(Path("eval-results"), spec_of("20261124-120000-tiny-c"), SUITE)
    what, remedy = "lm-eval failed: no such file", "Check the path."
    with Journal(store.journal_path(folder)) as journal:
        journal.append(Fault(at=1.0, where="mine.yaml", message=what, remedy=remedy))
        journal.append(Finished(at=1.0, outcome="failed", message=what, remedy=remedy))
    assert run(["watch"]) == 3
    told = capsys.readouterr().err
    assert told.count(what) == 1
    assert f"mine.yaml: {what}\n  {remedy}\nfailed; once its cause is gone, continue it" in told
