"""The guide's rule score, to the letter, and the rules beyond it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.suites.grading import patterns
from stack_tui.suites.grading.rules import FURTHER_RULES, GUIDE_RULES, Grade, Mark, grade, marks
from tests.suites.suites import case, suite


def graded(output: str, *, length_check: bool = True, **rules: Any) -> Grade:
    return grade(case(**rules), suite(length_check=length_check), output)


def printed(grade: Grade) -> tuple[float, tuple[str, ...]]:
    """The score, and the issues as custom-eval prints them."""
    return grade.score, tuple(map(str, grade.issues))


def test_an_output_that_breaks_no_rule_scores_one() -> None:
    assert graded("Anything.") == Grade(1.0, ())


def test_the_missing_share_of_what_must_be_mentioned_costs_half() -> None:
    found = graded("KV", must_mention=("KV", "cache", "token", "reuse"))
    assert printed(found) == (0.625, ("missing required: ['cache', 'token', 'reuse']",))


def test_the_present_share_of_what_must_not_be_mentioned_costs_half() -> None:
    found = graded("On Apple Silicon.", must_not_mention=("GPU memory", "Apple Silicon"))
    assert printed(found) == (0.75, ("contains forbidden: ['Apple Silicon']",))


def test_an_output_longer_than_its_input_costs_a_fifth() -> None:
    found = grade(case(input="four"), suite(), "five!")
    assert printed(found) == (0.8, ("summary longer than input",))


def test_an_output_as_long_as_its_input_costs_nothing() -> None:
    assert grade(case(input="four"), suite(), "four").score == 1.0


def test_a_suite_can_switch_the_length_check_off() -> None:
    assert grade(case(input="four"), suite(length_check=False), "five!") == Grade(1.0, ())


def test_the_score_is_never_below_zero() -> None:
    found = grade(case(input="x", must_mention=("a",), must_not_mention=("b",)), suite(), "bbb")
    assert found.score == 0.0
    assert printed(found)[1] == (
        "missing required: ['a']",
        "contains forbidden: ['b']",
        "summary longer than input",
    )


def test_a_score_that_passes_by_the_formula_is_not_lost_to_rounding() -> None:
    phrases = tuple("abcdefghij")
    for missing in range(11):
        found = graded("".join(phrases[missing:]), must_mention=phrases)
        assert found.score == (20 - missing) / 20


@pytest.mark.parametrize("output", ["STRASSE", "Straße", "straSSe"])
def test_phrases_match_in_any_letter_case(output: str) -> None:
    assert graded(output, must_mention=("Straße",)).score == 1.0


def test_phrases_match_however_their_accents_are_encoded() -> None:
    assert graded("cafe\u0301", must_mention=("CAFÉ",)).score == 1.0


def test_a_list_inside_must_mention_is_met_by_any_of_its_phrases() -> None:
    rules: dict[str, Any] = {"must_mention": ("Sun", ("4.6 billion", "4,600 million"))}
    assert graded("The Sun, 4,600 million years.", **rules).score == 1.0
    found = graded("The Sun.", **rules)
    assert printed(found)[1] == ("missing required: [['4.6 billion', '4,600 million']]",)
    assert found.score == 0.75


RIGHT_AND_WRONG: list[tuple[dict[str, Any], str, str, str]] = [
    ({"regex": r"\d+ km"}, "42 km", "far", r"does not match: ['\\d+ km']"),
    ({"regex": ("a", "b")}, "ab", "c", "does not match: ['a', 'b']"),
    ({"not_regex": "(?i)as an ai"}, "Sure.", "As an AI", "matches forbidden: ['(?i)as an ai']"),
    ({"max_chars": 3}, "abc", "abcd", "longer than 3 characters: 4"),
    ({"max_words": 2}, "two words", "now three words", "longer than 2 words: 3"),
    ({"max_sentences": 1}, "One.", "One. Two.", "longer than 1 sentences: 2"),
    ({"equals": "Yes"}, " yes\n", "Yes.", "not equal to: 'Yes'"),
    ({"one_of": ("red", "blue")}, "Blue", "green", "not one of: ['red', 'blue']"),
    ({"starts_with": "Dear"}, "dear Ada", "Hi Ada", "does not start with: 'Dear'"),
    ({"json_schema": {"type": "array"}}, "[1]", "{}", "json_schema at $: {} is not of type"),
    ({"json_schema": {"type": "array"}}, "[]", "It is []", "not JSON: "),
    (
        {"number": {"value": 4.6, "tolerance": 0.05}},
        "4.65",
        "4.66",
        "number 4.66 is not 4.6 ± 0.05",
    ),
    ({"number": {"value": 42, "tolerance": 0}}, "= 42.", "none", "no number, wanted: 42"),
]


@pytest.mark.parametrize(("rule", "right", "wrong", "issue"), RIGHT_AND_WRONG)
def test_a_further_rule_costs_half_where_it_fails(
    rule: dict[str, Any], right: str, wrong: str, issue: str
) -> None:
    assert graded(right, **rule) == Grade(1.0, ())
    found = graded(wrong, **rule)
    assert found.score == 0.5
    assert str(found.issues[0]).startswith(issue)


def test_further_rules_cost_half_together_each_pattern_counting_as_one() -> None:
    found = graded("one two", max_words=1, max_chars=100, regex=("one", "three"))
    assert found.score == 0.75
    assert printed(found)[1] == ("does not match: ['three']", "longer than 1 words: 2")


def test_every_rule_of_a_case_is_in_a_registry() -> None:
    aside = {"id", "input", "rubric", "criteria", "reference", "labels", "cluster", "holdout"}
    aside |= {"pass_mark"}
    assert set(GUIDE_RULES) | set(FURTHER_RULES) == set(case().__struct_fields__) - aside


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give patterns a twentieth of a second."""
    monkeypatch.setattr(patterns, "TIMEOUT_S", 0.05)


