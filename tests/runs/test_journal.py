"""The journal: nothing recorded is lost, nothing torn is read."""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stack_tui.errors import StackError
from stack_tui.runs.events import Answer, Event, Sample
from stack_tui.runs.journal import Journal, RunBusy, Tail, check_locks, is_held
from stack_tui.runs.journal_line import decode, encode
from tests.runs.samples import sample, started

events = st.lists(
    st.builds(
        Sample,
        at=st.floats(0, 2e9),
        task=st.text(max_size=8),
        id=st.text(max_size=8),
        output=st.text(),
        passed=st.none() | st.booleans(),
    )
    | st.builds(
        Answer,
        at=st.floats(0, 2e9),
        key=st.text(max_size=8),
        task=st.just("t"),
        sample=st.text(max_size=8),
        role=st.just("model"),
        response=st.recursive(
            st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
    ),
    max_size=8,
)


@given(events)
def test_an_event_reads_back_as_it_was_written(written: list[Event]) -> None:
    assert [decode(encode(event)) for event in written] == written


@given(events)
def test_an_event_is_one_line_whatever_its_text(written: list[Event]) -> None:
    assert all(encode(event).count(b"\n") == 1 for event in written)


@settings(max_examples=40)
@given(written=events, cut=st.integers(0, 200))
def test_after_a_crash_all_whole_lines_are_kept_and_the_torn_one_is_cut_off(
    written: list[Event], cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("run") / "journal.jsonl"
    data = b"".join(encode(event) for event in written)
    kept = data[: max(0, len(data) - cut)]
    path.write_bytes(kept)
    whole = kept.count(b"\n")
    with Journal(path) as journal:
        journal.append(started())
    assert Tail(path).read() == [*written[:whole], started()]


def test_a_torn_line_longer_than_a_block_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(encode(started()) + b"x" * 3_000_000)
    with Journal(path):
        pass
    assert path.read_bytes() == encode(started())


def test_a_tail_gives_only_what_is_new_and_never_half_a_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    line = encode(sample("b"))
    path.write_bytes(encode(started()) + line[:10])
    tail = Tail(path)
    assert tail.read() == [started()]
    assert tail.read() == []
    with path.open("ab") as file:
        file.write(line[10:])
    assert tail.read() == [sample("b")]


def test_a_line_that_holds_no_event_is_counted_and_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"kind":"unheard"}\n\xff\xfe\n' + encode(started()))
    tail = Tail(path)
    assert tail.read() == [started()]
    assert tail.unreadable == 2


def test_only_one_writer_holds_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    assert not is_held(path)
    with Journal(path):
        assert is_held(path)
        with pytest.raises(RunBusy):
            Journal(path)
    assert not is_held(path)


def test_a_full_disk_leaves_no_torn_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.jsonl"
    write = os.write
    with Journal(path) as journal:
        journal.append(started())

        def half_then_refuse(fd: int, data: bytes) -> int:
            monkeypatch.setattr(os, "write", refuse)
            return write(fd, data[: len(data) // 2])

        def refuse(fd: int, data: bytes) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "write", half_then_refuse)
        with pytest.raises(OSError, match="No space left"):
            journal.append(sample("a"))
        monkeypatch.setattr(os, "write", write)
        journal.append(sample("b"))
    assert Tail(path).read() == [started(), sample("b")]


@settings(max_examples=200)
@given(written=events.filter(bool), data=st.data())
def test_a_flipped_bit_changes_nothing_unseen(written: list[Event], data: st.DataObject) -> None:
    line = bytearray(encode(written[0]))
    bit = data.draw(st.integers(0, (len(line) - 1) * 8 - 1))
    line[bit // 8] ^= 1 << bit % 8
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        assert decode(bytes(line)) == written[0]


def test_a_damaged_line_is_counted_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    lines = encode(sample("a")) + encode(sample("b")).replace(b"fine", b"fire") + encode(started())
    path.write_bytes(lines)
    tail = Tail(path)
    assert tail.read() == [sample("a"), started()]
    assert tail.unreadable == 1


def test_a_line_without_a_checksum_reads_as_before(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(msgspec.json.encode(sample("a")) + b"\n")
    tail = Tail(path)
    assert tail.read() == [sample("a")]
    assert tail.unreadable == 0


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 5000 + b"]" * 5000,
        b'{"kind":"answer","at":1,"response":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"kind":"sample","at":1,"task":"t","id":"a","rule_issues":["\xff"]}',
        b'{"kind":"started","at":1,"spec":{"suite":{"name":[]}},"versions":5}',
        b'{"kind":"started","at":1,"spec":{"judges":[5,{"url":7}]},"versions":{}}',
        b'{"kind":"answer","at":' + b"9" * 5000 + b"}",
        b"\0\0\0",
        b"5",
    ],
)
def test_a_line_that_is_no_event_is_counted(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(encode(started()) + line + b"\n")
    tail = Tail(path)
    assert tail.read() == [started()]
    assert tail.unreadable == 1


@pytest.mark.parametrize("change", ["remove", "move", "replace"])
def test_syncing_notices_that_the_folder_is_gone(change: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    with Journal(folder / "journal.jsonl") as journal:
        journal.append(started())
        journal.sync()
        folder.rename(tmp_path / "moved")
        if change == "remove":
            shutil.rmtree(tmp_path / "moved")
        if change == "replace":
            folder.mkdir()
            (folder / "journal.jsonl").touch()
        with pytest.raises(FileNotFoundError, match="removed or moved"):
            journal.sync()


def test_a_filesystem_without_locks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    path = tmp_path / "journal.jsonl"
    path.touch()
    monkeypatch.setattr("fcntl.flock", refuse)
    for use in (Journal, check_locks):
        with pytest.raises(StackError, match="local disk"):
            use(path)
    assert not is_held(path)
