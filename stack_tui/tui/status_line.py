"""The line that always shows the active run."""

from stack_tui.names import plural
from stack_tui.tui.host import host_of
from stack_tui.tui.run_summary import score, score_name, tally, title
from stack_tui.tui.state.snapshot import RunCard, Snapshot
from stack_tui.tui.ui import format
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Part, line, meter
from stack_tui.tui.ui.icons import PHASES

_METER = 16


class StatusLine(BlockView, can_focus=False):
    """Shows the newest active run, and the jobs that the user waits for."""

    def on_mount(self) -> None:
        self.watch(self.app, "snapshot", self._show)
        self.watch(self.app, "busy", self._show)

    def _show(self) -> None:
        host = host_of(self)
        parts: list[Part] = [(" stack-tui ", "accent"), " "]
        if host.busy:
            parts += [(f"… {', '.join(host.busy)}", "warn"), "   "]
        active = host.snapshot.active
        parts += _active(active[0]) if active else _idle(host.snapshot)
        if len(active) > 1:
            parts.append((f"   and {len(active) - 1} more", "dim"))
        self.show([line(*parts)])


def _active(card: RunCard) -> list[Part]:
    sign, counts, summary = PHASES[card.phase], card.counts, card.summary
    parts: list[Part] = [(f"{sign}  ", sign.tone), (title(card), "strong"), "  "]
    parts += [meter(counts.share or 0.0, _METER), f"  {tally(counts)}"]
    if card.phase == "running" and card.left_s is not None:
        parts.append(f"  {format.time_left(card.left_s)} left")
    if summary and summary.rule_avg is not None:
        parts += [("  rules ", "dim"), format.share(summary.rule_avg)]
    if summary and summary.judge_avg is not None:
        parts += [("  judge ", "dim"), format.grade(summary.judge_avg)]
    if counts.pass_rate is not None or card.mean:
        parts += [(f"  {score_name(card)} ", "dim"), score(card)]
    if counts.errors:
        parts.append((f"  {plural(counts.errors, 'error')}", "bad"))
    return parts


def _idle(snapshot: Snapshot) -> list[Part]:
    if not snapshot.ready:
        return [("reading…", "dim")]
    parts: list[Part] = [("no run is active", "dim")]
    if snapshot.runs and (card := snapshot.runs[0]).spec:
        sign = PHASES[card.phase]
        parts += [("   last: ", "dim"), title(card), (f"  {sign}", sign.tone)]
        parts += [(f"  {score_name(card)} ", "dim"), score(card)]
    return parts