@pytest.mark.usefixtures("impatient")
def test_a_pattern_that_backtracks_without_end_fails_and_says_so() -> None:
    found = graded("x" * 3000, length_check=False, regex=r"(x+x+)+y")
    assert printed(found) == (0.5, (r"pattern took too long: ['(x+x+)+y']",))


def test_json_nested_too_deeply_is_an_issue() -> None:
    found = graded("[" * 100_000, length_check=False, json_schema={})
    assert printed(found)[1] == ("not JSON: nested too deeply",)


@pytest.mark.usefixtures("impatient")
def test_a_schemas_pattern_is_bounded_in_time_too() -> None:
    schema = {"type": "string", "pattern": "(x+x+)+y"}
    found = graded(f'"{"x" * 3000}"', length_check=False, json_schema=schema)
    assert printed(found)[1] == ("json_schema took too long",)


def test_marks_stand_where_the_phrases_stand_in_the_output_as_it_is() -> None:
    output = "İstanbul: Die STRASSE, the cafe\u0301."
    rules = case(must_mention=("straße", ("café", "bar")), must_not_mention=("stan",))
    found = [(output[mark.start : mark.end], mark.kind) for mark in marks(rules, output)]
    assert found == [
        ("stan", "forbidden"),
        ("STRASSE", "required"),
        ("cafe\u0301", "required"),
    ]


def test_every_occurrence_is_marked_and_patterns_too() -> None:
    rules = case(must_mention=("aa",), regex=r"\d+", not_regex="z")
    assert marks(rules, "aaaa 12 z") == [
        Mark(0, 2, "required", "aa"),
        Mark(2, 4, "required", "aa"),
        Mark(5, 7, "required", r"\d+"),
        Mark(8, 9, "forbidden", "z"),
    ]


@pytest.mark.usefixtures("impatient")
def test_a_pattern_that_takes_too_long_marks_nothing() -> None:
    assert marks(case(regex=r"(x+x+)+y"), "x" * 3000) == []


@given(st.text(), st.lists(st.text(min_size=1).filter(str.strip), max_size=3))
def test_a_phrase_is_marked_exactly_where_it_counts_as_mentioned(
    output: str, phrases: list[str]
) -> None:
    found = marks(case(must_mention=tuple(phrases)), output)
    complete = not graded(output, length_check=False, must_mention=tuple(phrases)).issues
    assert ({mark.phrase for mark in found} == set(phrases)) == complete
    assert all(0 <= mark.start < mark.end <= len(output) for mark in found)


