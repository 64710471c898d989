"""A run as one HTML page that asks for nothing: no script, no network, its style in itself."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from stack_tui.reports.measures.comparison import Comparison, Flip
from stack_tui.reports.measures.effects import RATE, Effect
from stack_tui.reports.measures.gates import GateResult
from stack_tui.reports.measures.headline import figures
from stack_tui.reports.measures.sample_result import worst_first
from stack_tui.reports.measures.setting_differences import model_name
from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.number_format import format_number
from stack_tui.reports.pages.section import Section
from stack_tui.reports.pages.suite_sections import sections
from stack_tui.reports.render import plots
from stack_tui.reports.render.comparison_text import (
    difference,
    flip_name,
    move,
    pairs_line,
    verdict_lines,
)
from stack_tui.reports.render.duel_html import match_details
from stack_tui.reports.render.html_samples import block, sample_details, table
from stack_tui.reports.render.svg import text
from stack_tui.runs.spec import DuelSubject, RunSpec, SuiteSubject
from stack_tui.runs.view import RunView

_SAMPLES = 1000
_FLIPS = 200
_STYLE = "html.css"


def html_report(
    view: RunView, *, comparison: Comparison | None = None, gates: Sequence[GateResult] = ()
) -> str:
    """Return the page; every text from elsewhere is escaped and made printable.

    Its policy lets nothing load and nothing run: only its own style, known by its hash, holds.
    """
    title = f"{text(view.spec.subject.name, 80)} on {text(model_name(view), 80)}"
    parts = [_head(view, title), _gates(gates), _record(view), _tasks(view), _scores(view)]
    parts += [_section(section) for section in sections(view)]
    if comparison:
        parts.append(_comparison(comparison))
    parts.append(_samples(view))
    return _page(title, "\n".join(part for part in parts if part))


def _page(title: str, body: str) -> str:
    style = files(__package__).joinpath(_STYLE).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n"
        "<footer>Made by stack-tui. Intervals are at 95 %; docs/statistics.md says which they are."
        "</footer>\n</body>\n</html>\n"
    )


def _head(view: RunView, title: str) -> str:
    spec = view.spec
    facts = [
        ("run", spec.id),
        ("started", spec.created),
        ("endpoint", spec.endpoint.url),
        ("judges", ", ".join(judge.model or judge.name for judge in spec.judges)),
        ("suite version", _suite_version(spec)),
        ("note", spec.note),
        ("outputs of", spec.origin.run if spec.origin else ""),
    ]
    named = " · ".join(f"{name} {text(value, 120)}" for name, value in facts if value)
    found = (f"<p class='warn'>{line}</p>" for line in _warnings(view))
    rows = [
        (figure.name, figure.value, figure.interval or "–", text(figure.basis))
        for figure in figures(view)
    ]
    heading = f"<h1>{title}</h1>\n<p class='dim'>{named}</p>{''.join(found)}"
    return f"{heading}\n{table(('', 'value', '95 % interval', ''), rows)}"


def _warnings(view: RunView) -> Iterator[str]:
    if view.finished is None:
        yield "The run has not ended: these are its figures so far."
    elif view.finished.message:
        yield text(view.finished.message)
    for finding in view.findings.values():
        yield text(f"{finding.task}: {finding.seen} {finding.cause}", 1000)


def _gates(gates: Sequence[GateResult]) -> str:
    if not gates:
        return ""
    rows = [
        (f'<span class="{gate.state}">{gate.state}</span>', text(gate.gate), text(gate.saying))
        for gate in gates
    ]
    return f"<h2>Gates</h2>{table(('', 'gate', 'why'), rows)}"


def _suite_version(spec: RunSpec) -> str:
    return spec.subject.sha256[:12] if isinstance(spec.subject, SuiteSubject) else ""


def _record(view: RunView) -> str:
    if not view.scores:
        return ""
    return f"<h2>Score of record, by lm-eval</h2>{block(view.scores.table.strip())}"


def _tasks(view: RunView) -> str:
    title = "Win rate" if isinstance(view.spec.subject, DuelSubject) else "Pass rate by task"
    return "".join(f"<h2>{title}</h2>{plot}" for plot in plots.tasks(view))


def _scores(view: RunView) -> str:
    titled = [*plots.distributions(view.open_samples)]
    judges = [*plots.agreement(view.open_samples)]
    parts = [f"<h2>{title}</h2>{plot}" for title, plot in titled]
    if judges:
        parts.append("<h2>Agreement of judges</h2>")
        parts += [f"<h3>{text(title)}</h3>{plot}" for title, plot in judges]
    return "".join(parts)


def _section(section: Section) -> str:
    parts = [f"<h2>{section.title.capitalize()}</h2>"]
    if section.table:
        cells = [[text(cell, 80) for cell in row] for row in section.table]
        parts.append(table(("", *map(text, section.columns)), cells))
    if section.rows:
        rows = [(text(label, 80), text(value, 1000)) for label, value in section.rows]
        parts.append(table(("", ""), rows))
    return "".join(parts)


def _comparison(comparison: Comparison) -> str:
    return "\n".join(_comparison_parts(comparison))


def _comparison_parts(comparison: Comparison) -> Iterator[str]:
    yield f"<h2>Compared with {text(comparison.a.id, 120)}</h2>"
    verdict, *settle = verdict_lines(comparison)
    yield f"<p><strong>{text(verdict)}</strong> {text(' '.join(settle), 1000)}</p>"
    for warning in comparison.warnings:
        yield f'<p class="warn">{text(warning)}</p>'
    if comparison.settings:
        settings = [(text(s.name), text(s.a, 200), text(s.b, 200)) for s in comparison.settings]
        yield table(("differs", "a", "b"), settings)
    yield f"<p>Pairs: {text(pairs_line(comparison), 1000)}</p>"
    yield table(_EFFECT_TITLES, [_effect_row(effect) for effect in comparison.overall])
    if comparison.holdout:
        yield f"<h3>Holdout, {comparison.holdout_pairs} pairs</h3>"
        yield table(_EFFECT_TITLES, [_effect_row(effect) for effect in comparison.holdout])
    if comparison.tasks:
        yield "<h3>By task, p adjusted by Holm</h3>"
        tasks = [
            (text(task.task, 80), *_effect_row(effect)[1:], effect.verdict)
            for task in comparison.tasks
            for effect in task.effects
            if effect.measure == comparison.decided_by
        ]
        yield table(("task", *_EFFECT_TITLES[1:], ""), tasks)
    yield from plots.flips(comparison)
    if comparison.flips:
        yield f"<h3>Flips, {len(comparison.flips)} in all</h3>"
        flips = [_flip_row(flip, comparison) for flip in comparison.flips[:_FLIPS]]
        yield table(("sample", "", "rule score", "judge score"), flips)


_EFFECT_TITLES = ("b against a", "a", "b", "difference", "p", "lower", "higher", "pairs")


def _effect_row(effect: Effect) -> tuple[str, ...]:
    rate = effect.measure == RATE
    return (
        text(effect.measure),
        format_number(effect.a, rate=rate),
        format_number(effect.b, rate=rate),
        difference(effect),
        f"{effect.p if effect.p_adjusted is None else effect.p_adjusted:.3f}",
        str(effect.lower),
        str(effect.higher),
        str(effect.pairs),
    )


def _flip_row(flip: Flip, comparison: Comparison) -> tuple[str, ...]:
    return (
        text(flip_name(flip, comparison), 120),
        flip.kind,
        move(flip.rule_a, flip.rule_b, 2),
        move(flip.judge_a, flip.judge_b, 1),
    )


def _samples(view: RunView) -> str:
    if isinstance(view.spec.subject, DuelSubject):
        details, title = match_details, "Matches"
        samples = in_order(view.samples)
    else:
        details, title = sample_details, "Samples, those that did not pass first"
        samples = worst_first(view)
    shown = "".join(details(sample) for sample in samples[:_SAMPLES])
    left = len(samples) - _SAMPLES
    more = f"<p>… and {left} more, in the run's journal and in its CSV.</p>" if left > 0 else ""
    return f"<h2>{title}</h2>{shown}{more}"
