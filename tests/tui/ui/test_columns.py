"""How wide a table's columns are."""

from hypothesis import given
from hypothesis import strategies as st

from stack_tui.tui.ui.columns import Column, fit

columns = st.lists(
    st.builds(
        Column,
        title=st.just(""),
        width=st.integers(1, 20),
        grow=st.integers(0, 3),
        optional=st.integers(0, 2),
    ),
    min_size=1,
    max_size=6,
)


@given(columns, st.integers(0, 200))
def test_columns_fill_no_more_than_the_room_unless_what_must_be_shown_needs_more(
    given_columns: list[Column], room: int
) -> None:
    layout = fit(given_columns, room)
    taken = sum(width for _, width in layout.widths) + layout.gap * (len(layout.widths) - 1)
    needed = sum(c.width for c in given_columns if not c.optional) + len(given_columns)
    assert taken <= max(room, needed)


@given(columns, st.integers(0, 200))
def test_a_column_that_is_not_optional_is_always_shown(
    given_columns: list[Column], room: int
) -> None:
    shown = {place for place, _ in fit(given_columns, room).widths}
    assert {place for place, c in enumerate(given_columns) if not c.optional} <= shown


def test_the_most_optional_column_goes_first() -> None:
    given_columns = [Column("a", 10), Column("b", 10, optional=1), Column("c", 10, optional=2)]
    assert [place for place, _ in fit(given_columns, 24).widths] == [0, 1]


def test_what_is_left_over_goes_to_the_columns_that_grow() -> None:
    given_columns = [Column("a", 4), Column("b", 4, grow=1), Column("c", 4, grow=3)]
    assert fit(given_columns, 24).widths == ((0, 4), (1, 6), (2, 10))


def test_columns_stand_closer_where_room_is_short() -> None:
    given_columns = [Column("a", 10), Column("b", 10)]
    assert fit(given_columns, 22).gap == 2
    assert fit(given_columns, 21).gap == 1
