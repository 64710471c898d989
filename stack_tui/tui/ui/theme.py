"""The colours: a dark and a light theme, and one of the terminal's own sixteen."""

from textual.theme import Theme

DARK = Theme(
    name="stack-dark",
    primary="#4cc3e0",
    secondary="#8b95a3",
    accent="#4cc3e0",
    success="#4bd16f",
    warning="#f0c24b",
    error="#ff6b5e",
    foreground="#d5dae1",
    background="#11151a",
    surface="#11151a",
    panel="#232c36",
    variables={
        "muted": "#8b95a3",
        "inverse": "#11151a",
        "frame": "#3d4855",
        "cursor": "#24506b",
        "cursor-text": "#ffffff",
        "cursor-idle": "#232c36",
        "bar": "#4cc3e0",
        "bar-rest": "#3d4855",
        "scrollbar": "#3d4855",
        "scrollbar-hover": "#4d5b6b",
        "scrollbar-active": "#4cc3e0",
        "scrollbar-background": "#11151a",
        "scrollbar-background-hover": "#11151a",
        "scrollbar-background-active": "#11151a",
        "scrollbar-corner-color": "#11151a",
        "block-cursor-background": "#24506b",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "border": "#4cc3e0",
        "border-blurred": "#3d4855",
    },
)

LIGHT = Theme(
    name="stack-light",
    dark=False,
    primary="#00638a",
    secondary="#5c6670",
    accent="#00638a",
    success="#0b6e2f",
    warning="#8a5a00",
    error="#b3261e",
    foreground="#1c2228",
    background="#fbfbf8",
    surface="#fbfbf8",
    panel="#e6e8e6",
    variables={
        "muted": "#5c6670",
        "inverse": "#fbfbf8",
        "frame": "#b9c0c6",
        "cursor": "#cfe6f1",
        "cursor-text": "#000000",
        "cursor-idle": "#e6e8e6",
        "bar": "#00638a",
        "bar-rest": "#c9cfd4",
        "scrollbar": "#b9c0c6",
        "scrollbar-hover": "#98a1a9",
        "scrollbar-active": "#00638a",
        "scrollbar-background": "#fbfbf8",
        "scrollbar-background-hover": "#fbfbf8",
        "scrollbar-background-active": "#fbfbf8",
        "scrollbar-corner-color": "#fbfbf8",
        "block-cursor-background": "#cfe6f1",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "bold",
        "border": "#00638a",
        "border-blurred": "#b9c0c6",
    },
)

SIXTEEN = Theme(
    name="stack-16",
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_bright_black",
    accent="ansi_cyan",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "input-cursor-background": "ansi_white",
        "input-cursor-foreground": "ansi_black",
        "muted": "ansi_bright_black",
        "inverse": "ansi_black",
        "frame": "ansi_bright_black",
        "cursor": "ansi_blue",
        "cursor-text": "ansi_bright_white",
        "cursor-idle": "ansi_default",
        "bar": "ansi_cyan",
        "bar-rest": "ansi_bright_black",
        "scrollbar": "ansi_bright_black",
        "scrollbar-hover": "ansi_cyan",
        "scrollbar-active": "ansi_cyan",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
        "block-cursor-background": "ansi_blue",
        "block-cursor-foreground": "ansi_bright_white",
        "border": "ansi_cyan",
        "border-blurred": "ansi_bright_black",
    },
)

OWN_VARIABLES = (
    "muted",
    "inverse",
    "frame",
    "cursor",
    "cursor-text",
    "cursor-idle",
    "bar",
    "bar-rest",
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
