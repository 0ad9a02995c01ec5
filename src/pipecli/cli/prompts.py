"""Questions in a terminal, on stderr, so that stdout stays data. Ctrl-C and end of input leave nothing behind."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from pipecli.errors import InvalidInput, PipeError, Required
from pipecli.render.console import is_terminal, literal, literal_lines
from pipecli.service.workspace import Workspace
from pipecli.text import _


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
        print(f"{literal(question)}{shown} ", end="", file=sys.stderr, flush=True)
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
            print(literal_lines(f"  {error.message}"), file=sys.stderr)
            continue
        return answer


def confirm(question: str, *, default: bool = True) -> bool:
    """Yes or no."""
    hint = _("Y/n") if default else _("y/N")
    print(f"{literal(question)} [{hint}] ", end="", file=sys.stderr, flush=True)
    try:
        answer = input().strip().casefold()
    except EOFError:
        raise KeyboardInterrupt from None
    return default if not answer else answer[0] in "yo"


def choose(question: str, choices: Sequence[str]) -> int:
    """The position of the choice a person makes by its number in the list, or by its first letters."""
    for n, choice in enumerate(choices, 1):
        print(f"  {n:>2}  {literal(choice)}", file=sys.stderr)

    def position(answer: str) -> int:
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(choices):
            return int(answer) - 1
        fits = [n for n, c in enumerate(choices) if c.casefold().startswith(answer.casefold())]
        if len(fits) == 1:
            return fits[0]
        raise InvalidInput(_("a number from 1 to {n}").format(n=len(choices)))

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
        names = [f"{h.account + ' · ' if h.account else ''}{h.name}   {h.owner}" for h in hits]
        return str(hits[choose(_("Which one?"), names)].number)
    if not can_ask():
        return ref
    from pipecli.errors import Ambiguous
    from pipecli.service import refs

    try:
        return str(refs.resolve(workspace, ref))
    except Ambiguous as error:
        found = error.detail["candidates"]
        names = [f"{c['account'] + ' · ' if c['account'] else ''}{c['name']}   {c['owner']}" for c in found]
        return str(found[choose(_("Which one?"), names)]["id"])


def text_given(text: str | None, question: str, *, required: bool = True) -> str:
    """A TEXT argument: as given, from standard input for `-`, asked for in a terminal where it was left out."""
    if text == "-":
        return sys.stdin.read().strip()
    if text is not None:
        return text
    if can_ask():
        return ask(question)
    if required:
        raise Required(
            _("{question} Give it as TEXT, or - to read it from standard input").format(question=question),
            missing=["text"],
        )
    return ""


def next_given(next_: str | None, due: str | None) -> tuple[str | None, str | None]:
    """The next action and its day, asked for in a terminal where they were left out."""
    if can_ask():
        next_ = next_ or ask(_("What is the next action?"))
        due = due or ask_day()
    return next_, due


def ask_day() -> str:
    """The day a next action is due, as typed."""
    return ask(_("Due when? (fri, +3d, 2026-12-31)"), check=_coming_day)


def _coming_day(answer: str) -> None:
    from pipecli import clock
    from pipecli.config import Settings
    from pipecli.domain.dates import parse_date

    today = clock.now().date()
    day = parse_date(answer, today, order=Settings().get("date_order").value)  # type: ignore[arg-type]
    if (today - day).days > 1:  # the workspace's own day may be one off
        raise InvalidInput(_("{day} is in the past; write today, +3d or fri").format(day=day))
