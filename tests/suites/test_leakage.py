"""Cases that stand in training or few-shot data are found, with the place."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack_tui.errors import StackError
from stack_tui.suites.diagnostics import corpus
from stack_tui.suites.diagnostics.leakage import COPY, Leakage, leakage
from stack_tui.suites.model.case import Case

PASSAGE = (
    "Honey keeps for years in a closed jar. It is acid and holds little water, so that hardly any "
    "microbe can grow in it. Opened and left in damp air it draws water and may begin to ferment."
)
CASE = Case(id="honey", input=PASSAGE)
OTHER = "Nothing of this sort is said here, and whoever looks for it will look for long. " * 3


def looked(path: Path, *cases: Case) -> Leakage:
    return leakage(cases or [CASE], [path])


def places(found: Leakage) -> list[tuple[str, int, str]]:
    return [(overlap.case, overlap.line, overlap.kind) for overlap in found.overlaps]


def jsonl(path: Path, *texts: str) -> Path:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


def test_a_copy_is_found_with_its_file_line_share_and_text(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "train.jsonl", OTHER, f"{OTHER} {PASSAGE.upper()} {OTHER}")
    (overlap,) = looked(path).overlaps
    assert (overlap.case, overlap.file, overlap.line) == ("honey", str(path), 2)
    assert (overlap.kind, overlap.share, overlap.words) == ("copied", 1.0, 38)
    assert overlap.text.startswith("honey keeps for years in a closed jar")


def test_thirteen_words_in_a_row_are_a_copy_and_twelve_are_not(tmp_path: Path) -> None:
    thirteen = "it is acid and holds little water so that hardly any microbe can"
    assert len(thirteen.split()) == COPY
    path = jsonl(
        tmp_path / "train.jsonl", f"x {thirteen.removesuffix(' can')} y", f"x {thirteen} y"
    )
    found = looked(path)
    assert places(found) == [("honey", 2, "copied")]
    assert found.overlaps[0].text == thirteen


def test_a_text_with_every_tenth_word_changed_is_near(tmp_path: Path) -> None:
    words = [word if place % 10 else "changed" for place, word in enumerate(PASSAGE.split())]
    (overlap,) = looked(jsonl(tmp_path / "train.jsonl", " ".join(words))).overlaps
    assert overlap.kind == "near"
    assert 0.5 <= overlap.share < 1


def test_strings_are_found_wherever_they_stand_in_a_record(tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_text(json.dumps({"id": 1, "messages": [{"role": "user", "content": PASSAGE}]}))
    assert places(looked(path)) == [("honey", 1, "copied")]


def test_in_plain_text_the_line_is_told_across_wrapped_lines_and_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "book.txt"
    path.write_text(f"{OTHER}\n" * 9 + "A line.\n" + PASSAGE.replace(". ", ".\n") + f"\n{OTHER}")
    for block in (64, 300, 1 << 18):
        monkeypatch.setattr(corpus, "_BLOCK", block)
        assert places(looked(path)) == [("honey", 11, "copied")]


def test_packed_files_lists_and_parquet_are_read(tmp_path: Path) -> None:
    import pyarrow  # type: ignore[import-untyped]
    from pyarrow import parquet

    records = [{"n": 1, "turns": [{"content": OTHER}]}, {"n": 2, "turns": [{"content": PASSAGE}]}]
    (tmp_path / "a.json").write_text(json.dumps(records))
    (tmp_path / "b.jsonl.gz").write_bytes(
        gzip.compress("\n".join(map(json.dumps, records)).encode())
    )
    parquet.write_table(pyarrow.Table.from_pylist(records), tmp_path / "c.parquet")
    for path in sorted(tmp_path.iterdir()):
        assert places(looked(path)) == [("honey", 2, "copied")]


def test_an_input_of_a_few_words_is_not_looked_for_and_named(tmp_path: Path) -> None:
    short = Case(id="short", input="Hello there, how are you?")
    found = looked(jsonl(tmp_path / "train.jsonl", short.input), short, CASE)
    assert found.too_short == ("short",)
    assert not found.overlaps


def test_an_input_of_under_thirteen_words_must_stand_there_whole(tmp_path: Path) -> None:
    question = Case(id="q", input="How long does honey keep in a closed jar?")
    path = jsonl(tmp_path / "t.jsonl", "How long does honey keep in a closed box", question.input)
    assert ("q", 2, "copied") in places(looked(path, question))


def test_lines_that_are_no_json_are_told_and_the_others_read(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"{broken\n\xff\xfe\n" + json.dumps(PASSAGE).encode() + b"\n")
    found = looked(path)
    assert [(one.line, one.why[:8]) for one in found.unread] == [(1, "not JSON"), (2, "not JSON")]
    assert places(found) == [("honey", 3, "copied")]


def test_a_line_beyond_the_limit_is_told_and_not_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "_LONGEST_LINE", 1000)
    path = jsonl(tmp_path / "train.jsonl", "x" * 5000, PASSAGE)
    found = looked(path)
    assert [one.line for one in found.unread] == [1]
    assert places(found) == [("honey", 2, "copied")]


def test_what_is_found_too_often_is_counted_not_kept(tmp_path: Path) -> None:
    found = looked(jsonl(tmp_path / "train.jsonl", *[PASSAGE] * 130))
    assert (len(found.overlaps), found.further, found.passages) == (100, 30, 130)


@pytest.mark.parametrize("name", ["a.bin", "a.parquet", "a.jsonl.gz", "a.json"])
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\0\1\2not this")
    with pytest.raises(StackError) as refused:
        looked(path)
    assert name in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"gone\.txt"):
        looked(tmp_path / "gone.txt")


WORDS = st.sampled_from(["a", "be", "cat", "dogs", "horse"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), text=st.lists(WORDS, min_size=COPY, max_size=40))
def test_no_copy_of_thirteen_words_is_missed_wherever_it_begins(
    data: st.DataObject, text: list[str], tmp_path: Path
) -> None:
    start = data.draw(st.integers(0, len(text) - COPY))
    around = st.lists(WORDS, max_size=20)
    copied = [*data.draw(around), *text[start : start + COPY], *data.draw(around)]
    path = jsonl(tmp_path / "train.jsonl", " ".join(copied))
    found = looked(path, Case(id="x", input=" ".join(text)))
    assert [overlap.kind for overlap in found.overlaps][:1] == ["copied"]
    assert found.overlaps[0].words >= COPY


def test_a_pipe_that_nobody_writes_to_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(StackError, match="is a pipe"):
        looked(tmp_path / "pipe.txt")
