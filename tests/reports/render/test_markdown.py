import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from stack_tui.reports.measures.comparison import compare
from stack_tui.reports.measures.gates import GateResult
from stack_tui.reports.render.markdown import code
from stack_tui.runs.events import Sample
from tests.reports.forms import markdown_report
from tests.reports.views import HOSTILE, OTHER_SPEC, TIMEOUT, hostile_view, outcomes, view


def _tokens(text: str) -> list[Token]:
    found = []
    for token in MarkdownIt("gfm-like").parse(text):
        found += [token, *(token.children or [])]
    return found


def _cells(text: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for token in MarkdownIt("gfm-like").parse(text):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows and token.level >= 4:
            rows[-1].append("".join(child.content for child in token.children or []))
    return rows


def test_the_comment_begins_with_the_figures_and_their_intervals() -> None:
    rows = _cells(markdown_report(view(outcomes([True, True, True, False]))))
    assert rows[:4] == [
        ["", "value", "95 % interval", ""],
        ["pass rate", "75.0%", "30.1% to 95.4%", "3 of 4"],
        ["samples", "4", "–", "–"],
        ["smallest detectable difference", "–", "–", "with 4 cases"],
    ]


def test_what_did_not_pass_is_listed_errors_first() -> None:
    timeout = Sample(at=1.0, task="custom", id="late", status="error", failure=TIMEOUT)
    report = markdown_report(view([*outcomes([True, False]), timeout]))
    assert "#### Samples: 1 error, 1 failed, 1 passed" in report
    assert _cells(report)[-2:] == [
        ["! error", "late", "no answer within 300 s"],
        ["✗ failed", "c1", "–"],
    ]


def test_a_long_list_is_cut_and_says_so() -> None:
    assert "… and 20 more" in markdown_report(view(outcomes([False] * 50)))


def test_gates_and_comparison_are_part_of_the_comment() -> None:
    a, b = view(outcomes([True] * 20)), view(outcomes([False] * 20), OTHER_SPEC)
    gate = GateResult(gate="pass_rate >= 0.9", state="failed", saying="pass_rate is 0, below 0.9")
    report = markdown_report(b, comparison=compare(a, b), gates=[gate])
    assert ["✗ failed", "pass_rate >= 0.9", "pass_rate is 0, below 0.9"] in _cells(report)
    assert "**verdict: b is worse than a (by pass rate)**" in report
    assert ["c0", "pass → fail", "–", "–"] in _cells(report)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_in_its_code_span(hostile: str) -> None:
    run = hostile_view(hostile)
    report = markdown_report(
        run,
        comparison=compare(hostile_view(hostile), hostile_view(f"{hostile}x", OTHER_SPEC)),
        gates=[GateResult(gate=hostile, state="failed", saying=hostile)],
    )
    allowed = {"inline", "text", "code_inline", "softbreak", "fence"}
    opened = {"heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td", "strong"}
    opened |= {"bullet_list", "list_item"}
    allowed |= {f"{name}_{end}" for name in opened for end in ("open", "close")}
    for token in _tokens(report):
        assert token.type in allowed
        if token.type == "text":
            assert not any(sign in token.content for sign in ("@", "<", "://", "evil", "\x1b"))


@given(st.text())
def test_any_text_is_one_code_span_in_one_cell(text: str) -> None:
    [_, row] = _cells(f"| a | b |\n| --- | --- |\n| {code(text)} | end |")
    assert row[1] == "end"
    tokens = _tokens(code(text))
    assert [token.type for token in tokens if token.type not in ("inline", "text")][:1] == [
        "paragraph_open"
    ]
    spans = [token for token in tokens if token.type == "code_inline"]
    assert len(spans) == (code(text) != "–")
