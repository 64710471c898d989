"""The matches of a duel's page: each one opened to both outputs and what judges said of them."""

from stack_tui.reports.render.duel_text import said, won
from stack_tui.reports.render.html_samples import block, table
from stack_tui.reports.render.svg import text
from stack_tui.runs.duel_verdicts import named
from stack_tui.runs.events import JudgeScore, Sample

_ANSWER_SHOWN = 2000


def match_details(sample: Sample) -> str:
    """Return the match as a line that opens to all that is known of it."""
    judged = text(", ".join(said(sample)), 200)
    line = (
        f"<summary>{text(won(sample))} {text(sample.name, 120)} "
        f'<span class="dim">{text(sample.task)} {judged}</span></summary>'
    )
    parts = [f'<p class="warn">{text(flag)}</p>' for flag in sample.flags]
    parts.append(f"<details><summary>input</summary>{block(sample.prompt)}</details>")
    for run, output in sample.outputs.items():
        parts.append(f"<h3>output of {text(run)}</h3>{block(output)}")
    if sample.verdicts:
        rows = [_row(verdict, sample) for verdict in sample.verdicts]
        parts.append(table(("judge", "model", "stood first", "named", "answer"), rows))
    return f"<details>{line}{''.join(parts)}</details>"


def _row(verdict: JudgeScore, sample: Sample) -> tuple[str, ...]:
    answer = verdict.failure.message if verdict.failure else verdict.answer
    return (
        text(verdict.judge, 80),
        text(verdict.model, 80),
        text(verdict.first),
        text(named(verdict, sample)),
        text(answer, _ANSWER_SHOWN),
    )
