"""What a benchmark's samples bring to light."""

from stack_tui.benchmarks.sanity import Sanity
from stack_tui.benchmarks.scoring.prompt_fit import PromptChange
from stack_tui.runs.events import ChoiceLogprob, Finding, Sample, TaskPlan

LETTERS = "ABCD"


def question(at: int, chosen: int, right: int) -> Sample:
    return Sample(
        at=0.0,
        task="mmlu_x",
        id=str(at),
        passed=chosen == right,
        chosen=chosen,
        target=LETTERS[right],
        choices=tuple(ChoiceLogprob(text=letter, logprob=-1.0) for letter in LETTERS),
        metrics={"acc,none": float(chosen == right)},
    )


def findings(samples: list[Sample], group: str = "mmlu") -> dict[tuple[str, str], Finding]:
    sanity = Sanity()
    sanity.plan([TaskPlan(name="mmlu_x", samples=1, requests=1, route="letters", groups=(group,))])
    found = [finding for sample in samples for finding in sanity.add(sample)]
    return {(one.task, one.check): one for one in [*found, *sanity.conclude()]}


def test_guessing_is_told_after_200_documents_and_not_at_the_end() -> None:
    sanity = Sanity()
    told = [
        (at, one.check)
        for at in range(400)
        for one in sanity.add(question(at, chosen=at % 4, right=(at // 4) % 4))
    ]
    assert (199, "chance") in told
    assert [check for _, check in told].count("chance") == 1


def test_a_model_that_knows_its_subject_gives_no_alarm() -> None:
    samples = [question(at, at % 4 if at % 10 < 7 else (at + 1) % 4, at % 4) for at in range(400)]
    assert all(one.level == "note" for one in findings(samples).values())


def test_one_letter_chosen_far_too_often_is_told() -> None:
    samples = [question(at, chosen=2 if at % 10 else at % 4, right=at % 4) for at in range(120)]
    assert "answer C" in findings(samples)["mmlu_x", "one answer"].seen


def test_mmlu_is_held_to_the_guides_bounds() -> None:
    low = [question(at, at % 4 if at % 10 < 4 else (at + 1) % 4, at % 4) for at in range(400)]
    high = [question(at, at % 4 if at % 10 < 9 else (at + 1) % 4, at % 4) for at in range(400)]
    assert "under 0.5" in findings(low)["mmlu", "bounds"].seen
    assert "leakage" in findings(high)["mmlu", "bounds"].cause
    assert ("mmlu", "expected") in findings(high)


def test_truncated_and_empty_outputs_over_two_percent_are_told() -> None:
    samples = [
        Sample(at=0.0, task="mmlu_x", id=str(at), status="truncated" if at % 20 == 0 else "ok")
        for at in range(100)
    ]
    assert findings(samples)["mmlu_x", "truncated"].seen == "5 of 100 outputs are truncated (5%)"
    assert ("mmlu_x", "empty") not in findings(samples)


def test_a_gap_between_strict_and_flexible_extraction_is_told() -> None:
    metrics = {"exact_match,strict-match": 0.0, "exact_match,flexible-extract": 1.0}
    samples = [Sample(at=0.0, task="mmlu_x", id=str(at), metrics=metrics) for at in range(10)]
    assert "flexible 1.000" in findings(samples)["mmlu_x", "extraction"].seen


def test_errors_are_counted_nowhere() -> None:
    samples = [Sample(at=0.0, task="mmlu_x", id=str(at), status="error") for at in range(300)]
    assert findings(samples) == {}


def test_what_no_longer_holds_at_the_end_is_said_to() -> None:
    guessed = [question(at, chosen=at % 4, right=(at // 4) % 4) for at in range(200)]
    known = [question(at, chosen=at % 4, right=at % 4) for at in range(200, 400)]
    finding = findings([*guessed, *known])["mmlu_x", "chance"]
    assert finding.level == "note"
    assert finding.seen.startswith("no longer so")


def test_prompts_that_were_cut_are_a_finding_at_once_and_counted_at_the_end() -> None:
    checks = Sanity()
    checks.plan([TaskPlan(name="t", samples=3, requests=3, route="echo")])
    cut = PromptChange("server", 216, 64)
    (finding,) = checks.add(Sample(at=0, task="t", id="0"), [cut])
    assert finding.level == "alarm"
    assert finding.seen == "1 of 1 documents: prompt cut by the server: 64 of 216 tokens"
    assert checks.add(Sample(at=0, task="t", id="1"), [cut]) == []
    assert checks.add(Sample(at=0, task="t", id="2")) == []
    (last,) = [one for one in checks.conclude() if one.check == "prompts server"]
    assert last.seen.startswith("2 of 3 documents:")


def test_at_chance_level_a_missing_bos_is_the_likeliest_cause() -> None:
    checks = Sanity(bos_missing=True)
    choices = tuple(ChoiceLogprob(text=text) for text in "ABCD")
    for n in range(400):
        checks.add(
            Sample(at=0, task="t", id=str(n), choices=choices, chosen=n % 4, passed=n % 4 == 0)
        )
    (finding,) = [one for one in checks.conclude() if one.check == "chance"]
    assert "--add-bos no" in finding.cause
