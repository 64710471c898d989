"""What the documents tell of samples, cases, runs and endpoints."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
import pytest
from textual.content import Content

from stack_tui.config.decode import EMBEDDED, Endpoint
from stack_tui.errors import StackError
from stack_tui.reports.pages.model import Fact, Facts, Heading, TableBlock
from stack_tui.runs.events import ChoiceLogprob, CriterionScore, Fault, Finding, JudgeScore, Sample
from stack_tui.suites.grading.rules import marks
from stack_tui.suites.model.case import Criterion
from stack_tui.tui.cases.case_page import case_blocks, suite_blocks
from stack_tui.tui.endpoints.endpoint_page import brief_blocks, endpoint_blocks
from stack_tui.tui.results import sample_page
from stack_tui.tui.results.choices_page import probabilities
from stack_tui.tui.runs.run_page import run_blocks
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.state.snapshot import Counts, RunCard, SuiteFile
from stack_tui.tui.ui.blocks import Block
from stack_tui.tui.ui.highlight import marked
from stack_tui.tui.ui.keymap import key_for
from tests.tui.data import (
    KV_CACHE,
    LOCAL,
    SUITE_FILE,
    benchmark_card,
    chosen_answer,
    erring,
    failing,
    passing,
    refused,
    running_card,
    suite_card,
    suite_spec,
    up,
)

sample_blocks = partial(sample_page.sample_blocks, key_for=partial(key_for, keymap={}))


def told(blocks: list[Block]) -> str:
    lines = [b.plain if isinstance(b, Content) else [c.plain for c in b(100)] for b in blocks]
    return "\n".join(line if isinstance(line, str) else "\n".join(line) for line in lines)


def test_a_failing_sample_tells_its_rule_issues_and_every_judges_answer() -> None:
    shown = told(sample_blocks(failing()))
    assert "✗ fail" in shown
    assert "contains forbidden: ['GPU memory']" in shown
    assert "“Score: 2/5”" in shown
    assert "“It is about”" in shown
    assert "2 tries" in shown


def test_reasoning_and_prompt_are_folded_until_asked_for() -> None:
    sample = failing()
    assert sample.reasoning not in told(sample_blocks(sample))
    assert sample.prompt not in told(sample_blocks(sample))
    shown = told(sample_blocks(sample, prefix="Few shots. ", unfolded={"reasoning", "prompt"}))
    assert sample.reasoning in shown
    assert sample.prompt in shown
    assert "Few shots." not in shown
    assert "Few shots." in told(sample_blocks(sample, prefix="Few shots.", unfolded={"examples"}))


def test_an_error_tells_what_happened_and_the_remedy() -> None:
    shown = told(sample_blocks(erring()))
    assert "timeout: no answer in 300 s" in shown
    assert "→ Ask for less at once." in shown


def test_a_sample_cut_off_while_thinking_says_so() -> None:
    sample = Sample(at=0, task="t", id="x", status="truncated", truncated_while_thinking=True)
    assert "cut off at its token limit while still thinking" in told(sample_blocks(sample))


def test_choices_are_told_with_what_was_taken_and_what_is_right() -> None:
    shown = told(sample_blocks(chosen_answer()))
    assert "  ✓ " in shown
    assert "→ ✗ " in shown
    assert "-1.20" in shown


def test_choices_shares_are_among_the_choices() -> None:
    given = (
        ChoiceLogprob(text="a", logprob=-1.0),
        ChoiceLogprob(text="b", logprob=-1.0),
        ChoiceLogprob(text="c"),
    )
    assert probabilities(given) == [pytest.approx(0.5), pytest.approx(0.5), None]


def test_an_output_is_marked_where_phrases_matched() -> None:
    output = failing().output
    content = marked(output, marks(KV_CACHE, output))
    found = {content.plain[span.start : span.end]: span.style for span in content.spans}
    assert content.plain == output
    assert "underline" in str(found["KV"])
    assert "on $error" in str(found["GPU memory"])


def test_marks_stand_right_beside_characters_that_are_not_shown() -> None:
    output = "a\u200bb\r\nKV\x1b[31m cache"
    content = marked(output, marks(KV_CACHE, output))
    assert {content.plain[span.start : span.end] for span in content.spans} == {"KV", "cache"}


def test_a_case_is_told_whole() -> None:
    shown = told(case_blocks(KV_CACHE))
    assert "KV · cache or caching" in shown
    assert "GPU memory" in shown
    assert KV_CACHE.rubric in shown
    assert KV_CACHE.input in shown


def test_a_suite_tells_its_settings_and_prompts() -> None:
    shown = told(suite_blocks(SUITE_FILE))
    assert "temperature 0" in shown
    assert "Be brief." in shown
    assert "TL;DR {input}" in shown


def test_a_bad_suite_file_tells_where_what_and_remedy() -> None:
    problem = StackError("`id` occurs twice", where="cases/x.toml: case[1]", remedy="Rename one.")
    shown = told(suite_blocks(SuiteFile(Path("cases/x.toml"), problem=problem)))
    for part in ("cases/x.toml: case[1]", "`id` occurs twice", "Rename one."):
        assert part in shown


def test_a_running_run_tells_rate_and_time_left() -> None:
    shown = told(run_blocks(running_card(), "r"))
    assert "► running" in shown
    assert "1/2  50 %   1.5/s   0:16 left" in shown


def test_a_finished_run_tells_its_figures_and_counts() -> None:
    shown = told(run_blocks(suite_card((passing(), failing(), erring())), "r"))
    assert "rules .75" in shown
    assert "judge 3.5" in shown
    assert "pass 50 %" in shown
    assert "1 error" in shown


def test_a_run_of_several_tasks_tells_each() -> None:
    shown = told(run_blocks(benchmark_card(), "r"))
    assert "mmlu_anatomy" in shown
    assert "40/100" in shown
    assert "Press r to resume" in shown


def test_faults_and_findings_are_told_with_their_remedies() -> None:
    card = suite_card(
        (passing(),),
        fault=Fault(at=0, where="local", message="404: no such model", remedy="It serves x."),
        faults=3,
        findings=(Finding(at=0, check="blank", task="t", seen="90 % empty", cause="Template?"),),
    )
    shown = told(run_blocks(card, "r"))
    assert "local: 404: no such model  (3 in total)" in shown
    assert "→ It serves x." in shown
    assert "warning t: 90 % empty" in shown
    assert "→ Template?" in shown


def test_a_run_whose_folder_cannot_be_read_says_why() -> None:
    card = RunCard(Path("r/x"), problem=StackError("not valid TOML", where="r/x/run.toml"))
    assert "not valid TOML" in told(run_blocks(card, "r"))


def test_unscored_and_empty_outputs_are_counted_beside_the_figures() -> None:
    card = replace(suite_card(), counts=Counts(planned=9, done=9, empty=2, unscored=1))
    shown = told(run_blocks(card, "r"))
    assert "2 empty" in shown
    assert "1 unscored" in shown


def test_an_endpoint_that_fails_tells_the_error_and_its_remedy() -> None:
    seen = EndpointView(LOCAL, "configured", refused(LOCAL).health)
    for shown in (told(brief_blocks(seen)), told(endpoint_blocks(seen, "p"))):
        assert "401: the key is refused" in shown
        assert "→ Set $JUDGE_KEY." in shown


def test_an_endpoint_that_is_up_tells_models_context_and_latency() -> None:
    shown = told(endpoint_blocks(EndpointView(LOCAL, "configured", up().health), "p"))
    for part in ("● up", "vLLM 0.32.0", "8,192 tokens", "12 ms", LOCAL.url):
        assert part in shown


def test_the_embedded_endpoint_says_that_it_is_there_to_show_the_tool() -> None:
    seen = EndpointView(Endpoint(name="embedded", url=EMBEDDED), "built in")
    for blocks in (brief_blocks(seen), endpoint_blocks(seen, "p")):
        assert "tiny model" in told(blocks)


def test_a_run_at_several_temperatures_sets_them_in_columns() -> None:
    spec = msgspec.structs.replace(suite_spec(), temperatures=(0.0, 0.7))
    blocks = (
        Heading("by temperature"),
        TableBlock(("", "t=0", "t=0.7"), (("pass rate", "100%", "6%"),)),
        Facts((Fact("t=0.7 less t=0", "worse"),)),
    )
    shown = told(run_blocks(replace(suite_card((passing(),)), spec=spec, sections=blocks), "r"))
    assert "at temperatures 0, 0.7" in shown
    assert "            t=0    t=0.7\npass rate   100%   6%\nt=0.7 less t=0  worse" in shown


def test_a_sample_says_at_which_of_several_temperatures() -> None:
    sample = msgspec.structs.replace(passing(), temperature=0.7, repeat=1)
    assert "solar-system t=0.7 #2" in told(sample_blocks(sample))


def test_each_criterion_of_a_judge_is_told_with_its_weight_and_what_could_not_be_read() -> None:
    criteria = (
        CriterionScore(name="facts", weight=3.0, score=4.0, answer="4"),
        CriterionScore(name="style", answer="It is nice", attempts=2),
    )
    verdict = JudgeScore(judge="judge", model="gpt-mini", attempts=3, criteria=criteria)
    text = told(
        sample_blocks(msgspec.structs.replace(failing(), verdicts=(verdict,), judge_score=None))
    )
    assert "4    facts × 3" in text
    assert "?    style × 1  “It is nice”" in text
    assert "3 tries" in text


def test_a_case_tells_its_criteria_and_its_reference() -> None:
    criterion = Criterion(name="facts", ask="Is every fact right?", weight=2.0)
    text = told(
        case_blocks(msgspec.structs.replace(KV_CACHE, criteria=(criterion,), reference="A cache."))
    )
    assert "facts" in text
    assert "Is every fact right?  × 2" in text
    assert "A cache." in text


def test_a_run_tells_the_sections_of_its_report() -> None:
    blocks = (Heading("tokens"), Facts((Fact("judge [b]x", "12 in, 3 out"),)))
    text = told(run_blocks(suite_card((passing(),), sections=blocks), "r"))
    assert "Tokens" in text
    assert "judge [b]x  12 in, 3 out" in text
