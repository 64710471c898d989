"""`stack-tui label`: label a run's samples with your own verdicts, and list the labels."""

import math
import time
from collections.abc import Mapping, Sequence

import click

from stack_tui.cli import options
from stack_tui.cli.json_output import print_json
from stack_tui.errors import StackError
from stack_tui.names import did_you_mean
from stack_tui.reports.measures.summary import in_order
from stack_tui.runs import labels
from stack_tui.runs.events import Sample, SampleKey
from stack_tui.runs.labels import LABEL_KINDS, Label, LabelKind
from stack_tui.runs.store import Run
from stack_tui.text import one_line

_KINDS: Mapping[str, LabelKind] = {kind.replace(" ", "-"): kind for kind in LABEL_KINDS}
_NONE = "none"


@click.command("label")
@click.argument("run")
@click.argument("sample", required=False)
@click.option(
    "--verdict", type=click.Choice((*_KINDS, _NONE)), help="Your verdict; none removes the label."
)
@click.option(
    "--score", type=click.FloatRange(1, 5), help="The score that the judges should have given."
)
@click.option("--note", default="", help="The reason.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@options.places
def label_command(
    run: str,
    sample: str | None,
    verdict: str | None,
    score: float | None,
    note: str,
    as_json: bool,
    places: options.Places,
) -> None:
    """Label a SAMPLE of RUN with your own verdict, or list the labels of RUN.

    SAMPLE is a case's id as reports show it, such as kv-cache or "kv-cache #2", or TASK/ID for a
    benchmark. Reports compare the judges with the labels and correct the pass rate by them.
    """
    folder = places.run_folder(run)
    if verdict is None and (score is not None or note):
        raise click.UsageError(f"give --verdict too: {', '.join(_KINDS)}")
    if score is not None and math.isnan(score):
        raise click.BadParameter("must be from 1 to 5", param_hint="--score")
    if verdict is not None and sample is None:
        raise click.UsageError("name the SAMPLE for --verdict")
    found = Run(folder)
    found.refresh()
    samples = in_order(found.view.samples)
    meant = [_find(samples, sample, folder.name)] if sample is not None else samples
    if verdict is None:
        _print(meant, found.view.labels, as_json=as_json)
        return
    if verdict == _NONE and (score is not None or note):
        raise click.UsageError("--verdict none removes a label and takes no --score or --note")
    given = _label(meant[0], _KINDS.get(verdict), score, note)
    labels.add(folder, given)
    if as_json:
        print_json(given, compact=True)
    else:
        click.echo(one_line(f"{meant[0].task}/{meant[0].name}: {verdict.replace('-', ' ')}"))


def _label(sample: Sample, kind: LabelKind | None, score: float | None, note: str) -> Label:
    return Label(
        at=time.time(),
        who=labels.whoever(),
        task=sample.task,
        id=sample.id,
        repeat=sample.repeat,
        temperature=sample.temperature,
        kind=kind,
        note=note.strip(),
        judge_score=score,
    )


def _find(samples: Sequence[Sample], wanted: str, run: str) -> Sample:
    """Return the sample with that name, or the only one with that id; raises StackError."""
    for known in (
        [(sample.name, f"{sample.task}/{sample.name}") for sample in samples],
        [(sample.id, f"{sample.task}/{sample.id}") for sample in samples],
    ):
        found = [sample for sample, names in zip(samples, known, strict=True) if wanted in names]
        if len(found) == 1:
            return found[0]
        if found:
            examples = ", ".join(one_line(f"{each.task}/{each.name}", 80) for each in found[:5])
            what = f"{one_line(wanted, 80)!r} could mean {len(found)} samples: {examples}"
            raise StackError(what, where=run, remedy="Use one of these names.")
    meant = one_line(did_you_mean(wanted, {sample.name for sample in samples}, 3))
    remedy = meant or f"List them: stack-tui report {run}"
    raise StackError(f"has no sample {one_line(wanted, 80)!r}", where=run, remedy=remedy)


def _print(samples: Sequence[Sample], given: Mapping[SampleKey, Label], *, as_json: bool) -> None:
    labelled = [(sample, given[sample.key]) for sample in samples if sample.key in given]
    if as_json:
        print_json([label for _, label in labelled], compact=True)
        return
    for sample, label in labelled:
        score = f"  judges {label.judge_score:g}" if label.judge_score is not None else ""
        note = f"  {label.note}" if label.note else ""
        name = f"{sample.task}/{sample.name}"
        click.echo(one_line(f"{name:<40} {label.kind}{score}{note}  ({label.who})", 400))
    kinds = labels.counts(label for _, label in labelled)
    counted = ", ".join(f"{kind} {count}" for kind, count in kinds.items())
    total = f"{len(labelled)} of {len(samples)} samples have a label"
    click.echo(f"{total}: {counted}" if counted else total, err=True)
