"""Differences that are held against the noise floor that was measured beside them."""

from pathlib import Path

import msgspec
import pytest

from stack_tui.config.decode import Endpoint
from stack_tui.runs import store
from stack_tui.runs.events import Planned, Sample, TaskPlan
from stack_tui.runs.journal import Journal
from stack_tui.runs.spec import RunSpec, SuiteSubject
from stack_tui.runs.store import Run
from stack_tui.worker.compare_runs import compare_runs

SPEC = RunSpec(
    id="1-a",
    created="2026-11-24T10:15:00+00:00",
    endpoint=Endpoint(name="local", url="http://127.0.0.1:8000/v1", model="tiny"),
    subject=SuiteSubject(name="tiny", path="cases/tiny.toml", sha256="0" * 64),
    temperatures=(0.0,),
)
CASES = 40


def written(results: Path, spec: RunSpec, failing: list[set[int]]) -> Run:
    """A run of which in each repeat those cases failed."""
    folder = store.create(results, spec)
    with Journal(store.journal_path(folder)) as journal:
        for repeat, failed in enumerate(failing):
            for place in range(CASES):
                journal.append(
                    Sample(
                        at=1.0,
                        task="tiny",
                        id=f"c{place}",
                        repeat=repeat,
                        passed=place not in failed,
                        output="fine",
                    )
                )
    return Run(folder)


def warned(results: Path, noise: RunSpec, *, worse_in: int) -> bool:
    written(results, noise, [set(), {1, 2, 3, 4}])
    a = written(results, SPEC, [set()])
    b = written(results, msgspec.structs.replace(SPEC, id="3-b"), [set(range(worse_in))])
    return any("under the noise floor" in warning for warning in compare_runs(a, b).warnings)


NOISE = msgspec.structs.replace(SPEC, id="2-noise", repeats=2, noise=True)


@pytest.mark.parametrize(("worse_in", "told"), [(2, True), (6, False), (0, False)])
def test_a_difference_under_the_measured_floor_is_warned_of(
    tmp_path: Path, worse_in: int, told: bool
) -> None:
    # Four flips in 40 cases make a floor of 9.8 points; two cases are 5, six are 15.
    assert warned(tmp_path, NOISE, worse_in=worse_in) == told


def test_the_floor_falls_with_the_repeats_of_the_compared_runs(tmp_path: Path) -> None:
    written(tmp_path, NOISE, [set(), {1, 2, 3, 4}])
    repeated = msgspec.structs.replace(SPEC, repeats=4)
    a = written(tmp_path, repeated, [set()] * 4)
    b = written(tmp_path, msgspec.structs.replace(repeated, id="3-b"), [{1, 2, 3}] * 4)
    # One repeat has a floor of 9.8 points, four have half of that; three cases are 7.5.
    assert not any("noise floor" in warning for warning in compare_runs(a, b).warnings)


def test_a_noise_run_without_flips_still_has_a_floor(tmp_path: Path) -> None:
    written(tmp_path, NOISE, [set(), set()])
    a = written(tmp_path, SPEC, [set()])
    b = written(tmp_path, msgspec.structs.replace(SPEC, id="3-b"), [{1}])
    assert any("noise floor of at most" in warning for warning in compare_runs(a, b).warnings)


def test_the_floor_of_another_model_or_suite_says_nothing(tmp_path: Path) -> None:
    endpoint = msgspec.structs.replace(SPEC.endpoint, model="other")
    other = msgspec.structs.replace(NOISE, endpoint=endpoint)
    assert not warned(tmp_path, other, worse_in=2)


def test_a_baseline_counts_the_runs_that_are_compared_with_it(tmp_path: Path) -> None:
    a = written(tmp_path, SPEC, [set()])
    runs = [
        written(tmp_path, msgspec.structs.replace(SPEC, id=f"2-{name}"), [{1}]) for name in "xyz"
    ]
    wanted = ["", "2nd run compared with this baseline", "3rd run compared with this baseline"]
    for _ in range(2):
        for run, text in zip(runs, wanted, strict=True):
            warnings = " ".join(compare_runs(a, run).warnings)
            assert ("compared with this baseline" in warnings) == bool(text)
            assert text in warnings


def test_an_unfinished_run_is_not_counted(tmp_path: Path) -> None:
    a = written(tmp_path, SPEC, [set()])
    b = written(tmp_path, msgspec.structs.replace(SPEC, id="2-b"), [{1}])
    with Journal(store.journal_path(b.folder)) as journal:
        task = TaskPlan(name="tiny", samples=CASES + 1, requests=1, route="chat")
        journal.append(Planned(at=2.0, tasks=(task,)))
    assert compare_runs(a, b).verdict == "not final"
    assert not (a.folder / "comparisons.jsonl").exists()


def test_margin_and_pooling_reach_the_comparison(tmp_path: Path) -> None:
    a = written(tmp_path, SPEC, [set()])
    b = written(tmp_path, msgspec.structs.replace(SPEC, id="2-b"), [set()])
    assert compare_runs(a, b).verdict == "inconclusive"
    assert compare_runs(a, b, margin=0.15).verdict == "equivalent"
