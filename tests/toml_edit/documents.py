"""TOML files as people write them, made by hypothesis."""

from hypothesis import strategies as st

from stack_tui.toml_edit.splitter import TablePath, header_of

NAMES = st.sampled_from(["a", "b-2", "my server", 'quo"te', "d.ot", "ünï", "[x]", "#"])
COMMENTS = st.sampled_from(["", "", "# about it\n", '# not """ a string\n', "  # [endpoints.x]\n"])
GAPS = st.sampled_from(["", "\n", "\n\n", "\n# --- next ---\n\n", "# below\n\n"])
ENDS = st.sampled_from(["", "  # why", ' # url = "x"', "\t"])
VALUES = st.sampled_from(
    [
        "1",
        "'literal # text'",
        '"[a]"',
        '"""\nx\n# not a comment"""',
        "'''\n[a]\n[[case]]\n# '''",
        '"""\\"""\n# still text\n"""',
        '[\n  1,\n[2],  # two\n# alone\n  ["a"],\n]',
        '{ x = 1, y = ["]"] }',
        '[["#"], []]',
        "1979-05-27T07:32:00Z",
    ]
)
INDENTS = st.sampled_from(["", "", "  ", "\t"])


@st.composite
def _table(draw: st.DrawFn, path: TablePath) -> str:
    keys = draw(st.lists(st.sampled_from(["k", "key-2", '"q.k"', "'l'"]), max_size=3, unique=True))
    text = f"{draw(COMMENTS)}{draw(INDENTS)}{header_of(path)}{draw(ENDS)}\n"
    for key in keys:
        text += f"{draw(COMMENTS)}{draw(INDENTS)}{key} = {draw(VALUES)}{draw(ENDS)}\n"
    if path[-1] == 0 and draw(st.booleans()):
        text += f"{draw(COMMENTS)}{header_of((*path, 'below'))}\nk = {draw(VALUES)}\n"
    return text + draw(GAPS)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Draw a file of up to four [t.NAME] and three [[row]], with either line end or both."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    tables: list[TablePath] = [("t", name) for name in names]
    tables += [("row", number) for number in range(draw(st.integers(1, 3)))]
    rows = iter(range(len(tables)))
    order = draw(st.permutations(tables))
    paths = [path if path[0] == "t" else ("row", next(rows)) for path in order]
    text = draw(st.sampled_from(["", "# A file.\n", "# A file.\n\n", 'top = "#"\n\n']))
    text += "".join(draw(_table(path)) for path in paths)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    windows = draw(st.sampled_from([0, 0, -1, 2]))
    return text.replace("\n", "\r\n", windows)
