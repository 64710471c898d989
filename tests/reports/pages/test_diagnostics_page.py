"""What checks of suites and endpoints print."""

from stack_tui.endpoints.capabilities import Capabilities
from stack_tui.endpoints.examine import ProbeResult
from stack_tui.endpoints.latency import Latency, MeasuredRange
from stack_tui.errors import Failure
from stack_tui.reports.pages.diagnostics_page import diagnostics_page, leakage_page
from stack_tui.reports.pages.endpoint_report import latency_page, probe_page
from stack_tui.reports.render.plain_text import render_text
from stack_tui.suites.diagnostics.leakage import Leakage, NotRead, Overlap
from stack_tui.suites.diagnostics.lint import Diagnostic


def test_each_diagnostic_names_its_case_and_field() -> None:
    found = [
        Diagnostic(case="kv", field="rubric", level="warning", message="is empty"),
        Diagnostic(case="", field="prompt", level="error", message="has no {input}"),
    ]
    assert render_text(diagnostics_page("custom", found)) == (
        "── custom: 2 diagnostics ──\n  ! kv.rubric: is empty\n  ✗ suite.prompt: has no {input}"
    )
    assert "✓ no problems found" in render_text(diagnostics_page("custom", []))


def test_leakage_lists_places_and_what_was_not_searched() -> None:
    place = Overlap(
        case="kv", file="a.txt", line=3, kind="copied", share=1.0, words=14, text="keys and values"
    )
    unread = NotRead(file="b.jsonl", line=9, why="not JSON")
    found = Leakage(overlaps=(place,), passages=5, too_short=("x",), further=2, unread=(unread,))
    assert render_text(leakage_page(found, 4)) == (
        "── leakage ──\n"
        "  ✗ kv (copied, 100%) in a.txt:3: keys and values\n"
        "  ! and 2 more places\n"
        "  ! b.jsonl:9 was not read: not JSON\n"
        "  · too short to search for: x\n"
        "1 of 4 cases found in the data; 5 passages read"
    )


def test_an_endpoint_says_what_it_can_do_and_how_benchmarks_are_scored() -> None:
    able = Capabilities(chat=True, completions=True, token_prompts=True, top_logprobs=20)
    text = render_text(probe_page(ProbeResult(name="local", url="http://x/v1", abilities=able)))
    assert "top logprobs (20)" in text
    assert "short choices:   ● letters" in text
    assert "choices:         ✗ such tasks cannot run here" in text


def test_an_endpoint_that_cannot_be_used_says_why_and_what_to_do() -> None:
    failure = Failure(kind="auth", message="401: refused", remedy="Set $KEY.")
    text = render_text(probe_page(ProbeResult(name="local", url="u", failure=failure)))
    assert text == "── local u ──\n  ✗ 401: refused\n    remedy: Set $KEY."


def test_latencies_stand_side_by_side_with_what_failed() -> None:
    measured = MeasuredRange(0.115, 0.095, 0.236)
    failure = Failure(kind="timeout", message="too slow")
    found = [
        Latency(name="fast", url="u", model="m", done=5, first_token_s=measured),
        Latency(name="slow", url="u", done=1, failure=failure),
    ]
    text = render_text(latency_page(found))
    assert "fast       m       115 ms (95–236)" in text
    assert "✗ slow: after 1 request: too slow" in text
