"""What a duel judges, and what it sets apart."""

from hypothesis import given
from hypothesis import strategies as st

from stack_tui.runs.duel_data import CaseText, DuelCase, DuelData, DuelEntry, matches

ENTRIES = st.dictionaries(
    st.sampled_from("abc"),
    st.tuples(st.sampled_from(["old", "new"]), st.sampled_from([None, "", "x", "y"])),
    min_size=1,
)


def duel_data(cases: list[dict[str, tuple[str, str | None]]]) -> DuelData:
    bouts = tuple(
        DuelCase(
            id=f"c{place}",
            entries=tuple(
                DuelEntry(run=run, case=case, output=output)
                for run, (case, output) in entries.items()
            ),
        )
        for place, entries in enumerate(cases)
    )
    texts = {name: CaseText(input=name) for name in ("old", "new")}
    return DuelData(suite="tiny", runs=("a", "b", "c"), bouts=bouts, cases=texts)


@given(st.lists(ENTRIES, max_size=6))
def test_every_case_of_a_pair_is_a_match_or_set_apart_for_one_reason(
    cases: list[dict[str, tuple[str, str | None]]],
) -> None:
    found, apart = matches(duel_data(cases))
    for pair, judged in found.items():
        a, _, b = pair.partition(" vs ")
        names = [match.duel_case.id for match in judged]
        names += [name for apart_so in apart[pair].values() for name in apart_so]
        expected = [f"c{n}" for n, entries in enumerate(cases) if {a, b} & entries.keys()]
        assert sorted(names) == sorted(expected)


def test_the_reason_says_what_keeps_a_case_from_being_judged() -> None:
    _, apart = matches(
        duel_data(
            [
                {"a": ("old", "x")},
                {"a": ("old", "x"), "b": ("new", "y")},
                {"a": ("old", None), "b": ("old", "y")},
                {"a": ("old", ""), "b": ("old", " ")},
                {"a": ("old", ""), "b": ("old", "y")},
            ]
        )
    )
    assert apart["a vs b"] == {
        "missing in one run": ["c0"],
        "case changed": ["c1"],
        "no output": ["c2", "c3"],
    }
