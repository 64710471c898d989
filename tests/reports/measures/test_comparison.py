from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stack_tui.config.decode import Endpoint
from stack_tui.reports.measures.comparison import Comparison, compare
from stack_tui.reports.measures.effects import RATE, effects
from stack_tui.reports.measures.pairing import SamplePair, SuiteFingerprint
from stack_tui.runs.events import Failure, Sample
from stack_tui.runs.spec import (
    BenchmarkSubject,
    DuelParticipant,
    DuelSubject,
    RunSpec,
    SuiteSubject,
)
from tests.reports.forms import comparison_text
from tests.reports.views import OTHER_SPEC, SPEC, TIMEOUT, judged, outcomes, view


def _spec(**changes: Any) -> RunSpec:
    return msgspec.structs.replace(OTHER_SPEC, **changes)


def _against(a: list[Sample], b: list[Sample]) -> Comparison:
    return compare(view(a), view(b, OTHER_SPEC))


def test_b_is_better_where_it_passes_much_more() -> None:
    comparison = _against(outcomes([False] * 12 + [True] * 18), outcomes([True] * 28 + [False] * 2))
    assert comparison.verdict == "better"
    assert comparison.decided_by == RATE
    assert comparison.settle == ""
    effect = comparison.effect(RATE)
    assert effect is not None
    assert (effect.higher, effect.lower) == (12, 2)
    assert effect.difference == pytest.approx(10 / 30)
    assert effect.test == "exact unconditional"


def test_b_is_worse_where_it_passes_much_less() -> None:
    comparison = _against(outcomes([True] * 30), outcomes([True] * 20 + [False] * 10))
    assert comparison.verdict == "worse"


def test_an_inconclusive_comparison_says_how_far_the_difference_can_reach() -> None:
    a = outcomes([True] * 15 + [False] * 15)
    b = outcomes([True] * 13 + [False] * 2 + [True] * 4 + [False] * 11)
    comparison = _against(a, b)
    assert comparison.verdict == "inconclusive"
    assert comparison.settle == (
        "At 95 %, b is at most 11.1 points worse and 24.8 points better than a."
    )


def test_runs_that_never_differ_say_what_can_hide_behind_that() -> None:
    comparison = _against(outcomes([True] * 30), outcomes([True] * 30))
    assert comparison.verdict == "inconclusive"
    assert "at most 11.4 points worse and 11.4 points better" in comparison.settle


def test_a_few_cases_that_all_improve_alike_are_inconclusive() -> None:
    comparison = _against(judged([3, 3, 3]), judged([4, 4, 4]))
    assert comparison.verdict == "inconclusive"
    assert comparison.settle.startswith("At 95 %, b is at most")


def _flipped(lost: int, gained: int, same: int) -> Comparison:
    a = outcomes([True] * lost + [False] * gained + [True] * same)
    b = outcomes([False] * lost + [True] * gained + [True] * same)
    return _against(a, b)


def test_runs_that_differ_by_less_than_two_points_in_a_thousand_pairs_are_equivalent() -> None:
    comparison = _flipped(20, 22, 1958)
    assert comparison.verdict == "equivalent"
    text = comparison_text(comparison)
    assert "verdict: b is equivalent to a (by pass rate): the same within 2.0 points" in text
    assert "At 95 %, b is at most 0.6 points worse and 0.8 points better than a." in text


def test_few_pairs_are_equivalent_only_within_a_margin_that_was_asked_for() -> None:
    a, b = view(outcomes([True] * 100)), view(outcomes([True] * 100), OTHER_SPEC)
    assert compare(a, b).verdict == "inconclusive"
    assert compare(a, b, margin=0.05).verdict == "equivalent"
    assert compare(a, b, margin=0.03).verdict == "inconclusive"


def test_a_small_difference_that_is_certain_is_said_to_be_within_the_margin() -> None:
    comparison = _flipped(10, 40, 9950)
    assert comparison.verdict == "better"
    assert comparison.settle == "The difference is within 2.00 points."


