"""Recorded outputs graded again: the model is never asked, and the first run stays as it was."""

import os
from pathlib import Path

import msgspec
import pytest

from stack_tui.config.decode import Endpoint, PanelMethod
from stack_tui.errors import StackError
from stack_tui.runs.events import Fault
from stack_tui.runs.journal import Tail
from stack_tui.runs.recorded_run import recorded_path
from stack_tui.runs.spec import BenchmarkSubject, RunSpec
from stack_tui.runs.store import create, journal_path, read_spec
from stack_tui.worker import launch
from stack_tui.worker.compare_runs import compare_runs
from stack_tui.worker.requests import Regrade
from tests.fakes import Asked, FakeServer
from tests.worker.runs import SUITE, carried_out, make, model_requests, read, reply


@pytest.fixture(autouse=True)
def _spawn_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave carrying out to the tests, in this process."""
    monkeypatch.setattr(launch, "spawn", lambda folder: None)


def edited(tmp_path: Path, old: str, new: str) -> Path:
    """Return a suite's file with that edit made in it."""
    assert old in SUITE
    path = tmp_path / "edited.toml"
    path.write_text(SUITE.replace(old, new))
    return path


def stricter(tmp_path: Path) -> Path:
    """Return the suite, its first case now forbidding what the model said of it."""
    return edited(tmp_path, 'id = "case-0"', 'id = "case-0"\nmust_not_mention = ["It is"]')


def regrade(run: Path, suite: Path | None = None, panel: PanelMethod | None = None) -> Path:
    """Start a run that grades the run's outputs by the suite's rules."""
    return launch.start(Regrade(run=run, by="rules", suite=suite, panel=panel), run.parent)


def rejudge(
    run: Path, judges: tuple[Endpoint, ...], suite: Path, panel: PanelMethod | None = None
) -> Path:
    """Start a run that has the run's outputs judged again."""
    request = Regrade(run=run, by="judges", judges=judges, suite=suite, panel=panel)
    return launch.start(request, run.parent)


def faults(folder: Path) -> list[str]:
    return [
        event.message for event in Tail(journal_path(folder)).read() if isinstance(event, Fault)
    ]


def test_a_re_grade_of_an_old_run_with_a_bare_origin_asks_no_judge(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path / "runs", server)
        spec = folder / "run.toml"
        spec.write_text(spec.read_text().replace(f'"{server.url}"', f'"{server.origin}"'))
        carried_out(folder)
        asked = len(server.asked)
        regraded = carried_out(regrade(folder, stricter(tmp_path)))
        assert len(server.asked) == asked
    assert regraded.phase == "finished"
    assert regraded.spec.endpoint.url == server.url


def test_regrading_by_edited_rules_asks_nobody_and_leaves_the_first_run_as_it_was(
    tmp_path: Path,
) -> None:
    with FakeServer("vllm", reply) as server:
        first = carried_out(make(tmp_path / "runs", server))
        before = journal_path(first.folder).read_bytes()
        asked = len(server.asked)
        folder = regrade(first.folder, stricter(tmp_path))
        server.stop()
        second = carried_out(folder)
        server.start()
        assert len(server.asked) == asked
    assert second.phase == "finished"
    assert [sample.output for sample in second.view.samples] == [
        sample.output for sample in first.view.samples
    ]
    assert [sample.rule_score for sample in second.view.samples][:2] == [0.5, 1.0]
    assert {sample.judge_score for sample in second.view.samples} == {5.0}
    assert journal_path(first.folder).read_bytes() == before


