"""What a benchmark run yields, whatever its server does; on our own smoke benchmark, offline."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from stack_tui.benchmarks.catalog.catalog import Catalog, open_catalog
from stack_tui.benchmarks.scoring import generate
from stack_tui.benchmarks.scoring.methods import RouteError
from stack_tui.errors import StackError
from stack_tui.runs.events import Answer, Event, Finding, Planned, RecordScores, Sample
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.known_model import KnownModel
from tests.benchmarks.running import Disturbance, carry_out, samples_files
from tests.fakes import Asked, FakeServer, Respond, failing
from tests.fakes.replies import Reply

CHOICES = BenchmarkSubject(tasks=("stack_smoke_choice",), limit=12)
ANSWERS = BenchmarkSubject(tasks=("stack_smoke_answer",), limit=6)
BOTH = BenchmarkSubject(tasks=("stack_smoke",), limit=10)


def of_kind(events: list[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def sanity_findings(events: list[Event]) -> list[Finding]:
    """Return the findings but for the note that a run takes a part of its documents."""
    return [one for one in of_kind(events, Finding) if one.check != "selection"]


def fake(**options: Any) -> FakeServer:
    return FakeServer(**{"kind": "vllm", "brain": KnownModel(), **options})


class SpokenLetters(KnownModel):
    """A model whose likeliest tokens are the letters that stand for the choices."""

    def top(self, context: Sequence[int], n: int) -> list[tuple[int, float]]:
        """Return the letters with their own log-probabilities, then the others."""
        letters = [self.encode(f" {letter}")[0] for letter in "ABCD"]
        own = [(token, self.logprob(context, token)) for token in letters]
        others = [one for one in super().top(context, n) if one[0] not in letters]
        return [*own, *others][:n]


def numbers(events: list[Event]) -> Any:
    """Return the final results, and each sample's choices, metrics and status."""
    (scores,) = of_kind(events, RecordScores)
    samples = {one.key: (one.choices, one.metrics, one.status) for one in of_kind(events, Sample)}
    return scores.results["results"], samples


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    with fake() as server:
        return carry_out(server, BOTH, tmp_path_factory.mktemp("undisturbed"))


def test_every_document_becomes_a_sample_and_every_question_one_request(
    undisturbed: list[Event],
) -> None:
    plans = of_kind(undisturbed, Planned)[-1].tasks
    assert [(plan.name, plan.route, plan.samples) for plan in plans] == [
        ("stack_smoke_choice", "letters", 10),
        ("stack_smoke_answer", "generate", 10),
    ]
    assert len(of_kind(undisturbed, Sample)) == 20
    assert len(of_kind(undisturbed, Answer)) == 20
    first = of_kind(undisturbed, Sample)[0]
    assert [choice.text for choice in first.choices] == ["A", "B", "C", "D"]
    assert all(choice.logprob is not None for choice in first.choices)


def test_a_random_sample_takes_the_same_documents_of_every_task_for_any_model(
    tmp_path: Path,
) -> None:
    drawn = BenchmarkSubject(tasks=("stack_smoke",), sample=14)
    with fake() as server:
        events = carry_out(server, drawn, tmp_path)
        server.model = "another-model"
        others = carry_out(server, drawn, tmp_path / "other")
    chosen = {(one.task, one.id) for one in of_kind(events, Sample)}
    assert len(chosen) == 14
    assert {(one.task, one.id) for one in of_kind(others, Sample)} == chosen
    assert {int(document) for _, document in chosen} != set(range(7))
    (scores,) = of_kind(events, RecordScores)
    assert sum(n["effective"] for n in scores.results["n-samples"].values()) == 14
    assert [one.seen for one in of_kind(events, Finding) if one.check == "selection"] == [
        "14 documents drawn at random, in proportion to the tasks"
    ]


def test_a_third_of_requests_failing_changes_no_number(
    tmp_path: Path, undisturbed: list[Event]
) -> None:
    disturbance = Disturbance(failing(0.3))
    with fake(replies=disturbance) as server:
        events = carry_out(server, BOTH, tmp_path, disturbance=disturbance)
    assert numbers(events) == numbers(undisturbed)


def test_a_stopped_run_goes_on_from_what_was_answered(
    tmp_path: Path, undisturbed: list[Event]
) -> None:
    with fake() as server:
        first = carry_out(
            server, BOTH, tmp_path, stop_when=lambda e: isinstance(e, Answer), concurrency=1
        )
        answered = len(of_kind(first, Answer))
        assert answered < 20
        assert not of_kind(first, RecordScores)
        second = carry_out(server, BOTH, tmp_path, first)
    assert len(of_kind(second, Answer)) == 20 - answered
    again = {one.key for one in of_kind(first, Answer)} & {
        one.key for one in of_kind(second, Answer)
    }
    assert again == set()
    final = numbers([*first, *second])
    assert final == numbers(undisturbed)


