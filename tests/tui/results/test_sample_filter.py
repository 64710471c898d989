"""What you type to find samples, and their order."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.runs.events import Sample
from stack_tui.tui.results.sample_filter import order_samples, parse
from stack_tui.tui.ui.icons import concern
from tests.tui.data import chosen_answer, erring, failing, passing

LABELLED = msgspec.structs.replace(passing("labelled"), labels=("Flaky",), temperature=0.7)
SAMPLES = {
    "passing": passing(),
    "failing": failing(),
    "erring": erring(),
    "benchmark": chosen_answer(),
    "labelled": LABELLED,
}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("gpu MEMORY", {"failing"}),
        ("KV-CACHE", {"failing"}),
        ("nowhere", set()),
        ("status:error", {"erring"}),
        ("status:fail", {"failing", "benchmark"}),
        ("task:ANATOMY", {"benchmark"}),
        ("issue:forbidden", {"failing"}),
        ("label:flaky", {"labelled"}),
        ("judged:2/5", {"failing"}),
        ("judge<4", {"failing"}),
        ("judge>=4", {"passing", "labelled"}),
        ("rule<.8", {"failing"}),
        ("latency>1", {"failing"}),
        ("temp>=.7", {"labelled"}),
        ("is:passing", {"passing", "labelled"}),
        ("is:failing task:custom", {"failing", "erring"}),
        ("colon:unknown", set()),
    ],
)
def test_conditions_and_words_must_all_be_met(wanted: str, found: set[str]) -> None:
    test = parse(wanted)
    assert {name for name, sample in SAMPLES.items() if test(sample)} == found


@given(st.text())
def test_whatever_is_typed_finds_something_or_nothing(wanted: str) -> None:
    test = parse(wanted)
    for sample in SAMPLES.values():
        assert test(sample) in (True, False)


LISTED = (passing(place=3), erring(place=2), failing(place=0), passing(place=1))
some = st.lists(st.sampled_from(LISTED), max_size=30)


def test_failing_first_puts_failures_before_errors_before_the_rest() -> None:
    assert order_samples(LISTED, arrangement="failing first") == [2, 1, 0, 3]


def test_failing_only_leaves_out_what_passed() -> None:
    assert order_samples(LISTED[1:], arrangement="failing only") == [1, 0]


def test_samples_of_equal_concern_stay_in_their_order() -> None:
    listed = order_samples(LISTED, key=lambda each: each.place, arrangement="failing first")
    assert listed == [2, 1, 3, 0]


def test_without_anything_typed_every_sample_matches() -> None:
    assert order_samples(LISTED) == [0, 1, 2, 3]


@given(some)
def test_failing_first_lists_every_sample_once(samples: list[Sample]) -> None:
    listed = order_samples(samples, arrangement="failing first")
    assert sorted(listed) == list(range(len(samples)))


@given(some)
def test_failing_only_lists_exactly_what_is_of_concern(samples: list[Sample]) -> None:
    listed = set(order_samples(samples, arrangement="failing only"))
    assert listed == {place for place, each in enumerate(samples) if concern(each) < 3}
