"""Every key of the app: a table for each list, pane, screen and dialog, and where they meet.

A widget takes its table as its BINDINGS. A key is known to the configuration by its id; what it
does is the widget's action of that name. PLACES says which tables hold at the same place, so that
`[keys]` is checked, and `stack-tui keys` printed, without reading a single screen in.
"""

from itertools import chain
from typing import Final

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from stack_tui.runs.labels import LABEL_KINDS

Bindings = list[BindingType]


def _bind(
    id: str,
    keys: str,
    action: str,
    short: str,
    tooltip: str = "",
    *,
    show: bool = True,
    display: str | None = None,
    priority: bool = False,
) -> Binding:
    """Return a binding; the key line shows `short`, the help and the palette show `tooltip`."""
    return Binding(keys, action, short, show, display, priority, tooltip, id)


def _hidden(
    id: str, keys: str, action: str, short: str, tooltip: str = "", display: str | None = None
) -> Binding:
    """Return a binding that the key line leaves out."""
    return _bind(id, keys, action, short, tooltip, show=False, display=display)


TABLE: Final[Bindings] = [
    _hidden("list.up", "up,k", "move(-1)", "Up"),
    _hidden("list.down", "down,j", "move(1)", "Down"),
    _hidden("list.page_up", "pageup,ctrl+b", "page(-1)", "Page up"),
    _hidden("list.page_down", "pagedown,ctrl+f", "page(1)", "Page down"),
    _hidden("list.top", "home,g", "first", "First row"),
    _hidden("list.end", "end,G", "last", "Last row, and follow new ones"),
    _hidden("list.open", "enter", "select", "Open"),
]

CHECK_LIST: Final[Bindings] = [
    _hidden("list.tick", "space", "select", "Tick or untick"),
]

TEXT: Final[Bindings] = [
    _hidden("list.up", "up,k", "scroll_up", "Up"),
    _hidden("list.down", "down,j", "scroll_down", "Down"),
    _hidden("list.page_up", "pageup,ctrl+b", "page_up", "Page up"),
    _hidden("list.page_down", "pagedown,ctrl+f", "page_down", "Page down"),
    _hidden("list.top", "home,g", "scroll_home", "Top"),
    _hidden("list.end", "end,G", "scroll_end", "End"),
]

PANE: Final[Bindings] = [
    _bind("pane.search", "slash", "search", "Search", display="/"),
    _hidden("pane.sort", "o", "sort", "Sort", "Sort by the next column"),
    _hidden("pane.reverse", "O", "reverse", "Reverse", "Reverse the sort order"),
    Binding("escape", "clear_search", "Clear the search", show=False, system=True),
]

PAGE: Final[Bindings] = [
    _bind("back", "escape,q,enter", "app.pop_screen", "Back", display="esc"),
]

DIALOG: Final[Bindings] = [
    _bind("form.cancel", "escape", "dismiss(None)", "Cancel"),
]

CONFIRM: Final[Bindings] = [
    _bind("confirm.yes", "y", "dismiss(True)", "Yes"),
    _bind("form.cancel", "escape,n", "dismiss(False)", "No", display="esc"),
]

UNSAVED: Final[Bindings] = [
    _bind("unsaved.save", "s", "dismiss('save')", "Save"),
    _bind("unsaved.drop", "d", "dismiss('drop')", "Drop"),
    _bind("form.cancel", "escape", "dismiss(None)", "Go on editing"),
]

APP: Final[Bindings] = [
    _bind("help", "question_mark", "help", "Help", display="?"),
    _bind("commands", "ctrl+p", "command_palette", "Commands", display="^p", priority=True),
    _bind("quit", "q", "quit", "Quit", "Quit; runs keep going"),
    _bind("give_up", "ctrl+g", "give_up", "Give up", "Stop waiting for the current task"),
    _hidden("theme", "ctrl+t", "next_theme", "Next theme"),
    _hidden("picture", "f12", "screenshot", "Save a screenshot"),
]

HELP: Final[Bindings] = [
    _bind("back", "escape,q,question_mark,enter", "dismiss(None)", "Close"),
]

DASHBOARD: Final[Bindings] = [
    _hidden("pane.1", "1", "pane(1)", "Endpoints"),
    _hidden("pane.2", "2", "pane(2)", "Runs"),
    _hidden("pane.3", "3", "pane(3)", "Cases"),
    _hidden("pane.4", "4", "pane(4)", "Results"),
    _bind("zoom", "z", "zoom", "Zoom", "Show this pane alone, or all four"),
    Binding("escape", "unzoom", "All panes", show=False, system=True),
    _bind("new_run", "n", "new_run", "New run", "Run a suite"),
    _bind("benchmark", "b", "benchmark", "Benchmark", "Run benchmarks"),
]

