"""Duels carried out: gathered from runs, resumed from any cut, kept when the runs are gone."""

import json
import re
import shutil
from pathlib import Path

import pytest

from stack_tui.config.decode import Endpoint
from stack_tui.errors import StackError
from stack_tui.runs import store
from stack_tui.runs.duel_data import matches, read_duel_data
from stack_tui.runs.events import Answer, Sample
from stack_tui.runs.journal import Journal, Tail, wait_until_free
from stack_tui.runs.spec import RunSpec
from stack_tui.runs.store import Run, journal_path
from stack_tui.worker import launch
from stack_tui.worker.duel_draft import gather
from stack_tui.worker.requests import DuelRun
from tests.fakes import Asked, FakeServer
from tests.fakes.replies import Reply
from tests.worker import runs
from tests.worker.runs import carried_out, make, reply


def by_length(asked: Asked) -> Reply:
    """Answer the cases, and as a judge of a duel call the longer output better."""
    outputs = re.findall(r"---BEGIN THE \w+ OUTPUT \w+---\n(.*?)\n---END", asked.text, re.DOTALL)
    if len(outputs) < 2:
        return reply(asked)
    return "first" if len(outputs[0]) > len(outputs[1]) else "second"


def two_runs(results: Path, server: FakeServer) -> list[Path]:
    """A run of the suite, and one whose outputs for four of its six cases are longer."""
    first = carried_out(make(results, server, judged=False)).folder
    second = results / "20261124-111500-tiny-fake-0002"
    shutil.copytree(first, second)
    text = (second / "run.toml").read_text().replace(first.name, second.name)
    (second / "run.toml").write_text(text)
    longer = [
        Sample(
            at=9.0, task="tiny", id=f"case-{n}", place=n, output="It is much longer", passed=True
        )
        for n in range(4)
    ]
    with Journal(journal_path(second)) as journal:
        for sample in longer:
            journal.append(sample)
        finished = Run(first)
        finished.refresh()
        assert finished.view.finished is not None
        journal.append(finished.view.finished)
    return [first, second]


def drafted(results: Path, server: FakeServer, folders: list[Path]) -> Path:
    """A duel of the runs that has not begun."""
    duel, data = gather(folders)
    judge = Endpoint(name="judge", url=server.url, model=server.model, timeout_s=20)
    spec = RunSpec(
        id="20261124-121500-duel-tiny-fake-0003",
        created="2026-11-24T12:15:00+00:00",
        endpoint=judge,
        judges=(judge,),
        subject=duel,
        concurrency=2,
    )
    return store.create(results, spec, duel=data)


def winners(run: Run) -> dict[str, str]:
    return {sample.id: sample.winner for sample in run.view.samples}


def test_a_duel_is_carried_out_after_its_runs_are_gone(tmp_path: Path) -> None:
    with FakeServer("vllm", by_length) as server:
        folders = two_runs(tmp_path, server)
        folder = drafted(tmp_path, server, folders)
        for gone in folders:
            shutil.rmtree(gone)
        duel = carried_out(folder)
    assert duel.phase == "finished"
    assert winners(duel) == {f"case-{n}": "b" if n < 4 else "tie" for n in range(6)}
    report = json.loads((folder / "report.json").read_bytes())
    assert report["summary"]["pairs"][0]["b_wins"] == 4
    assert (tmp_path / "duel-tiny.json").exists()


@pytest.mark.parametrize("keep", range(1, 13, 2))
def test_from_any_cut_of_the_journal_resume_asks_only_for_what_is_missing(
    tmp_path: Path, keep: int
) -> None:
    with FakeServer("vllm", by_length) as server:
        folder = carried_out(drafted(tmp_path, server, two_runs(tmp_path, server))).folder
        undisturbed = winners(runs.read(folder))
        lines = journal_path(folder).read_bytes().splitlines(keepends=True)
        torn = lines[keep][: len(lines[keep]) // 2]
        journal_path(folder).write_bytes(b"".join(lines[:keep]) + torn)
        kept = [event for event in Tail(journal_path(folder)).read() if isinstance(event, Answer)]
        before = len(server.asked)
        resumed = carried_out(folder)
        # Four matches differ, each is asked in both orders.
        assert len(server.asked) - before == 8 - len(kept)
    assert (resumed.phase, winners(resumed)) == ("finished", undisturbed)


def test_a_worker_of_its_own_carries_a_duel_out(tmp_path: Path) -> None:
    with FakeServer("vllm", by_length) as server:
        judge = Endpoint(name="judge", url=server.url, model=server.model)
        request = DuelRun(runs=tuple(two_runs(tmp_path, server)), judges=(judge,))
        folder = launch.start(request, tmp_path)
        wait_until_free(journal_path(folder))
    assert runs.read(folder).phase == "finished"


def test_a_case_that_changed_in_between_is_set_apart(tmp_path: Path) -> None:
    with FakeServer("vllm", by_length) as server:
        folders = two_runs(tmp_path, server)
        suite = folders[1] / "suite.toml"
        suite.write_text(suite.read_text().replace("passage number 2", "new passage number 2"))
        duel = carried_out(drafted(tmp_path, server, folders))
    assert "case-2" not in winners(duel)
    assert duel.view.plan["a vs b"].apart == {"case changed": ("case-2",)}
    assert len(matches(read_duel_data(duel.folder))[0]["a vs b"]) == 5


@pytest.mark.parametrize(
    ("damaged", "told"),
    [
        ("one alone", "from 2 to"),
        ("the same twice", "from 2 to"),
        ("unfinished", "has not finished"),
        ("of another suite", "different suites"),
    ],
)
def test_runs_that_cannot_be_held_against_each_other_are_refused(
    tmp_path: Path, damaged: str, told: str
) -> None:
    with FakeServer("vllm", by_length) as server:
        folders = _damaged(two_runs(tmp_path, server), damaged)
    with pytest.raises(StackError, match=told):
        gather(folders)


def test_a_duel_takes_no_part_in_a_duel(tmp_path: Path) -> None:
    with FakeServer("vllm", by_length) as server:
        folders = two_runs(tmp_path, server)
        duel = carried_out(drafted(tmp_path, server, folders)).folder
    with pytest.raises(StackError, match="a run of a duel"):
        gather([folders[0], duel])


def _damaged(folders: list[Path], how: str) -> list[Path]:
    first, second = folders
    journal, suite = journal_path(second), second / "suite.toml"
    if how == "unfinished":
        kept = [line for line in journal.read_bytes().splitlines(True) if b'"finished"' not in line]
        journal.write_bytes(b"".join(kept))
    if how == "of another suite":
        suite.write_text(suite.read_text().replace('name = "tiny"', 'name = "other"'))
    return {"one alone": [first], "the same twice": [first, first]}.get(how, folders)
