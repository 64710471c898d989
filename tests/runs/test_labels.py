"""People's verdicts on samples."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.errors import StackError
from stack_tui.runs.labels import LABEL_KINDS, Label, add, latest_labels, read, stamp, whoever

labels = st.builds(
    Label,
    at=st.just(0.0),
    who=st.text(),
    task=st.just("t"),
    id=st.sampled_from("ab"),
    kind=st.none() | st.sampled_from(LABEL_KINDS),
    note=st.text(),
)


def label(case: str = "kv-cache", **fields: object) -> Label:
    return Label(at=1.0, who="ada", task="custom", id=case, **fields)  # type: ignore[arg-type]


def test_a_label_is_read_back_with_who_and_when(tmp_path: Path) -> None:
    given_label = label(kind="bad case", note="the rubric is wrong", judge_score=4.0)
    add(tmp_path, given_label)
    assert read(tmp_path) == {given_label.key: given_label}


def test_the_latest_label_of_a_sample_stands_and_none_takes_it_back(tmp_path: Path) -> None:
    add(tmp_path, label(kind="flaky"))
    add(tmp_path, label(kind="fixed"))
    assert [each.kind for each in read(tmp_path).values()] == ["fixed"]
    add(tmp_path, label())
    assert read(tmp_path) == {}


@given(st.lists(labels))
def test_of_each_sample_at_most_one_label_stands(given_labels: list[Label]) -> None:
    found = latest_labels(given_labels)
    assert all(found[key].key == key for key in found)
    assert len(found) <= len({each.key for each in given_labels})


def test_a_damaged_line_costs_that_label_alone(tmp_path: Path) -> None:
    add(tmp_path, label(kind="flaky"))
    with (tmp_path / "labels.jsonl").open("ab") as file:
        file.write(b'{"at": \n')
    add(tmp_path, label("other", kind="fixed"))
    assert len(read(tmp_path)) == 2


def test_the_stamp_changes_with_every_label(tmp_path: Path) -> None:
    stamps = [stamp(tmp_path)]
    for kind in LABEL_KINDS[:2]:
        add(tmp_path, label(kind=kind))
        stamps.append(stamp(tmp_path))
    assert stamps[0] is None
    assert len(set(stamps)) == 3


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="cannot be written"):
        add(tmp_path / "none", label(kind="flaky"))


def test_whoever_labels_has_a_name() -> None:
    assert whoever()
