"""The keys of the list of cases; what they do is in case_keys.py."""

from textual.binding import Binding

CASE_BINDINGS = (
    Binding("e", "edit", "Edit", id="cases.edit", tooltip="Edit the case"),
    Binding("R", "raw", "TOML", show=False, id="cases.raw", tooltip="Edit the suite as TOML"),
    Binding("a", "add", "Add", id="cases.add", tooltip="Add a case to the suite"),
    Binding(
        "N",
        "new_suite",
        "New suite",
        show=False,
        id="cases.new",
        tooltip="Write a suite of one's own",
    ),
    Binding("d", "duplicate", "Duplicate", show=False, id="cases.duplicate"),
    Binding("D", "delete", "Delete", show=False, id="cases.delete"),
    Binding("J", "move(1)", "Move down", show=False, id="cases.down"),
    Binding("K", "move(-1)", "Move up", show=False, id="cases.up"),
    Binding(
        "v",
        "outcome",
        "Sample",
        show=False,
        id="cases.outcome",
        tooltip="Go to its latest sample, a failing one first",
    ),
    Binding(
        "space", "fold", "Fold", show=False, id="cases.fold", tooltip="Fold or unfold the suite"
    ),
    Binding(
        "i",
        "import",
        "Import",
        show=False,
        id="cases.import",
        tooltip="Import suites from JSONL, CSV or promptfoo's YAML",
    ),
    Binding(
        "x",
        "export",
        "Export",
        show=False,
        id="cases.export",
        tooltip="Export the suite's cases as JSONL or CSV",
    ),
    Binding("u", "undo", "Undo", id="cases.undo", tooltip="Take the last change back"),
    Binding(
        "E",
        "editor",
        "$EDITOR",
        show=False,
        id="cases.editor",
        tooltip="Open the suite in $EDITOR",
    ),
    Binding(
        "H",
        "reveal",
        "Holdout",
        show=False,
        id="cases.holdout",
        tooltip="Show held-out cases' texts; each look is counted",
    ),
    Binding(
        "F",
        "findings",
        "Findings",
        show=False,
        id="cases.findings",
        tooltip="Look the suite over: contradictions, repeated cases, empty rubrics",
    ),
    Binding(
        "T",
        "leakage",
        "Leakage",
        show=False,
        id="cases.leakage",
        tooltip="Look for the cases in training or few-shot data",
    ),
)
