"""A run's report as a page: a suite's, a benchmark's or a duel's."""

from collections.abc import Iterator, Sequence

from stack_tui.names import plural
from stack_tui.reports.measures.comparison import Comparison
from stack_tui.reports.measures.gates import GateResult
from stack_tui.reports.measures.left_out import LeftOut, left_out
from stack_tui.reports.measures.setting_differences import model_name
from stack_tui.reports.pages.benchmark_page import record_section, tasks_section
from stack_tui.reports.pages.charts import duel_charts, score_charts, task_charts
from stack_tui.reports.pages.comparison_page import comparison_blocks
from stack_tui.reports.pages.confidence_section import confidence_section
from stack_tui.reports.pages.duel_page import duel_sections
from stack_tui.reports.pages.errors_section import errors_section
from stack_tui.reports.pages.headline import headline
from stack_tui.reports.pages.judges_section import judges_section, labels_section
from stack_tui.reports.pages.model import (
    Blocks,
    Callout,
    Heading,
    Page,
    TableBlock,
    facts,
    section,
)
from stack_tui.reports.pages.sample_entries import duel_matches, run_samples
from stack_tui.reports.pages.signs import GATES, LEVELS, WARNING, signed
from stack_tui.reports.pages.suite_sections import (
    attacks_section,
    holdout_section,
    tokens_section,
)
from stack_tui.reports.pages.variation_section import noise_section, variation_sections
from stack_tui.runs.spec import BenchmarkSubject, DuelSubject, SuiteSubject
from stack_tui.runs.view import RunView


def report_page(
    view: RunView, comparison: Comparison | None = None, gates: Sequence[GateResult] = ()
) -> Page:
    """Return the report on the run so far, with what its gates and a comparison say."""
    duel = isinstance(view.spec.subject, DuelSubject)
    blocks: Blocks = tuple(_warnings(view))
    if not duel:
        blocks += section("figures", headline(view), note="with 95 % intervals")
    blocks += gates_section(gates) + tasks_section(view)
    blocks += tuple(duel_charts(view) if duel else task_charts(view))
    blocks += (*score_charts(view.open_samples), *_run(view), *run_sections(view))
    if comparison:
        blocks += (Heading("compared with", comparison.a.id), *comparison_blocks(comparison))
    samples = (duel_matches(view),) if duel else run_samples(view)
    title = f"{view.spec.subject.name} on {model_name(view)}"
    return Page(title, (*blocks, *samples))


def run_sections(view: RunView) -> Blocks:
    """Return the report's sections, without its head; held-out samples are in their own alone."""
    duel = isinstance(view.spec.subject, DuelSubject)
    blocks = duel_sections(view) if duel else ()
    blocks += record_section(view) + confidence_section(view) + errors_section(view)
    blocks += noise_section(view) + variation_sections(view)
    blocks += () if duel else holdout_section(view)
    blocks += judges_section(view) + labels_section(view) + attacks_section(view)
    return blocks + tokens_section(view)


def gates_section(gates: Sequence[GateResult]) -> Blocks:
    """Return what became of each gate, and why."""
    rows = tuple((signed(GATES[gate.state], gate.state), gate.gate, gate.saying) for gate in gates)
    return section("gates", TableBlock(("", "gate", "why"), rows))


def _warnings(view: RunView) -> Iterator[Callout]:
    if view.finished is None:
        yield Callout(WARNING, "The run has not ended. These are its figures so far.")
    elif view.finished.message:
        yield Callout(WARNING, view.finished.message)
    for each in view.findings.values():
        yield Callout(LEVELS[each.level], each.task, f"{each.seen}. {each.cause}")


def _run(view: RunView) -> Blocks:
    """Return what was evaluated, where, and by what."""
    spec, subject = view.spec, view.spec.subject
    methods = dict.fromkeys(task.route for task in view.plan.values())
    rows = [
        ("run", spec.id),
        ("started", spec.created),
        ("endpoint", f"{spec.endpoint.name} · {spec.endpoint.url}"),
        ("scoring", ", ".join(methods) if isinstance(subject, BenchmarkSubject) else ""),
        ("judges", ", ".join(judge.model or judge.name for judge in spec.judges)),
        ("suite version", subject.sha256[:12] if isinstance(subject, SuiteSubject) else ""),
        ("note", spec.note),
    ]
    if origin := spec.origin:
        how = "re-judged" if origin.again == "judges" else "re-graded"
        rows.append((f"{how} from", origin.run))
    rows += [
        (f"not sent to the {each.who}", f"{each.field}: its server refuses it ({_of(each, view)})")
        for each in left_out(view.samples)
    ]
    return section("run", facts([(label, value) for label, value in rows if value]))


def _of(each: LeftOut, view: RunView) -> str:
    return f"{each.samples:,} of {plural(view.total.done, 'sample')}"
