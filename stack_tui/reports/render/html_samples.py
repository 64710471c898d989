"""The samples of a run's page: each one opened to its output, its reasons and its judges."""

from collections.abc import Iterator, Sequence
from html import escape

from stack_tui.reports.measures.sample_result import SIGNS, judge_answer, outcome, why
from stack_tui.reports.render.svg import text
from stack_tui.runs.events import Sample
from stack_tui.text import printable

_TEXT_SHOWN = 20_000


def block(value: str) -> str:
    """Return text of many lines as preformatted HTML, cut where it is very long."""
    shown = printable(value[:_TEXT_SHOWN])
    if len(value) > _TEXT_SHOWN:
        shown += f"\n… {len(value) - _TEXT_SHOWN} characters more"
    # The newline after <pre> is dropped by browsers; without it a leading one of the text would be.
    return f"<pre>\n{escape(shown)}</pre>"


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells that are HTML already."""
    head = "".join(f"<th>{title}</th>" for title in titles)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def sample_details(sample: Sample) -> str:
    """Return the sample as a line that opens to all that is known of it."""
    became = outcome(sample)
    scores = [f"rule {sample.rule_score:.2f}"] if sample.rule_score is not None else []
    scores += [f"judge {sample.judge_score:.4g}"] if sample.judge_score is not None else []
    line = (
        f'<summary><span class="{became.replace(" ", "-")}">{SIGNS[became]} {became}</span> '
        f"{text(sample.name, 120)} "
        f'<span class="dim">{text(sample.task, 80)} {" ".join(scores)}</span></summary>'
    )
    return f"<details>{line}{''.join(_parts(sample))}</details>"


def _parts(sample: Sample) -> Iterator[str]:
    if reason := why(sample):
        yield f"<p>{text(reason, 2000)}</p>"
    for flag in sample.flags:
        yield f'<p class="warn">{text(flag)}</p>'
    if sample.prompt:
        yield f"<details><summary>prompt</summary>{block(sample.prompt)}</details>"
    if sample.output:
        yield f"<h3>output</h3>{block(sample.output)}"
    if sample.reasoning:
        yield f"<details><summary>reasoning</summary>{block(sample.reasoning)}</details>"
    if sample.choices:
        yield _choices(sample)
    if sample.target:
        yield f"<h3>target</h3>{block(sample.target)}"
    if sample.verdicts:
        yield _verdicts(sample)


def _choices(sample: Sample) -> str:
    rows = [
        (
            "chosen" if place == sample.chosen else "",
            text(choice.text),
            "–" if choice.logprob is None else f"{choice.logprob:.4f}",
        )
        for place, choice in enumerate(sample.choices)
    ]
    return table(("", "choice", "log-probability"), rows)


def _verdicts(sample: Sample) -> str:
    rows = [
        (
            text(verdict.judge, 80),
            text(verdict.model, 80),
            "–" if verdict.score is None else f"{verdict.score:.4g}",
            text(judge_answer(verdict), 2000),
        )
        for verdict in sample.verdicts
    ]
    return table(("judge", "model", "score", "answer"), rows)
