"""How many documents of a random sample each task gets."""

from hypothesis import given
from hypothesis import strategies as st

from stack_tui.benchmarks.harness.random_sample import shares

TOTALS = st.lists(st.integers(1, 500), min_size=1, max_size=60)


def test_tasks_get_documents_in_proportion() -> None:
    assert shares([100, 50, 50], 20) == [10, 5, 5]


def test_what_is_left_goes_to_the_largest_remainders() -> None:
    assert shares([10, 10, 11], 4) == [1, 1, 2]


def test_a_small_task_gets_one_document() -> None:
    assert shares([1000, 1], 10) == [9, 1]


@given(TOTALS, st.data())
def test_the_shares_add_up_and_fit_the_tasks(totals: list[int], data: st.DataObject) -> None:
    documents = data.draw(st.integers(len(totals), sum(totals)))
    found = shares(totals, documents)
    assert sum(found) == documents
    assert all(1 <= share <= total for share, total in zip(found, totals, strict=True))
