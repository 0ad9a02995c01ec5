"""Asking a person, once per workspace and model, whether its texts may leave the machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipecli.render import assistance as screen
from pipecli.render.console import literal_lines
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
    )


def _agree(ready: Prepared) -> bool:
    for line in screen.what_is_sent(ready):
        print(literal_lines(line), file=sys.stderr)
    return confirm(_("Send it, and from now on without asking?"), default=False)
