"""A run of a suite with held-out cases, and a look at its report."""

from pathlib import Path

import pytest

from stack_tui.cli.command_line import run
from stack_tui.runs import holdout, store
from tests.fakes import FakeServer
from tests.worker import runs
from tests.worker.runs import carried_out, make, read, reply

SUITE = runs.SUITE.replace('id = "case-5"', 'id = "case-5"\nholdout = true')
TEXT = "passage number 5"
ANSWER = "It is number 5"


@pytest.fixture
def held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished run whose last case is held out."""
    monkeypatch.setattr(runs, "SUITE", SUITE)
    with FakeServer("vllm", reply) as server:
        return carried_out(make(tmp_path / "results", server)).folder


def test_only_the_journal_and_the_suite_hold_the_texts(held_out: Path) -> None:
    files = [path for path in held_out.parent.rglob("*") if path.is_file()]
    assert {p.name for p in files if TEXT in p.read_text()} == {"journal.jsonl", "suite.toml"}
    assert {p.name for p in files if ANSWER in p.read_text()} == {"journal.jsonl"}


def test_a_look_is_counted_before_the_texts_are_shown(
    held_out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = held_out.parent
    report = ["--results", str(results), "report", "latest", "--json"]
    assert run(report) == 0
    assert ANSWER not in capsys.readouterr().out
    assert holdout.read_accesses(results, "tiny") == ()
    assert run([*report, "--show-holdout"]) == 0
    shown = capsys.readouterr().out
    assert ANSWER in shown
    (look,) = holdout.read_accesses(results, "tiny")
    assert look.what == held_out.name
    assert f'"who": "{look.who}"' in shown


def test_watch_ends_with_a_report_that_holds_no_held_out_text(
    held_out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--results", str(held_out.parent), "watch", "latest"]) == 0
    told = capsys.readouterr()
    assert "holdout 100.0%" in told.out
    assert ANSWER not in told.out + told.err


def test_export_leaves_held_out_cases_out_and_counts_the_look_that_takes_them(
    held_out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite, results = held_out / "suite.toml", held_out.parent
    export = ["--results", str(results), "cases", "export", str(suite)]
    assert run([*export, str(tmp_path / "open.jsonl")]) == 0
    assert "1 held-out cases are left out" in capsys.readouterr().err
    assert TEXT not in (tmp_path / "open.jsonl").read_text()
    assert run([*export, str(tmp_path / "all.csv"), "--show-holdout"]) == 0
    assert TEXT in (tmp_path / "all.csv").read_text()
    assert len(holdout.read_accesses(results, "tiny")) == 1


def test_an_export_whose_access_cannot_be_logged_writes_nothing(
    held_out: Path, tmp_path: Path
) -> None:
    (held_out.parent / "tiny.looks.jsonl").mkdir()
    out = tmp_path / "all.csv"
    export = ["cases", "export", str(held_out / "suite.toml"), str(out), "--show-holdout"]
    assert run(["--results", str(held_out.parent), *export]) == 2
    assert not out.exists()


COMMANDS = [
    ["runs"],
    ["runs", "--json"],
    ["watch", "latest"],
    ["label", "latest", "case-5", "--verdict", "flaky"],
    *(["report", "--format", form] for form in ("json", "markdown", "html", "junit", "csv")),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_prints_a_held_out_text_without_a_line_in_the_access_log(
    held_out: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    run(["--results", str(held_out.parent), *command])
    printed = capsys.readouterr()
    assert printed.out + printed.err
    assert not {TEXT, ANSWER} & {
        text for text in (TEXT, ANSWER) if text in printed.out + printed.err
    }
    assert holdout.read_accesses(held_out.parent, "tiny") == ()


def test_a_held_out_output_is_regraded_as_it_was_recorded(held_out: Path, tmp_path: Path) -> None:
    suite = tmp_path / "edited.toml"
    suite.write_text(SUITE.replace('["number 5"]', '["is number 5"]'))
    arguments = ["--results", str(held_out.parent), "regrade", "latest", "--suite", str(suite)]
    assert run(arguments) == 0
    (folder,) = [path for path in store.folders(held_out.parent) if path != held_out]
    (sample,) = read(folder).view.held_out_samples
    assert sample.rule_score == 1.0
    assert ANSWER in (folder / "journal.jsonl").read_text()
    assert ANSWER not in (folder / "report.json").read_text()


def test_held_out_cases_are_not_exported_if_the_access_cannot_be_logged(
    held_out: Path, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("not a folder")
    target = tmp_path / "all.csv"
    export = ["--results", str(tmp_path / "taken"), "cases", "export", str(held_out / "suite.toml")]
    assert run([*export, str(target), "--show-holdout"]) == 2
    assert not target.exists()


def test_leakage_names_a_held_out_case_without_its_text(
    held_out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.txt"
    data.write_text("The passage number 5 is long enough for a summary.")
    assert run(["leakage", str(held_out / "suite.toml"), "--against", str(data)]) == 1
    told = capsys.readouterr().out
    assert "case-5" in told
    assert TEXT not in told
