import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from stack_tui.reports.measures.comparison import compare
from stack_tui.reports.measures.gates import GateResult
from stack_tui.runs.events import JudgeScore, Sample
from tests.reports.forms import html_report
from tests.reports.views import HOSTILE, OTHER_SPEC, hostile_view, outcomes, view

ELEMENTS = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "span"}
ELEMENTS |= {"strong", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "pre"}
ELEMENTS |= {"footer", "svg", "rect", "line", "text"}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "role", "fill-opacity"}
ATTRIBUTES |= {"viewbox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "text-anchor"}


class Page(HTMLParser):
    """The page's elements, attributes and text, and whether each element is closed."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _full_report(text: str) -> str:
    return html_report(
        hostile_view(text),
        comparison=compare(hostile_view(text), hostile_view(text, OTHER_SPEC)),
        gates=[GateResult(gate=text, state="failed", saying=text)],
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute(hostile: str) -> None:
    source = _full_report(hostile)
    page = Page(source)
    assert page.elements <= ELEMENTS
    assert page.attributes <= ATTRIBUTES
    assert page.open == []
    assert not any(sign in source for sign in "\x1b\x07\x00\u202e\ud800\u2028")
    source.encode()


def test_hostile_text_is_there_to_be_read() -> None:
    texts = "".join(Page(_full_report("<script>alert(1)</script>")).texts)
    assert "<script>alert(1)</script>" in texts


def test_the_policy_lets_nothing_load_but_the_pages_own_style() -> None:
    source = html_report(view(outcomes([True, False])))
    style = source.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', source)
    assert policy is not None
    assert policy[1] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style
    assert "@import" not in style


def test_the_page_names_no_address_to_go_to() -> None:
    source = _full_report("https://evil.test/x.png")
    assert not re.search(r"\b(href|src|srcset|action|style|on\w+)\s*=", source)


def test_the_page_shows_plots_for_what_there_is() -> None:
    panel = [
        Sample(
            at=1.0,
            task="custom",
            id=f"c{place}",
            passed=True,
            rule_score=1.0,
            judge_score=4.0,
            verdicts=(
                JudgeScore(judge="one", model="m", score=4.0),
                JudgeScore(judge="two", model="m", score=4.0 + place % 2),
            ),
        )
        for place in range(6)
    ]
    page = Page(html_report(view(panel)))
    assert {"Pass rate by task", "Rule scores", "Judge scores"} <= set(page.texts)
    assert "one (rows) and two (columns): the same score in 3 of 6, within 1 in 6" in page.texts


def test_a_run_without_scores_has_no_empty_plots() -> None:
    source = html_report(view([]))
    assert "<svg" not in source
    assert "The run has not ended" in source


def test_a_comparison_shows_its_verdict_and_its_flips() -> None:
    a, b = view(outcomes([True] * 20)), view(outcomes([False] * 20), OTHER_SPEC)
    texts = Page(html_report(b, comparison=compare(a, b))).texts
    assert "verdict: b is worse than a (by pass rate)" in texts
    assert "pass → fail: 20 of 20 (100%)" in texts


def test_a_very_long_output_is_cut_and_says_so() -> None:
    sample = Sample(at=1.0, task="t", id="c", passed=False, output="x" * 1_000_000)
    source = html_report(view([sample]))
    assert "980000 more characters" in source
    assert len(source) < 40_000


def test_a_great_run_lists_its_failures_and_says_what_it_left_out() -> None:
    source = html_report(view(outcomes([True] * 1200 + [False])))
    assert "… and 201 more" in source
    assert "c1200" in source


def test_plots_count_weighted_scores_as_the_figures_beside_them_do() -> None:
    panel = [
        Sample(
            at=1.0,
            task="custom",
            id=f"c{place}",
            judge_score=3.75,
            verdicts=(
                JudgeScore(judge="one", model="m", score=one),
                JudgeScore(judge="two", model="m", score=two),
            ),
        )
        for place, (one, two) in enumerate([(2.5, 3.0), (3.5, 4.25), (1.0, 2.25)])
    ]
    texts = Page(html_report(view(panel))).texts
    assert "one (rows) and two (columns): the same score in 2 of 3, within 1 in 2" in texts
    (words,) = [text for text in texts if text.startswith("same point in")]
    assert words.startswith("same point in 2 of 3")
    assert "within 1 in 2" in words
