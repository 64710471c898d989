"""The folder of runs: made whole, found by a part of a name, controlled by a file."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from stack_tui.config.decode import Endpoint
from stack_tui.errors import StackError
from stack_tui.runs import store
from stack_tui.runs.duel_data import DuelData
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


@pytest.mark.parametrize("damage", ["removed", "emptied", "zeros"])
def test_a_lost_spec_is_read_from_the_journal(damage: str, tmp_path: Path) -> None:
    folder = store.create(tmp_path, SPEC)
    with Journal(store.journal_path(folder)) as journal:
        journal.append(started())
    path = folder / "run.toml"
    whole = path.read_bytes()
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "emptied" else bytes(9))
    assert store.find(tmp_path, "latest") == folder
    assert store.read_spec(folder) == SPEC
    store.rewrite_spec(folder, SPEC)
    assert path.read_bytes() == whole


def test_a_spec_that_is_not_valid_is_told_though_the_journal_has_one(tmp_path: Path) -> None:
    folder = store.create(tmp_path, SPEC)
    with Journal(store.journal_path(folder)) as journal:
        journal.append(started())
    (folder / "run.toml").write_text("id = ")
    with pytest.raises(StackError, match="not valid TOML"):
        store.read_spec(folder)


def test_all_that_a_run_is_made_of_is_durable_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[str] = set()
    sync = os.fsync

    def note(handle: int) -> None:
        synced.add(os.readlink(f"/proc/self/fd/{handle}"))
        sync(handle)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not show what a file descriptor stands for")
    monkeypatch.setattr(os, "fsync", note)
    duel = DuelData(suite="custom", runs=("A",), bouts=())
    store.create(tmp_path, SPEC, "text", [sample("a")], duel)
    names = {Path(path).name for path in synced}
    assert names >= {"run.toml", "suite.toml", "recorded.jsonl", "duel.json", "journal.jsonl"}
    assert str(tmp_path) in synced
    assert any(Path(path).name.startswith(".new-") for path in synced)


def test_two_changes_of_what_a_worker_is_to_do_both_happen(tmp_path: Path) -> None:
    def change(number: int) -> None:
        if number % 2:
            store.change_control(tmp_path, wanted="pause")
        else:
            store.change_control(tmp_path, concurrency=number + 1)

    for _ in range(20):
        with ThreadPoolExecutor() as pool:
            list(pool.map(change, range(2)))
        assert store.read_control(tmp_path) == Control(wanted="pause", concurrency=1)
        store.write_control(tmp_path, Control())


def test_a_concurrency_below_one_is_no_wish(tmp_path: Path) -> None:
    (tmp_path / "control.json").write_text('{"wanted": "run", "concurrency": -3}')
    assert store.read_control(tmp_path) == Control()


def test_an_id_sorts_behind_the_newest_though_the_clock_was_set_back() -> None:
    now = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)
    assert new_run_id("a", "m", now, "20261125-101500-z-0001").startswith("20261125-101501-")
    assert new_run_id("a", "m", now, "20261124-101500-z-0001").startswith("20261124-101501-")
    assert new_run_id("a", "m", now, "20261123-101500-z-0001").startswith("20261124-101500-")
    assert new_run_id("a", "m", now, "kept").startswith("20261124-101500-")