@given(
    st.text(), st.lists(st.text(min_size=1), max_size=4), st.lists(st.text(min_size=1), max_size=4)
)
def test_the_score_is_the_formula_for_any_text(
    output: str, required: list[str], forbidden: list[str]
) -> None:
    found = graded(output, must_mention=tuple(required), must_not_mention=tuple(forbidden))
    assert 0.0 <= found.score <= 1.0
    assert (found.score == 1.0) == (not found.issues)


@given(
    st.text(st.sampled_from("aAbßs \u0301é")),
    st.lists(st.text(st.sampled_from("aAbßs\u0301é"), min_size=1, max_size=3), max_size=4),
)
def test_what_is_highlighted_is_what_the_grade_rests_on(output: str, phrases: list[str]) -> None:
    rules: dict[str, Any] = {
        "must_mention": tuple(phrases),
        "must_not_mention": tuple(phrases),
        "regex": tuple(phrases),
    }
    issues = graded(output, length_check=False, **rules).issues
    marked = marks(case(**rules), output)
    by_rule = {issue.rule: set(issue.phrases) for issue in issues}
    required = {mark.phrase for mark in marked if mark.kind == "required"}
    forbidden = {mark.phrase for mark in marked if mark.kind == "forbidden"}
    missing = by_rule.get("must_mention", set()) & by_rule.get("regex", set())
    assert required == set(phrases) - missing
    assert forbidden == by_rule.get("must_not_mention", set())


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("frac{d}{dx}", "frac{d}{dx}", True),
        ("x_{i}", "x_{j}", False),
        ("(?:help){e<=1}", "halp", False),
        (r"\d{2,3}", "123", True),
        (r"a{,2}b", "aab", True),
        (r"\p{Lu}{2}", "KV", True),
        (r"[{}]{2}", "{}", True),
        (r"\{i}", "{i}", True),
    ],
)
def test_braces_that_count_nothing_are_braces(pattern: str, text: str, matches: bool) -> None:
    assert patterns.search(pattern, text) is matches


def test_json_in_a_code_fence_is_named_as_such() -> None:
    found = graded('```json\n{"a": 1}\n```', json_schema={"type": "object"})
    assert [str(issue) for issue in found.issues] == [
        "not JSON alone: it stands in a code fence; contains_json accepts that"
    ]


@pytest.mark.parametrize(
    "output",
    [
        'Sure: {"age": 3}.',
        '```json\n{"age": 3}\n```',
        'set {x} is [1] and {"age": 3}',
        '[{"age": 3}',
    ],
)
def test_json_is_found_within_a_text(output: str) -> None:
    schema = {"type": "object", "required": ["age"]}
    assert graded(output, contains_json=schema, length_check=False).score == 1.0


@pytest.mark.parametrize(
    ("output", "issue"),
    [
        ("no braces", "contains no JSON object or list"),
        ("[" * 5000, "contains no JSON object or list"),
        ('{"a": 3}', "json_schema at $: 'age' is a required property"),
    ],
)
def test_a_text_without_the_wanted_json_fails(output: str, issue: str) -> None:
    schema = {"type": "object", "required": ["age"]}
    found = graded(output, contains_json=schema, length_check=False)
    assert [str(each) for each in found.issues] == [issue]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", "2026-01-31", "soon"),
        ("date-time", "2026-01-31T10:00:00Z", "2026-01-31"),
        ("email", "a@b.c", "a"),
        ("uri", "https://a.example/b", "a b"),
        ("hostname", "a.example", "a b"),
        ("ipv4", "127.0.0.1", "1.2.3"),
        ("uuid", "123e4567-e89b-12d3-a456-426614174000", "123"),
    ],
)
def test_formats_of_a_schema_are_asserted(name: str, good: str, bad: str) -> None:
    schema = {"type": "string", "format": name}
    assert graded(f'"{good}"', json_schema=schema, length_check=False).score == 1.0
    assert graded(f'"{bad}"', json_schema=schema, length_check=False).score == 0.5
