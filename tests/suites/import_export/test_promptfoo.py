"""promptfoo's configurations as suites: what is carried over, and what is said not to be."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack_tui.errors import StackError
from stack_tui.suites.model import suite_edit, suite_store
from stack_tui.suites.model.case import Case, Suite
from tests.suites.import_export.importing import asserting, imported, only, said
from tests.suites.import_export.made import KEYS, VALUES

CONFIG = """\
description: Headlines
prompts:
  - "Write a headline: {{article}}"
providers:
  - id: openai:chat:small
    config: {temperature: 0.5, max_tokens: 60}
defaultTest:
  assert:
    - type: not-icontains
      value: As an AI
tests:
  - description: Ferry news
    vars:
      article: The ferry to Holm is out of service.
    metadata: {topic: [travel, sea]}
    assert:
      - type: icontains
        value: ferry
      - type: contains-any
        value: [out of service, halted, 2]
      - type: llm-rubric
        value: Says that the ferry stopped.
"""


def test_a_prompt_its_tests_and_their_assertions_become_a_suite(tmp_path: Path) -> None:
    brought = imported(tmp_path, CONFIG)
    assert brought.suites == (
        Suite(
            name="headlines",
            description="Headlines",
            prompt="Write a headline: {input}",
            temperature=0.5,
            max_tokens=60,
            pass_mark=1.0,
            length_check=False,
            cases=(
                Case(
                    id="ferry-news",
                    input="The ferry to Holm is out of service.",
                    labels=("topic:travel", "topic:sea"),
                    must_mention=("ferry", ("out of service", "halted", "2")),
                    must_not_mention=("As an AI",),
                    rubric="Says that the ferry stopped.",
                ),
            ),
        ),
    )


def test_an_imported_suite_can_be_written_and_loaded(tmp_path: Path) -> None:
    (suite,) = imported(tmp_path, CONFIG).suites
    assert suite_store.parse(suite_edit.suite_text(suite), Path("x.toml")) == suite


def test_settings_of_the_file_and_of_tests_are_listed(tmp_path: Path) -> None:
    brought = asserting(
        tmp_path,
        "{type: icontains, value: a}\n    threshold: 0.5",
        "scenarios: []\nevaluateOptions: {repeat: 3, maxConcurrency: 2}\n",
    )
    assert brought.suites[0].repeats == 3
    assert sorted(said(brought)) == [
        "the option maxConcurrency",
        "the setting scenarios",
        "the setting threshold of tests",
    ]


def test_each_prompt_becomes_a_suite(tmp_path: Path) -> None:
    config = "prompts: ['A: {{q}}', {raw: 'B: {{q}}', label: Second}]\ntests: [{vars: {q: x}}]"
    suites = imported(tmp_path, config).suites
    assert [(suite.name, suite.prompt) for suite in suites] == [
        ("headlines-1", "A: {input}"),
        ("headlines-second", "B: {input}"),
    ]


def test_several_variables_are_filled_in_case_by_case(tmp_path: Path) -> None:
    config = "prompts: ['{{a}} and {{b.c}}']\ntests: [{vars: {a: 1.50, b: {c: two}}}]"
    case = only(imported(tmp_path, config))
    assert case.input == "1.5 and two"


def test_a_list_of_values_becomes_a_case_each(tmp_path: Path) -> None:
    config = "prompts: ['{{a}}{{b}}']\ntests: [{description: t, vars: {a: [x, y], b: [1, 2]}}]"
    cases = imported(tmp_path, config).suites[0].cases
    assert [(case.id, case.input) for case in cases] == [
        ("t", "x1"),
        ("t-2", "x2"),
        ("t-3", "y1"),
        ("t-4", "y2"),
    ]


def test_a_chat_becomes_system_prompt_and_prompt(tmp_path: Path) -> None:
    chat = '[{"role": "system", "content": "Be {{how}}."}, {"role": "user", "content": "{{q}}"}]'
    config = "prompts: [file://chat.json]\ntests:\n"
    config += "".join(
        f"  - vars: {{q: {q}, how: {how}}}\n" for q, how in [("x", "short"), ("y", "long")]
    )
    brought = imported(tmp_path, config, chat_json=chat)
    assert (brought.suites[0].system, brought.suites[0].prompt) == ("Be short.", "{input}")
    assert only(brought).input == "x"
    assert said(brought) == ["a test whose system prompt differs from the first test's"]


def test_prompts_that_are_programs_or_talks_are_listed(tmp_path: Path) -> None:
    talk = '[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]'
    config = "prompts: [file://p.py, exec:p, 'langfuse://p', file://t.json, '{% if a %}', ok]"
    brought = imported(tmp_path, f"{config}\ntests: [{{}}]", t_json=talk)
    assert [suite.cases[0].input for suite in brought.suites] == ["ok"]
    assert sum(note.count for note in brought.notes) == 5


def test_prompts_and_tests_are_read_from_files_beside_the_configuration(tmp_path: Path) -> None:
    brought = imported(
        tmp_path,
        "prompts: [file://prompts/p.txt]\ntests: [file://more/*.yaml, file://t.jsonl]\n",
        prompts__p_txt="First {{q}}\n---\nSecond {{q}}\n",
        more__a_yaml="- vars: {q: file://more/long.txt}\n",
        more__long_txt="A long text.",
        t_jsonl='{"vars": {"q": "y"}}\n',
    )
    assert [suite.prompt for suite in brought.suites] == ["First {input}", "Second {input}"]
    assert [case.input for case in brought.suites[0].cases] == ["A long text.", "y"]


def test_a_pattern_for_files_gives_a_variable_several_values(tmp_path: Path) -> None:
    config = "prompts: ['{{q}}']\ntests: [{vars: {q: 'file://articles/*'}}]"
    brought = imported(tmp_path, config, articles__1_txt="One.", articles__2_txt="Two.")
    assert [case.input for case in brought.suites[0].cases] == ["One.", "Two."]


def test_a_test_that_cannot_be_asked_costs_no_other_of_its_file(tmp_path: Path) -> None:
    tests = '{"vars": {"q": "file://gone.txt"}}\n{"vars": {"q": "y"}}\n'
    brought = imported(tmp_path, "prompts: ['{{q}}']\ntests: file://t.jsonl", t_jsonl=tests)
    assert only(brought).input == "y"
    assert brought.notes[0].places == (f"{tmp_path / 't.jsonl'}:1",)


def test_a_table_of_tests_is_read_with_its_expectations(tmp_path: Path) -> None:
    table = (
        "q,__expected1,__expected2,__metadata:topic,__description,__prefix\n"
        'One?,"contains-any: 1, one",uno,sums,First,x\n'
        "Two?,fn: output,is-json,,,\n"
    )
    brought = imported(tmp_path, "prompts: ['{{q}}']\ntests: file://t.csv", t_csv=table)
    assert brought.suites[0].cases == (
        Case(
            id="first",
            input="One?",
            must_mention=(("1", "one"),),
            equals="uno",
            labels=("topic:sums",),
        ),
        Case(id="test-2", input="Two?", json_schema={}),
    )
    assert "the setting prefix of tests" in said(brought)
    assert "assertions of type 'javascript'" in said(brought)


def test_assertion_templates_are_followed(tmp_path: Path) -> None:
    more = "assertionTemplates: {kind: {type: icontains, value: please}}\n"
    brought = asserting(tmp_path, "{$ref: '#/assertionTemplates/kind'}", more)
    assert only(brought).must_mention == ("please",)


def test_a_test_without_an_input_is_listed(tmp_path: Path) -> None:
    brought = imported(tmp_path, "prompts: ['{{q}}']\ntests: [{vars: {q: ' '}}, {vars: {q: x}}]")
    assert only(brought).input == "x"
    assert said(brought) == ["a test whose input is empty"]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("prompts: [a\ntests: b", ("headlines.yaml:2", "not valid YAML")),
        ("prompts: a\nprompts: b\n", ("headlines.yaml:2", "'prompts' is repeated")),
        ("- a\n", ("headlines.yaml", "expected prompts and tests")),
        ("", ("headlines.yaml", "empty")),
        ("prompts: !!python/object:os.system x", ("headlines.yaml:1", "not valid YAML")),
        (
            "prompts: x\nproviders: [{id: a, config: {temperature: hot}}]",
            ("headlines.yaml:2: providers", "temperature"),
        ),
        ("prompts: x\ntests: file://t.jsonl", ("t.jsonl:2", "expected an object")),
    ],
)
def test_a_file_that_is_no_configuration_is_reported_with_its_line(
    tmp_path: Path, config: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(StackError) as refused:
        imported(tmp_path, config, t_jsonl='{"vars": {}}\n[]\n')
    for word in words:
        assert word in str(refused.value)


def test_aliases_that_stand_for_too_much_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(StackError, match="expand to too many values"):
        imported(tmp_path, "\n".join(lines))
    with pytest.raises(StackError, match="expand to too many values"):
        imported(tmp_path, "tests: &a [*a]")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, VALUES) | VALUES)
def test_whatever_a_file_holds_it_is_brought_in_or_refused_in_words(
    tmp_path: Path, data: Any
) -> None:
    try:
        brought = imported(tmp_path, msgspec.json.encode(data).decode())
    except StackError:
        return
    for suite in brought.suites:
        assert suite_store.parse(suite_edit.suite_text(suite), Path("x.toml")) == suite
