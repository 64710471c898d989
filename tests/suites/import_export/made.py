"""Cases such as load from a suite's file, and data that is hardly a configuration."""

from hypothesis import strategies as st

from stack_tui.suites.model.case import Case, Criterion, Number
from stack_tui.suites.model.validation import case_problems

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
PHRASES = st.lists(TEXT, max_size=3).map(tuple)
PATTERN = st.sampled_from(["a+", "[0-9]+", '"x"', '["a"]', r"\bYes\b", ",;\t"])

CRITERIA = st.builds(Criterion, name=TEXT, ask=TEXT, weight=st.sampled_from([1.0, 0.5, 3.0]))

CASES = st.lists(
    st.builds(
        Case,
        id=TEXT,
        input=TEXT | st.sampled_from(["a\r\nb", '"quoted", and more', "=1+1", " spaced "]),
        must_mention=st.lists(TEXT | PHRASES, max_size=3).map(tuple),
        must_not_mention=PHRASES,
        rubric=st.just("") | TEXT,
        criteria=st.lists(CRITERIA, max_size=2).map(tuple),
        reference=st.just("") | TEXT,
        labels=PHRASES,
        regex=PATTERN | st.lists(PATTERN, max_size=2).map(tuple),
        not_regex=PATTERN | st.just(()),
        max_words=st.none() | st.integers(1, 10**6),
        equals=st.none() | TEXT,
        number=st.none() | st.builds(Number, value=st.floats(-1e6, 1e6), tolerance=st.just(0.5)),
        json_schema=st.none() | st.just({"type": "object", "required": ["a"]}),
    ).filter(lambda case: not list(case_problems(case))),
    min_size=1,
    max_size=4,
    unique_by=lambda case: case.id,
)

KEYS = st.sampled_from(
    [
        "prompts",
        "tests",
        "vars",
        "assert",
        "type",
        "value",
        "q",
        "description",
        "metadata",
        "defaultTest",
        "providers",
        "config",
        "temperature",
        "id",
        "raw",
        "label",
        "evaluateOptions",
        "repeat",
        "weight",
        "threshold",
        "$ref",
        "assertionTemplates",
        "a",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False)
    | st.sampled_from(
        ["{{q}}", "x", "file://*", "file://x.csv", "contains", "is-json", "a,b", "(", ""]
    )
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)