def test_what_was_answered_by_another_model_is_asked_again(tmp_path: Path) -> None:
    with fake() as server:
        first = carry_out(server, CHOICES, tmp_path)
        server.model = "another-model"
        second = carry_out(server, CHOICES, tmp_path, first)
    assert len(of_kind(second, Answer)) == 12


def test_what_other_weights_under_the_same_name_answered_is_asked_again(tmp_path: Path) -> None:
    def listed(weights: str) -> Respond:
        entry = {"id": "fake-model", "owned_by": "vllm", "root": weights, "max_model_len": 4096}
        return Respond(body={"object": "list", "data": [entry]})

    with fake() as server:
        server.answers["/v1/models"] = listed("weights/step-1000")
        first = carry_out(server, CHOICES, tmp_path)
        again = carry_out(server, CHOICES, tmp_path, first)
        server.answers["/v1/models"] = listed("weights/step-2000")
        second = carry_out(server, CHOICES, tmp_path, first)
    assert len(of_kind(again, Answer)) == 0
    assert len(of_kind(second, Answer)) == 12


def test_the_plan_is_partial_until_every_task_is_loaded(undisturbed: list[Event]) -> None:
    plans = of_kind(undisturbed, Planned)
    assert [plan.partial for plan in plans if len(plan.tasks) == 1] == [True]
    assert not any(plan.partial for plan in plans if len(plan.tasks) == 2)


def test_an_empty_answer_is_never_used_again(tmp_path: Path) -> None:
    choice = {"index": 0, "text": "", "finish_reason": "stop"}
    empty = Disturbance(lambda asked: Respond(body={"choices": [choice]}))
    with fake(replies=empty) as server:
        first = carry_out(server, ANSWERS, tmp_path, disturbance=empty)
        assert {sample.status for sample in of_kind(first, Sample)} == {"empty"}
        empty.begun = False
        second = carry_out(server, ANSWERS, tmp_path, first)
    assert all(sample.output for sample in of_kind(second, Sample))
    assert len(of_kind(second, Answer)) == 6


def test_a_refused_request_is_an_error_and_left_out_of_the_score(tmp_path: Path) -> None:
    brain = KnownModel()
    refused = Respond(400, {"error": {"message": "not this one"}})

    def reply(asked: Asked) -> Reply:
        return refused if "17 + 25" in brain.decode(asked.body["prompt"]) else None

    disturbance = Disturbance(reply)
    with fake(brain=brain, replies=disturbance) as server:
        events = carry_out(server, ANSWERS, tmp_path, disturbance=disturbance)
    (error,) = [sample for sample in of_kind(events, Sample) if sample.status == "error"]
    assert error.id == "0"
    assert error.failure is not None
    assert error.failure.kind == "bad_request"
    (scores,) = of_kind(events, RecordScores)
    assert scores.missing == {"stack_smoke_answer": 1}
    assert scores.results["n-samples"]["stack_smoke_answer"]["effective"] == 5
    assert {doc for _, doc, _ in samples_files(tmp_path)} == {1, 2, 3, 4, 5}


def test_what_failed_and_is_to_be_left_is_not_asked_again(tmp_path: Path) -> None:
    first_one_fails = Disturbance(
        lambda asked: Respond(400, {"error": {"message": "no"}}) if len(seen) == 1 else None
    )
    seen: list[Asked] = []

    def reply(asked: Asked) -> Reply:
        if first_one_fails.begun:
            seen.append(asked)
        return first_one_fails(asked)

    with fake(replies=reply) as server:
        events = carry_out(server, ANSWERS, tmp_path, disturbance=first_one_fails, concurrency=1)
        (error,) = [sample for sample in of_kind(events, Sample) if sample.status == "error"]
        again = carry_out(
            server, ANSWERS, tmp_path, events, left={error.key}, disturbance=first_one_fails
        )
    assert not of_kind(again, Answer)
    assert not of_kind(again, Sample)
    (scores,) = of_kind(again, RecordScores)
    assert scores.missing == {"stack_smoke_answer": 1}


