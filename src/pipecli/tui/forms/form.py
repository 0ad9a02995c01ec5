"""A form over the screen: its questions, one call to the service when it is saved, and nothing changed by Esc.

It watches its opportunity. Where a colleague changes it meanwhile the form says so and keeps what was typed; what
is refused stays on screen to be mended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from pipecli.domain import asking
from pipecli.domain.asking import Question
from pipecli.errors import Conflict, NotFound, PipeError
from pipecli.render.console import literal
from pipecli.render.views import title
from pipecli.service import show as showing
from pipecli.service.answers import Given
from pipecli.service.outcome import Outcome
from pipecli.service.show import Shown
from pipecli.text import _
from pipecli.tui.desk import Caller, Desk, in_background
from pipecli.tui.keyboard import release_keys
from pipecli.tui.widgets.key_footer import KeyFooter

from .fields import Field, TextField

YES, NO = "yes", "no"
Values = Mapping[str, Given]
"""What was answered, by the key of its field."""


class Form(Caller, ModalScreen[Outcome | None]):
    """A form on an opportunity as it was looked at (`shown`; None for one that is to be opened).

    What is typed answers what was `seen`: a change that a colleague made meanwhile is told, and refuses the first save
    where it touches what is answered; saved again, the person means what is there now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", _("Save"), key_display="^s"),
        Binding("escape", "leave", _("Leave, nothing changed"), key_display="Esc"),
        Binding("ctrl+c", "leave", show=False),
    ]
    save_label = _("Save")
    to: str | None = None
    """The stage whose gate the form is about, if not the next one's."""

    def __init__(self, desk: Desk, shown: Shown | None) -> None:
        super().__init__()
        self.desk = desk
        self.shown = shown
        self.seen = shown.seen if shown else None
        self._saving = False
        self._was_refused = False
        self._is_leaving = False
        self._begun_with: Values = {}
        card = desk.card(shown.record["id"]) if shown else None
        self._version = card.row.version if card else None

    def heading(self) -> str:
        """What the form is about, in one line."""
        raise NotImplementedError

    def fields(self) -> Iterable[Field]:
        """The form's questions."""
        raise NotImplementedError

    def saving(self, values: Values) -> Callable[[], Outcome]:
        """The call to the service that does it in one transaction, to be made in a thread. Raises PipeError."""
        raise NotImplementedError

    def above(self) -> str:
        """What stands above the questions."""
        return ""

    @property
    def looked_at(self) -> Shown:
        """The opportunity as it was looked at last."""
        if self.shown is None:
            raise LookupError("this form is about none")
        return self.shown

    @property
    def ref(self) -> str:
        """The opportunity's number."""
        return str(self.looked_at.record["id"])

    def compose(self) -> ComposeResult:
        with Vertical(id="form"):
            yield Static(self.heading(), id="heading", markup=False)
            with VerticalScroll(id="questions", can_focus=False):
                yield Static(self.above(), id="above", markup=False)
                yield from self.priced_fields()
            yield Static(id="meanwhile", markup=False)
            yield Static(id="refusal", markup=False)
            yield Button(self.save_label, id="save", compact=True)
            yield KeyFooter()

    def priced_fields(self) -> Iterable[Field]:
        """The form's questions, with the currency that an amount is in which names none."""
        state = self.shown.state if self.shown else None
        for field in self.fields():
            field.currency = state.currency if state and state.amount is not None else None
            yield field

    def on_mount(self) -> None:
        """Begin with the first question."""
        self.show_above()
        self.say("meanwhile", "")
        self.say("refusal", "")
        self._begun_with = self.values()
        self.begin()
        release_keys(self)

    def show_above(self) -> None:
        """Say again what the form is about, which may be other by now."""
        self.query_one("#heading", Static).update(self.heading())
        above = self.query_one("#above", Static)
        above.update(self.above())
        above.display = bool(self.above())

    def on_resize(self) -> None:
        """Let the questions have the room that the rest leaves; what was typed stays, and in sight."""
        around = 11  # borders, heading, lines below, button and footer
        self.query_one("#questions").styles.max_height = max(4, self.size.height - around)
        if self.focused is not None:
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def begin(self) -> None:
        """Put the cursor on the first question, or on the button where there is none."""
        field = next((field for field in self.query(Field) if not field.is_aside), None)
        if field:
            field.begin()
        else:
            self.set_focus(self.query_one("#save", Button))

    def say(self, where: str, words: str) -> None:
        """Show one line; none takes it away."""
        line = self.query_one(f"#{where}", Static)
        line.display = bool(words)
        line.update(literal(words))

    def values(self) -> dict[str, Given]:
        """What was answered so far."""
        return {field.key: field.given for field in self.query(Field) if not field.is_blank}

    def action_leave(self) -> None:
        """Leave, nothing changed; asked once more where something was typed. Not while it is being saved."""
        if self._saving:
            return
        if self._is_leaving or self.values() == self._begun_with:
            self._close(None)
        else:
            self._is_leaving = True
            self.say("refusal", _("Esc again throws away what you typed."))

    def _close(self, outcome: Outcome | None) -> None:
        """Leave, once nothing stands over the form."""
        if self.is_active:
            self.dismiss(outcome)
        else:
            self.set_timer(0.1, partial(self._close, outcome))

    def on_field_changed(self, event: Field.Changed) -> None:
        """What was wrong may be mended now."""
        event.stop()
        self._is_leaving = False
        if not self._saving:
            self.say("refusal", "")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Save."""
        event.stop()
        self.action_save()

    def on_field_answered(self, event: Field.Answered) -> None:
        """Go on to the next question; after the last one save."""
        event.stop()
        fields = list(self.query(Field))
        later = (field for field in fields[fields.index(event.field) + 1 :] if not field.is_aside)
        following = next(later, None)
        if following:
            following.begin()
        else:
            self.action_save()

    def action_save(self) -> None:
        """Save what was answered, once."""
        if self._saving:
            return
        try:
            call = self.saving(self.values())
        except PipeError as error:
            self.refused("save", error)
            return
        self._saving = True
        self.say("refusal", _("Saving …"))
        in_background(self, "save", call)

    def finished(self, purpose: str, result: Any) -> None:
        """Leave with what was done; or say what a colleague did meanwhile."""
        if purpose == "save":
            self._close(result)
        else:
            self.look_again(result)

    def look_again(self, shown: Shown) -> None:
        """Go on from the opportunity as a colleague left it, what was typed kept."""
        known = self.looked_at.entries[-1].seq
        new = [entry for entry in shown.entries if entry.seq > known]
        self.shown = shown
        again, self._was_refused = self._was_refused, False
        self.seen = shown.seen if again else self.seen
        self.show_above()
        if new:
            line = (
                _("Changed meanwhile by {who}: {what}. What you typed is kept; ^s again saves it over that.")
                if again
                else _("Changed meanwhile by {who}: {what}. What you typed is kept.")
            )
            people = ", ".join(dict.fromkeys(entry.actor for entry in new))
            self.say("meanwhile", line.format(who=people, what="; ".join(e.summary for e in new[-4:])))

    def refused(self, purpose: str, error: PipeError) -> None:
        """Say why it was refused, on the question it is about; what was typed stays."""
        if purpose == "look":
            if isinstance(error, NotFound):
                self.say("meanwhile", _("It is no longer there: its opening was taken back. Esc leaves."))
            return
        self._saving = False
        self.say("refusal", in_the_form_s_words(error))
        self._go_to(error)
        if isinstance(error, Conflict):
            self._was_refused = True
            self._look()

    def _go_to(self, error: PipeError) -> None:
        wanted = {str(error.detail.get(key)) for key in ("criterion", "field")}
        wanted |= {str(word) for word in error.detail.get("missing", ())}
        for field in self.query(Field):
            if wanted & {field.question.criterion, field.question.field, field.key} - {""}:
                field.begin()
                return

    def board_changed(self) -> None:
        """Look whether the opportunity is another than the form was opened on."""
        if self.shown is None or self._saving:
            return
        card = self.desk.card(self.shown.record["id"])
        version = card.row.version if card else None
        if version != self._version:
            self._version = version
            self._look()

    def _look(self) -> None:
        if self.shown is not None:
            look = partial(showing.show, self.desk.workspace, self.ref, to=self.to)
            in_background(self, "look", look)


def in_the_form_s_words(error: PipeError) -> str:
    """A refusal without what one would type in a shell."""
    missing = error.detail.get("missing", ())
    if "next_action" in missing or "next_due" in missing:
        return _("It needs its next action, and the day when it is due.")
    if "reason" in missing:
        return _("It needs a reason.")
    if "note" in missing:
        return _("The reason “other” needs a note: what happened?")
    return error.message


def subject_line(shown: Shown, words: str) -> str:
    """`12 Acme · ERP rollout   Discovery → Proposal sent`."""
    return f"{title(shown.record)}   {words}"


def reason_field(desk: Desk, ask: str, *, optional: bool = False) -> TextField:
    """The question for a reason."""
    return TextField(desk, Question("", ask, asking.TEXT), key="reason", optional=optional)


def words_of(values: Values, key: str) -> str:
    """What was answered to a question, in words; none where it was left blank."""
    return values[key].words if key in values else ""
