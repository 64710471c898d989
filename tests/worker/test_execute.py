"""Carrying out a run: everything is recorded, nothing is asked twice, and faults are ridden out."""

import asyncio
import errno
import json
import os
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from stack_tui.runs.events import Answer, Fault, Finished, Sample
from stack_tui.runs.journal import Journal, RunBusy, Tail
from stack_tui.runs.journal_line import decode
from stack_tui.runs.spec import digest
from stack_tui.runs.store import Control, journal_path, read_spec, write_control
from stack_tui.suites.grading import rules
from stack_tui.suites.grading.rules import Grade
from stack_tui.suites.model.case import Case
from stack_tui.worker import control_file
from stack_tui.worker import execute as execution
from stack_tui.worker.execute import Recorder, execute
from tests.fakes import FakeServer, failing, garbage, rate_limited, server_error
from tests.fakes.replies import Asked, Reply
from tests.worker.runs import carried_out, make, model_requests, reply, scores


def test_a_run_ends_with_a_sample_a_case_and_the_guides_report(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        run = carried_out(make(tmp_path, server))
    assert run.phase == "finished"
    assert {sample.status for sample in run.view.samples} == {"ok"}
    report = json.loads((tmp_path / "tiny.json").read_bytes())
    assert report["summary"]["n_cases"] == 6
    assert report["summary"]["judge_avg"] == 5
    assert {"id", "output", "rule_score", "rule_issues", "judge_score"} <= set(report["results"][0])


def test_a_run_of_others_writes_its_report_into_the_results_folder_alone(tmp_path: Path) -> None:
    results = tmp_path / "a" / "b" / "results"
    with FakeServer("vllm", reply) as server:
        folder = make(results, server, judged=False)
        spec = (folder / "run.toml").read_text().replace('"tiny"', '"../../../pwned"')
        (folder / "run.toml").write_text(spec)
        (folder / "report.json").symlink_to(tmp_path / "victim")
        run = carried_out(folder)
    assert run.phase == "finished"
    assert {path.name for path in tmp_path.iterdir()} == {"a"}
    assert {path.suffix for path in results.iterdir() if path.is_file()} == {".json"}
    assert not (folder / "report.json").is_symlink()


def test_a_link_in_place_of_the_latest_report_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "tiny.json").symlink_to("victim")
    with FakeServer("vllm", reply) as server:
        carried_out(make(tmp_path, server, judged=False))
    assert (tmp_path / "victim").read_text() == "precious"
    assert json.loads((tmp_path / "tiny.json").read_bytes())["summary"]["n_cases"] == 6


def test_faults_in_a_third_of_all_requests_change_no_result(tmp_path: Path) -> None:
    fault = failing(0.3, seed=7)

    def sometimes(asked: Asked) -> Reply:
        return fault(asked) or reply(asked)

    with FakeServer("vllm", reply) as server:
        undisturbed = carried_out(make(tmp_path / "a", server))
    with FakeServer("vllm", sometimes) as server:
        disturbed = carried_out(make(tmp_path / "b", server))
    assert disturbed.phase == "finished"
    assert scores(disturbed.folder) == scores(undisturbed.folder)


def test_a_server_that_restarts_in_mid_run_is_waited_for(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path, server)
        server.hold()

        def restart() -> None:
            server.wait_for(2)
            server.stop()
            server.start()

        thread = threading.Thread(target=restart)
        thread.start()
        run = carried_out(folder)
        thread.join()
    assert run.phase == "finished"
    assert any(isinstance(event, Fault) for event in Tail(journal_path(folder)).read())


def test_what_ends_in_an_error_is_listed_and_resume_finishes_it(tmp_path: Path) -> None:
    def refuse_one(asked: Asked) -> Reply:
        return server_error(400, "no") if "number 3" in asked.text else reply(asked)

    with FakeServer("vllm", refuse_one) as server:
        run = carried_out(make(tmp_path, server))
        assert run.phase == "errors"
        assert [s.id for s in run.view.samples if s.status == "error"] == ["case-3"]
        asked = len(model_requests(server))
        server._reply = reply
        again = carried_out(run.folder)
        assert len(model_requests(server)) == asked + 1
    assert again.phase == "finished"
    assert again.view.total.passed == 6


