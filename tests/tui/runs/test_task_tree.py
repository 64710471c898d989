"""Tasks under their groups."""

from stack_tui.reports.measures.task_results import MetricMean
from stack_tui.runs.events import TaskPlan
from stack_tui.tui.runs.task_tree import task_tree
from stack_tui.tui.state.snapshot import Counts, TaskRow


def task(name: str, *groups: str, passed: int = 1, failed: int = 1, errors: int = 0) -> TaskRow:
    plan = TaskPlan(name=name, samples=10, requests=10, route="letters", groups=groups)
    counts = Counts(planned=10, done=passed + failed, passed=passed, failed=failed, errors=errors)
    return TaskRow(name, plan, counts)


TASKS = (
    task("anatomy", "mmlu", "stem", passed=3),
    task("law", "mmlu", "humanities", failed=4, errors=2),
    task("physics", "mmlu", "stem"),
    task("gsm8k"),
)


def test_groups_stand_above_their_tasks_and_add_them_up() -> None:
    tree = task_tree(TASKS)
    assert [branch.path for branch in tree] == [
        ("mmlu",),
        ("mmlu", "stem"),
        ("mmlu", "stem", "anatomy"),
        ("mmlu", "stem", "physics"),
        ("mmlu", "humanities"),
        ("mmlu", "humanities", "law"),
        ("gsm8k",),
    ]
    whole = tree[0].counts
    assert (whole.planned, whole.passed, whole.failed, whole.errors) == (30, 5, 6, 2)
    assert tree[1].counts.pass_rate == 4 / 6


def test_a_folded_group_hides_what_is_in_it() -> None:
    tree = task_tree(TASKS, {("mmlu", "stem")})
    assert [branch.name for branch in tree] == ["mmlu", "stem", "humanities", "law", "gsm8k"]
    assert [branch.name for branch in tree if branch.folded] == ["stem"]


def test_tasks_without_a_plan_stand_by_themselves() -> None:
    tree = task_tree((TaskRow("custom", None, Counts(done=2)),))
    assert [(branch.name, branch.group) for branch in tree] == [("custom", False)]


def test_a_label_does_not_repeat_the_outermost_group() -> None:
    tree = task_tree((task("mmlu_anatomy", "mmlu", "mmlu_stem"), task("mmlu_pro_law")))
    assert [branch.label for branch in tree] == ["mmlu", "stem", "anatomy", "mmlu_pro_law"]


def test_a_group_with_a_task_of_fractions_has_no_accuracy() -> None:
    mean = MetricMean(metric="f1", value=0.5, interval=None, documents=2, higher_is_better=True)
    tree = task_tree(TASKS, means={"law": mean})
    assert tree[0].counts.pass_rate is None
    assert tree[4].counts.pass_rate is None
    assert tree[1].counts.pass_rate == 4 / 6
    assert tree[5].mean == mean
