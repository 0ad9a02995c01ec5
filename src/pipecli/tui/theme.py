"""The two themes, in colours that people who see red and green alike can tell apart.

The hues are those of Okabe and Ito, "Color Universal Design" (2008): vermilion for what is late, orange for what
went quiet, bluish green for what is won or met, sky blue for what can be typed or chosen.
"""

from __future__ import annotations

from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

DARK, LIGHT = "pipe-dark", "pipe-light"

THEMES = (
    Theme(
        name=DARK,
        dark=True,
        primary="#56b4e9",
        secondary="#7f8fa6",
        accent="#56b4e9",
        success="#2fbf8f",
        warning="#f0b040",
        error="#ff7a45",
        foreground="#e4e8ee",
        background="#11151c",
        surface="#1a202a",
        panel="#252d3a",
        variables={
            "footer-background": "#1a202a",
            "footer-key-foreground": "#56b4e9",
            "block-cursor-background": "#2d4a63",
            "block-cursor-foreground": "#ffffff",
            "block-cursor-text-style": "none",
        },
    ),
    Theme(
        name=LIGHT,
        dark=False,
        primary="#0072b2",
        secondary="#5c6a7d",
        accent="#0072b2",
        success="#007a58",
        warning="#8f5f00",
        error="#c24100",
        foreground="#1a2230",
        background="#f7f8fa",
        surface="#eceff3",
        panel="#dde2e9",
        variables={
            "footer-background": "#eceff3",
            "footer-key-foreground": "#0072b2",
            "block-cursor-background": "#cfe3f1",
            "block-cursor-foreground": "#101820",
            "block-cursor-text-style": "none",
        },
    ),
)


def _terminal(ground: str, text: str, *colours: str) -> TerminalTheme:
    """What the eight colours of the command line are: black, red, green, yellow, blue, magenta, cyan, white."""

    def rgb(colour: str) -> tuple[int, int, int]:
        return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

    shades = [rgb(colour) for colour in colours]
    return TerminalTheme(rgb(ground), rgb(text), shades, shades)


ANSI_DARK = _terminal(
    "#11151c", "#e4e8ee",
    "#252d3a", "#ff7a45", "#2fbf8f", "#f0b040", "#56b4e9", "#cc99c9", "#56b4e9", "#e4e8ee",
)  # fmt: skip
ANSI_LIGHT = _terminal(
    "#f7f8fa", "#1a2230",
    "#1a2230", "#c24100", "#007a58", "#8f5f00", "#0072b2", "#8f4f8a", "#0072b2", "#5c6a7d",
)  # fmt: skip
