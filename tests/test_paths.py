"""Writing a file in one step, and private folders."""

import os
from pathlib import Path

import pytest

from stack_tui.paths import (
    FileStamp,
    append_line,
    runtime_dir,
    user_cache_dir,
    user_config_dir,
    write_atomically,
    write_through,
)


def test_a_file_is_replaced_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("old")
    path.chmod(0o600)
    write_atomically(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_a_person_named_is_written_through_its_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    link = tmp_path / "link"
    link.symlink_to("real")
    write_through(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_link_is_replaced_and_what_it_leads_to_is_left_alone(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for target in ("victim", "absent"):
        link = tmp_path / f"to-{target}"
        link.symlink_to(target)
        write_atomically(link, "new")
        assert not link.is_symlink()
        assert link.read_text() == "new"
    assert victim.read_text() == "precious"
    assert not (tmp_path / "absent").exists()


def test_no_line_is_appended_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "link").symlink_to("victim")
    with pytest.raises(OSError, match="is a symbolic link") as caught:
        append_line(tmp_path / "link", b"line")
    assert caught.value.filename == str(tmp_path / "link")
    assert (tmp_path / "victim").read_text() == "precious"


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o664)])
def test_new_files_have_the_permissions_that_the_umask_leaves(
    tmp_path: Path, umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        write_atomically(tmp_path / "whole", "text")
        write_through(tmp_path / "named", "text")
        append_line(tmp_path / "lines", b"line")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {mode}


def test_the_draft_of_a_private_file_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "private"
    path.write_text("old")
    path.chmod(0o640)
    modes = []
    fchmod = os.fchmod

    def watched(handle: int, mode: int) -> None:
        modes.append(os.fstat(handle).st_mode & 0o777)
        fchmod(handle, mode)

    monkeypatch.setattr("os.fchmod", watched)
    write_atomically(path, "new")
    assert modes == [0o600]
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    def refuse(fd: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_file_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_through(pipe, "new")
    assert os.read(reader, 9) == b"new"
    os.close(reader)
    assert pipe.is_fifo()


def test_an_error_names_the_file_that_was_to_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as caught:
        write_atomically(tmp_path / "absent" / "a", "new")
    assert caught.value.filename == str(tmp_path / "absent" / "a")


def test_the_runtime_folder_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert runtime_dir().stat().st_mode & 0o777 == 0o700
    runtime_dir().chmod(0o755)
    with pytest.raises(PermissionError):
        runtime_dir()


def test_the_folders_are_the_users_own_or_where_xdg_variables_put_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert user_config_dir() == tmp_path / ".config" / "stack-tui"
    assert user_cache_dir() == tmp_path / ".cache" / "stack-tui"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert user_config_dir() == tmp_path / "settings" / "stack-tui"
    assert user_cache_dir() == tmp_path / "caches" / "stack-tui"
    assert not list(tmp_path.iterdir())


def test_a_stamp_changes_if_a_file_grows_is_touched_or_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert FileStamp.of(path) is None
    path.write_text("one")
    stamp = FileStamp.of(path)
    assert stamp is not None
    assert FileStamp.of(path) == stamp
    with path.open("a") as file:
        file.write("!")
    os.utime(path, ns=(stamp.mtime_ns, stamp.mtime_ns))
    assert FileStamp.of(path) != stamp
    path.write_text("two")
    os.utime(path, ns=(stamp.mtime_ns + 1, stamp.mtime_ns + 1))
    assert FileStamp.of(path) != stamp
    (tmp_path / "b").write_text("two")
    os.utime(tmp_path / "b", ns=(stamp.mtime_ns, stamp.mtime_ns))
    (tmp_path / "b").replace(path)
    assert FileStamp.of(path) != stamp