def test_flips_come_with_what_was_lost_first() -> None:
    comparison = _against(outcomes([False, True, True]), outcomes([True, True, False]))
    assert [(flip.id, flip.kind) for flip in comparison.flips] == [
        ("c2", "pass → fail"),
        ("c0", "fail → pass"),
    ]


def test_judges_decide_where_nothing_passes_or_fails() -> None:
    comparison = _against(judged([3.0, 2.0, 3.0] * 10), judged([4.0, 4.0, 3.0] * 10))
    assert comparison.decided_by == "judge score"
    assert comparison.verdict == "better"
    assert [effect.measure for effect in comparison.overall] == ["judge score"]


def test_samples_without_an_outcome_are_set_apart_with_the_reason() -> None:
    timeout = Sample(at=1.0, task="custom", id="c0", status="error", failure=TIMEOUT)
    unscored = Sample(at=1.0, task="custom", id="c1", status="unscored", rule_score=1.0)
    bare = Sample(at=1.0, task="custom", id="c2", output="fine")
    last = outcomes([True] * 4)[3]
    comparison = _against(outcomes([True] * 4), [timeout, unscored, bare, last])
    assert comparison.pairs == 1
    assert [(apart.id, apart.why, apart.reason) for apart in comparison.set_apart] == [
        ("c0", "no outcome", "error: timeout in b"),
        ("c1", "no outcome", "unscored in b"),
        ("c2", "no outcome", "no score in b"),
    ]


def test_a_case_that_changed_in_between_is_set_apart() -> None:
    samples = outcomes([True, True, True])
    comparison = compare(
        view(samples),
        view(samples, OTHER_SPEC),
        suite_a=SuiteFingerprint(version="1", cases={"c0": "x", "c1": "y", "c2": "z"}),
        suite_b=SuiteFingerprint(version="2", cases={"c0": "x", "c1": "changed"}),
    )
    assert [(apart.id, apart.why) for apart in comparison.set_apart] == [
        ("c1", "case changed"),
        ("c2", "case changed"),
    ]
    assert [(setting.name, setting.b) for setting in comparison.settings] == [
        ("suite version", "2")
    ]


def test_a_suite_file_whose_version_is_the_same_is_the_same_suite() -> None:
    edited = SuiteSubject(name="custom", path="cases/custom.toml", sha256="1" * 64)
    fingerprint = SuiteFingerprint(version="1", cases={"c0": "x"})
    comparison = compare(
        view(outcomes([True])),
        view(outcomes([True]), _spec(subject=edited)),
        suite_a=fingerprint,
        suite_b=fingerprint,
    )
    assert comparison.settings == ()


def test_a_document_with_another_target_is_another_document() -> None:
    a = Sample(at=1.0, task="mmlu", id="7", passed=True, target="B")
    b = msgspec.structs.replace(a, target="C")
    comparison = _against([a], [b])
    assert [apart.why for apart in comparison.set_apart] == ["case changed"]


def test_nothing_in_common_is_said_plainly() -> None:
    comparison = _against(outcomes([True], "one"), outcomes([True], "two"))
    assert comparison.pairs == 0
    assert comparison.decided_by is None
    assert comparison.verdict == "inconclusive"
    assert "nothing to compare" in comparison.settle


def test_repeats_of_a_case_are_one_cluster() -> None:
    a = [Sample(at=1.0, task="t", id="c", repeat=r, passed=False) for r in range(20)]
    b = [Sample(at=1.0, task="t", id="c", repeat=r, passed=True) for r in range(20)]
    comparison = _against(a, b)
    effect = comparison.effect(RATE)
    assert effect is not None
    assert (effect.pairs, effect.cases) == (20, 1)
    assert comparison.verdict == "inconclusive"