ENDPOINTS: Final[Bindings] = [
    _bind("endpoints.add", "a", "add", "Add", "Add an endpoint"),
    _bind("endpoints.edit", "e", "change('edit')", "Edit", "Edit the endpoint"),
    _bind("endpoints.latency", "t", "latency", "Latency", "Compare latencies"),
    _bind(
        "endpoints.default", "d", "change('default')", "Default", "Toggle as the default endpoint"
    ),
    _hidden("endpoints.judge", "J", "change('judge')", "Judge", "Toggle as a default judge"),
    _bind(
        "endpoints.keep",
        "K",
        "change('keep')",
        "Keep",
        "Save this discovered endpoint to the configuration",
    ),
    _hidden("endpoints.remove", "D", "change('remove')", "Remove", "Remove the endpoint"),
    _bind("endpoints.undo", "u", "undo", "Undo", "Undo the last change"),
    _bind("endpoints.ask", "r", "poll", "Check now", "Check all endpoints now"),
    _hidden("endpoints.gpus", "i", "gpus", "GPUs", "Show this machine's GPUs and their processes"),
]

ENDPOINT_SCREEN: Final[Bindings] = [
    _bind(
        "endpoint.probe", "p", "probe", "Probe", "Probe its capabilities: about 20 small requests"
    ),
]

LATENCY_SCREEN: Final[Bindings] = [
    _bind("latency.one", "t", "time", "This one", "Time the selected endpoint"),
    _bind("latency.all", "a", "time_all", "All", "Time all endpoints that are up"),
    _bind("latency.call_off", "c", "stop", "Stop", "Stop timing"),
    _bind("back", "escape,q", "app.pop_screen", "Back", display="esc"),
]

ENDPOINT_FORM: Final[Bindings] = [
    _bind("editor.save", "ctrl+s", "save", "Save", priority=True),
    _bind("editor.test", "f5", "test", "Test", "Test the endpoint as it is typed", priority=True),
    _bind("editor.leave", "escape", "leave", "Leave", priority=True),
]

RUN: Final[Bindings] = [
    _bind("runs.stop", "s", "run('stop')", "Stop", "Stop the run; it can be resumed"),
    _bind(
        "runs.resume", "r", "run('resume')", "Resume", "Request what is missing, and retry errors"
    ),
    _bind("runs.pause", "p", "run('pause')", "Pause", "Pause or continue"),
    _hidden("runs.limit", "l", "run('limit')", "Limit", "Change max concurrent requests"),
    _hidden(
        "runs.again",
        "a",
        "run('regrade')",
        "Re-grade",
        "Re-grade or re-judge its outputs; the model is not called",
    ),
]

RUNS: Final[Bindings] = [
    _bind("runs.view", "v", "view", "View", "Show the run on the whole screen"),
    *RUN,
    _hidden("runs.pause", "space", "run('pause')", "Pause", "Pause or continue"),
    _hidden("runs.mark", "m", "mark", "Mark", "Mark as the baseline"),
    _bind(
        "runs.compare",
        "c",
        "compare",
        "Compare",
        "Compare with the marked run, or the one before it",
    ),
    _hidden(
        "runs.duel", "d", "duel", "Duel", "Have judges compare its outputs with the marked run's"
    ),
]

RUN_SCREEN: Final[Bindings] = [
    _bind("back", "escape,q,v", "dismiss(None)", "Back", display="esc"),
    _bind("run.samples", "f", "open", "Samples", "Show the task's samples, or fold the group"),
    *RUN,
]

COMPARE_SCREEN: Final[Bindings] = [
    _bind("back", "escape,q", "app.pop_screen", "Back", display="esc"),
    _bind("compare.flips", "f", "flips", "Flips only", "Show flips only, or every sample"),
]

START_FORM: Final[Bindings] = [
    _bind("form.start", "ctrl+s", "start", "Start"),
    *DIALOG,
]

NEW_BENCHMARK: Final[Bindings] = [
    _bind("form.advanced", "ctrl+o", "advanced", "All options"),
    *START_FORM,
]

REGRADE_FORM: Final[Bindings] = [
    _bind("again.rules", "1", "rules", "Re-grade by the current rules"),
    _bind("again.judges", "2", "judges", "Re-judge by the ticked judges"),
    _bind("again.panel", "p", "panel", "Change the panel method"),
    *DIALOG,
]

CASES: Final[Bindings] = [
    _bind("cases.edit", "e", "edit", "Edit", "Edit the case"),
    _hidden("cases.raw", "R", "raw", "TOML", "Edit the suite as TOML"),
    _bind("cases.add", "a", "add", "Add", "Add a case to the suite"),
    _hidden("cases.new", "N", "new_suite", "New suite", "Write a new suite"),
    _hidden("cases.duplicate", "d", "duplicate", "Duplicate", "Duplicate the case"),
    _hidden("cases.delete", "D", "delete", "Delete", "Delete the case"),
    _hidden("cases.down", "J", "move(1)", "Move down"),
    _hidden("cases.up", "K", "move(-1)", "Move up"),
    _hidden(
        "cases.outcome",
        "v",
        "outcome",
        "Sample",
        "Show the case's latest sample, a failing one first",
    ),
    _hidden("cases.fold", "space", "fold", "Fold", "Fold or unfold the suite"),
    _hidden(
        "cases.import", "i", "import", "Import", "Import suites from JSONL, CSV or promptfoo YAML"
    ),
    _hidden("cases.export", "x", "export", "Export", "Export the suite's cases as JSONL or CSV"),
    _bind("cases.undo", "u", "undo", "Undo", "Undo the last change"),
    _hidden("cases.editor", "E", "editor", "$EDITOR", "Open the suite in $EDITOR"),
    _hidden(
        "cases.holdout", "H", "reveal", "Holdout", "Reveal held-out texts; each access is logged"
    ),
    _hidden(
        "cases.findings",
        "F",
        "diagnostics",
        "Check",
        "Check the suite for contradictions, duplicates and empty rubrics",
    ),
    _hidden(
        "cases.leakage", "T", "leakage", "Leakage", "Search training or few-shot data for the cases"
    ),
]

