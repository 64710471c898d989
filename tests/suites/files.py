"""Suites' files as people write them, made by hypothesis."""

from dataclasses import dataclass

from hypothesis import strategies as st

ORDINARY = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t")
TEXT = st.text(ORDINARY, min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
TRICKY = st.sampled_from(
    [
        '# no comment"""\n',
        "[[case]]\n[suite]",
        'quotes """ and \'\'\' and "',
        "back\\slash \\n",
        "\n\nleading",
        "trailing\n\n",
        "a\rb\x00\x7f",
        '""""""',
    ]
)
PHRASES = st.lists(TEXT, min_size=1, max_size=4)


@dataclass(frozen=True)
class Written:
    """A case's text as chunks, one for each field, with the comments and gaps around them."""

    lead: str
    chunks: tuple[tuple[str, str], ...]
    gap: str

    @property
    def text(self) -> str:
        """The case as it stands in the file."""
        return f"{self.lead}[[case]]\n" + "".join(chunk for _, chunk in self.chunks) + self.gap


def quoted(text: str) -> str:
    """Return the text as TOML, on one line."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    return char if char.isalnum() or char == " " else f"\\U{ord(char):08X}"


_COMMENTS = st.sampled_from(["", "", "# a remark\n", '# not """ a string\n', "# [[case]]\n\n"])
_TAILS = st.sampled_from(["", "", "  # why", "\t"])
_GAPS = st.sampled_from(["", "\n", "\n\n", "\n# --- next ---\n\n", "# below\n\n"])


@st.composite
def _strings(draw: st.DrawFn) -> str:
    text = draw(TEXT | TRICKY)
    if draw(st.booleans()):
        return quoted(text)
    inner = "".join(char if char == "\n" else _escaped(char) for char in text)
    return f'"""\n{inner}"""' if draw(st.booleans()) else f'"""x{inner}"""'


@st.composite
def _lists(draw: st.DrawFn) -> str:
    items = [quoted(text) for text in draw(PHRASES)]
    if draw(st.booleans()):
        return "[" + ", ".join(items) + "]"
    comment = draw(st.sampled_from(["", "  # reason", "\n    # alone"]))
    return "[\n" + "".join(f"    {item},{comment}\n" for item in items) + "]"


@st.composite
def cases(draw: st.DrawFn, number: int) -> Written:
    """Draw a case called case-NUMBER, with fields in any order and comments between them."""
    values = {
        "id": st.just(f'"case-{number}"'),
        "input": _strings(),
        "rubric": _strings(),
        "must_mention": _lists(),
        "labels": _lists(),
        "max_words": st.just("60"),
    }
    names = draw(st.permutations(list(values)))
    chunks = [
        (name, f"{draw(_COMMENTS)}{name} = {draw(values[name])}{draw(_TAILS)}\n") for name in names
    ]
    below = draw(st.sampled_from(["", "", "\n[case.number]\nvalue = 3 # three\n"]))
    lead = draw(st.sampled_from(["", "# about it\n", "# two\n# lines\n"]))
    return Written(lead, (*chunks, ("number", below)), draw(_GAPS))


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[Written], str]:
    """Draw a suite's file: what stands before its first case, the cases, what stands behind."""
    head = draw(st.sampled_from(["", "# A suite.\n\n"])) + '[suite]\nname = "made"\n'
    head += draw(st.sampled_from(["", "# gap\n\n", "\n", '\nprompt = "Sum: {input}"\n\n']))
    count = draw(st.integers(1, 4))
    tail = draw(st.sampled_from(["", "# the end\n", "\n\n"]))
    return head, [draw(cases(number)) for number in range(count)], tail
