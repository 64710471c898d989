"""What one types to find samples."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.tui.results.sample_filter import parse
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
