"""What the screens have in common: going from one to another, and what can be done with the chosen opportunity."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.screen import Screen

from pipecli.domain.pipeline import WON
from pipecli.errors import PipeError
from pipecli.render.closing import undone_lines
from pipecli.render.console import literal
from pipecli.render.opportunity import outcome_lines
from pipecli.service import gates, undoing
from pipecli.service import show as showing
from pipecli.service.outcome import Outcome
from pipecli.service.show import Shown
from pipecli.service.summaries import summary
from pipecli.service.undoing import Undone
from pipecli.text import _
from pipecli.tui.deeds import DEEDS, Deed, deed_named
from pipecli.tui.desk import Caller, Desk, Written, in_background
from pipecli.tui.keyboard import hold_keys, release_keys
from pipecli.tui.widgets.bar import Bar, tab_names

_MODES = ("board", "agenda", "forecast", "hygiene")


class DeskScreen(Caller, Screen[None]):
    """A screen of the board; `mode` names it in the line at the top."""

    mode = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_screen(1)", _("next screen"), show=False),
        Binding("shift+tab", "next_screen(-1)", _("screen before"), show=False),
        *(Binding(str(n), f"go_to('{mode}')", mode, show=False) for n, mode in enumerate(_MODES, 1)),
        Binding("g", "go_to('go')", _("Go"), show=False),
        Binding("u", "undo(False)", _("Undo"), show=False),
        Binding("U", "undo(True)", _("Redo"), show=False),
    ]
    AUTO_FOCUS = ""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def board_changed(self) -> None:
        """Show the board as it was just read, or that it cannot be read; called by the application."""
        for bar in self.query(Bar):
            bar.show()

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was shown."""
        self.board_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action applies now; what writes does not where the board is read only."""
        return not (self.desk.readonly and action in ("undo", "deed"))

    def action_next_screen(self, step: int) -> None:
        """Go to the next screen, or the one before."""
        modes = list(tab_names())
        here = modes.index(self.mode) if self.mode in modes else 0
        self.action_go_to(modes[(here + step) % len(modes)])

    def action_go_to(self, mode: str) -> None:
        """Go to a screen."""
        while len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        self.app.switch_mode(mode)

    def action_undo(self, redo: bool) -> None:
        """Take back the actor's last command, or their last undo."""
        purpose = "redo" if redo else "undo"
        in_background(self, purpose, partial(undoing.undo, self.desk.workspace, redo=redo))

    def finished(self, purpose: str, result: Any) -> None:
        """Tell what a call did."""
        if isinstance(result, Undone):
            self.tell(*undone_lines(result, redo=purpose == "redo"))
            self.app.post_message(Written())

    def refused(self, purpose: str, error: PipeError) -> None:
        """Tell why a call was refused."""
        self.complain(error)

    def complain(self, error: PipeError) -> None:
        """One line that says what is wrong."""
        self.tell(error.message, severity="warning")

    def tell(self, *lines: str, severity: Literal["information", "warning"] = "information") -> None:
        """Tell something in the corner, in the place of what was told before."""
        self.app.clear_notifications()
        self.notify("\n".join(map(literal, lines)), severity=severity, markup=False)


def deed_bindings(*shown: str) -> list[Binding]:
    """A key for every deed, these in the footer in their order."""
    deeds = [*map(deed_named, shown), *(deed for deed in DEEDS if deed.name not in shown)]
    return [Binding(d.key, f"deed('{d.name}')", d.label, show=d.name in shown) for d in deeds]


class OpportunityScreen(DeskScreen):
    """A screen on which one opportunity is chosen, and can be worked on."""

    BINDINGS: ClassVar[list[BindingType]] = [*deed_bindings()]

    @property
    def chosen_number(self) -> int | None:
        """The number of the opportunity that is chosen."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A deed applies where one is chosen that it fits."""
        if action == "deed" and not self.desk.readonly:
            deed = deed_named(str(parameters[0]))
            number = self.chosen_number
            if deed.needs_one and number is None:
                return False
            if deed.name == "approve" and number not in self.desk.board.asked:
                return False
            return not deed.needs_one or deed.for_closed == (self.desk.card(number) is None)
        return super().check_action(action, parameters)

    def action_open(self) -> None:
        """Show all that is known of the chosen one."""
        from .detail import DetailScreen

        if self.chosen_number is not None:
            self.app.push_screen(DetailScreen(self.desk, self.chosen_number))

    def action_deed(self, name: str, number: int | None = None) -> None:
        """Look at the chosen opportunity (or the one named) as it is now, then ask for what the deed needs."""
        deed, number = deed_named(name), number or self.chosen_number
        if not deed.needs_one:
            self._ask(deed, None)
        elif number is not None:
            hold_keys(self)
            look = partial(showing.show, self.desk.workspace, str(number), to=deed.to)
            in_background(self, f"deed:{name}", look, group="deed", alone=True)

    def finished(self, purpose: str, result: Any) -> None:
        """Ask for what a deed needs once the opportunity was looked at; tell what was done without asking."""
        if purpose.startswith("deed:"):
            self._ask(deed_named(purpose.removeprefix("deed:")), result)
        elif isinstance(result, Outcome):
            self.done(deed_named(purpose), result)
        else:
            super().finished(purpose, result)

    def refused(self, purpose: str, error: PipeError) -> None:
        """Tell why a deed cannot be done."""
        if purpose.startswith("deed:"):
            release_keys(self)
        super().refused(purpose, error)

    def _ask(self, deed: Deed, shown: Shown | None) -> None:
        """Open the form, which lets the keys go once it has the focus; without a form they go at once."""
        if not self.is_active:  # something stands over it, such as that the terminal is too small
            self.set_timer(0.1, partial(self._ask, deed, shown))
            return
        if deed.name == "advance" and shown and shown.why and shown.why.report["ready"]:
            release_keys(self)
            self._advance(shown)
            return
        if deed.name == "advance" and shown and shown.why and shown.why.report["to"] == WON:
            deed = deed_named("win")
        try:
            form = deed.form(self.desk, shown)
        except PipeError as error:
            release_keys(self)
            self.complain(error)
            return
        hold_keys(self)
        self.app.push_screen(form, partial(self.done, deed))

    def _advance(self, shown: Shown) -> None:
        from pipecli.service.answers import Answers

        answers = Answers(seen=shown.seen)
        move = partial(gates.advance, self.desk.workspace, str(shown.record["id"]), answers)
        in_background(self, "advance", move, group="deed", alone=True)

    def done(self, deed: Deed, outcome: Outcome | None) -> None:
        """Tell what a deed did; None where a form was left with nothing changed."""
        if outcome is None:
            return
        lines = [*_recorded(deed, outcome), *outcome_lines(outcome), *outcome.notes]
        if outcome.asked:
            people = ", ".join(outcome.asked)
            lines.append(_("Asked for approval: {people}. Nothing moved yet.").format(people=people))
        self.tell(*lines)
        self.app.post_message(Written())


def _recorded(deed: Deed, outcome: Outcome) -> list[str]:
    """What was recorded, where the line of the opportunity does not say it."""
    if deed.name not in ("log", "approve", "waive", "prove"):
        return []
    return [summary(event, outcome.pipeline, {}) for event in outcome.events[-1:]]
