"""The way in: answers what needs no command line parser, then hands over to it, and turns errors into lines.

Completion and `--version` are answered before Typer loads, because they are asked for at every Tab.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

# A relative day or a number below zero is an argument, not an option: `snooze 12 -2w`, `add X -500`.
_NEGATIVE = re.compile(r"-(?=\d)")
# Options of the program itself, which people type behind the command as well.
_GLOBAL_VALUES = ("--db", "--lang")
_GLOBAL_FLAGS = ("--demo",)


def main() -> None:
    """The `pipe` command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the program with these arguments; its exit code."""
    if "_PIPE_COMPLETE" in os.environ:
        from .cli.completion import answer

        if answer(os.environ):
            return 0
    if list(arguments) in (["--version"], ["-V"]):
        from . import __version__

        print(f"pipe {__version__}")
        return 0
    from .cli.running import run_command

    return run_command(arranged(arguments))


def arranged(arguments: Sequence[str]) -> list[str]:
    """The arguments with the program's own options first and negative values kept from looking like options."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _GLOBAL_FLAGS or word.startswith(tuple(f"{name}=" for name in _GLOBAL_VALUES)):
            front.append(word)
        elif word in _GLOBAL_VALUES:
            front += [word, *[value for value in [next(words, None)] if value is not None]]
        else:
            rest.append(_NEGATIVE.sub("−", word, count=1) if _NEGATIVE.match(word) else word)
    return front + rest
