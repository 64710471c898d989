"""The copy of a subject's latest report: where it is written, and where it is found."""

from pathlib import Path

import pytest

from stack_tui.runs.latest_report import find_latest_report, latest_report_path
from stack_tui.runs.spec import BenchmarkSubject, SuiteSubject

MANY = tuple(f"mmlu_a_long_subject_{n}" for n in range(9))


@pytest.mark.parametrize("tasks", [("mmlu",), ("mmlu", "gsm8k"), MANY, ("/etc/t.yaml",), ("../t",)])
def test_it_lies_in_the_results_folder_whatever_the_tasks_are_called(
    tmp_path: Path, tasks: tuple[str, ...]
) -> None:
    path = latest_report_path(tmp_path, BenchmarkSubject(tasks=tasks))
    assert path.resolve().parent == tmp_path.resolve()
    path.write_bytes(b"{}")


def test_one_task_or_few_give_it_their_names(tmp_path: Path) -> None:
    assert latest_report_path(tmp_path, BenchmarkSubject(tasks=("a", "b"))).name == "a+b.json"


def test_a_suites_name_from_elsewhere_leads_nowhere_else(tmp_path: Path) -> None:
    subject = SuiteSubject(name="../../../pwned", path="s.toml", sha256="")
    assert latest_report_path(tmp_path, subject).parent == tmp_path


def test_a_report_under_its_earlier_name_is_found(tmp_path: Path) -> None:
    subject = BenchmarkSubject(tasks=MANY)
    earlier = tmp_path / f"{'+'.join(MANY)}.json"
    earlier.write_bytes(b"{}")
    assert find_latest_report(tmp_path, subject, b"{}") == earlier
    assert find_latest_report(tmp_path, subject, b"{ }") is None


def test_any_number_of_tasks_can_be_looked_for(tmp_path: Path) -> None:
    assert find_latest_report(tmp_path, BenchmarkSubject(tasks=MANY * 50), b"{}") is None
