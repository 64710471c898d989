"""Files of one record per line that several processes append to."""

import os
from pathlib import Path

import pytest

from stack_tui.paths import append_line
from stack_tui.runs import holdout, labels
from stack_tui.runs.labels import Label


def write_little(monkeypatch: pytest.MonkeyPatch, fail_at: int = -1) -> None:
    """Let each write take three bytes at most, and let write number `fail_at` fail."""
    write, calls = os.write, iter(range(1_000_000))

    def short(handle: int, data: bytes) -> int:
        if next(calls) == fail_at:
            raise OSError(28, "No space left on device")
        return write(handle, data[:3])

    monkeypatch.setattr(os, "write", short)


def test_a_short_write_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_little(monkeypatch)
    label = Label(at=1.0, who="ada", task="custom", id="kv-cache", kind="flaky")
    labels.add(tmp_path, label)
    holdout.log_access(tmp_path, "custom", "run-1")
    assert labels.read(tmp_path) == {label.key: label}
    assert [each.what for each in holdout.read_accesses(tmp_path, "custom")] == ["run-1"]


def test_a_failed_write_leaves_the_lines_before_it_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lines"
    append_line(path, b"first")
    write_little(monkeypatch, fail_at=1)
    with pytest.raises(OSError, match="No space left"):
        append_line(path, b"second")
    assert path.read_bytes() == b"first\n"