def test_errors_that_are_to_be_left_are_not_asked_for_again(tmp_path: Path) -> None:
    def refuse_one(asked: Asked) -> Reply:
        return server_error(400, "no") if "number 3" in asked.text else reply(asked)

    with FakeServer("vllm", refuse_one) as server:
        run = carried_out(make(tmp_path, server))
        asked = len(server.asked)
        write_control(run.folder, Control(retry_errors=False))
        again = carried_out(run.folder)
        assert len(server.asked) == asked
    assert again.phase == "errors"


def test_a_finished_run_asks_nothing_when_carried_out_again(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        run = carried_out(make(tmp_path, server))
        before, asked = scores(run.folder), len(server.asked)
        carried_out(run.folder)
        assert len(server.asked) == asked
    assert scores(run.folder) == before


@pytest.mark.parametrize("keep", range(1, 20, 3))
def test_from_any_cut_of_the_journal_resume_asks_only_for_what_is_missing(
    tmp_path: Path, keep: int
) -> None:
    with FakeServer("vllm", reply) as server:
        folder = carried_out(make(tmp_path, server)).folder
        undisturbed = scores(folder)
        lines = journal_path(folder).read_bytes().splitlines(keepends=True)
        journal_path(folder).write_bytes(
            b"".join(lines[:keep]) + lines[keep][: len(lines[keep]) // 2]
        )
        kept = [event for event in Tail(journal_path(folder)).read() if isinstance(event, Answer)]
        asked = len(server.asked)
        assert carried_out(folder).phase == "finished"
        assert len(server.asked) - asked == 12 - len(kept)
    assert scores(folder) == undisturbed


def test_an_old_run_whose_url_is_a_bare_origin_resumes_without_asking_again(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path, server)
        spec = folder / "run.toml"
        spec.write_text(spec.read_text().replace(f'"{server.url}"', f'"{server.origin}"'))
        journal = Tail(journal_path(carried_out(folder).folder)).read()
        answers = [event for event in journal if isinstance(event, Answer)]
        assert {key_of(answer, server.origin) for answer in answers} == {a.key for a in answers}
        asked = len(server.asked)
        lines = journal_path(folder).read_bytes().splitlines(keepends=True)
        journal_path(folder).write_bytes(
            b"".join(line for line in lines if not isinstance(decode(line), Sample | Finished))
        )
        assert carried_out(folder).phase == "finished"
        assert len(server.asked) == asked
    assert read_spec(folder).endpoint.url == server.url


def key_of(answer: Answer, url: str) -> str:
    """Return the key that version 0.1 gave the answer."""
    role, sample, repeat = answer.role, answer.sample, answer.repeat
    return digest(url, answer.request["model"], answer.request, role, sample, repeat)


def test_every_answer_stands_in_the_journal_before_what_depends_on_it(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = carried_out(make(tmp_path, server)).folder
    answered: dict[str, int] = {}
    for event in Tail(journal_path(folder)).read():
        if isinstance(event, Answer):
            answered[event.sample] = answered.get(event.sample, 0) + 1
        elif isinstance(event, Sample):
            assert answered[event.id] == 2


def test_stop_finishes_what_is_in_flight_and_leaves_a_run_to_resume(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path, server, judged=False)
        server.hold()

        def stop() -> None:
            server.wait_for(2)
            os.kill(os.getpid(), signal.SIGTERM)
            server.release()

        thread = threading.Thread(target=stop)
        thread.start()
        run = carried_out(folder)
        thread.join()
        assert run.phase == "stopped"
        assert 2 <= run.view.total.done < 6
        assert carried_out(folder).phase == "finished"
        assert len(model_requests(server)) == len(set(model_requests(server))) == 6


def test_two_workers_never_carry_out_one_run(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path, server)
        with Journal(journal_path(folder)), pytest.raises(RunBusy):
            asyncio.run(execute(folder))


def test_a_server_that_is_gone_at_the_start_makes_a_failed_run_with_the_reason(
    tmp_path: Path,
) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path, server)
    run = carried_out(folder)
    assert run.phase == "failed"
    assert run.view.finished is not None
    assert "refused" in run.view.finished.message


def test_no_file_of_a_run_holds_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_KEY", "sk-very-secret-0123456789")

    def echoing(asked: Asked) -> Reply:
        if "number 2" in asked.text:
            return server_error(400, f"bad request with {asked.headers['authorization']}")
        return reply(asked)

    with FakeServer("vllm", echoing, key="sk-very-secret-0123456789") as server:
        run = carried_out(make(tmp_path, server, api_key_env="FAKE_KEY"))
    assert run.view.total.status == {"ok": 5, "error": 1}
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 5
    assert not any(b"very-secret" in path.read_bytes() for path in files)


def test_a_rate_limit_with_retry_after_is_obeyed_and_noted(tmp_path: Path) -> None:
    replies: list[Reply] = [rate_limited("0"), garbage()]
    with FakeServer("openai", lambda asked: replies.pop() if replies else reply(asked)) as server:
        run = carried_out(make(tmp_path, server))
    assert run.phase == "finished"
    assert any("Rate limit" in fault.message for fault in run.view.faults)


def test_a_case_that_meets_an_internal_error_is_asked_again_by_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rules.grade

    def grade(case: Case, *rest: Any) -> Grade:
        if case.id == "case-3":
            raise OverflowError("int too large to convert to float")
        return real(case, *rest)

    with FakeServer("vllm", reply) as server:
        with monkeypatch.context() as patch:
            patch.setattr(rules, "grade", grade)
            run = carried_out(make(tmp_path, server))
        assert run.phase == "errors"
        (failed,) = [sample for sample in run.view.samples if sample.status == "error"]
        assert failed.failure is not None
        assert failed.failure.kind == "internal"
        assert "OverflowError" in failed.failure.message
        asked = len(model_requests(server))
        again = carried_out(run.folder)
        assert len(model_requests(server)) == asked + 1
    assert again.phase == "finished"


def test_a_stop_while_paused_sends_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = iter([Control(wanted="pause"), Control(wanted="pause")])

    def read(_: Path, known: Control | None = None) -> Control:
        begun = known is not None
        return next(wanted, Control(wanted="stop")) if begun else Control(wanted="pause")

    monkeypatch.setattr(control_file, "read_control", read)
    monkeypatch.setattr(control_file, "_POLL_S", 0.01)
    with FakeServer("vllm", reply) as server:
        run = carried_out(make(tmp_path, server))
        assert server.asked == []
    assert run.phase == "stopped"


def test_a_full_disk_ends_the_worker_though_no_answer_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sync(recorder: Recorder) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def scenario(folder: Path) -> None:
        async with asyncio.timeout(30):
            await execute(folder)

    monkeypatch.setattr(Recorder, "sync_each_second", sync)
    with FakeServer("vllm", reply) as server:
        server.hold()
        with pytest.raises(OSError, match="No space left"):
            asyncio.run(scenario(make(tmp_path, server)))


def test_an_exception_that_nobody_foresaw_ends_the_run_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise TypeError("not a number")

    monkeypatch.setattr(execution, "_fit_limit", broken)
    with FakeServer("vllm", reply) as server:
        run = carried_out(make(tmp_path, server, judged=False))
    assert run.phase == "failed"
    assert run.view.finished
    assert run.view.finished.message.startswith("a defect in stack-tui: TypeError in ")
    assert "worker.log" in run.view.finished.remedy


def test_a_run_whose_folder_is_removed_stops_asking(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path, server, judged=False)
        server.hold()

        async def remove_and_wait() -> None:
            running = asyncio.create_task(execute(folder))
            await asyncio.to_thread(server.wait_for, 1)
            shutil.rmtree(folder)
            with pytest.raises(FileNotFoundError, match="removed or moved"):
                await asyncio.wait_for(running, 20)

        asyncio.run(remove_and_wait())
        asked = len(model_requests(server))
        server.release()
    assert asked < 6
    assert not folder.exists()
