"""Asking a person, once per workspace and model, whether its texts may leave the machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pipecli.render import assistance as screen
from pipecli.render.console import is_terminal, literal, literal_lines
from pipecli.service.assistance import Assistance
from pipecli.text import _

from .prompts import can_ask, confirm

if TYPE_CHECKING:
    from pipecli.assist.model import Answer
    from pipecli.assist.request import Prepared


def assistance(*, no_model: bool, dry_run: bool, send: bool, verbose: bool) -> Assistance:
    """How this run may ask a model."""

    def tell(answer: Answer) -> None:
        for line in screen.about_answer(answer, verbose=verbose):
            print(literal_lines(line), file=sys.stderr)

    return Assistance(
        no_model=no_model,
        dry_run=dry_run,
        send=send,
        agree=_agree if can_ask() else None,
        show=screen.print_request,
        tell=tell,
        wait=_wait if is_terminal(sys.stderr) else None,
    )


def _wait(ready: Prepared) -> Callable[[], None]:
    """A line that says who is being asked, gone again once there is something better to read."""
    line = literal(_("Asking {model}…").format(model=ready.settings.name))
    shown = [line]
    print(line, end="", file=sys.stderr, flush=True)

    def waited() -> None:
        if shown:
            print(f"\r{' ' * len(shown.pop())}\r", end="", file=sys.stderr, flush=True)

    return waited


def _agree(ready: Prepared) -> bool:
    for line in screen.what_is_sent(ready):
        print(literal_lines(line), file=sys.stderr)
    return confirm(_("Send it, and from now on without asking?"), default=False)
