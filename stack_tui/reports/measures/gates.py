"""Gates: conditions that a report meets, fails, or has too few cases to decide."""

import difflib
import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal, get_args

import msgspec

from stack_tui.errors import FailureKind, StackError
from stack_tui.reports.measures.comparison import Comparison
from stack_tui.reports.measures.cost import cost
from stack_tui.reports.measures.duels.duel_pairs import PairResult, pair_results
from stack_tui.reports.measures.effects import Effect, format_difference
from stack_tui.reports.measures.judge_agreement import agreement
from stack_tui.reports.measures.lm_eval_scores import recorded_scores
from stack_tui.reports.measures.missing_outcomes import Extreme, extremes
from stack_tui.reports.measures.repeats import figures_at_k
from stack_tui.reports.measures.sample_result import missing
from stack_tui.reports.measures.summary import intervals, summarize
from stack_tui.reports.measures.verdicts import PartVerdict, is_share
from stack_tui.reports.stats.sample_intervals import Interval
from stack_tui.runs.events import Sample, Status
from stack_tui.runs.spec import DuelSubject
from stack_tui.runs.view import RunView
from stack_tui.text import one_line

GateState = Literal["met", "failed", "inconclusive"]
Operator = Literal[">=", "<=", "==", "!=", ">", "<"]

