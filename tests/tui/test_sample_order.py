"""Which samples are listed, and in which order."""

from hypothesis import given
from hypothesis import strategies as st

from stack_tui.runs.events import Sample
from stack_tui.tui.sample_order import arrange
from stack_tui.tui.signs import concern
from tests.tui.data import erring, failing, passing

SAMPLES = (passing(place=3), erring(place=2), failing(place=0), passing(place=1))
some = st.lists(st.sampled_from(SAMPLES), max_size=30)


def test_while_a_run_goes_samples_stand_in_the_order_in_which_they_came() -> None:
    assert arrange(SAMPLES, "all", settled=False) == [0, 1, 2, 3]


def test_of_a_finished_run_samples_stand_in_the_suites_order() -> None:
    assert arrange(SAMPLES, "all") == [2, 3, 1, 0]


def test_failing_first_puts_failures_before_errors_before_the_rest() -> None:
    assert arrange(SAMPLES, "failing first", settled=False) == [2, 1, 0, 3]


def test_failing_only_leaves_out_what_passed() -> None:
    assert arrange(SAMPLES, "failing only") == [2, 1]


def test_a_search_goes_through_ids_outputs_and_issues_in_any_letter_case() -> None:
    assert arrange(SAMPLES, "all", "gpu MEMORY") == [2]
    assert arrange(SAMPLES, "all", "KV-CACHE") == [2]
    assert arrange(SAMPLES, "all", "nowhere") == []


@given(some)
def test_failing_first_lists_every_sample_once(samples: list[Sample]) -> None:
    assert sorted(arrange(samples, "failing first")) == list(range(len(samples)))


@given(some)
def test_failing_only_lists_exactly_what_is_of_concern(samples: list[Sample]) -> None:
    listed = set(arrange(samples, "failing only"))
    assert listed == {place for place, each in enumerate(samples) if concern(each) < 3}
