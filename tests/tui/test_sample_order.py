"""Which samples are listed, and in which order."""

from hypothesis import given
from hypothesis import strategies as st

from stack_tui.runs.events import Sample
from stack_tui.tui.results.sample_order import arrange, matching
from stack_tui.tui.ui.icons import concern
from tests.tui.data import erring, failing, passing

SAMPLES = (passing(place=3), erring(place=2), failing(place=0), passing(place=1))
some = st.lists(st.sampled_from(SAMPLES), max_size=30)


def test_failing_first_puts_failures_before_errors_before_the_rest() -> None:
    assert arrange(SAMPLES, range(4), "failing first") == [2, 1, 0, 3]


def test_failing_only_leaves_out_what_passed() -> None:
    assert arrange(SAMPLES, [3, 1, 2], "failing only") == [2, 1]


def test_samples_of_equal_concern_stay_in_their_order() -> None:
    assert arrange(SAMPLES, [3, 0], "failing first") == [3, 0]


def test_without_anything_typed_every_sample_matches() -> None:
    assert list(matching(SAMPLES, "")) == [0, 1, 2, 3]


@given(some)
def test_failing_first_lists_every_sample_once(samples: list[Sample]) -> None:
    places = range(len(samples))
    assert sorted(arrange(samples, places, "failing first")) == list(places)


@given(some)
def test_failing_only_lists_exactly_what_is_of_concern(samples: list[Sample]) -> None:
    listed = set(arrange(samples, range(len(samples)), "failing only"))
    assert listed == {place for place, each in enumerate(samples) if concern(each) < 3}
