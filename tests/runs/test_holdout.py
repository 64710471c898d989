"""Accesses to held-out cases, logged beside the runs."""

from pathlib import Path

import pytest

from stack_tui.errors import StackError
from stack_tui.runs import holdout


def test_looks_are_kept_in_order_for_each_suite(tmp_path: Path) -> None:
    results = tmp_path / "results"
    holdout.log_access(results, "one", "run-1")
    holdout.log_access(results, "one", "run-2")
    holdout.log_access(results, "two", "run-3")
    assert [look.what for look in holdout.read_accesses(results, "one")] == [
        "run-1",
        "run-2",
    ]
    assert all(look.who and look.at for look in holdout.read_accesses(results, "two"))


def test_where_nobody_looked_there_are_none_and_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    assert holdout.read_accesses(tmp_path, "one") == ()
    holdout.log_access(tmp_path, "one", "run-1")
    with (tmp_path / "one.looks.jsonl").open("a") as file:
        file.write('{"at": 1, "wh')
    assert len(holdout.read_accesses(tmp_path, "one")) == 1


def test_what_is_logged_is_returned(tmp_path: Path) -> None:
    access = holdout.log_access(tmp_path, "one", "run-1")
    assert holdout.read_accesses(tmp_path, "one") == (access,)


def test_a_suites_name_from_elsewhere_keeps_the_log_in_the_results_folder(tmp_path: Path) -> None:
    results = tmp_path / "a" / "results"
    access = holdout.log_access(results, "../../pwned", "run-1")
    assert holdout.read_accesses(results, "../../pwned") == (access,)
    assert [path.parent for path in tmp_path.rglob("*.jsonl")] == [results]


def test_a_link_in_place_of_the_log_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "one.looks.jsonl").symlink_to("victim")
    with pytest.raises(StackError, match="symbolic link"):
        holdout.log_access(tmp_path, "one", "run-1")
    assert not (tmp_path / "victim").exists()


def test_a_look_that_cannot_be_counted_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("no folder")
    with pytest.raises(StackError, match="cannot be logged"):
        holdout.log_access(tmp_path / "results", "one", "run-1")


def test_only_what_shows_nothing_reads_samples_past_the_view() -> None:
    package = Path(holdout.__file__).parents[1]
    readers = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if "latest_samples" in path.read_text()
    }
    assert readers == {"runs/recorded_run.py", "worker/duel_draft.py", "worker/regrade_draft.py"}