def test_questions_go_by_top_n_where_a_server_ignores_named_tokens(tmp_path: Path) -> None:
    with fake(kind="llamacpp", brain=SpokenLetters()) as server:
        events = carry_out(server, CHOICES, tmp_path)
    assert of_kind(events, Planned)[-1].tasks[0].route == "letters"
    assert not sanity_findings(events)
    bodies = [asked.body for asked in server.asked if "logprob_token_ids" in asked.body]
    assert all(body.get("logprobs") for body in bodies)


def test_a_choice_missing_from_the_top_n_sends_that_document_another_way(tmp_path: Path) -> None:
    with fake(kind="vllm", named_token_ids=False) as server:
        events = carry_out(server, CHOICES, tmp_path)
    assert {sample.flags for sample in of_kind(events, Sample)} == {("route echo",)}


def test_one_answer_that_a_busy_server_rounds_otherwise_sends_no_task_another_way(
    tmp_path: Path,
) -> None:
    brain = KnownModel()
    shifted: list[Asked] = []

    def reply(asked: Asked) -> Reply:
        named = asked.body.get("logprob_token_ids")
        if not named or shifted:
            return None
        shifted.append(asked)
        context = asked.body["prompt"]
        top = {f"token_id:{token}": brain.logprob(context, token) - 0.1 for token in named}
        logprobs = {"token_logprobs": [-1.0], "tokens": ["x"], "top_logprobs": [top]}
        return Respond(body={"choices": [{"index": 0, "text": "x", "logprobs": logprobs}]})

    disturbance = Disturbance(reply)
    with fake(brain=brain, replies=disturbance) as server:
        events = carry_out(server, CHOICES, tmp_path, disturbance=disturbance)
    assert len(shifted) == 1
    assert not sanity_findings(events)
    assert of_kind(events, Planned)[-1].tasks[0].route == "letters"


def longer_choices(folder: Path) -> BenchmarkSubject:
    """Return a benchmark of one task whose choices are some tokens long."""
    folder.mkdir()
    (folder / "longer.yaml").write_text(
        "task: longer\noutput_type: multiple_choice\ncustom_dataset: !function longer.documents\n"
        "test_split: test\ndoc_to_text: '{{question}}'\ndoc_to_choice: '{{choices}}'\n"
        "doc_to_target: '{{right}}'\nmetric_list: [{metric: acc}]\n"
    )
    (folder / "longer.py").write_text(
        "import datasets\n\n\ndef documents(**_):\n"
        "    choices = ['in the sea', 'on a high hill', 'here']\n"
        "    rows = [{'question': f'Where is ship {n}?', 'choices': choices, 'right': 0}"
        " for n in range(5)]\n"
        "    return {'test': datasets.Dataset.from_list(rows)}\n"
    )
    return BenchmarkSubject(tasks=("longer",), include_path=str(folder))


def test_what_the_forced_route_will_take_is_told_before_it_is_taken(tmp_path: Path) -> None:
    benchmark = longer_choices(tmp_path / "tasks")
    with fake(kind="llamacpp") as server:
        events = carry_out(server, benchmark, tmp_path)
    (finding,) = [one for one in of_kind(events, Finding) if one.check == "estimate"]
    plan = of_kind(events, Planned)[-1].tasks[0]
    assert plan.route == "forced"
    assert f"about {plan.requests:,} requests" in finding.seen
    assert "one at a time" in finding.seen
    assert events.index(finding) < events.index(of_kind(events, Answer)[0])
    forced = [asked for asked in server.asked if asked.path == "/completion"]
    assert len(forced) > plan.requests


def test_one_token_answers_that_are_wrong_are_found_out_and_not_used(tmp_path: Path) -> None:
    brain = KnownModel()

    def reply(asked: Asked) -> Reply:
        named = asked.body.get("logprob_token_ids")
        if not named:
            return None
        top = {f"token_id:{token}": -1.0 - at for at, token in enumerate(named)}
        logprobs = {"token_logprobs": [-1.0], "tokens": ["x"], "top_logprobs": [top]}
        return Respond(body={"choices": [{"index": 0, "text": "x", "logprobs": logprobs}]})

    disturbance = Disturbance(reply)
    with fake(brain=brain, replies=disturbance) as server:
        events = carry_out(server, CHOICES, tmp_path, disturbance=disturbance)
    (finding,) = sanity_findings(events)
    assert finding.check == "route"
    assert of_kind(events, Planned)[-1].tasks[0].route == "echo"


def test_multiple_choice_on_a_chat_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with fake(kind="openai") as server:
        server.answers["/v1/completions"] = Respond(404, {"error": {"message": "no"}})
        before = len(server.asked)
        with pytest.raises(RouteError, match="stack_smoke_choice cannot run") as refusal:
            carry_out(server, CHOICES, tmp_path)
    assert "prompt log-probabilities" in refusal.value.remedy
    assert before == 0


