import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.render.csv_table import COLUMNS, csv_table, literal
from stack_tui.runs.events import JudgeScore, Sample
from stack_tui.runs.holdout import HoldoutAccess
from stack_tui.runs.rule_issue import issue_of_text
from tests.reports.views import HOSTILE, hostile_view, view


def _rows(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table), strict=True))


def test_each_sample_is_a_row_under_the_named_columns() -> None:
    sample = Sample(
        at=1.0,
        task="custom",
        id="kv-cache",
        passed=False,
        rule_score=0.5,
        rule_issues=(issue_of_text("missing required: ['KV']"),),
        judge_score=2.0,
        verdicts=(JudgeScore(judge="a", model="m", score=2.0), JudgeScore(judge="b", model="m")),
        output="Two\nlines, and a comma",
        holdout=True,
        latency_s=0.25,
    )
    access = HoldoutAccess(at=2.0, who="ada", what="run")
    [row] = _rows(csv_table(view([sample]).including_holdout(access)))
    assert tuple(row) == tuple(COLUMNS)
    assert row["id"] == "kv-cache"
    assert row["outcome"] == "failed"
    assert row["holdout"] == "yes"
    assert row["rule_score"] == "0.5"
    assert row["judges"] == "a=2; b=–"
    assert row["output"] == "Two\nlines, and a comma"
    assert row["prompt_tokens"] == ""
    assert row["why"] == "missing required: ['KV']; judge score 2"


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        "  =1",
        "\u200b=1",
        "＝1",
        "\n=1",
        "\u3000=1",
        "\xa0+1",
    ],
)
def test_no_text_can_start_a_formula(formula: str) -> None:
    assert literal(formula).startswith("'")


def test_plain_text_and_numbers_stay_as_they_are() -> None:
    assert literal("a = b - 1") == "a = b - 1"
    [row] = _rows(csv_table(view([Sample(at=1.0, task="t", id="c", rule_score=-0.5)])))
    assert row["rule_score"] == "-0.5"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_neither_adds_a_cell_nor_starts_a_formula(hostile: str) -> None:
    table = csv_table(hostile_view(hostile))
    rows = _rows(table)
    assert len(rows) == 5
    table.encode()
    for row in rows:
        assert None not in row
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
        assert not any(sign in cell for cell in row.values() for sign in "\x00\x1b\x07\u202e")


@given(st.text())
def test_any_output_is_read_back_from_its_cell(output: str) -> None:
    [row] = _rows(csv_table(view([Sample(at=1.0, task="t", id="c", output=output)])))
    assert row["output"] == literal(output)
