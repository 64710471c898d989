"""The printed report: the guide's form to the letter, and what is told after it."""

from pathlib import Path

import msgspec

from stack_tui.errors import Failure
from stack_tui.reports.render.text_report import sample_line, text_report
from stack_tui.runs.events import ChoiceLogprob, JudgeScore, Sample
from stack_tui.runs.rule_issue import issue_of_text
from tests.reports.views import SPEC, view

GUIDE = """\
── eval summary ──
  cases:           2
  rule avg:        0.90 / 1.00
  rule pass rate:  100%
  judge avg:       4.50 / 5.00
  judge pass rate: 100%

── per-case ──
  ✓ solar-system          rule=0.80  judge=4
     ↳ ['summary longer than input']
  ✓ kv-cache              rule=1.00  judge=5

full report → eval-results/custom.json
"""
HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202eevil\nline [bold]x[/bold] \ud800"


def sample(name: str = "kv-cache", **fields: object) -> Sample:
    return msgspec.structs.replace(
        Sample(at=1.0, task="custom", id=name, rule_score=1.0, output="fine", passed=True), **fields
    )


def judged(score: float | None, **fields: object) -> JudgeScore:
    return JudgeScore(judge="judge", model="big", score=score, **fields)  # type: ignore[arg-type]


def squeezed(text: str) -> str:
    """The text without its alignment."""
    return " ".join(text.split())


def report(*samples: Sample, planned: int | None = None) -> str:
    return text_report(view(samples, planned=planned), None)


SOLAR = sample(
    "solar-system",
    rule_score=0.8,
    rule_issues=(issue_of_text("summary longer than input"),),
    judge_score=4.0,
    verdicts=(judged(4.0),),
)
KV = sample("kv-cache", place=1, judge_score=5.0, verdicts=(judged(5.0),))


def test_the_report_begins_in_the_guides_form() -> None:
    text = text_report(view([KV, SOLAR]), Path("eval-results/custom.json"))
    assert text.startswith(GUIDE)


def test_after_it_come_the_intervals() -> None:
    _, _, after = text_report(view([SOLAR, KV]), Path("x.json")).partition("full report → x.json\n")
    assert "── figures ── with 95 % intervals\n  pass rate: " in after
    assert "pass rate: 100.0% (34.2% to 100.0%), 2 of 2" in squeezed(after)


def test_nothing_more_is_told_where_there_is_nothing_to_tell() -> None:
    told = report(SOLAR, KV)
    assert not any(word in told for word in ("missing", "errors", "unscored", "empty", "flagged"))


def test_a_mean_over_nothing_is_a_dash() -> None:
    text = report(sample())
    assert "  judge avg:       –\n  judge pass rate: –\n" in text


def test_an_error_is_listed_with_its_reason() -> None:
    failure = Failure(kind="timeout", message="no answer within 300 s")
    text = report(KV, sample("x", status="error", passed=None, rule_score=None, failure=failure))
    assert "  ! x                     error\n     ↳ timeout: no answer within 300 s\n" in text
    assert "errors: 1, timeout 1; not in the scores" in squeezed(text)


def test_an_unscored_case_shows_what_the_judge_said() -> None:
    text = report(
        sample(status="unscored", passed=None, verdicts=(judged(None, answer="The age of"),))
    )
    assert "  ? kv-cache              rule=1.00  unscored\n" in text
    assert "     ↳ judge judge: no score in 'The age of'\n" in text
    assert "unscored: 1, no readable judge score; not in judge avg" in squeezed(text)
    assert "judge, mean: – of 5, n=0, 1 unreadable" in squeezed(text)


def test_truncated_and_empty_answers_are_told() -> None:
    text = report(
        sample("a", status="truncated", passed=False),
        sample(
            "b", status="truncated", truncated_while_thinking=True, rule_score=None, passed=None
        ),
        sample("c", status="empty", passed=False),
    )
    assert "  ✗ a                     rule=1.00  truncated\n" in text
    assert "  ✗ b                     truncated while thinking\n" in text
    truncated = "truncated: 2, reached max_tokens, 1 of them while thinking and failed"
    assert truncated in squeezed(text)
    assert "empty: 1, failed" in squeezed(text)


def test_what_tries_to_steer_its_judge_is_told() -> None:
    text = report(sample(flags=("speaks to the judge: 'Score: 5'",)))
    assert "     ↳ flagged: speaks to the judge: 'Score: 5'\n" in text
    assert "flagged: 1, the output tries to steer its judge" in squeezed(text)


def test_every_judge_of_several_is_shown() -> None:
    two = (judged(4.0), JudgeScore(judge="other", model="m", score=3.0))
    text = report(sample(judge_score=3.5, verdicts=two, passed=False))
    assert "judge=3.5\n     ↳ judge judge: 4\n     ↳ judge other: 3\n" in text
    assert "other, mean: 3.00 of 5, n=1" in squeezed(text)


def test_a_run_that_is_not_whole_says_how_far_it_is() -> None:
    assert "missing: 30, of 32 planned" in squeezed(report(SOLAR, KV, planned=32))


def test_clusters_are_what_few_cases_count() -> None:
    clustered = [sample(f"c{place}", cluster=f"page{place // 4}") for place in range(40)]
    line = "smallest detectable difference: 58.1 points, with 10 independent cases"
    assert line in squeezed(report(*clustered))


def test_repeats_are_numbered_and_counted() -> None:
    spec = msgspec.structs.replace(SPEC, repeats=2)
    text = text_report(view([sample(), sample(repeat=1)], spec), None)
    assert "  ✓ kv-cache #2           rule=1.00" in text
    assert "samples: 2, of 1 cases" in squeezed(text)


def test_columns_stay_in_line_with_long_and_wide_names() -> None:
    lines = report(sample("日本語"), sample("a-rather-long-name-of-a-case")).splitlines()
    assert "  ✓ 日本語                        rule=1.00" in lines
    assert "  ✓ a-rather-long-name-of-a-case  rule=1.00" in lines


def test_a_run_without_samples_is_reported_too() -> None:
    assert report().startswith("── eval summary ──\n  cases:           0\n")


def test_hostile_text_has_no_effect() -> None:
    failure = Failure(kind="bad_answer", message=HOSTILE)
    text = report(
        sample(
            HOSTILE,
            passed=None,
            rule_issues=(
                issue_of_text(HOSTILE),
                issue_of_text(f"missing required: {[HOSTILE]}"),
            ),
            flags=(HOSTILE,),
            failure=failure,
            verdicts=(
                JudgeScore(judge=HOSTILE, model="m", answer=HOSTILE),
                JudgeScore(judge="b", model="m", failure=failure),
            ),
        )
    )
    assert not any(char in text for char in "\x1b\x07\u202e\ud800")
    assert all(line.startswith(("──", "  ")) for line in text.splitlines() if line)
    assert "\x1b" not in sample_line(sample(HOSTILE))


def test_few_cases_say_which_differences_they_cannot_show() -> None:
    line = "smallest detectable difference: 49.7 points, with 12 cases"
    assert line in squeezed(report(*(sample(f"c{place}") for place in range(12))))


def test_a_benchmarks_sample_is_named_by_task_and_says_what_was_chosen() -> None:
    document = Sample(
        at=0.0,
        task="mmlu_anatomy",
        id="7",
        passed=False,
        choices=(ChoiceLogprob(text=" A"), ChoiceLogprob(text=" B")),
        chosen=1,
        target="A",
        metrics={"acc,none": 0.0},
    )
    assert sample_line(document) == "✗ mmlu_anatomy 7        chose B, wanted A"
