"""The week in a model's words: it is given the ten lines and may phrase them; a number it was not given refuses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipecli.domain.figures import not_given
from pipecli.errors import AssistError
from pipecli.text import _, language

from .assistance import Assistance, ask, model_of
from .workspace import Workspace

MOST_LINES = 10
_DECIMAL = {"en": ".", "fr": ","}
_RULES = """
You write to the founder of a small company how its sales week went. The data is the report the program made. Write
at most ten short lines of plain text, no list marks, no greeting: what matters most first, what to look at in the
last line, with the command that the report names. Copy every number, amount and date as it is written in the
report. Compute nothing: no sum, no difference, no share, no rounding, and no number that the report does not have."""
_TOKENS = 800


class Told(NamedTuple):
    """What a model wrote, and which."""

    text: str
    model: str


def told(workspace: Workspace, lines: Sequence[str], how: Assistance) -> Told | None:
    """The ten lines as the model phrases them; None where no model is asked, or a dry run showed the request.

    Raises AssistError, also for a text with a number that is not in the lines.
    """
    if model_of(workspace, how) is None:
        return None
    from pipecli.assist.request import Request

    request = Request("summary", _RULES, facts="\n".join(lines), language=language(), answer_tokens=_TOKENS)
    answer = ask(workspace, request, how)
    if answer is None:
        return None
    written = [" ".join(line.split()) for line in answer.text.splitlines() if line.strip()]
    if len(written) > MOST_LINES:
        raise AssistError(
            _("{model} wrote {n} lines instead of ten").format(model=answer.model, n=len(written))
        )
    text = "\n".join(written)
    if odd := not_given(text, "\n".join(lines), _DECIMAL[language()]):
        raise AssistError(
            _("{model} wrote what it was not given: {numbers}").format(
                model=answer.model, numbers=", ".join(dict.fromkeys(odd))
            )
        )
    return Told(text, answer.model)
