"""A duel in every form of its report, and hostile text in each."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import msgspec
import pytest

from stack_tui.reports.render.csv_table import csv_table
from stack_tui.reports.render.json_report import report_document
from stack_tui.reports.render.junit import junit_report
from stack_tui.reports.render.text_report import text_report
from tests.reports.duel_views import duel, match
from tests.reports.forms import html_report, markdown_report
from tests.reports.views import HOSTILE

CLEAR = duel([match("b" if n < 18 else "a", n) for n in range(20)], apart={"no output": ("c20",)})


def test_the_text_says_who_is_better_by_how_much_and_what_was_set_apart() -> None:
    told = text_report(CLEAR, None)
    for part in ("b is better than a", "90.0% (", "18 by b, 2 by a, 0 ties", "1 no output"):
        assert part in told
    assert told.count("judge decided for") == 20


def test_the_document_has_every_match_with_both_outputs_and_what_is_set_apart() -> None:
    document = json.loads(msgspec.json.encode(report_document(CLEAR)))
    assert document["summary"]["pairs"][0]["verdict"] == "better"
    assert len(document["results"]) == 20
    assert document["results"][0]["outputs"] == {"a": "one output", "b": "another output"}
    assert document["apart"] == [{"pair": "a vs b", "why": "no output", "sample": "c20"}]


def test_the_page_shows_the_win_rate_and_each_matchs_outputs() -> None:
    page = html_report(CLEAR)
    assert page.count("another output") == 20
    assert "b over a" in page
    assert "b is better than a" in page


def test_markdown_has_the_verdict_and_the_matches() -> None:
    told = markdown_report(CLEAR)
    assert "b is better than a" in told
    assert "| · b won | `a vs b/c0` | `judge decided for b` |" in told
    assert "Not passed" not in told


def test_csv_has_a_row_a_match() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_table(CLEAR))))
    assert len(rows) == 20
    assert rows[0]["winner"] == "b"
    assert rows[0]["output of the second"] == "another output"


@pytest.mark.parametrize(("winner", "tag"), [("a", "failure"), ("b", None), ("tie", "skipped")])
def test_junit_fails_where_b_is_worse(winner: str, tag: str | None) -> None:
    root = ET.fromstring(junit_report(duel([match(winner, n) for n in range(10)])))
    case = root.find(".//testcase[@classname='verdicts']")
    assert case is not None
    assert [child.tag for child in case] == ([tag] if tag else [])


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_outputs_and_answers_are_harmless_in_every_form(hostile: str) -> None:
    sample = match("b")
    verdicts = tuple(
        msgspec.structs.replace(verdict, judge=hostile, model=hostile, answer=hostile)
        for verdict in sample.verdicts
    )
    view = duel(
        [
            msgspec.structs.replace(
                sample,
                id=f"{hostile}x",
                prompt=hostile,
                flags=(hostile,),
                outputs={"a": hostile, "b": hostile},
                verdicts=verdicts,
            )
        ],
        apart={hostile: (hostile,)},
    )
    ET.fromstring(junit_report(view))
    page = html_report(view)
    assert "<script" not in page
    assert "<img" not in page
    for told in (text_report(view, None), markdown_report(view), page, csv_table(view)):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", told)
    for line in markdown_report(view).splitlines():
        assert line.count("`") % 2 == 0
