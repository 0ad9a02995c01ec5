"""What goes to a language model and what came of it, for the person whose texts they are."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipecli.text import _, ngettext

from .console import json_text

if TYPE_CHECKING:
    from pipecli.assist.model import Answer
    from pipecli.assist.request import Prepared


def print_request(ready: Prepared) -> None:
    """The exact request on stdout, as JSON."""
    print(json_text(ready.sent, sys.stdout, indent=2))


def what_is_sent(ready: Prepared) -> list[str]:
    """Lines that show a person what would leave the machine, where to, and what hides in it."""
    settings = ready.settings
    where = settings.api_base or _("the provider's own address")
    lines = [
        _("This is what {purpose} would send to {model} ({where}), about {n} tokens:").format(
            purpose=f"pipe {ready.request.purpose}", model=settings.name, where=where, n=ready.tokens
        ),
        "",
    ]
    for message in ready.sent["messages"]:
        lines += [f"  {line}" for line in message["content"].splitlines()] + [""]
    if settings.redact:
        lines.append(_("Mail addresses, phone numbers and amounts are masked."))
    else:
        lines.append(
            _(
                "Mail addresses, phone numbers and amounts go as they are; to mask them: pipe config ai.redact true"
            )
        )
    return [*lines, *_left_out(ready.left_out)]


def about_answer(answer: Answer, *, verbose: bool) -> list[str]:
    """What a person has to know of an answer: what the model did not see, and with `verbose` what it cost."""
    lines = _left_out(answer.left_out)
    if answer.dropped:
        lines.append(
            ngettext(
                "{n} item of the answer was not of the form asked for and was dropped.",
                "{n} items of the answer were not of the form asked for and were dropped.",
                answer.dropped,
            ).format(n=answer.dropped)
        )
    if verbose:
        lines.append(_spent(answer))
    return lines


def _left_out(numbers: tuple[int, ...]) -> list[str]:
    if not numbers:
        return []
    line = ngettext(
        "{n} older text does not fit the budget and is left out ({numbers}); to send more: pipe config ai.budget N",
        "{n} older texts do not fit the budget and are left out ({numbers}); to send more: pipe config ai.budget N",
        len(numbers),
    )
    return [line.format(n=len(numbers), numbers=_few(numbers))]


def _few(numbers: tuple[int, ...]) -> str:
    shown = ", ".join(str(number) for number in numbers[:5])
    return f"{shown}, …" if len(numbers) > 5 else shown


def _spent(answer: Answer) -> str:
    if answer.tokens_sent is None:
        return _("{model}: what it was sent and what it costs is not known").format(model=answer.model)
    if answer.cost is None:
        cost = _("its price is not known")
    else:
        cost = f"USD {answer.cost:.4f}" if answer.cost else _("at no cost")
    return _("{model}: {sent} tokens sent, {received} received, {cost}").format(
        model=answer.model, sent=answer.tokens_sent, received=answer.tokens_received or 0, cost=cost
    )
