"""Looks at held-out cases, counted beside the runs."""

from pathlib import Path

import pytest

from stack_tui.errors import StackError
from stack_tui.runs import looks


def test_looks_are_kept_in_order_for_each_suite(tmp_path: Path) -> None:
    results = tmp_path / "results"
    looks.add(results, "one", "run-1")
    looks.add(results, "one", "run-2")
    looks.add(results, "two", "run-3")
    assert [look.what for look in looks.read(results, "one")] == ["run-1", "run-2"]
    assert all(look.who and look.at for look in looks.read(results, "two"))


def test_where_nobody_looked_there_are_none_and_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    assert looks.read(tmp_path, "one") == ()
    looks.add(tmp_path, "one", "run-1")
    with (tmp_path / "one.looks.jsonl").open("a") as file:
        file.write('{"at": 1, "wh')
    assert len(looks.read(tmp_path, "one")) == 1


def test_a_look_that_cannot_be_counted_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("no folder")
    with pytest.raises(StackError, match="cannot be counted"):
        looks.add(tmp_path / "results", "one", "run-1")
