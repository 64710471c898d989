"""Which samples are listed, and in which order."""

from hypothesis import given
from hypothesis import strategies as st

from stack_tui.runs.events import Sample
from stack_tui.tui.results.sample_order import order_samples
from stack_tui.tui.ui.icons import concern
from tests.tui.data import erring, failing, passing

SAMPLES = (passing(place=3), erring(place=2), failing(place=0), passing(place=1))
some = st.lists(st.sampled_from(SAMPLES), max_size=30)


def test_failing_first_puts_failures_before_errors_before_the_rest() -> None:
    assert order_samples(SAMPLES, arrangement="failing first") == [2, 1, 0, 3]


def test_failing_only_leaves_out_what_passed() -> None:
    assert order_samples(SAMPLES[1:], arrangement="failing only") == [1, 0]


def test_samples_of_equal_concern_stay_in_their_order() -> None:
    listed = order_samples(SAMPLES, key=lambda each: each.place, arrangement="failing first")
    assert listed == [2, 1, 3, 0]


def test_without_anything_typed_every_sample_matches() -> None:
    assert order_samples(SAMPLES) == [0, 1, 2, 3]


@given(some)
def test_failing_first_lists_every_sample_once(samples: list[Sample]) -> None:
    listed = order_samples(samples, arrangement="failing first")
    assert sorted(listed) == list(range(len(samples)))


@given(some)
def test_failing_only_lists_exactly_what_is_of_concern(samples: list[Sample]) -> None:
    listed = set(order_samples(samples, arrangement="failing only"))
    assert listed == {place for place, each in enumerate(samples) if concern(each) < 3}
