"""Every form of a report tells the same counts and figures, whatever became of the samples."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from stack_tui.errors import Failure
from stack_tui.reports.render.csv_table import csv_table
from stack_tui.reports.render.json_report import report_document
from stack_tui.reports.render.junit import junit_report
from stack_tui.reports.render.text_report import text_report
from stack_tui.runs.events import JudgeScore, Sample
from tests.reports.forms import html_report, markdown_report
from tests.reports.views import SPEC, TIMEOUT, view

TEMPERATURES = (0.0, 0.7)
TWICE = msgspec.structs.replace(SPEC, repeats=2, temperatures=TEMPERATURES)
OUTCOMES = ("passed", "failed", "error", "unscored", "no verdict")


def made(place: int, repeat: int, temperature: float, what: str) -> Sample:
    """A sample of which that became."""
    sample = Sample(
        at=1.0,
        task="custom",
        id=f"c{place}",
        place=place,
        repeat=repeat,
        temperature=temperature,
        cluster="page" if place < 2 else "",
    )
    change: dict[str, Any]
    if what == "error":
        change = {"status": "error", "failure": TIMEOUT}
    elif what == "thinking":
        change = {"status": "truncated", "truncated_while_thinking": True}
    else:
        score = {"passed": 5.0, "failed": 2.0}.get(what.removeprefix("truncated "))
        failure = None if score else Failure(kind="timeout", message="late")
        truncated = what.startswith("truncated")
        change = {
            "status": "truncated" if truncated else "ok" if score else "unscored",
            "output": "fine",
            "rule_score": 1.0,
            "judge_score": score,
            "verdicts": (JudgeScore(judge="judge", model="big", score=score, failure=failure),),
            "passed": None if score is None else score >= 4,
        }
    return msgspec.structs.replace(sample, **change)


BECAME = st.sampled_from(
    ["passed", "failed", "error", "thinking", "unscored", "truncated passed", "truncated unscored"]
)


@given(st.lists(st.lists(BECAME, min_size=4, max_size=4), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_every_form_counts_alike(cases: list[list[str]]) -> None:
    samples = [
        made(place, repeat, temperature, became[2 * repeat + number])
        for place, became in enumerate(cases)
        for repeat in range(2)
        for number, temperature in enumerate(TEMPERATURES)
    ]
    run = view(samples, TWICE)
    summary = report_document(run)["summary"]
    rows = Counter(row["outcome"] for row in csv.DictReader(io.StringIO(csv_table(run))))
    assert rows["passed"] == summary["passed"]
    assert rows["failed"] == summary["failed"]
    assert rows["error"] == sum(summary["errors"].values())
    assert rows["unscored"] == summary["unscored"]
    assert rows["no verdict"] == 0
    assert sum(rows.values()) == summary["n_samples"]

    suite = ET.fromstring(junit_report(run))[0]
    assert suite.get("tests") == str(len(samples))
    assert suite.get("failures") == str(rows["failed"])
    assert suite.get("errors") == str(rows["error"])
    assert suite.get("skipped") == str(rows["unscored"] + rows["no verdict"])

    page = re.sub(r"<[^>]*>", " ", html_report(run))
    markdown = markdown_report(run)
    if summary["pass_rate"] is not None:
        share = f"{100 * summary['pass_rate']:.1f}%"
        counted = f"{summary['passed']} of {summary['passed'] + summary['failed']}"
        assert f"| pass rate | {share} |" in markdown
        assert f"| {counted} |" in markdown
        assert re.search(rf"pass rate\s+{re.escape(share)}\s.*?{counted}", page, re.DOTALL)
        assert f"), {counted}\n" in text_report(run, None)
    not_passed = [f"{rows[name]} {name}" for name in OUTCOMES[1:] if rows[name]]
    assert sum(int(each.split()[0]) for each in not_passed) == len(samples) - rows["passed"]
    assert all(each in markdown for each in not_passed)
