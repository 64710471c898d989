"""A run as JUnit XML for build servers: one test suite per task, one test case per sample."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from stack_tui.reports.measures.duels.duel_pairs import PairResult, pair_results
from stack_tui.reports.measures.effects import describe_verdict
from stack_tui.reports.measures.gates import GateResult
from stack_tui.reports.measures.sample_result import missing, outcome, why
from stack_tui.reports.measures.summary import in_order
from stack_tui.runs.events import Sample
from stack_tui.runs.spec import DuelSubject
from stack_tui.runs.view import RunView
from stack_tui.text import printable

_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OUTPUT_LIMIT = 20_000


def junit_report(view: RunView, gates: Sequence[GateResult] = ()) -> str:
    """Return the run as an XML document.

    Samples that failed are failures, errors are errors, and unscored samples and those without a
    verdict are skipped. In a duel each pair is a test case: worse is a failure, inconclusive is
    skipped. Held-out samples are a suite of their own. Missing samples are one error, so that half
    a run is not green. A failed gate is a failure.
    """
    root = ET.Element("testsuites", name=_text(f"{view.spec.subject.name} {view.spec.id}"))
    tasks: dict[str, list[Sample]] = {}
    for sample in in_order(view.samples):
        name = f"{sample.task}, holdout" if sample.holdout else sample.task
        tasks.setdefault(name, []).append(sample)
    for task, samples in tasks.items():
        suite = ET.SubElement(root, "testsuite", name=_text(task))
        suite.extend(_case(sample) for sample in samples if not sample.winner)
    if isinstance(view.spec.subject, DuelSubject):
        suite = ET.SubElement(root, "testsuite", name="verdicts")
        suite.extend(_pair(pair) for pair in pair_results(view))
    if lacking := missing(view):
        suite = ET.SubElement(root, "testsuite", name="completeness")
        case = ET.SubElement(suite, "testcase", name="every sample has an outcome")
        _problem(case, "error", f"{lacking} of {view.total.planned} samples have no outcome", "")
    if gates:
        suite = ET.SubElement(root, "testsuite", name="gates")
        suite.extend(_gate(gate) for gate in gates)
    _count(root)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(sample: Sample) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=_text(sample.task),
        name=_text(sample.name),
        time=f"{sample.latency_s:.3f}",
    )
    match outcome(sample):
        case "failed":
            _problem(case, "failure", why(sample), sample.output)
        case "error":
            _problem(case, "error", why(sample), sample.failure.kind if sample.failure else "")
        case "unscored" | "no verdict":
            ET.SubElement(case, "skipped", message=_text(why(sample)))
    return case


def _pair(pair: PairResult) -> ET.Element:
    case = ET.Element("testcase", classname="verdicts", name=_text(f"{pair.b} against {pair.a}"))
    verdict = describe_verdict(pair.verdict, pair.a, pair.b)
    if pair.verdict == "worse":
        _problem(case, "failure", verdict, "")
    elif pair.verdict == "inconclusive":
        ET.SubElement(case, "skipped", message=_text(verdict))
    return case


def _gate(gate: GateResult) -> ET.Element:
    case = ET.Element("testcase", classname="gates", name=_text(gate.gate))
    if gate.state == "failed":
        _problem(case, "failure", gate.saying, "")
    elif gate.state == "inconclusive":
        ET.SubElement(case, "skipped", message=_text(f"inconclusive: {gate.saying}"))
    return case


def _problem(case: ET.Element, tag: str, message: str, detail: str) -> None:
    problem = ET.SubElement(case, tag, message=_text(message))
    problem.text = _text(detail)


def _count(root: ET.Element) -> None:
    kinds = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for element in (root, *root.iter("testsuite")):
        for name, tag in kinds.items():
            element.set(name, str(sum(1 for _ in element.iter(tag))))
        seconds = sum(float(case.get("time", "0")) for case in element.iter("testcase"))
        element.set("time", f"{seconds:.3f}")


def _text(text: str) -> str:
    """Return text that XML 1.0 can hold and a log viewer can show."""
    safe = printable(text[:_OUTPUT_LIMIT]) + ("…" if len(text) > _OUTPUT_LIMIT else "")
    return _NOT_IN_XML.sub("\ufffd", safe)