def test_the_new_run_names_the_one_that_its_outputs_are_of(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        first = carried_out(make(tmp_path / "runs", server))
        second = carried_out(regrade(first.folder, stricter(tmp_path)))
        third = rejudge(second.folder, (), stricter(tmp_path))
    origins = [read_spec(folder).origin for folder in (second.folder, third)]
    assert [origin and (origin.run, origin.outputs, origin.again) for origin in origins] == [
        (first.spec.id, first.spec.id, "rules"),
        (second.spec.id, first.spec.id, "judges"),
    ]


def test_a_judge_is_asked_again_only_where_its_question_is_another(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        first = carried_out(make(tmp_path / "runs", server))
        asked = len(server.asked)
        suite = edited(tmp_path, "Names the number.", "Names the number in words.")
        suite.write_text(SUITE.replace("Names the number.", "Names the number in words.", 1))
        carried_out(regrade(first.folder, suite))
        assert ["response_format" in each.body for each in server.asked[asked:]] == [True]


def test_rejudging_asks_every_judge_anew_and_never_the_model(tmp_path: Path) -> None:
    harsh = False

    def judging(asked: Asked) -> str:
        return "2" if harsh and "response_format" in asked.body else reply(asked)

    with FakeServer("vllm", judging) as server:
        first = carried_out(make(tmp_path / "runs", server))
        by_model = len(model_requests(server))
        harsh = True
        suite = edited(tmp_path, "Summarize", "Summarize")
        second = carried_out(rejudge(first.folder, (), suite))
        assert len(model_requests(server)) == by_model
    assert {sample.judge_score for sample in second.view.samples} == {2.0}
    assert {sample.passed for sample in second.view.samples} == {False}


def test_another_panel_makes_other_scores_of_the_same_verdicts(tmp_path: Path) -> None:
    def judging(asked: Asked) -> str:
        return "2" if "response_format" in asked.body else reply(asked)

    suite = edited(tmp_path, "Summarize", "Summarize")
    with FakeServer("vllm", reply) as server, FakeServer("vllm", judging) as strict:
        first = carried_out(make(tmp_path / "runs", server))
        judge = msgspec.structs.replace(first.spec.endpoint, name="strict", url=strict.url)
        judges = (first.spec.endpoint, judge)
        second = carried_out(rejudge(first.folder, judges, suite, panel="mean"))
        asked = len(server.asked) + len(strict.asked)
        third = carried_out(regrade(second.folder, suite, panel="majority"))
        assert len(server.asked) + len(strict.asked) == asked
    assert {(s.judge_score, s.no_majority) for s in second.view.samples} == {(3.5, False)}
    assert {(s.judge_score, s.no_majority) for s in third.view.samples} == {(3.5, True)}
    names = [setting.name for setting in compare_runs(second, third).settings]
    assert "panel" in names


def test_a_regraded_run_that_was_cut_off_goes_on_without_asking(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        first = carried_out(make(tmp_path / "runs", server))
        folder = regrade(first.folder, stricter(tmp_path))
        whole = carried_out(folder)
        os.truncate(journal_path(folder), journal_path(folder).stat().st_size // 2)
        asked = len(server.asked)
        resumed = carried_out(folder)
        assert len(server.asked) == asked
    assert resumed.phase == "finished"
    assert {s.id: s.rule_score for s in resumed.view.samples} == {
        s.id: s.rule_score for s in whole.view.samples
    }


def test_comparing_both_pairs_every_case_though_its_rules_changed(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        first = carried_out(make(tmp_path / "runs", server))
        second = carried_out(regrade(first.folder, stricter(tmp_path)))
    comparison = compare_runs(read(first.folder), read(second.folder))
    assert comparison.pairs == 6
    assert [(flip.id, flip.kind) for flip in comparison.flips] == [("case-0", "pass → fail")]
    assert any("same recorded outputs" in warning for warning in comparison.warnings)


def test_cases_that_are_asked_otherwise_now_or_are_new_are_left_out_and_named(
    tmp_path: Path,
) -> None:
    with FakeServer("vllm", reply) as server:
        first = carried_out(make(tmp_path / "runs", server))
        suite = edited(tmp_path, "The passage number 0", "The changed passage number 0")
        suite.write_text(
            suite.read_text().replace("temperature = 0", "temperature = 1\ntop_p = 0.9")
            + '\n[[case]]\nid = "new"\ninput = "Something else."'
        )
        second = carried_out(regrade(first.folder, suite))
    assert [sample.id for sample in second.view.samples] == [f"case-{n}" for n in range(1, 6)]
    assert second.phase == "finished"
    told = faults(second.folder)
    assert any("case-0" in message and "other words" in message for message in told)
    assert any("new" in message and "no recorded output" in message for message in told)
    assert any("another top_p than" in message for message in told)


def test_an_error_stays_an_error_and_is_not_asked_for(tmp_path: Path) -> None:
    def refuse_one(asked: Asked) -> object:
        from tests.fakes import server_error

        return server_error(400, "no") if "number 3" in asked.text else reply(asked)

    with FakeServer("vllm", refuse_one) as server:  # type: ignore[arg-type]
        first = carried_out(make(tmp_path / "runs", server))
        by_model = len(model_requests(server))
        second = carried_out(regrade(first.folder, stricter(tmp_path)))
        assert len(model_requests(server)) == by_model
    assert [s.id for s in second.view.samples if s.status == "error"] == ["case-3"]
    assert second.phase == "errors"


def test_the_temperatures_of_the_outputs_stand_whatever_the_suite_says_now(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path / "runs", server)
        two = SUITE.replace("temperature = 0", "temperature = [0, 0.7]")
        (folder / "suite.toml").write_text(two)
        first = carried_out(folder)
        second = carried_out(regrade(folder, stricter(tmp_path)))
    assert second.spec.temperatures == (0.0, 0.7)
    assert {sample.key for sample in second.view.samples} == {
        sample.key for sample in first.view.samples
    }
    assert len(second.view.samples) == 12


def test_where_no_output_answers_the_suite_nothing_is_made(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        first = carried_out(make(tmp_path / "runs", server))
        suite = edited(tmp_path, "Summarize:", "Shorten:")
        with pytest.raises(StackError, match="other words"):
            regrade(first.folder, suite)
    assert len(list((tmp_path / "runs").glob("*/run.toml"))) == 1


def test_a_missing_suite_file_and_a_benchmark_are_told_with_what_to_do(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        first = carried_out(make(tmp_path / "runs", server))
        spec = first.spec
    with pytest.raises(StackError) as missing:
        regrade(first.folder)
    assert "--suite" in missing.value.remedy
    benchmark = RunSpec(
        id="20261124-101500-b",
        created=spec.created,
        endpoint=spec.endpoint,
        subject=BenchmarkSubject(tasks=("mmlu",)),
    )
    with pytest.raises(StackError, match="only a suite's run"):
        regrade(create(tmp_path / "runs", benchmark))


def test_a_run_without_judges_names_one_to_be_rejudged(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        first = carried_out(make(tmp_path / "runs", server, judged=False))
        suite = edited(tmp_path, "Summarize", "Summarize")
        with pytest.raises(StackError, match="has no judge"):
            rejudge(first.folder, (), suite)
        second = carried_out(rejudge(first.folder, (first.spec.endpoint,), suite))
    assert {sample.judge_score for sample in second.view.samples} == {5.0}


def test_a_run_of_its_own_keeps_nothing_of_another(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path, server)
    assert not recorded_path(folder).exists()
