"""What the command line prints, as text for a widget: a screen says what its command says, in the same words."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

from rich.console import Console
from rich.text import Text

Print = Callable[[Console], None]


def painted(width: int, *prints: Print) -> Text:
    """What these print on a console so many columns wide, one below the other, its colours kept."""
    stream = StringIO()
    console = Console(
        file=stream,
        width=max(20, width),
        height=25,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for number, print_ in enumerate(prints):
        if number:
            console.print()
        print_(console)
    return Text.from_ansi(stream.getvalue().rstrip("\n"))
