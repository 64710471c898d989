"""Benchmarks on models that think, and on servers that refuse some of a request or filter it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stack_tui.runs.events import Event, Finding, RecordScores, Sample
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.running import Disturbance, carry_out
from tests.fakes import Asked, FakeServer, Respond, completion
from tests.fakes.replies import Reply

_DATA = Path(__file__).parents[2] / "stack_tui/benchmarks/tasks/stack_smoke/answer.jsonl"
_ROWS = [json.loads(line) for line in _DATA.read_text().splitlines()]
TASK = "stack_smoke_answer"


def subject(**more: Any) -> BenchmarkSubject:
    """The short answers by chat."""
    return BenchmarkSubject(tasks=(TASK,), limit=6, protocol="chat", **more)


def right(asked: Asked) -> str:
    """Return the right answer to the question that was asked."""
    (row,) = [row for row in _ROWS if row["question"] in asked.text]
    return str(row["answers"][0])


def results(
    folder: Path, reply: Callable[[Asked], Reply], benchmark: BenchmarkSubject | None = None
) -> tuple[float, list[Sample], dict[str, Finding], list[Asked]]:
    """Return lm-eval's score, the samples, the findings and the requests of a run."""
    disturbance = Disturbance(reply)
    with FakeServer(replies=disturbance) as server:
        events = carry_out(server, benchmark or subject(), folder, disturbance=disturbance)
        asked = [each for each in server.asked if "Question:" in each.text]
    scores = _of_kind(events, RecordScores)[0].results["results"][TASK]
    findings = {finding.check: finding for finding in _of_kind(events, Finding)}
    return scores["exact_match,none"], _of_kind(events, Sample), findings, asked


def _of_kind(events: list[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


@pytest.mark.parametrize(
    "thinking",
    [
        "<think>\n12?\n\nQuestion: 13?\n</think>\n\n",
        "12?\n\n13?\n</think>\n\n",
        "[THINK]12?\n\n13?[/THINK]",
        "<|channel|>analysis<|message|>12?\n\n<|end|><|start|>assistant<|channel|>final<|message|>",
    ],
)
def test_a_model_that_thinks_in_its_text_scores_by_its_answers(
    thinking: str, tmp_path: Path
) -> None:
    def reply(asked: Asked) -> Reply:
        text = thinking + right(asked) + "\n\nQuestion: and so on"
        ends = [text.index(stop) for stop in asked.body.get("stop", []) if stop in text]
        return text[: min(ends, default=len(text))]

    score, samples, findings, asked = results(tmp_path, reply)
    assert score == 1.0
    assert all(sample.passed and "12?" in sample.reasoning for sample in samples)
    assert not any("12?" in sample.output for sample in samples)
    assert "thinking" in findings
    assert not any("stop" in each.body for each in asked)


def test_with_an_empty_think_end_token_the_thinking_is_scored_as_by_lm_eval(tmp_path: Path) -> None:
    def reply(asked: Asked) -> Reply:
        return "<think>12?</think>" + right(asked)

    _, samples, findings, asked = results(tmp_path, reply, subject(think_end_token=""))
    assert all(sample.output.startswith("<think>12?</think>") for sample in samples)
    assert "thinking" not in findings
    assert all(each.body["stop"] == ["\n\n", "Question:"] for each in asked)


def test_outputs_that_end_while_thinking_fail_and_are_a_finding(tmp_path: Path) -> None:
    _, samples, findings, _ = results(tmp_path, lambda _: completion("<think>12", "length"))
    assert {sample.status for sample in samples} == {"truncated"}
    assert all(sample.truncated_while_thinking and sample.passed is False for sample in samples)
    finding = findings["cut off while thinking"]
    assert finding.seen == "6 of 6 outputs used up max_gen_toks while thinking and fail"
    assert "--gen max_gen_toks" in finding.cause


def test_a_server_that_refuses_fields_is_asked_without_them_and_each_sample_says_so(
    tmp_path: Path,
) -> None:
    def o_series(asked: Asked) -> Reply:
        for field in ("max_tokens", "temperature", "stop", "seed"):
            if field in asked.body:
                error = {"message": f"Unsupported parameter: '{field}'.", "param": field}
                return Respond(400, {"error": error})
        return right(asked) + "\n\nQuestion: and so on"

    score, samples, _, asked = results(tmp_path, o_series)
    assert score == 1.0
    assert all({"seed", "temperature"} <= set(sample.dropped) for sample in samples)
    assert any("stop" in sample.dropped for sample in samples)
    assert asked[-1].body["max_completion_tokens"] == 48


def test_filtered_outputs_fail_under_that_name(tmp_path: Path) -> None:
    def reply(asked: Asked) -> Reply:
        return completion(right(asked), "content_filter")

    _, samples, _, _ = results(tmp_path, reply)
    assert {(sample.status, sample.passed) for sample in samples} == {("filtered", False)}


def test_an_output_that_the_server_gave_up_is_retried(tmp_path: Path) -> None:
    given_up: list[str] = []

    def reply(asked: Asked) -> Reply:
        if asked.text in given_up:
            return right(asked)
        given_up.append(asked.text)
        return completion("half an", "abort")

    score, samples, _, _ = results(tmp_path, reply)
    assert score == 1.0
    assert {sample.status for sample in samples} == {"ok"}
