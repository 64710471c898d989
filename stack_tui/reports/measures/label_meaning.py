"""What a person's label says of a sample: whether it passes, and whether judges should pass it."""

from stack_tui.runs.events import JUDGE_PASS, RULE_PASS, Sample
from stack_tui.runs.labels import Label


def judges_should_pass(label: Label, sample: Sample) -> bool | None:
    """Return what the judges should have said; None where the label does not tell.

    A wrong judge without a score should have said the opposite. A real failure is the judges' to
    see only where the rules passed the output.
    """
    if label.kind == "bad case":
        return None
    if label.judge_score is not None:
        return label.judge_score >= JUDGE_PASS
    if label.kind == "real pass":
        return True
    if label.kind == "real failure" and _passes_rules(sample):
        return False
    if label.kind == "wrong judge" and sample.judge_score is not None:
        return sample.judge_score < JUDGE_PASS
    return None


def should_pass(label: Label, sample: Sample) -> bool | None:
    """Return whether the output passes as a person sees it; None where the label does not tell."""
    if label.kind == "real pass":
        return True
    if label.kind == "real failure":
        return False
    judged = judges_should_pass(label, sample)
    return None if judged is None else judged and _passes_rules(sample)


def _passes_rules(sample: Sample) -> bool:
    return sample.rule_score is None or sample.rule_score >= RULE_PASS
