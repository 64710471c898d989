"""What a run took in tokens and money."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.measures.cost import cost
from stack_tui.reports.measures.gates import evaluate_all, parse
from stack_tui.reports.pages.suite_sections import money, tokens_section
from stack_tui.reports.render.text_report import text_report
from stack_tui.runs.events import Answer
from stack_tui.runs.view import RunView
from tests.reports.forms import facts_of
from tests.reports.views import ENDPOINT, JUDGE, SPEC, outcomes, view

PRICED = msgspec.structs.replace(
    SPEC,
    endpoint=msgspec.structs.replace(ENDPOINT, price_in=0.2, price_out=0.6),
    judges=(msgspec.structs.replace(JUDGE, price_in=2.5, price_out=10.0),),
)


_NUMBERS = itertools.count()


def answer(role: str = "model", prompt: Any = 1000, completion: Any = 500) -> Answer:
    usage = {"prompt_tokens": prompt, "completion_tokens": completion}
    key = f"k{next(_NUMBERS)}"  # an answer of the same key would replace the one before
    return Answer(at=1.0, key=key, task="t", sample="a", role=role, response={"usage": usage})


def run(*answers: Answer, spec: Any = PRICED) -> RunView:
    found = view(outcomes([True]), spec)
    found.apply(answers)
    return found


def rows(found: RunView) -> dict[str, str]:
    return facts_of(tokens_section(found))


def test_model_and_judges_are_counted_apart_each_at_its_own_price() -> None:
    assert rows(run(answer(), answer("judge:judge"), answer("judge:judge"))) == {
        "model": "1,000 in, 500 out, 1 answer, 0.0005 USD",
        "judge judge": "2,000 in, 1,000 out, 2 answers, 0.0150 USD",
        "total": "0.0155 USD",
    }


@pytest.mark.parametrize("stated", [None, -1, "12", True, 1.5])
def test_an_answer_that_states_no_usage_is_said_to_and_not_taken_for_nothing(stated: Any) -> None:
    found = run(answer(), answer(completion=stated))
    expected = (
        "2 answers, 1 of them did not report all tokens, so the total is higher, at least 0.00"
    )
    assert expected in rows(found)["model"]
    spent = cost(found)
    assert spent is not None
    assert spent.at_least


@pytest.mark.parametrize("response", [None, [], "text", {"usage": None}, {"usage": 3}, {}])
def test_any_response_is_counted(response: Any) -> None:
    odd = msgspec.structs.replace(answer(), response=response)
    spent = cost(run(odd))
    assert spent is not None
    assert (spent.parts[0].answers, spent.parts[0].unknown) == (1, 1)


def test_a_benchmarks_answers_state_their_tokens_beside_the_text() -> None:
    kept = {"text": "B", "prompt_tokens": 40, "completion_tokens": 1}
    assert "40 in, 1 out" in rows(run(msgspec.structs.replace(answer(), response=kept)))["model"]


def test_without_prices_there_are_tokens_and_no_sum() -> None:
    found = run(answer(), answer("judge:judge"), spec=SPEC)
    assert rows(found) == {
        "model": "1,000 in, 500 out, 1 answer",
        "judge judge": "1,000 in, 500 out, 1 answer",
    }
    (result,) = evaluate_all([parse("cost <= 1")], found, {})
    assert result.state == "inconclusive"


def test_amounts_of_two_currencies_are_not_added() -> None:
    euros = (msgspec.structs.replace(PRICED.judges[0], currency="EUR"),)
    mixed = msgspec.structs.replace(PRICED, judges=euros)
    found = cost(run(answer(), answer("judge:judge"), spec=mixed))
    assert found is not None
    assert found.total is None


def test_a_gate_can_ask_for_the_cost() -> None:
    found = run(answer(), answer("judge:judge"))
    results = evaluate_all(map(parse, ("cost <= 0.02", "cost <= 0.001")), found, {})
    assert [result.state for result in results] == ["met", "failed"]


def test_a_gate_on_a_cost_of_which_only_a_part_is_known_is_inconclusive() -> None:
    (result,) = evaluate_all([parse("cost <= 1")], run(answer(), answer(prompt=None)), {})
    assert result.state == "inconclusive"


def test_the_printed_report_ends_in_the_tokens() -> None:
    assert text_report(run(answer()), None).endswith(
        "\n── tokens ──\n  model:           1,000 in, 500 out, 1 answer, 0.0005 USD"
    )
    assert "tokens" not in text_report(run(), None)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0.0000 X"), (0.00002, "less than 0.0001 X"), (0.25, "0.2500 X"), (1234.5, "1,234.50 X")],
)
def test_amounts_are_shown_to_what_matters(amount: float, shown: str) -> None:
    assert money(amount, "X") == shown


ANSWERS = st.lists(
    st.builds(
        answer,
        st.sampled_from(["model", "judge:judge", "judge:gone"]),
        st.none() | st.integers(0, 10**6),
        st.none() | st.integers(0, 10**6),
    ),
    min_size=1,
)


@given(ANSWERS)
def test_every_answer_is_in_one_part_and_the_parts_are_the_sum(answers: list[Answer]) -> None:
    found = cost(run(*answers))
    assert found is not None
    assert sum(part.answers for part in found.parts) == len(answers)
    assert found.total == pytest.approx(sum(part.cost or 0 for part in found.parts))
    assert found.at_least == any(part.unknown for part in found.parts)
