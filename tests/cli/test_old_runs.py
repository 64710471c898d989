"""Runs that an earlier version recorded: every output reads as it did then.

`data/old_runs` holds the runs, `data/old_outputs` what that version printed of them, and
`commands.json` there by which command each output was printed, and its exit code.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from stack_tui.cli.command_line import run

Captured = pytest.CaptureFixture[str]
DATA = Path(__file__).parents[1] / "data"
OUTPUTS = DATA / "old_outputs"
EXACT = (".json", ".csv", ".xml")
# What a document has besides; it changes nothing that was there.
ADDED_SINCE = ("errors",)
# Numbers as reports write them: 12, 0.5, 14,042, 1e-05; a sign may be a hyphen.
NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e[+-]\d+)?")
# The time of a reveal is that of the command that shows the texts: the last one in its output.
LAST_REVEAL = re.compile(r'(?s)(.*"at": )[\d.]+')
MESSAGE = re.compile(r'"message":"(?:[^"\\]|\\.)*"')
SHOW_HOLDOUT = "--show-holdout"


def commands() -> dict[str, tuple[list[str], int]]:
    """Return each output's file, the command that printed it, and its exit code."""
    listed: list[dict[str, Any]] = json.loads((OUTPUTS / "commands.json").read_bytes())
    return {each["file"]: (each["arguments"], each["exit"]) for each in listed}


COMMANDS = commands()
EXACT_FILES = [name for name in COMMANDS if name.endswith(EXACT)]
EDITED_FILES = [name for name in COMMANDS if not name.endswith(EXACT)]
RUN_NAMES = sorted(path.parent.name for path in (DATA / "old_runs").glob("*/run.toml"))


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with copies of the runs and their suites, and no configuration."""
    shutil.copytree(DATA / "old_runs", tmp_path / "eval-results")
    shutil.copytree(DATA / "old_runs_cases", tmp_path / "cases")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("LOGNAME", "ana")
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)
    return tmp_path


def printed(name: str, capsys: Captured) -> str:
    """Return what the output's command prints now; its exit code must be the recorded one."""
    arguments, code = COMMANDS[name]
    assert run(arguments) == code, capsys.readouterr().err
    return capsys.readouterr().out


def recorded(name: str) -> str:
    """Return what the earlier version printed."""
    return (OUTPUTS / name).read_bytes().decode()


def normalise(name: str, text: str) -> str:
    """Return the output without the time of its own command, and without diagnostics' English."""
    if COMMANDS[name][0][:2] == ["cases", "check"]:
        return MESSAGE.sub('"message":""', text)
    return LAST_REVEAL.sub(r"\g<1>0", text) if SHOW_HOLDOUT in COMMANDS[name][0] else text


def rounded(value: Any) -> Any:
    """Return the document as pairs in order, floats to 12 places: libraries differ in the last."""
    if isinstance(value, dict):
        return [(key, rounded(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return round(value, 12) if isinstance(value, float) else value


class VisibleText(HTMLParser):
    """The text of a page, without its styles, scripts and drawings."""

    HIDDEN = frozenset({"style", "script", "svg"})

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += tag in self.HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag in self.HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._depth:
            self.texts.append(data)


def numbers(name: str, text: str) -> list[str]:
    """Return the numbers that a reader of the output sees, in their order."""
    if name.endswith(".html"):
        page = VisibleText()
        page.feed(text)
        text = "\n".join(page.texts)
    return NUMBER.findall(text)


def missing_in_order(wanted: Iterable[str], found: Iterable[str]) -> Iterator[str]:
    """Yield the first of the wanted numbers that does not come after those before it, if any."""
    rest = iter(found)
    for place, number in enumerate(wanted):
        if number not in rest:
            yield f"{number} (number {place + 1})"
            return


def change_first_sample(folder: Path, before: bytes, after: bytes) -> None:
    """Write another number into the journal of the run in the folder."""
    journal = folder / "journal.jsonl"
    text = journal.read_bytes()
    assert before in text
    journal.write_bytes(text.replace(before, after, 1))


@pytest.mark.parametrize("name", EXACT_FILES)
def test_json_csv_and_junit_of_an_old_run_read_as_before(name: str, capsys: Captured) -> None:
    before, now = normalise(name, recorded(name)), normalise(name, printed(name, capsys))
    if name.endswith(".json"):
        document = json.loads(now)
        for key in ADDED_SINCE if isinstance(document, dict) else ():
            document.pop(key, None)
        assert rounded(document) == rounded(json.loads(before))
    else:
        assert now == before


@pytest.mark.parametrize("name", EDITED_FILES)
def test_text_markdown_and_html_of_an_old_run_show_the_same_numbers_in_order(
    name: str, capsys: Captured
) -> None:
    before, now = numbers(name, recorded(name)), numbers(name, printed(name, capsys))
    assert list(missing_in_order(before, now)) == []


def test_every_old_run_has_a_recorded_report() -> None:
    reported = {arguments[1] for arguments, _ in COMMANDS.values() if arguments[0] == "report"}
    assert sorted(reported) == RUN_NAMES


def test_every_recorded_output_has_its_command() -> None:
    assert sorted(COMMANDS) == sorted(
        path.name for path in OUTPUTS.iterdir() if path.name != "commands.json"
    )


def test_a_report_reads_an_old_run_and_changes_nothing_in_its_folder(
    working_folder: Path, capsys: Captured
) -> None:
    results = working_folder / "eval-results"
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    for name in RUN_NAMES:
        run(["report", name, "--json"])
    capsys.readouterr()
    assert {path: path.read_bytes() for path in results.rglob("*") if path.is_file()} == before


def test_outputs_of_an_old_run_are_re_graded_without_asking_a_model_or_a_judge(
    working_folder: Path, capsys: Captured
) -> None:
    (name,) = (each for each in RUN_NAMES if each.endswith("-good"))
    assert run(["regrade", name, "--json"]) == 0
    now = json.loads(capsys.readouterr().out)
    before = json.loads(recorded("report.good.json"))
    keys = ("id", "output", "status", "rule_score", "rule_issues", "judge_score", "passed")
    assert [{key: each[key] for key in keys} for each in now["results"]] == [
        {key: each[key] for key in keys} for each in before["results"]
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [(b'"rule_score":0.75', b'"rule_score":0.5'), (b'"score":4.0', b'"score":2.0')],
)
def test_a_changed_number_in_a_journal_is_noticed(
    before: bytes, after: bytes, working_folder: Path, capsys: Captured
) -> None:
    arguments, _ = COMMANDS["report.weak.json"]
    change_first_sample(working_folder / "eval-results" / arguments[1], before, after)
    assert printed("report.weak.json", capsys) != recorded("report.weak.json")
    now = numbers("report.weak.txt", printed("report.weak.txt", capsys))
    assert list(missing_in_order(numbers("report.weak.txt", recorded("report.weak.txt")), now))
