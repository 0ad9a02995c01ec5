"""Questions in a terminal, on stderr, so that stdout stays data. Ctrl-C and end of input leave nothing behind."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipecli.errors import InvalidInput, PipeError, Required
from pipecli.render.console import is_terminal, literal, note
from pipecli.service.workspace import Workspace
from pipecli.text import _

if TYPE_CHECKING:
    from pipecli.domain.seen import Seen


def can_ask() -> bool:
    """Whether somebody is there to answer."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def ask(
    question: str,
    *,
    default: str | None = None,
    check: Callable[[str], object] | None = None,
    empty: bool = False,
) -> str:
    """A line of answer; asked again while it is empty (unless that is allowed) or `check` refuses it.

    Raises KeyboardInterrupt at the end of input.
    """
    while True:
        shown = f" [{literal(default)}]" if default else ""
        note(f"{literal(question)}{shown} ", end="")
        try:
            answer = input().strip() or (default or "")
        except EOFError:
            raise KeyboardInterrupt from None
        if not answer:
            if empty:
                return ""
            continue
        try:
            if check:
                check(answer)
        except PipeError as error:
            note(f"  {error.message}")
            continue
        return answer


def confirm(question: str, *, default: bool = True) -> bool:
    """Yes or no."""
    hint = _("Y/n") if default else _("y/N")
    note(f"{literal(question)} [{hint}] ", end="")
    try:
        answer = input().strip().casefold()
    except EOFError:
        raise KeyboardInterrupt from None
    return default if not answer else answer[0] in "yo"


def choose(question: str, choices: Sequence[str], numbers: Sequence[int] | None = None) -> int:
    """The position of the choice a person makes by its number, counted from 1 or as given, or its first letters."""
    shown = list(numbers or range(1, len(choices) + 1))
    wide = max(2, *(len(str(n)) for n in shown))
    for n, choice in zip(shown, choices, strict=True):
        print(f"  {n:>{wide}}  {literal(choice)}", file=sys.stderr)

    def position(answer: str) -> int:
        if answer.isascii() and answer.isdigit() and int(answer) in shown:
            return shown.index(int(answer))
        fits = [n for n, c in enumerate(choices) if c.casefold().startswith(answer.casefold())]
        if len(fits) == 1:
            return fits[0]
        raise InvalidInput(_("type one of the numbers, or the first letters"))

    return position(ask(question, check=position))


def reference(workspace: Workspace, ref: str | None) -> str:
    """The REF given, settled with a pick list in a terminal where it is missing or fits several."""
    if ref is None:
        if not can_ask():
            raise InvalidInput(_("which opportunity? give its number, such as 12, or a part of its name"))
        from pipecli.service import refs

        hits = refs.candidates(workspace)
        if not hits:
            raise InvalidInput(_('there is no open opportunity; open one: pipe add NAME -n "what" -d DATE'))
        return _picked([(h.number, h.account, h.name, h.owner) for h in hits])
    if not can_ask():
        return ref
    from pipecli.errors import Ambiguous
    from pipecli.service import refs

    try:
        return str(refs.resolve(workspace, ref))
    except Ambiguous as error:
        found = error.detail["candidates"]
        return _picked([(c["id"], c["account"], c["name"], c["owner"]) for c in found])


def _picked(found: Sequence[tuple[int, str | None, str, str]]) -> str:
    numbers = [number for number, *_rest in found]
    lines = [
        f"{account} · {name}   {owner}" if account else f"{name}   {owner}"
        for _number, account, name, owner in found
    ]
    return str(numbers[choose(_("Which one?"), lines, numbers)])


def seen_of(workspace: Workspace, ref: str) -> Seen | None:
    """What stands there as a person is about to be asked; nothing in a script, which answers no question."""
    if not can_ask():
        return None
    from pipecli.service.looking import look

    return look(workspace, ref).seen


def seen_with_its_action(workspace: Workspace, ref: str) -> Seen | None:
    """The same, after a line that says which next action the answers are about; raises Conflict for a closed one."""
    if not can_ask():
        return None
    from pipecli.domain.route import require_open
    from pipecli.render.opportunity import planned_line
    from pipecli.service.looking import look

    found = look(workspace, ref)
    require_open(found.state)
    note(planned_line(found))
    return found.seen


def text_given(text: str | None, question: str, *, required: bool = True) -> str:
    """A TEXT argument: as given, from standard input for `-`, asked for in a terminal where it was left out."""
    if text is not None:
        return typed(text) or ""
    if can_ask():
        return ask(question, empty=not required)
    if required:
        raise Required(
            _("{question} Give it as TEXT, or - to read it from standard input").format(question=question),
            missing=["text"],
        )
    return ""


def typed(text: str | None) -> str | None:
    """A text as given, or all of standard input where it is `-`."""
    return sys.stdin.read().strip() if text == "-" else text


def standard_input() -> bytes:
    """All of standard input as bytes."""
    stream = sys.stdin
    found: bytes = (
        stream.buffer.read() if hasattr(stream, "buffer") else stream.read().encode("utf-8", "replace")
    )
    return found


def next_given(next_: str | None, due: str | None) -> tuple[str | None, str | None]:
    """The next action and its day, asked for in a terminal where they were left out."""
    if can_ask():
        next_ = next_ or ask(_("What is the next action?"))
        due = due or ask_day()
    return next_, due


def ask_day() -> str:
    """The day a next action is due, as typed."""
    return ask(_("Due when? (fri, +3d, 2026-12-31)"), check=_coming_day)


def ask_close_day() -> str:
    """The day it will close, as typed; one in the past is asked again at once."""
    return ask(_("When will it close? (fri, +3d, 2026-12-31)"), check=_coming_day)


def _coming_day(answer: str) -> None:
    from pipecli import clock
    from pipecli.config import Settings
    from pipecli.domain.dates import order_of, parse_date

    today = clock.now().date()
    day = parse_date(answer, today, order=order_of(Settings().get("date_order").value))
    if (today - day).days > 1:  # the workspace's own day may be one off
        raise InvalidInput(_("{day} is in the past; write today, +3d or fri").format(day=day))