@pytest.mark.parametrize(
    ("benchmark", "words"),
    [
        (BenchmarkSubject(tasks=("stack_smoek",)), "stack_smoke"),
        (BenchmarkSubject(tasks=("humaneval",)), "--confirm-unsafe"),
        (BenchmarkSubject(tasks=("mmlu_anatomy",), datasets="tests"), "--datasets"),
        (BenchmarkSubject(tasks=("stack_smoke",), include_path="absent"), "--include-path"),
    ],
)
def test_what_cannot_run_says_so_and_what_to_do(
    benchmark: BenchmarkSubject, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with fake() as server, pytest.raises(StackError) as refusal:
        carry_out(server, benchmark, tmp_path)
    assert words in str(refusal.value)


def test_a_prompt_longer_than_the_context_is_cut_as_by_lm_eval_and_reported(tmp_path: Path) -> None:
    with fake(context_length=20) as server:
        events = carry_out(server, CHOICES, tmp_path)
    found = of_kind(events, Sample)
    assert len(found) == 12
    assert all(sample.unread_tokens > 0 for sample in found)
    assert all("19 of" in sample.flags[0] for sample in found)
    cut = [finding for finding in of_kind(events, Finding) if finding.check == "prompts cut"]
    assert cut[-1].seen.startswith("12 of 12 documents: prompt cut to fit the context: 19 of")
    assert events.index(cut[0]) < events.index(found[1])


@pytest.mark.parametrize(
    "choices", [["x", "y"], [{"logprobs": {"top_logprobs": [["A", -1.0]]}}], [{"index": "0"}], "no"]
)
def test_answers_of_another_shape_are_bad_answers_and_the_run_ends(
    choices: Any, tmp_path: Path
) -> None:
    disturbance = Disturbance(lambda asked: Respond(body={"choices": choices}))
    with fake(replies=disturbance) as server:
        events = carry_out(server, CHOICES, tmp_path, disturbance=disturbance)
    found = of_kind(events, Sample)
    assert len(found) == 12
    assert {sample.failure and sample.failure.kind for sample in found} == {"bad_answer"}


def test_a_document_whose_request_breaks_the_program_is_asked_again_by_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = generate.ask
    asked: list[int] = []

    async def breaks_once(*args: Any, **more: Any) -> Any:
        asked.append(1)
        if len(asked) == 3:
            raise AttributeError("'str' object has no attribute 'get'")
        return await real(*args, **more)

    monkeypatch.setattr(generate, "ask", breaks_once)
    with fake() as server:
        first = carry_out(server, ANSWERS, tmp_path)
        second = carry_out(server, ANSWERS, tmp_path, first)
    (error,) = [sample for sample in of_kind(first, Sample) if sample.status == "error"]
    assert error.failure is not None
    assert error.failure.kind == "internal"
    assert "AttributeError" in error.failure.message
    assert len(of_kind(first, Sample)) == 6
    assert [sample.id for sample in of_kind(second, Sample)] == [error.id]
    assert of_kind(second, Sample)[0].failure is None


def test_a_run_that_is_checked_already_opens_no_catalog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = Catalog(open_catalog().needed(CHOICES.tasks))

    def opened(*_: Any) -> Catalog:
        raise AssertionError("the catalog was opened")

    monkeypatch.setattr("stack_tui.benchmarks.benchmark_evaluation.open_catalog", opened)
    with fake() as server:
        events = carry_out(server, CHOICES, tmp_path, catalog=checked)
    assert len(of_kind(events, Sample)) == 12


def test_a_server_that_cuts_prompts_is_found_out_by_its_own_count(tmp_path: Path) -> None:
    choice = {"index": 0, "text": " 4", "finish_reason": "stop"}
    usage = {"prompt_tokens": 5, "completion_tokens": 1}
    disturbance = Disturbance(lambda asked: Respond(body={"choices": [choice], "usage": usage}))
    with fake(replies=disturbance) as server:
        events = carry_out(server, ANSWERS, tmp_path, disturbance=disturbance)
    found = of_kind(events, Sample)
    assert len(found) == 6
    assert all(sample.unread_tokens > 0 for sample in found)
    first = next(one for one in of_kind(events, Finding) if one.check == "prompts server")
    assert first.level == "alarm"
    assert "prompt cut by the server: 5 of" in first.seen
    assert events.index(first) < events.index(found[1])
