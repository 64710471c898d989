"""Plots as inline SVG: plain shapes with class names, to be coloured by the page's style sheet."""

from collections.abc import Iterable, Sequence
from html import escape

from stack_tui.text import one_line

_WIDTH = 640


def text(value: str, limit: int = 400) -> str:
    """Return the text on one line, safe to stand in HTML, an attribute's value included."""
    return escape(one_line(value, limit), quote=True)


def histogram(counts: Sequence[tuple[str, int]], title: str) -> str:
    """Return upright bars, each with its label below and its count above."""
    highest = max((count for _, count in counts), default=0) or 1
    step = _WIDTH / max(1, len(counts))
    bars = []
    for place, (label, count) in enumerate(counts):
        height = 120 * count / highest
        left, middle = place * step, (place + 0.5) * step
        bars.append(
            f'<rect class="bar" x="{left + step * 0.1:.1f}" y="{140 - height:.1f}" '
            f'width="{step * 0.8:.1f}" height="{height:.1f}"/>'
            + _label(middle, 134 - height, str(count), "middle")
            + _label(middle, 156, label, "middle")
        )
    return _svg(164, title, [*bars, _line(0, 140, _WIDTH, 140)])


Rate = tuple[str, float, tuple[float, float] | None, str]


def rate_bars(rows: Sequence[Rate], title: str) -> str:
    """Return a bar a row, from 0 to 100 %, with its interval across and its basis behind.

    A row is a label, a rate from 0 to 1, its interval and what it rests on.
    """
    shapes = [_axis(len(rows))]
    for place, (label, rate, interval, basis) in enumerate(rows):
        top = 22 + 24 * place
        shapes += [
            _label(206, top + 12, one_line(label, 26), "end"),
            f'<rect class="bar" x="214" y="{top}" width="{300 * rate:.1f}" height="16"/>',
            _label(524, top + 12, f"{100 * rate:.1f}%  {basis}", "start"),
        ]
        if interval:
            low, high = (214 + 300 * end for end in interval)
            shapes += [_line(low, top + 8, high, top + 8, "interval")]
            shapes += [_line(end, top + 3, end, top + 13, "interval") for end in (low, high)]
    return _svg(26 + 24 * len(rows), title, shapes)


def _axis(rows: int) -> str:
    ticks = ((share, 214 + 3 * share) for share in (0, 25, 50, 75, 100))
    return "".join(
        _line(x, 18, x, 22 + 24 * rows, "grid") + _label(x, 12, f"{share}%", "middle")
        for share, x in ticks
    )


def shares(parts: Sequence[tuple[str, int, str]], title: str) -> str:
    """Return one bar cut into its parts, with a legend; a part is a label, a count and a class."""
    total = sum(count for _, count, _ in parts) or 1
    shapes, left = [], 0.0
    for place, (label, count, kind) in enumerate(parts):
        width = _WIDTH * count / total
        top = 52 + 20 * place
        shapes += [
            f'<rect class="{kind}" x="{left:.1f}" y="6" width="{width:.1f}" height="28"/>',
            f'<rect class="{kind}" x="2" y="{top - 10}" width="12" height="12"/>',
            _label(22, top, f"{label}: {count} of {total} ({count / total:.0%})", "start"),
        ]
        left += width
    return _svg(50 + 20 * len(parts), title, shapes)


def grid(counts: Sequence[Sequence[int]], labels: Sequence[str], title: str) -> str:
    """Return a square of counts, darker where there are more; rows and columns bear the labels."""
    highest = max((count for row in counts for count in row), default=0) or 1
    shapes = []
    for row, line in enumerate(counts):
        shapes.append(_label(34, 44 + 34 * row, labels[row], "end"))
        shapes.append(_label(59 + 34 * row, 14, labels[row], "middle"))
        for column, count in enumerate(line):
            x, y = 42 + 34 * column, 22 + 34 * row
            shapes.append(
                f'<rect class="cell" x="{x}" y="{y}" width="32" height="32" '
                f'fill-opacity="{0.05 + 0.75 * count / highest:.2f}"/>'
            )
            if count:
                shapes.append(_label(x + 16, y + 21, str(count), "middle"))
    return _svg(30 + 34 * len(labels), title, shapes, width=52 + 34 * len(labels))


def _svg(height: float, title: str, shapes: Iterable[str], width: float = _WIDTH) -> str:
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" role="img">'
        f"<title>{text(title)}</title>{''.join(shapes)}</svg>"
    )


def _label(x: float, y: float, label: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text(label, 80)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str = "axis") -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
