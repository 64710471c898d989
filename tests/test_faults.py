"""A small seed of tests/perf/faults.py: broken input crashes nothing and changes nothing unseen."""

from pathlib import Path
from random import Random

import pytest

from tests.perf import faults


@pytest.fixture(autouse=True)
def _keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K", "")


def test_mutated_answers_crash_nothing() -> None:
    tally = faults.answers(60, Random(7))
    assert tally.tried == 60
    assert not tally.unforeseen, str(tally)


def test_mutated_files_are_read_or_refused_with_a_message(tmp_path: Path) -> None:
    tally = faults.files_of_others(220, Random(7), tmp_path)
    assert not tally.unforeseen, str(tally)


def test_damaged_journals_are_read_and_no_flipped_bit_goes_unseen(tmp_path: Path) -> None:
    for tally in faults.journals(70, 150, Random(7), tmp_path):
        assert not tally.unforeseen, str(tally)
        assert tally.unseen == 0
