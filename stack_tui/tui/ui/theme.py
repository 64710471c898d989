"""The colours: a dark and a light theme, and one of the terminal's own sixteen."""

from dataclasses import fields

from textual.theme import Theme

_SAME_AS = {
    "cursor-idle": "panel",
    "scrollbar": "frame",
    "scrollbar-active": "accent",
    "scrollbar-background": "background",
    "scrollbar-background-hover": "background",
    "scrollbar-background-active": "background",
    "scrollbar-corner-color": "background",
    "block-cursor-background": "cursor",
    "block-cursor-foreground": "cursor-text",
    "border": "accent",
    "border-blurred": "frame",
}
"""Variables of the style sheets, Textual's and our own, that have another's colour."""


def _theme(name: str, *, dark: bool = True, ansi: bool = False, **colours: str) -> Theme:
    """Return the theme; `colours` are by Theme's fields and the variables, with _ for -."""
    named = {name.replace("_", "-"): colour for name, colour in colours.items()}
    named |= {name: named[same] for name, same in _SAME_AS.items()}
    of_textual = {field.name for field in fields(Theme)}
    return Theme(
        name,
        dark=dark,
        ansi=ansi,
        primary=colours["accent"],
        secondary=colours["muted"],
        surface=colours["background"],
        foreground=colours["foreground"],
        background=colours["background"],
        panel=colours["panel"],
        accent=colours["accent"],
        success=colours["success"],
        warning=colours["warning"],
        error=colours["error"],
        variables={name: named[name] for name in named.keys() - of_textual},
    )


DARK = _theme(
    "stack-dark",
    foreground="#d5dae1",
    background="#11151a",
    panel="#232c36",
    accent="#4cc3e0",
    success="#4bd16f",
    warning="#f0c24b",
    error="#ff6b5e",
    muted="#8b95a3",
    frame="#3d4855",
    inverse="#11151a",
    cursor="#24506b",
    cursor_text="#ffffff",
    bar_rest="#3d4855",
    scrollbar_hover="#4d5b6b",
)

LIGHT = _theme(
    "stack-light",
    dark=False,
    foreground="#1c2228",
    background="#fbfbf8",
    panel="#e6e8e6",
    accent="#00638a",
    success="#0b6e2f",
    warning="#8a5a00",
    error="#b3261e",
    muted="#5c6670",
    frame="#b9c0c6",
    inverse="#fbfbf8",
    cursor="#cfe6f1",
    cursor_text="#000000",
    bar_rest="#c9cfd4",
    scrollbar_hover="#98a1a9",
)

SIXTEEN = _theme(
    "stack-16",
    ansi=True,
    foreground="ansi_default",
    background="ansi_default",
    panel="ansi_default",
    accent="ansi_cyan",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    muted="ansi_bright_black",
    frame="ansi_bright_black",
    inverse="ansi_black",
    cursor="ansi_blue",
    cursor_text="ansi_bright_white",
    bar_rest="ansi_bright_black",
    scrollbar_hover="ansi_cyan",
    ansi_background="ansi_black",
    ansi_foreground="ansi_white",
    input_cursor_background="ansi_white",
    input_cursor_foreground="ansi_black",
)

THEMES = (DARK, LIGHT, SIXTEEN)


def named(name: str | None) -> str | None:
    """Return the full name of the theme that the configuration names."""
    return f"stack-{name}" if name else None


def fitting(color_system: str | None) -> str:
    """Return the name of the theme for a terminal with Rich's `color_system`."""
    return SIXTEEN.name if color_system in (None, "standard") else DARK.name


def after(name: str) -> str:
    """Return the name of the theme after this one; the first follows the last."""
    names = [each.name for each in THEMES]
    return names[(names.index(name) + 1) % len(names)]