_WORST_FIRST: tuple[GateState, ...] = ("failed", "inconclusive", "met")
_KINDS: dict[str, tuple[str, ...]] = {"errors": get_args(FailureKind), "status": get_args(Status)}
_HOLDS: dict[Operator, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_SIGNS: dict[str, Operator] = {sign: sign for sign in _HOLDS} | {"≥": ">=", "≤": "<="}
_NUMBER = r"(?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)\s*(?P<percent>%)?"
_THRESHOLD = re.compile(
    rf"(?P<field>[A-Za-z_][\w.-]*)\s*(?P<sign>[<>!=]=|[<>≥≤])\s*{_NUMBER}"
    r"\s*(?P<interval>(?:±|\+-|\+/-)\s*ci)?"
)
_NOT_WORSE = re.compile(rf"vs\s+(?P<run>\S+)\s+not\s+worse\s+by\s+{_NUMBER}")
_GRAMMAR = 'such as "errors == 0", "judge_avg >= 4 ± ci" or "vs latest:main not worse by 0.02"'


_LACKING = {
    "cost": "an endpoint has no price, or did not say what all of its answers took",
    "alpha": "no two judges scored the same samples, or all of their scores are equal",
}


class GateError(StackError):
    """A condition that cannot be parsed, or that names a field no report has."""


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """A field compared with a number; with `whole_interval` its whole 95 % interval is."""

    text: str
    field: str
    sign: Operator
    bound: float
    whole_interval: bool


class NotWorse(msgspec.Struct, frozen=True, kw_only=True):
    """The pass rate may be lower than that of `run` by less than `margin`, a share of 1."""

    text: str
    run: str
    margin: float


Gate = Threshold | NotWorse


class GateResult(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a gate is met, and why, in a sentence."""

    gate: str
    state: GateState
    saying: str


def parse(text: str) -> Gate:
    """Return the condition that `text` states; raises GateError if it states none."""
    text = text.strip()
    if found := _NOT_WORSE.fullmatch(text):
        margin = _number(found)
        if not 0 <= margin < 1:
            raise _error(text, "a margin is at least 0 and below 1", "0.02 means two points.")
        return NotWorse(text=text, run=found["run"], margin=margin)
    if found := _THRESHOLD.fullmatch(text):
        sign = _SIGNS[found["sign"]]
        if found["interval"] and sign in ("==", "!="):
            raise _error(text, f"an interval cannot be {sign} a number", "Use >= or <=.")
        return Threshold(
            text=text,
            field=found["field"],
            sign=sign,
            bound=_number(found),
            whole_interval=bool(found["interval"]),
        )
    raise _error(text, "cannot be read as a condition", f"Write one {_GRAMMAR}.")


def _number(found: re.Match[str]) -> float:
    return float(found["number"]) / (100 if found["percent"] else 1)


def _error(text: str, what: str, remedy: str) -> GateError:
    return GateError(what, where=f"gate “{one_line(text, 120)}”", remedy=remedy)


def check(gate: Gate, fields: Collection[str]) -> None:
    """Raise GateError, with similar names, if the gate names an unknown field."""
    if isinstance(gate, NotWorse) or gate.field in fields:
        return
    near = difflib.get_close_matches(gate.field, fields, n=3, cutoff=0.5)
    remedy = f"Did you mean {' or '.join(near)}? " if near else ""
    known = ", ".join(sorted(fields))
    raise _error(gate.text, f"no field is called {gate.field}", f"{remedy}Fields: {known}.")


def numbers(view: RunView) -> dict[str, float | None]:
    """Return the fields that gates can name: the numbers of the summary, and the `missing` samples.

    Counts by kind have a sum and a field per kind: errors, errors.timeout. Scores of record have
    one per task and metric: mmlu.acc. `alpha` has no value if the judges cannot disagree, `cost`
    none if part of it is unknown. Held-out samples are under `holdout.` only. A duel's `win_rate`
    is that of b, or of each pair: win_rate.b.a.
    """
    spent = cost(view)
    total = None if spent is None or spent.at_least else spent.total
    found: dict[str, float | None] = {"missing": missing(view), "cost": total}
    found |= _of_samples(view.open_samples)
    held = _of_samples(view.held_out_samples)
    found |= {f"holdout.{name}": value for name, value in held.items()}
    found |= {name: pair.win_rate for name, pair in _pairs(view).items()}
    return found | {score.name: score.value for score in recorded_scores(view)}


def _of_samples(samples: Sequence[Sample]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    found["alpha"] = alpha.alpha if (alpha := agreement(samples)) else None
    for name, value in msgspec.structs.asdict(summarize(samples)).items():
        if name in _KINDS:
            found[name] = sum(value.values())
            found |= {f"{name}.{kind}": value.get(kind, 0) for kind in _KINDS[name]}
        elif value is None or isinstance(value, (int, float)):
            found[name] = value
    return found | {name: value for name, (value, _) in figures_at_k(samples).items()}


def _bounds(samples: Sequence[Sample]) -> dict[str, Interval | None]:
    found: dict[str, Interval | None] = msgspec.structs.asdict(intervals(samples))
    found |= {name: interval for name, (_, interval) in figures_at_k(samples).items()}
    return found | {"alpha": alpha.interval if (alpha := agreement(samples)) else None}


def _pairs(view: RunView) -> dict[str, PairResult]:
    if not isinstance(view.spec.subject, DuelSubject):
        return {}
    pairs = pair_results(view)
    found = {f"win_rate.{pair.b}.{pair.a}": pair for pair in pairs}
    return found | ({"win_rate": pairs[0]} if len(pairs) == 1 else {})


def evaluate_all(
    gates: Iterable[Gate], view: RunView, comparisons: Mapping[str, Comparison]
) -> tuple[GateResult, ...]:
    """Return the result of each gate on that run; raises GateError as `evaluate` does."""
    values = numbers(view)
    bounds = _bounds(view.open_samples)
    held = _bounds(view.held_out_samples)
    bounds |= {f"holdout.{name}": interval for name, interval in held.items()}
    bounds |= {name: pair.interval for name, pair in _pairs(view).items()}
    bounds |= {score.name: score.interval for score in recorded_scores(view)}
    ends = extremes(view)
    return tuple(
        _bounded(gate, evaluate(gate, values, bounds, comparisons), ends) for gate in gates
    )


def _bounded(gate: Gate, result: GateResult, ends: Iterable[Extreme]) -> GateResult:
    """Return the result, inconclusive if samples without an outcome could change it."""
    if not isinstance(gate, Threshold) or result.state == "inconclusive":
        return result
    for end in ends:
        if gate.field in end.values:
            other = evaluate(gate, end.values, end.intervals, {})
            if other.state != result.state:
                saying = (
                    f"{result.saying}, but with the samples that have no outcome as {end.name} it "
                    f"is {_shown(end.values[gate.field] or 0.0)}"
                )
                return _result(gate, "inconclusive", saying)
    return result


def evaluate(
    gate: Gate,
    values: Mapping[str, float | None],
    bounds: Mapping[str, Interval | None],
    comparisons: Mapping[str, Comparison],
) -> GateResult:
    """Return the gate's result.

    `values` are the fields' numbers, None if nothing was scored; `bounds` their 95 % intervals;
    `comparisons` those with the runs that gates name, each as a. Raises GateError for a missing
    field, interval or comparison.
    """
    if isinstance(gate, NotWorse):
        return _not_worse(gate, comparisons)
    check(gate, values)
    value = values[gate.field]
    if value is None:
        why = _LACKING.get(gate.field.removeprefix("holdout."), "nothing was scored")
        return _result(gate, "inconclusive", f"{gate.field} has no value: {why}")
    if not gate.whole_interval:
        met = _HOLDS[gate.sign](value, gate.bound)
        saying = f"{gate.field} is {_shown(value)}, {_wanted(gate, met)}"
        return _result(gate, "met" if met else "failed", saying)
    if gate.field not in bounds:
        known = ", ".join(sorted(bounds)) or "none"
        raise _error(gate.text, f"{gate.field} has no interval", f"Fields that have one: {known}.")
    interval = bounds[gate.field]
    if interval is None:
        saying = f"{gate.field} is {_shown(value)}, and has no interval"
        return _result(gate, "inconclusive", saying)
    return _whole_interval(gate, value, interval)


def _whole_interval(gate: Threshold, value: float, interval: Interval) -> GateResult:
    holding = [_HOLDS[gate.sign](end, gate.bound) for end in interval]
    shown = f"{gate.field} is {_shown(value)} [{_shown(interval[0])}, {_shown(interval[1])}]"
    if all(holding):
        return _result(gate, "met", f"{shown}, all of it {_wanted(gate, True)}")
    if not any(holding):
        return _result(gate, "failed", f"{shown}, all of it {_wanted(gate, False)}")
    saying = f"{shown}, which holds {_shown(gate.bound)}: more cases would tell"
    return _result(gate, "inconclusive", saying)


def _not_worse(gate: NotWorse, comparisons: Mapping[str, Comparison]) -> GateResult:
    if gate.run not in comparisons:
        raise _error(gate.text, f"there is no comparison with {gate.run}", "Name a run.")
    comparison = comparisons[gate.run]
    parts = [part for part in comparison.parts if is_share(part.effect)]
    if not parts or len(parts) < len(comparison.parts):
        saying = f"no sample passes or fails both here and in {gate.run}"
        return _result(gate, "inconclusive", saying)
    if comparison.verdict == "not final":
        saying = f"a run has not ended, so whether it is worse than {gate.run} cannot be told"
        return _result(gate, "inconclusive", saying)
    found = [_part_not_worse(gate, comparison, part) for part in parts]
    states = [state for state, _ in found]
    state: GateState = next((each for each in _WORST_FIRST if each in states), "met")
    return _result(gate, state, "; ".join(saying for each, saying in found if each == state))


def _part_not_worse(
    gate: NotWorse, comparison: Comparison, part: PartVerdict
) -> tuple[GateState, str]:
    effect = part.effect
    margin = f"{100 * gate.margin:.4g} points"
    of = f"{part.name}: the" if len(comparison.parts) > 1 else "the"
    shown = (
        f"{of} {effect.measure} against {gate.run} is {format_difference(effect)} "
        f"over {effect.pairs} pairs"
    )
    alone = len(comparison.parts) == 1
    if alone and (left := len(comparison.set_apart) + comparison.pairs - effect.pairs):
        shown += f" ({left} samples have none)"
    bounds = part.unanswered.effects if part.unanswered else ()
    state = _not_worse_by(gate.margin, (effect,))
    if state != _not_worse_by(gate.margin, (effect, *bounds)):
        reach = ", ".join(map(format_difference, bounds))
        shown += f", but {reach} with the samples that have no outcome as failed or as passed"
        return "inconclusive", shown
    match state:
        case "met":
            return state, f"{shown}: not worse by {margin}"
        case "failed":
            return state, f"{shown}: worse by more than {margin}"
    return state, f"{shown}: whether worse by {margin} cannot be told"


def _not_worse_by(margin: float, effects: Sequence[Effect]) -> GateState:
    """Return whether all of the effects are less worse than the margin, or all more."""
    gains = [effect.gain for effect in effects]
    if all(gain and gain[0] > -margin for gain in gains):
        return "met"
    return "failed" if all(gain and gain[1] < -margin for gain in gains) else "inconclusive"


def _result(gate: Gate, state: GateState, saying: str) -> GateResult:
    return GateResult(gate=gate.text, state=state, saying=saying)


def _wanted(gate: Threshold, met: bool) -> str:
    words: dict[Operator, tuple[str, str]] = {
        ">=": ("at least", "below"),
        "<=": ("at most", "above"),
        ">": ("above", "not above"),
        "<": ("below", "not below"),
        "==": ("equal to", "not"),
        "!=": ("other than", "equal to"),
    }
    return f"{words[gate.sign][0 if met else 1]} {_shown(gate.bound)}"


def _shown(value: float) -> str:
    return f"{value:.4g}"