def test_cases_of_one_cluster_count_as_one() -> None:
    a, b = (
        [
            Sample(at=1.0, task="t", id=f"c{n}", cluster=f"k{n % 2}", passed=passed)
            for n in range(20)
        ]
        for passed in (False, True)
    )
    effect = _against(a, b).effect(RATE)
    assert effect is not None
    assert (effect.pairs, effect.cases, effect.p) == (20, 2, 0.5)


def _at(temperatures: list[float], *, passed: bool) -> list[Sample]:
    """One case at each temperature; of a single one its samples do not speak."""
    return [
        Sample(at=1.0, task="t", id="c", passed=passed, temperature=each)
        for each in (temperatures if len(temperatures) > 1 else [None])
    ]


@pytest.mark.parametrize(
    ("a", "b", "pairs", "apart"),
    [
        ([0.0, 0.7], [0.0, 0.7], 2, []),
        ([0.0, 0.7], [0.7], 1, ["only in a"]),
        ([0.5], [0.0, 0.7], 0, ["only in a", "only in b", "only in b"]),
        ([0.0], [0.7], 1, []),
        ([], [0.0, 0.7], 0, ["only in a", "only in b", "only in b"]),
    ],
)
def test_a_sample_is_held_against_its_like_where_a_run_has_several_temperatures(
    a: list[float], b: list[float], pairs: int, apart: list[str]
) -> None:
    views = [
        view(_at(temperatures, passed=passed), _spec(temperatures=tuple(temperatures)))
        for temperatures, passed in ((a, True), (b, False))
    ]
    comparison = compare(*views)
    assert comparison.pairs == len(comparison.flips) == pairs
    assert sorted(one.why for one in comparison.set_apart) == apart


def test_a_temperature_that_differs_is_named_and_one_that_was_not_recorded_is_not() -> None:
    def names(a: tuple[float, ...], b: tuple[float, ...]) -> list[str]:
        views = (view(outcomes([True]), _spec(temperatures=each)) for each in (a, b))
        return [difference.name for difference in compare(*views).settings]

    assert names((0.0,), (0.7,)) == ["temperatures"]
    assert names((), (0.7,)) == []


def test_tasks_are_adjusted_for_being_many() -> None:
    a = [s for task in "wxyz" for s in outcomes([False] * 6, task)]
    b = [s for task in "wxyz" for s in outcomes([task == "w"] * 6, task)]
    comparison = _against(a, b)
    w = comparison.tasks[0].effects[0]
    assert w.p == pytest.approx(2 / 64)
    assert w.p_adjusted == pytest.approx(4 * 2 / 64)
    assert w.verdict == "inconclusive"
    assert comparison.verdict == "better"


def test_a_metric_that_repeats_the_pass_is_no_measure_of_its_own() -> None:
    def doc(passed: bool, f1: float) -> Sample:
        metrics = {"acc": float(passed), "f1": f1}
        return Sample(at=1.0, task="t", id="d", passed=passed, metrics=metrics)

    found = effects([SamplePair(doc(True, 0.5), doc(False, 0.7))])
    assert [effect.measure for effect in found] == [RATE, "f1"]


def test_one_thing_that_differs_is_named_without_a_warning() -> None:
    endpoint = Endpoint(name="other", url="http://127.0.0.1:9000/v1", model="small")
    comparison = compare(view(outcomes([True])), view(outcomes([True]), _spec(endpoint=endpoint)))
    assert [difference.name for difference in comparison.settings] == ["model", "endpoint"]
    assert comparison.warnings == ()


def test_more_than_one_thing_that_differs_is_warned_of() -> None:
    endpoint = Endpoint(name="other", url="http://127.0.0.1:9000/v1", model="small")
    suite = SuiteSubject(name="custom", path="cases/custom.toml", sha256="1" * 64)
    spec = _spec(endpoint=endpoint, subject=suite, judges=(), repeats=3)
    comparison = compare(view(outcomes([True])), view(outcomes([True]), spec))
    assert comparison.warnings[0] == (
        "the runs differ in more than one thing (model, endpoint, suite version, judges, repeats): "
        "no one of them is the cause"
    )
    assert "cases were not checked" in comparison.warnings[1]


