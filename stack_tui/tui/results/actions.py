"""What can be done with the sample that is shown, in the results and on the whole screen."""

from pathlib import Path

from textual.dom import DOMNode

from stack_tui.errors import StackError
from stack_tui.names import slug
from stack_tui.paths import write_atomically
from stack_tui.runs import labels
from stack_tui.runs.labels import Label
from stack_tui.runs.spec import SuiteSubject
from stack_tui.tui import holdout_reveal
from stack_tui.tui.cases import actions as case_actions
from stack_tui.tui.cases.case_changes import Undo
from stack_tui.tui.host import Host, host_of
from stack_tui.tui.results.sample_page import Fold
from stack_tui.tui.results.sample_view import SampleView
from stack_tui.tui.runs import actions as run_actions


class SampleActions(DOMNode):
    """The actions of for whatever holds a SampleView."""

    @property
    def _host(self) -> Host:
        return host_of(self)

    def action_fold(self, fold: Fold) -> None:
        self.query_one(SampleView).toggle(fold)

    def action_reveal(self) -> None:
        """Show the texts of the run's held-out cases, and count the look."""
        chosen = self.query_one(SampleView).chosen
        spec = chosen.card.spec if chosen else None
        if chosen is None or spec is None or not any(s.holdout for s in chosen.samples):
            self._host.show_message("No sample of this run is held out.")
        elif chosen.revealed:
            self._host.show_message("They are shown already.")
        elif access := holdout_reveal.count_look(self._host, spec.subject.suite_name, spec.id):
            self._host.reveal(chosen.card.folder, access)

    def action_label(self) -> None:
        """Ask what is the matter with the sample, and keep that beside the run."""
        from stack_tui.tui.results.label_dialog import LabelDialog

        view = self.query_one(SampleView)
        sample, chosen = view.sample, view.chosen
        if sample is None or chosen is None:
            return
        folder = chosen.card.folder

        def given(label: Label | None) -> None:
            if label:
                try:
                    labels.add(folder, label)
                except StackError as error:
                    self._host.show_error(error)
                self._host.reread()

        self._host.open(LabelDialog(sample, chosen.label(sample)), given)

    def action_make_case(self) -> None:
        """Make a case of the sample."""
        view = self.query_one(SampleView)
        if view.sample and view.chosen:
            case_actions.add_result(self._host, view.sample, view.chosen.suite, self._edited)

    def action_again(self) -> None:
        """Grade or judge the run's outputs again."""
        if chosen := self.query_one(SampleView).chosen:
            run_actions.grade_again(self._host, chosen.card)

    def action_edit_case(self) -> None:
        """Edit the case that the sample is of, in the suite's file as it is now."""
        view = self.query_one(SampleView)
        spec = view.chosen.card.spec if view.chosen else None
        if view.sample is None or spec is None or not isinstance(spec.subject, SuiteSubject):
            self._host.show_message("Only a suite's sample has a case to edit.")
            return
        if view.sealed:
            self._host.show_message("It is held out: H shows it first.")
            return
        for file in self._host.snapshot.suites:
            for case in file.suite.cases if file.suite else ():
                same = file.suite and file.suite.name == spec.subject.name
                if same and case.id == view.sample.id:
                    case_actions.edit(self._host, file, case, self._edited)
                    return
        self._host.show_message(f"The case is no longer in a suite called {spec.subject.name}.")

    def _edited(self, undo: Undo | None) -> None:
        if undo:
            self._host.show_message(f"{undo.what}; the next run takes it")
            self._host.reread()

    def action_copy_output(self) -> None:
        sample = self.query_one(SampleView).sample
        if sample:
            self._host.copy_to_clipboard(sample.output or "\n\n".join(sample.outputs.values()))
            self._host.show_message(
                "Output sent to the terminal's clipboard; w writes it to a file."
            )

    def action_write(self) -> None:
        """Write the sample, everything unfolded, into the working folder."""
        view = self.query_one(SampleView)
        if view.sample is None:
            return
        name = slug(f"{view.sample.task}-{view.sample.id}")
        heat = "" if view.sample.temperature is None else f"-t{view.sample.temperature:g}"
        path = Path(f"sample-{name}{heat}-{view.sample.repeat + 1}.txt")
        try:
            write_atomically(path, view.whole_text())
        except OSError as error:
            reason = StackError(f"cannot be written: {error.strerror}", where=str(path))
            self._host.show_error(reason)
        else:
            self._host.show_message(f"Written to {path.resolve()}")
