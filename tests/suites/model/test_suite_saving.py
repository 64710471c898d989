"""Writing a suite's file: never over a change made elsewhere, never what is no suite."""

from pathlib import Path

import pytest

from stack_tui.errors import StackError
from stack_tui.suites.model.suite_store import create, save
from stack_tui.toml_edit import source
from stack_tui.toml_edit.held_file import FileChanged, HeldFile
from stack_tui.toml_edit.source import TomlError

SUITE = '[suite]\nname = "x"\n\n[[case]]\nid = "a"\ninput = "b"\n'
NEW = SUITE.replace('"b"', '"new"')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "x.toml"
    path.write_text(SUITE)
    return path


def held(path: Path) -> HeldFile:
    return HeldFile.of(path, source.read_text(path))


def test_an_edit_of_what_was_read_is_written(path: Path) -> None:
    save(held(path), NEW)
    assert path.read_text() == NEW


def test_a_change_made_elsewhere_meanwhile_is_kept(path: Path) -> None:
    before = held(path)
    path.write_text(SUITE + "# by hand\n")
    with pytest.raises(FileChanged) as refused:
        save(before, NEW)
    assert str(path) in str(refused.value)
    assert "another name" in refused.value.remedy
    assert path.read_text() == SUITE + "# by hand\n"


def test_a_file_that_was_removed_does_not_come_back(path: Path) -> None:
    before = held(path)
    path.unlink()
    with pytest.raises(FileChanged, match="removed"):
        save(before, NEW)
    assert not path.exists()


def test_what_is_no_suite_is_not_written(path: Path) -> None:
    with pytest.raises(TomlError, match=r"case\[0\]"):
        save(held(path), NEW.replace("id =", "name ="))
    assert path.read_text() == SUITE


def test_the_mark_of_a_utf_8_file_stays(path: Path) -> None:
    path.write_text(SUITE, encoding="utf-8-sig")
    save(held(path), NEW)
    assert path.read_bytes() == b"\xef\xbb\xbf" + NEW.encode()


def test_a_new_suite_takes_no_other_files_place(path: Path) -> None:
    with pytest.raises(FileChanged, match="exists"):
        create(path, NEW)
    create(path.with_name("y.toml"), NEW)
    assert path.with_name("y.toml").read_text() == NEW


def test_a_folder_that_is_not_there_is_reported_in_words(path: Path) -> None:
    with pytest.raises(StackError, match="cannot be written") as refused:
        create(path.parent / "gone" / "x.toml", NEW)
    assert refused.value.remedy
