"""The order in which documents are asked."""

from stack_tui.benchmarks.pipeline.schedule import Schedule


def test_the_first_document_of_a_prefix_goes_alone_until_it_is_answered() -> None:
    schedule: Schedule[str] = Schedule()
    for item in ("a1", "a2", "a3"):
        schedule.add("a", "task", item)
    assert schedule.next(ahead=0) == "a1"
    assert schedule.next(ahead=0) is None
    schedule.lead("a")
    assert [schedule.next(ahead=0), schedule.next(ahead=0)] == ["a2", "a3"]


def test_the_next_subjects_first_document_goes_ahead_when_few_are_left() -> None:
    schedule: Schedule[str] = Schedule()
    for item in ("a1", "a2", "a3", "a4"):
        schedule.add("a", "one", item)
    schedule.add("b", "two", "b1")
    assert schedule.next(ahead=2) == "a1"
    schedule.lead("a")
    assert [schedule.next(ahead=2) for _ in range(4)] == ["a2", "b1", "a3", "a4"]


def test_documents_without_a_shared_prefix_need_no_leader() -> None:
    schedule: Schedule[str] = Schedule()
    schedule.add(None, "task", "x")
    schedule.add(None, "task", "y")
    assert [schedule.next(ahead=4), schedule.next(ahead=4), schedule.next(ahead=4)] == [
        "x",
        "y",
        None,
    ]
    assert schedule.waiting == 0
