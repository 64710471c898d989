"""What a case's rules say of an output."""

from stack_tui.tui.cases.preview import Trial
from stack_tui.tui.results.highlight import marked
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, heading, line


def trial_blocks(tried: Trial) -> list[Block]:
    """Return score and issues first, then the output with what matched in it marked."""
    sample = tried.sample
    issues: list[Block] = [line(("✗ ", "bad"), issue.words) for issue in sample.rule_issues]
    blocks: list[Block] = [
        heading("Rules", format.share(sample.rule_score)),
        *(issues or [line(("✓ ", "good"), "every rule is met")]),
    ]
    for verdict in sample.verdicts:
        score = format.grade(verdict.score) if verdict.score is not None else "?"
        blocks.append(line((f"judge {verdict.judge}  ", "dim"), score))
    if sample.failure:
        blocks.append(line((f"! {sample.failure.message}", "bad")))
    return [*blocks, line(""), heading("Output"), marked(sample.output, tried.marks)]
