"""The way in: answers completion before anything else loads, because it is asked for at every Tab."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

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
    from .cli.running import run_command

    return run_command(arranged(arguments))


def arranged(arguments: Sequence[str]) -> list[str]:
    """The arguments with the program's own options, which people type behind the command as well, first."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _GLOBAL_FLAGS or word.startswith(tuple(f"{name}=" for name in _GLOBAL_VALUES)):
            front.append(word)
        elif word in _GLOBAL_VALUES:
            value = next(words, None)
            # Without a value it stands alone, so that the parser says so.
            front, rest = ([*front, word, value], rest) if value is not None else ([*front, word], [])
        else:
            rest.append(word)
    return front + rest
