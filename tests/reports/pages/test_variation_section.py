"""Temperatures side by side, and repeats, in every form of a report."""

import csv
import io
import xml.etree.ElementTree as ET

import msgspec
import pytest

from stack_tui.reports.measures.summary import summarize
from stack_tui.reports.measures.temperatures import settings_of
from stack_tui.reports.render.csv_table import csv_table
from stack_tui.reports.render.json_report import report_document
from stack_tui.reports.render.junit import junit_report
from stack_tui.reports.render.text_report import text_report
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView
from tests.reports.forms import html_report, markdown_report
from tests.reports.views import SPEC, view


def run(temperatures: tuple[float, ...], repeats: int = 2) -> RunView:
    """Eight cases that all pass at the first temperature; at others all fail, c0 now and then."""
    several = len(temperatures) > 1
    samples = [
        Sample(
            at=1.0,
            task="custom",
            id=f"c{place}",
            place=place,
            repeat=repeat,
            temperature=temperature if several else None,
            passed=(passed := number == 0 or (place == 0 and repeat == 0)),
            rule_score=1.0 if passed else 0.5,
            output="fine",
        )
        for repeat in range(repeats)
        for number, temperature in enumerate(temperatures)
        for place in range(8)
    ]
    return view(samples, msgspec.structs.replace(SPEC, repeats=repeats, temperatures=temperatures))


def test_each_temperature_has_its_own_summary_and_is_held_against_the_first() -> None:
    shown = run((0.0, 0.7))
    first, second = settings_of(shown)
    assert (first.summary.pass_rate, second.summary.pass_rate) == (1.0, 1 / 16)
    assert first.against_first is None
    assert second.against_first is not None
    assert (second.against_first.pairs, second.against_first.cases) == (16, 8)
    assert second.against_first.verdict == "worse"
    whole = summarize(shown.samples)
    assert first.summary.n_samples + second.summary.n_samples == whole.n_samples == 32


def test_several_temperatures_are_tested_as_several() -> None:
    _, second, third = settings_of(run((0.0, 0.7, 1.0)))
    assert second.against_first is not None
    assert third.against_first is not None
    assert second.against_first.p_adjusted == pytest.approx(2 * second.against_first.p)


def test_the_text_sets_temperatures_in_columns_and_lists_the_cases_that_vary() -> None:
    text = text_report(run((0.0, 0.7)), None)
    _, _, table = text.partition("── by temperature, with 95% intervals ──\n")
    head, rate, *_ = table.splitlines()
    assert head.split() == ["t=0", "t=0.7"]
    assert rate.split()[:3] == ["pass", "rate", "100%"]
    assert head.index("t=0.7") == rate.index("6%")
    assert "  t=0.7 less t=0:  pass rate -93.8 points" in text
    assert "  c0 t=0.7:        flaky, 1 of 2 pass, rule 0.50 to 1.00" in text
    assert "✓ c1 t=0 #2" in text


def test_repeats_at_one_temperature_have_a_section_of_their_own() -> None:
    text = text_report(run((0.7,), repeats=3), None)
    assert "── repeats, with 95% intervals ──\n  mean of cases:   100% [73–100]\n" in text
    assert "pass@3" in text
    assert "all of 3" in text
    assert "t=0.7" not in text


def test_a_case_asked_once_at_one_temperature_makes_no_section() -> None:
    text = text_report(run((0.7,), repeats=1), None)
    assert "repeats" not in text
    assert "temperature" not in text


def test_json_has_a_summary_for_each_of_several_temperatures_and_the_guides_keys_for_one() -> None:
    several, one = report_document(run((0.0, 0.7))), report_document(run((0.0,), repeats=1))
    assert [each["temperature"] for each in several["settings"]] == [0.0, 0.7]
    assert several["settings"][1]["summary"]["pass_rate"] == 1 / 16
    assert several["settings"][1]["repeats"]["cases"][0]["flaky"]
    assert {"settings", "repeats"}.isdisjoint(one)
    assert report_document(run((0.0,)))["repeats"]["flaky"] == 0


def test_other_forms_say_at_which_temperature() -> None:
    shown = run((0.0, 0.7))
    markdown, html = markdown_report(shown), html_report(shown)
    assert "#### By temperature" in markdown
    assert "|  | t=0 | t=0.7 |" in markdown
    assert "<th>t=0</th><th>t=0.7</th>" in html
    rows = list(csv.DictReader(io.StringIO(csv_table(shown))))
    assert [row["temperature"] for row in rows[:3]] == ["0.0", "0.0", "0.7"]
    names = [case.get("name") for case in ET.fromstring(junit_report(shown)).iter("testcase")]
    assert len(set(names)) == len(names) == 32
    assert "c0 t=0.7 #2" in names


def test_of_how_many_cases_pass_at_k_is_told_where_it_is_not_all() -> None:
    shown = run((0.0,), repeats=3)
    lost = [sample for sample in shown.samples if not (sample.id < "c3" and sample.repeat == 2)]
    text = text_report(view(lost, shown.spec), None)
    assert "pass@2:          100% [73–100]\n" in text
    assert "pass@3:          100% [60–100], 5 cases\n" in text