def test_benchmark_settings_and_routes_are_compared() -> None:
    def spec(**options: Any) -> RunSpec:
        benchmark = BenchmarkSubject(tasks=("custom",), **options)
        return msgspec.structs.replace(SPEC, subject=benchmark, judges=())

    a = view(outcomes([True]), spec(fewshot=5))
    b = view(outcomes([True]), spec(limit=100, protocol="chat"))
    names = {difference.name: (difference.a, difference.b) for difference in compare(a, b).settings}
    assert names == {"few-shot": ("5", "–"), "limit": ("–", "100"), "protocol": ("auto", "chat")}


def test_the_same_thing_run_twice_shows_noise() -> None:
    comparison = _against(outcomes([True]), outcomes([True]))
    assert comparison.settings == ()
    assert "noise" in comparison.warnings[0]


def test_a_run_that_lacks_samples_says_so() -> None:
    comparison = compare(view(outcomes([True]), planned=12), view(outcomes([True]), OTHER_SPEC))
    assert "run a lacks 11 of its 12 samples" in comparison.warnings


STATES = st.sampled_from(
    [
        {"passed": True, "rule_score": 1.0, "judge_score": 5.0},
        {"passed": False, "rule_score": 0.5, "judge_score": 2.0},
        {"passed": False, "rule_score": 0.5},
        {"status": "error", "failure": Failure(kind="timeout", message="slow")},
        {"status": "unscored"},
        {},
    ]
)
RUNS = st.dictionaries(
    st.tuples(st.sampled_from("st"), st.sampled_from("abcdef"), st.integers(0, 2)), STATES
)
DIGESTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("xy"))


def _samples(run: dict[tuple[str, str, int], dict[str, Any]]) -> list[Sample]:
    return [
        Sample(at=1.0, task=task, id=id, repeat=repeat, **state)
        for (task, id, repeat), state in run.items()
    ]


@settings(max_examples=60, deadline=None)
@given(RUNS, RUNS, DIGESTS, DIGESTS)
def test_every_sample_is_in_exactly_one_class_and_the_sums_add_up(
    a: Any, b: Any, digests_a: dict[str, str], digests_b: dict[str, str]
) -> None:
    comparison = compare(
        view(_samples(a)),
        view(_samples(b)),
        suite_a=SuiteFingerprint(version="1", cases=digests_a),
        suite_b=SuiteFingerprint(version="1", cases=digests_b),
    )
    apart = [(one.task, one.id, one.repeat) for one in comparison.set_apart]
    assert len(set(apart)) == len(apart)
    assert comparison.pairs + len(apart) == len(a.keys() | b.keys())
    whys = [one.why for one in comparison.set_apart]
    assert comparison.a.samples == len(a) == comparison.pairs + len(apart) - whys.count("only in b")
    assert comparison.b.samples == len(b) == comparison.pairs + len(apart) - whys.count("only in a")
    for effect in comparison.overall:
        assert effect.higher + effect.lower <= effect.pairs <= comparison.pairs
        of_tasks = [e for task in comparison.tasks for e in task.effects]
        same = [e.pairs for e in of_tasks if e.measure == effect.measure]
        assert not comparison.tasks or sum(same) == effect.pairs
    lost = [flip for flip in comparison.flips if flip.kind == "pass → fail"]
    rate = comparison.effect(RATE)
    assert len(lost) == (rate.lower if rate else 0)
    assert len(comparison.flips) == (rate.lower + rate.higher if rate else 0)
    assert comparison_text(comparison)


