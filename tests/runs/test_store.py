"""The folder of runs: made whole, found by a part of a name, controlled by a file."""

import os
from pathlib import Path

import msgspec
import pytest

from stack_tui.config.decode import Endpoint
from stack_tui.errors import StackError
from stack_tui.runs import store
from stack_tui.runs.events import Finished, StateChanged
from stack_tui.runs.journal import Journal
from stack_tui.runs.spec import BenchmarkSubject, RunSpec, new_run_id
from stack_tui.runs.store import Control, Run, RunNotFound
from tests.runs.samples import SPEC, planned, sample, started


def with_id(name: str) -> RunSpec:
    """The sample spec under another id."""
    return msgspec.structs.replace(SPEC, id=name)


def test_a_spec_reads_back_as_it_was_written(tmp_path: Path) -> None:
    benchmark = BenchmarkSubject(tasks=("mmlu",), fewshot=5, limit=10, gen={"temperature": 0.5})
    spec = msgspec.structs.replace(SPEC, subject=benchmark, note='a "note"\n')
    assert store.read_spec(store.create(tmp_path / "runs", spec)) == spec


def test_the_suite_lies_beside_the_spec_to_the_letter(tmp_path: Path) -> None:
    text = '# kept\r\n[suite]\nname = "ü"\n'
    folder = store.create(tmp_path, SPEC, text)
    assert (folder / "suite.toml").read_bytes() == text.encode()


def test_a_run_is_as_private_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        folder = store.create(tmp_path / "runs", SPEC, "[suite]")
        store.write_control(folder, Control())
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_made_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StackError, match="cannot hold results"):
        store.create(tmp_path / "file", SPEC)


@pytest.mark.parametrize("name", ["20261124-101500-a-0001", "20261124-101500", "0001", "latest"])
def test_a_run_is_found_by_any_unique_part(tmp_path: Path, name: str) -> None:
    store.create(tmp_path, with_id("20261123-101500-b-0002"))
    wanted = store.create(tmp_path, with_id("20261124-101500-a-0001"))
    assert store.find(tmp_path, name) == wanted


@pytest.mark.parametrize(("name", "said"), [("2026", "could mean 2 runs"), ("x", "no run is")])
def test_a_name_that_means_no_run_or_several_is_told(tmp_path: Path, name: str, said: str) -> None:
    for identity in ("20261123-b", "20261124-a"):
        store.create(tmp_path, with_id(identity))
    with pytest.raises(RunNotFound, match=said):
        store.find(tmp_path, name)


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RunNotFound, match="stack-tui eval SUITE"):
        store.find(tmp_path, "latest")


def phase_after(folder: Path) -> str:
    """Where a new reader sees the run."""
    run = Run(folder)
    run.refresh()
    return run.phase


def test_a_runs_phase_follows_its_journal_and_its_lock(tmp_path: Path) -> None:
    folder = store.create(tmp_path, SPEC)
    assert phase_after(folder) == "interrupted"
    with Journal(store.journal_path(folder)) as journal:
        journal.append(started())
        journal.append(planned(2))
        assert phase_after(folder) == "running"
        journal.append(StateChanged(at=1.0, state="paused"))
        assert phase_after(folder) == "paused"
    assert phase_after(folder) == "interrupted"
    with Journal(store.journal_path(folder)) as journal:
        journal.append(sample("a"))
        journal.append(Finished(at=2.0, outcome="errors", errors=1))
    assert phase_after(folder) == "errors"


def test_control_is_to_run_until_something_is_said(tmp_path: Path) -> None:
    assert store.read_control(tmp_path) == Control()
    store.write_control(tmp_path, Control(wanted="pause", concurrency=3))
    assert store.read_control(tmp_path) == Control(wanted="pause", concurrency=3)


def test_an_id_is_sortable_and_readable() -> None:
    name = new_run_id("My Suite!", "org/Model-7B.gguf")
    assert name[8] == name[15] == "-"
    assert name[15:].rpartition("-")[0] == "-my-suite-model-7b-gguf"


def test_no_key_can_stand_in_a_spec() -> None:
    assert "api_key" not in {field.name for field in msgspec.structs.fields(Endpoint)}
