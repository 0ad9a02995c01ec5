"""What can be done with an opportunity, declared once: the keys, the footer, the palette and `?` read this table."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.domain.pipeline import WON
from pipecli.text import _

if TYPE_CHECKING:
    from pipecli.service.show import Shown

    from .desk import Desk


class Deed(NamedTuple):
    """Something to do: its key, what the footer calls it, what it does in words, and the form that asks for it.

    `needs_one` says that it is about the chosen opportunity, `for_closed` that
    it is for one that is closed, `to` names the stage whose gate it is about, if not the next one's. One
    that `settles` leaves nothing to do about it today.
    """

    name: str
    key: str
    label: str
    words: str
    module: str
    form_name: str
    needs_one: bool = True
    for_closed: bool = False
    to: str | None = None
    settles: bool = False

    def form(self, desk: Desk, shown: Shown | None) -> Any:
        """The form, on an opportunity as it was just looked at."""
        made: Callable[..., Any] = getattr(
            import_module(f".forms.{self.module}", __package__), self.form_name
        )
        return made(desk, shown)


_GATE, _EVERYDAY, _CLOSING, _WORDS, _EDITING = "gate", "everyday", "closing", "words", "editing"

DEEDS = (
    Deed(
        "advance", "a", _("Advance"), _("to the next stage"),
        _GATE, "AdvanceForm", settles=True,
    ),
    Deed(
        "done", "d", _("Done"), _("close the next action"),
        _EVERYDAY, "DoneForm", settles=True,
    ),
    Deed(
        "next", "n", _("Next"), _("set the next action"),
        _EVERYDAY, "NextForm", settles=True,
    ),
    Deed(
        "back", "b", _("Back"), _("to an earlier stage"),
        _CLOSING, "BackForm", settles=True,
    ),
    Deed(
        "win", "w", _("Win"), _("close as won"),
        _GATE, "WinForm", to=WON, settles=True,
    ),
    Deed(
        "lose", "x", _("Lose"), _("close as lost, with a reason"),
        _CLOSING, "LoseForm", settles=True,
    ),
    Deed(
        "edit", "e", _("Edit"), _("change its fields"),
        _EDITING, "EditForm",
    ),
    Deed("log", "c", _("Log"), _("record a call, mail, meeting"), _EVERYDAY, "LogForm"),
    Deed("prove", "p", _("Prove"), _("answer the gate, stay"), _GATE, "ProveForm"),
    Deed(
        "snooze", "s", _("Snooze"), _("put the next action off"), _EVERYDAY, "SnoozeForm", settles=True,
    ),
    Deed("approve", "v", _("Approve"), _("answer what you are asked"), _WORDS, "ApproveForm"),
    Deed("waive", "W", _("Waive"), _("make an exception"), _WORDS, "WaiveForm"),
    Deed(
        "reopen", "r", _("Reopen"), _("open it again"),
        _CLOSING, "ReopenForm", for_closed=True,
    ),
    Deed("add", "plus", _("Add"), _("a new opportunity"), _EDITING, "AddForm", needs_one=False),
)  # fmt: skip


def deed_named(name: str) -> Deed:
    """The deed of a name."""
    return next(deed for deed in DEEDS if deed.name == name)