@settings(max_examples=60, deadline=None)
@given(RUNS, RUNS)
def test_comparing_the_other_way_round_gives_the_mirror_image(a: Any, b: Any) -> None:
    there = compare(view(_samples(a)), view(_samples(b), OTHER_SPEC))
    back = compare(view(_samples(b), OTHER_SPEC), view(_samples(a)))
    mirrored = {"better": "worse", "worse": "better", "inconclusive": "inconclusive"}
    assert back.verdict == mirrored[there.verdict]
    assert bool(back.settle) == bool(there.settle)
    assert len(there.flips) == len(back.flips)
    for ours, theirs in zip(there.overall, back.overall, strict=True):
        assert (ours.a, ours.b, ours.p) == (theirs.b, theirs.a, theirs.p)
        assert (ours.higher, ours.lower) == (theirs.lower, theirs.higher)
        assert ours.difference == pytest.approx(-theirs.difference)
        if theirs.low is None or theirs.high is None:
            assert ours.low is ours.high is None
        else:
            assert (ours.low, ours.high) == pytest.approx((-theirs.high, -theirs.low))


def test_the_text_says_it_all_in_few_lines() -> None:
    endpoint = Endpoint(name="local", url="http://127.0.0.1:8000/v1", model="small")
    timeout = Sample(at=1.0, task="custom", id="c3", status="error", failure=TIMEOUT)
    a = view([*outcomes([True, True, False]), timeout])
    b = view(outcomes([True, False, False, True]), _spec(endpoint=endpoint))
    assert comparison_text(compare(a, b)) == (
        "── comparison ──\n"
        "verdict: inconclusive (by pass rate): b may be better or worse than a, or like it\n"
        "At 95 %, b is at most 79.2 points worse and 41.5 points better than a.\n"
        "  a:               20261124-101500-custom-tiny-0a1b · tiny · 4 samples\n"
        "  b:               20261124-111500-custom-tiny-2c3d · small · 4 samples\n"
        "  differs:         model: tiny → small\n"
        "  pairs:           3; set apart: 1 no outcome (error: timeout in a)\n"
        "  no outcome:      1 in a, 0 in b (p = 1.000); as failed +0.0 points [-60.4, +60.4], as"
        " passed -25.0 points [-69.9, +36.2]\n"
        "\n"
        "── effects, b against a ──\n"
        "  measure     a       b       difference [95 %]             p       lower   higher   pairs"
        "   verdict          test\n"
        "  pass rate   66.7%   33.3%   -33.3 points [-79.2, +41.5]   0.598   1       0        3    "
        "   ≈ inconclusive   exact unconditional\n"
        "\n"
        "── flips ── 1 pass → fail, 0 fail → pass\n"
        "  sample                 rule score   judge score\n"
        "  c1       pass → fail"
    )


def test_hostile_names_do_nothing_in_the_text() -> None:
    hostile = "\x1b]0;x\x07\u202eevil\nverdict: b is better"
    a = [Sample(at=1.0, task=task, id=hostile, passed=True) for task in (hostile, "t")]
    b = [Sample(at=1.0, task=task, id=hostile, passed=False) for task in (hostile, "t")]
    text = comparison_text(_against(a, b))
    assert not any(character in text for character in "\x1b\x07\u202e")
    assert sum(line.startswith("verdict:") for line in text.splitlines()) == 1


def test_a_comparison_is_json_and_back() -> None:
    comparison = _against(outcomes([True, False] * 10), outcomes([True, True] * 10))
    assert msgspec.json.decode(msgspec.json.encode(comparison), type=Comparison) == comparison


def test_a_duel_is_named_by_its_runs() -> None:
    runs = tuple(DuelParticipant(letter=letter, id=f"run-{letter}") for letter in "ab")
    duel = msgspec.structs.replace(SPEC, subject=DuelSubject(suite="custom", runs=runs))
    compared = compare(view(outcomes([True]), duel), view(outcomes([True])))
    found = {difference.name: (difference.a, difference.b) for difference in compared.settings}
    assert found["duel"] == ("run-a vs run-b", "–")