CASE_FORM: Final[Bindings] = [
    _bind("editor.save", "ctrl+s", "save", "Save", priority=True),
    _bind("editor.ask", "f5", "try", "Try it now", "Run the case as it is typed", priority=True),
    _bind("editor.leave", "escape", "leave", "Leave", priority=True),
]

RAW_EDITOR: Final[Bindings] = [
    _bind("editor.save", "ctrl+s", "save", "Save", priority=True),
    _bind("editor.leave", "escape", "leave", "Leave", priority=True),
]


def _sample(name: str, key: str, action: str, short: str, tooltip: str = "") -> Binding:
    """Return a binding for an action of the sample's view, which never has the focus itself."""
    return _hidden(f"sample.{name}", key, f"sample({action!r})", short, tooltip)


SAMPLE: Final[Bindings] = [
    _sample("reasoning", "t", "fold('reasoning')", "Reasoning"),
    _sample("prompt", "p", "fold('prompt')", "Prompt"),
    _sample("examples", "e", "fold('examples')", "Few-shot examples"),
    _sample("raw", "x", "fold('raw')", "Raw requests and responses"),
    _sample("copy", "y", "copy_output", "Copy", "Copy the output (OSC 52)"),
    _sample("label", "L", "label", "Label", "Label what is wrong with the sample"),
    _sample("edit", "E", "edit_case", "Edit case", "Edit the sample's case"),
    _sample("case", "C", "make_case", "Make a case", "Make a case from the sample"),
    _sample(
        "again",
        "a",
        "regrade",
        "Re-grade",
        "Re-grade or re-judge the run's outputs; the model is not called",
    ),
    _sample("holdout", "H", "reveal", "Holdout", "Reveal held-out texts; each access is logged"),
    _sample("write", "w", "write", "Write", "Write the sample to a file"),
]

RESULTS: Final[Bindings] = [
    _bind("results.failing", "f", "arrange", "Failing", "Show all, failing first, or failing only"),
    _bind(
        "results.next", "right_square_bracket", "failing(1)", "Next", "Next failing", display="]"
    ),
    _hidden(
        "results.previous", "left_square_bracket", "failing(-1)", "Previous failing", display="["
    ),
    *SAMPLE,
]

SAMPLE_SCREEN: Final[Bindings] = [
    _bind("back", "escape,q", "app.pop_screen", "Back", display="esc"),
    _bind("sample.next", "n,right", "move(1)", "Next", display="n"),
    _bind("sample.before", "b,left", "move(-1)", "Before", display="b"),
    _bind("results.next", "right_square_bracket", "failing(1)", "Next failing", display="]"),
    _bind(
        "results.previous", "left_square_bracket", "failing(-1)", "Previous failing", display="["
    ),
    *SAMPLE,
]

LABEL_DIALOG: Final[Bindings] = [
    *(
        _bind(f"label.{n}", str(n), f"label('{kind}')", kind)
        for n, kind in enumerate(LABEL_KINDS, 1)
    ),
    _bind("label.none", "0", "label('')", "No label"),
    *DIALOG,
]

_IN_A_LIST = (TABLE, TEXT, CHECK_LIST)

PLACES: Final[tuple[tuple[Bindings, ...], ...]] = (
    *((TABLE, TEXT, PANE, pane, DASHBOARD, APP) for pane in (ENDPOINTS, RUNS, CASES, RESULTS)),
    (*_IN_A_LIST, PAGE, ENDPOINT_SCREEN, APP),
    (*_IN_A_LIST, HELP),
    *(
        (*_IN_A_LIST, screen, APP)
        for screen in (LATENCY_SCREEN, ENDPOINT_FORM, RUN_SCREEN, COMPARE_SCREEN)
    ),
    *((*_IN_A_LIST, screen, APP) for screen in (CASE_FORM, RAW_EDITOR, SAMPLE_SCREEN)),
    *(
        (*_IN_A_LIST, dialog)
        for dialog in (
            DIALOG,
            CONFIRM,
            UNSAVED,
            START_FORM,
            NEW_BENCHMARK,
            REGRADE_FORM,
            LABEL_DIALOG,
        )
    ),
)


def chains() -> list[list[Binding]]:
    """Return for each place the bindings that hold there, the nearest first, Textual's last."""
    return [
        list(Binding.make_bindings(chain.from_iterable((*place, Screen.BINDINGS, App.BINDINGS))))
        for place in PLACES
    ]
