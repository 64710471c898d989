"""What a comparison of benchmarks gives verdicts on, and how a group weighs its tasks."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest

from stack_tui.reports.measures.comparison import compare
from stack_tui.reports.measures.gates import evaluate, parse
from stack_tui.reports.measures.task_results import task_results
from stack_tui.runs.events import Event, Planned, RecordScores, Sample, Started, TaskPlan
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.runs.view import RunView
from tests.reports.forms import comparison_text
from tests.reports.views import OTHER_SPEC, SPEC
from tests.runs.samples import fold

Passes = Mapping[str, Sequence[bool]]


def run(
    names: Sequence[str],
    tasks: Passes,
    *,
    group: str = "",
    group_score: float | None = None,
    b: bool = False,
    **plan: Any,
) -> RunView:
    """A run of the named tasks and groups; `group` holds all tasks and has that score of record."""
    spec = msgspec.structs.replace(
        OTHER_SPEC if b else SPEC, subject=BenchmarkSubject(tasks=tuple(names)), judges=()
    )
    settings = {"version": "1", "fewshot": 0, **plan}
    plans = tuple(
        TaskPlan(
            name=name,
            samples=len(passes),
            requests=1,
            route="letters",
            groups=(group,) if group else (),
            metric="acc,none",
            **settings,
        )
        for name, passes in tasks.items()
    )
    samples = [
        Sample(
            at=1.0,
            task=name,
            id=str(place),
            passed=passed,
            metrics={"acc,none": float(passed)},
            target="ABCD"[place % 4],
            prompt=f"question {place}",
        )
        for name, passes in tasks.items()
        for place, passed in enumerate(passes)
    ]
    results: dict[str, Any] = {
        name: {"acc,none": sum(passes) / len(passes)} for name, passes in tasks.items()
    }
    if group_score is not None:
        results[group] = {"acc,none": group_score}
    events: list[Event] = [
        Started(at=0.0, spec=spec, versions={"lm_eval": "0.4.13"}),
        Planned(at=0.0, tasks=plans),
        *samples,
        RecordScores(at=2.0, results={"results": results}, table=""),
    ]
    return fold(spec, events)


def share(right: int, of: int) -> list[bool]:
    return [place < right for place in range(of)]


def test_each_named_benchmark_has_a_verdict_of_its_own() -> None:
    a = run(["gsm8k", "arc"], {"gsm8k": share(900, 1319), "arc": share(600, 1172)})
    b = run(["gsm8k", "arc"], {"gsm8k": share(840, 1319), "arc": share(600, 1172)}, b=True)
    comparison = compare(a, b)
    assert [(part.name, part.verdict) for part in comparison.parts] == [
        ("gsm8k", "worse"),
        ("arc", "equivalent"),
    ]
    assert comparison.verdict == "worse"
    assert "verdicts, b against a" in comparison_text(comparison)


def test_benchmarks_that_move_apart_make_a_mixed_verdict() -> None:
    a = run(["x", "y"], {"x": share(50, 100), "y": share(50, 100)})
    b = run(["x", "y"], {"x": share(90, 100), "y": share(10, 100)}, b=True)
    assert compare(a, b).verdict == "mixed"
    pooled = compare(a, b, pooled=True)
    assert (pooled.verdict, len(pooled.parts)) == ("inconclusive", 1)


def test_p_values_of_named_benchmarks_are_adjusted_and_those_of_a_groups_tasks_among_it() -> None:
    tasks = {f"m{place}": share(5, 10) for place in range(50)}
    a = run(["m", "gsm8k"], tasks | {"gsm8k": share(600, 1000)}, group="m", group_score=0.5)
    b = run(["m", "gsm8k"], tasks | {"gsm8k": share(560, 1000)}, group="m", group_score=0.5, b=True)
    parts = compare(a, b).parts
    assert [part.name for part in parts] == ["m", "gsm8k"]
    gsm8k = parts[1].effect
    assert gsm8k.p_adjusted == pytest.approx(2 * gsm8k.p)


def test_a_group_that_weighs_its_tasks_alike_is_compared_so() -> None:
    big, small = share(700, 1000), share(40, 50)
    a = run(["g"], {"big": big, "small": small}, group="g", group_score=(0.7 + 0.8) / 2)
    worse = {"big": share(730, 1000), "small": share(10, 50)}
    b = run(["g"], worse, group="g", group_score=(0.73 + 0.2) / 2, b=True)
    (part,) = compare(a, b).parts
    assert part.equal_tasks
    assert part.effect.difference == pytest.approx((0.03 - 0.6) / 2)
    assert (part.effect.a, part.effect.b) == pytest.approx((0.75, 0.465))
    assert part.verdict == "worse"
    assert "tasks weigh the same" in comparison_text(compare(a, b)) or len(compare(a, b).parts) == 1


def test_a_group_that_weighs_by_size_is_compared_so() -> None:
    a = run(["g"], {"big": share(700, 1000), "small": share(40, 50)}, group="g", group_score=0.7048)
    tasks = {"big": share(730, 1000), "small": share(10, 50)}
    b = run(["g"], tasks, group="g", group_score=0.7048, b=True)
    (part,) = compare(a, b).parts
    assert not part.equal_tasks
    assert part.effect.difference == pytest.approx(0.0)


def test_a_tag_without_a_score_of_record_is_compared_by_its_tasks() -> None:
    tasks = {"easy": share(5, 10), "hard": share(5, 10)}
    comparison = compare(run(["tag"], tasks, group="tag"), run(["tag"], tasks, group="tag", b=True))
    assert [part.name for part in comparison.parts] == ["easy", "hard"]


def test_translations_of_a_document_count_as_one() -> None:
    languages = ["mgsm_de", "mgsm_en", "mgsm_fr"]
    a = run(["mgsm"], {name: share(20, 40) for name in languages}, group="mgsm", group_score=0.5)
    b = run(
        ["mgsm"], {name: share(24, 40) for name in languages}, group="mgsm", group_score=0.6, b=True
    )
    (part,) = compare(a, b).parts
    assert part.parallel
    assert (part.effect.pairs, part.effect.cases) == (120, 40)
    assert part.effect.p == pytest.approx(0.125)


def test_a_gate_must_hold_in_every_named_benchmark() -> None:
    a = run(["x", "y"], {"x": share(500, 1000), "y": share(500, 1000)})
    b = run(["x", "y"], {"x": share(500, 1000), "y": share(440, 1000)}, b=True)
    gate = parse("vs base not worse by 0.02")
    result = evaluate(gate, {}, {}, {"base": compare(a, b)})
    assert result.state == "failed"
    assert "y: the pass rate against base" in result.saying


def settings(a: RunView, b: RunView) -> dict[str, tuple[str, str]]:
    return {each.name: (each.a, each.b) for each in compare(a, b).settings}


def test_versions_and_prompts_are_settings() -> None:
    a = run(["x"], {"x": share(5, 10)})
    b = run(["x"], {"x": share(5, 10)}, b=True, version="2")
    b.apply([Started(at=0.0, spec=b.spec, versions={"lm_eval": "0.4.5"})])
    b.apply([msgspec.structs.replace(each, prompt="other") for each in b.samples[:3]])
    found = settings(a, b)
    assert found == {
        "version of x": ("1", "2"),
        "lm_eval version": ("0.4.13", "0.4.5"),
        "prompts": ("–", "3 of 10 differ"),
    }
    assert not any("noise" in warning for warning in compare(a, b).warnings)


def test_runs_with_other_prompts_alone_are_not_called_noise() -> None:
    a, b = run(["x"], {"x": share(5, 10)}), run(["x"], {"x": share(5, 10)}, b=True)
    assert any("noise" in warning for warning in compare(a, b).warnings)
    b.apply([msgspec.structs.replace(each, prompt="other") for each in b.samples])
    assert compare(a, b).warnings == ()


def test_the_same_number_of_examples_is_no_difference_whoever_named_it() -> None:
    a, b = run(["x"], {"x": share(5, 10)}, fewshot=5), run(["x"], {"x": share(5, 10)}, fewshot=5)
    subject = BenchmarkSubject(tasks=("x",), fewshot=5)
    b.spec = msgspec.structs.replace(b.spec, subject=subject)
    assert "few-shot" not in settings(a, b)
    assert settings(a, run(["x"], {"x": share(5, 10)}, fewshot=0))["few-shot"] == ("5", "0")


def test_questions_about_one_passage_count_as_one() -> None:
    a, b = run(["x"], {"x": share(20, 40)}), run(["x"], {"x": share(24, 40)}, b=True)
    for view in (a, b):
        view.apply(
            [msgspec.structs.replace(each, cluster=str(int(each.id) // 4)) for each in view.samples]
        )
    (part,) = compare(a, b).parts
    assert (part.effect.pairs, part.effect.cases) == (40, 10)
    (task,) = task_results(a)
    assert task.interval is not None
    assert task.interval[1] - task.interval[0] > 0.4
