"""Pane 4: the samples of the chosen run, with the one under the cursor in full."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from stack_tui.runs import labels
from stack_tui.runs.events import Sample, SampleKey
from stack_tui.text import one_line
from stack_tui.tui import bindings
from stack_tui.tui.results import sample_filter
from stack_tui.tui.results.rows import SUITE_COLUMNS, SampleTable, form_of
from stack_tui.tui.results.sample_filter import ARRANGEMENTS, Arrangement, order_samples
from stack_tui.tui.results.sample_view import SampleView
from stack_tui.tui.run_summary import record_parts, title
from stack_tui.tui.state.snapshot import ChosenRun, Snapshot
from stack_tui.tui.ui.blocks import Block, line
from stack_tui.tui.ui.icons import concern
from stack_tui.tui.ui.list_pane import Pane
from stack_tui.tui.ui.rows import HeadingRow, Row
from stack_tui.tui.ui.table import Table

if TYPE_CHECKING:
    from stack_tui.reports.measures.lm_eval_scores import RecordedScore

_METRICS = 3


class ResultsPane(Pane):
    """Every sample as it finishes, with the evidence for its outcome."""

    NUMBER = 4
    TITLE = "Results"
    SPLIT_AT = 110
    SEARCH_HINT = sample_filter.HINT
    SEARCH_HELP = sample_filter.HELP

    BINDINGS = bindings.RESULTS

    class Opened(Message):
        """Show the sample under the cursor on the whole screen."""

    def contents(self) -> Iterable[Widget]:
        yield Table(SUITE_COLUMNS)
        yield SampleView(classes="detail")

    def on_mount(self) -> None:
        self.chosen: ChosenRun | None = None
        self._samples: tuple[Sample, ...] = ()
        self._arrangement: Arrangement = "all"
        self._sought: tuple[Path, SampleKey] | None = None
        self.watch(self.table, "highlighted", self._show_sample, init=False)
        self.watch(self.app, "snapshot", self.show)

    @property
    def current(self) -> Sample | None:
        """The sample under the cursor."""
        row = self.table.row
        return None if row is None else self._samples[row]

    def show(self, snapshot: Snapshot) -> None:
        """Show the samples of the chosen run."""
        before, self.chosen = self.chosen, snapshot.chosen
        samples = self.chosen.samples if self.chosen else ()
        other = before is None or self.chosen is None or before.card.id != self.chosen.card.id
        unsettled = before is None or before.card.active
        relabelled = not other and before and self.chosen and before.labels != self.chosen.labels
        if samples is self._samples and not (other or unsettled or relabelled):
            return
        self._samples = samples
        if other:
            self.sorted_by = None
            self.table.set_columns(self._form[0])
        self._list(from_top=other)
        self._go_to_wanted()

    def go_to_sample(self, folder: Path, key: SampleKey) -> None:
        """Put the cursor on that sample as soon as its run is the chosen one."""
        self._sought = (folder, key)
        self._arrangement = "all"
        self.host.choose(folder)
        self.action_clear_search()
        self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        if self._sought is None or self.chosen is None:
            return
        folder, key = self._sought
        keys = [sample.key for sample in self._samples]
        if folder == self.chosen.card.folder and key in keys:
            self.table.go_to(self.table.order.index(keys.index(key)))
            self._sought = None

    def search(self) -> None:
        self._list()

    def _list(self, *, from_top: bool = False) -> None:
        """List the samples, with the cursor on the first one if `from_top`."""
        order = self._order()
        failing = sum(1 for sample in self._samples if concern(sample) < 3)
        note = f"✗ {failing:,}/{len(self._samples):,}" if self._samples else ""
        before = self.table.highlighted
        row = order[0] if from_top and order else None
        self.table.show(order, self._row, row=row, heading=HeadingRow(note, self.sorted_by))
        self._show_subtitle()
        # If the cursor came to another row, watching `highlighted` has shown its sample already.
        if self.table.highlighted == before:
            self._show_sample()

    def _order(self) -> Sequence[int]:
        """Return the samples to list: as the suite has them, or in a live run as they come in."""
        chosen = self.chosen
        test = sample_filter.parse(self.wanted, chosen.labels) if chosen and self.wanted else None
        live = chosen is not None and chosen.card.active
        key: Callable[[Sample], Any] | None = None if live else attrgetter("position")
        descending = False
        if self.sorted_by:
            column, descending = self.sorted_by
            key = self._form[1][column]
        return order_samples(
            self._samples,
            test=test,
            key=key,
            descending=descending,
            arrangement=self._arrangement,
        )

    def _show_subtitle(self) -> None:
        """Show in the frame how the list is arranged, and how many samples have which label."""
        parts: list[str] = [self._arrangement] if self._arrangement != "all" else []
        given = labels.counts(self.chosen.labels.values()) if self.chosen else {}
        parts += [f"⚐ {number:,} {kind}" for kind, number in given.items()]
        parts += self._recorded()
        # A task may be named like markup.
        below = Content(" · ".join(parts))
        if below.markup != (self.border_subtitle or ""):
            self.border_subtitle = below

    def _recorded(self) -> list[str]:
        """Return the run's scores of record: all of one task or group, else each one's first."""
        scores = self.chosen.card.subject_scores if self.chosen else []
        if len(scores) == 1:
            found = "  ".join(map(_plain, scores[0][:_METRICS]))
        else:
            found = "  ".join(
                f"{one_line(each[0].task, 24)} {_plain(each[0])}" for each in scores[:_METRICS]
            )
        return [f"lm-eval {found}"] if found else []

    @property
    def _form(self) -> SampleTable:
        """How the run's samples are listed: the columns, their sort keys, a sample's row."""
        return form_of(self.chosen.card.spec if self.chosen else None)

    def _row(self, place: int) -> Row:
        sample = self._samples[place]
        label = self.chosen.label(sample) if self.chosen else None
        return self._form[2](sample, label)

    def _show_sample(self) -> None:
        self.query_one(SampleView).show_sample(self.current, self.chosen, self._empty())

    @on(Table.Selected)
    def _open(self) -> None:
        self.post_message(self.Opened())

    def _empty(self) -> list[Block]:
        """Return what to show if no sample is listed."""
        key_for = self.host.key_for
        if self.chosen is None:
            return [
                line("No run is chosen."),
                line(""),
                line((key_for("pane.2"), "accent"), " shows the runs."),
            ]
        if self.wanted:
            return [line("No sample matches; ", ("escape", "accent"), " shows all.")]
        if self._arrangement == "failing only":
            key = key_for("results.failing")
            return [line("No failing sample; ", (key, "accent"), " shows all.")]
        card = self.chosen.card
        when = " yet. Samples appear as they finish." if card.active else "."
        return [line(f"{title(card)} has no sample{when}")]

    def action_arrange(self) -> None:
        place = ARRANGEMENTS.index(self._arrangement)
        self._arrangement = ARRANGEMENTS[(place + 1) % len(ARRANGEMENTS)]
        self._list(from_top=self._arrangement != "all")

    async def action_sample(self, action: str) -> None:
        """Run the action of the sample's view."""
        await self.query_one(SampleView).run_action(action)

    def action_failing(self, step: int) -> None:
        """Go to the next or the previous sample that did not pass."""
        order = self.table.order
        here = order.index(self.table.row) if self.table.row is not None else 0
        place = here + step
        while 0 <= place < len(order):
            if concern(self._samples[order[place]]) < 3:
                self.table.go_to(place)
                return
            place += step
        where = "after" if step > 0 else "before"
        self.host.show_message(f"No failing sample {where} this one.")


def _plain(record: "RecordedScore") -> str:
    return line(*record_parts(record)).plain
