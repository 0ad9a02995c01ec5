"""Decisions: what a person asks of an opportunity becomes events, or is refused with one clear line.

A `Decision` holds the state as it is being changed, so that answers given together with a move are folded in
before the gate is judged. This module has what every decision needs and the everyday ones; moves are in
`moves.py`, proofs in `proofs.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from pipecli.errors import Conflict, InvalidInput, Required
from pipecli.text import _

from . import events as ev
from .events import Event
from .evolve import evolve
from .facts import Names
from .gate import Judge
from .opportunity import Opportunity
from .pipeline import Pipeline
from .route import require_open
from .wording import EXCHANGE_KINDS, event_name

LONGEST_NAME = 200
LONGEST_FIELD = 10_000
LONGEST_TEXT = 1_000_000


class Decision:
    """One command's decisions on one opportunity.

    `today` is the calendar date in the workspace's time zone, `names` the accounts' and contacts' names by id,
    `number_events` gives the next sequence number of the journal, `history` the stream as it was before, for who asks.
    """

    def __init__(
        self,
        state: Opportunity | None,
        *,
        pipeline: Pipeline,
        today: date,
        actor: str,
        names: Names,
        number_events: Callable[[], int],
        history: Callable[[], Sequence[Event]] = tuple,
    ) -> None:
        self._state = state
        self.history = history
        self.pipeline = pipeline
        self.today = today
        self.actor = actor
        self.names = names
        self._number_events = number_events
        self.events: list[Event] = []

    @property
    def state(self) -> Opportunity:
        """The opportunity with all that was decided so far."""
        if self._state is None:
            raise LookupError("nothing was opened yet")
        return self._state

    @property
    def judge(self) -> Judge:
        """The gate's judge over the state as it stands now."""
        return Judge(self.state, self.pipeline, self.today, self.names)

    def record(
        self, kind: str, payload: Mapping[str, Any], on: date | None = None, text: str | None = None
    ) -> Event:
        """Append an event and fold it in; raises InvalidInput where its date breaks the time rule."""
        day = on or self.today
        last = self._state.last_state if self._state else None
        self._check_day(kind, day, last)
        event = Event(
            kind=kind,
            occurred_on=day,
            payload=payload,
            text=text,
            seq=self._number_events(),
            version=(self._state.version if self._state else 0) + 1,
            actor=self.actor,
        )
        self._state = evolve(self._state, event)
        self.events.append(event)
        return event

    def _check_day(self, kind: str, day: date, last: Event | None) -> None:
        if day > self.today:
            raise InvalidInput(
                _("{day} is in the future; what happened can be dated {today} at the latest").format(
                    day=day, today=self.today
                )
            )
        if kind in ev.STATE_EVENTS and last and day < last.occurred_on:
            raise InvalidInput(
                _("{day} is before {event} of {last}; use --on {last} or later").format(
                    day=day, event=event_name(last.kind), last=last.occurred_on
                ),
                event=last.kind,
                seq=last.seq,
                occurred_on=last.occurred_on.isoformat(),
            )

    def require_open(self) -> None:
        """Raise Conflict unless the opportunity is open."""
        require_open(self.state)

    def require_next_action(self) -> None:
        """Raise Required where an open opportunity is left without a dated next action."""
        o = self.state
        if o.is_open and o.next_action is None:
            raise Required(
                _('{ref} {name} needs a dated next action: add -n "what" -d DATE').format(
                    ref=o.number or _("the new opportunity"), name=o.name
                ),
                missing=["next_action", "next_due"],
                ref=o.number or None,
            )


def open_opportunity(
    decision: Decision,
    *,
    number: int,
    name: str,
    owner: str,
    on: date,
    amount: tuple[int, str] | None = None,
    values: Mapping[str, Any] | None = None,
    close_date: date | None = None,
    next_action: tuple[str, date] | None = None,
    uid: str = "",
) -> Event:
    """Open an opportunity in the first stage; `values` are the settable fields beside name, owner and amount."""
    pipeline = decision.pipeline
    given = dict(values or {})
    own = {key: given.pop(key) for key in list(given) if key in pipeline.fields}
    minor, currency = amount if amount else (None, pipeline.currency)
    _check_texts(given | own)
    payload = {
        "number": number,
        "uid": uid or uuid.uuid4().hex,
        "name": checked_text(name, _("a name"), LONGEST_NAME),
        "owner": owner,
        "stage": pipeline.stages[0].key,
        "definition": pipeline.version,
        "amount": minor,
        "currency": currency,
        "close_date": close_date.isoformat() if close_date else None,
        "fields": {key: value for key, value in own.items() if value is not None},
        **{key: value for key, value in given.items() if value not in (None, (), [])},
    }
    event = decision.record(ev.OPENED, payload, on)
    if next_action:
        set_next_action(decision, *next_action)
    decision.require_next_action()
    return event


def set_values(decision: Decision, values: Mapping[str, Any], on: date | None = None) -> None:
    """Write settable fields: amount as (minor units, currency), dates as dates, people and accounts as ids.

    What does not change writes nothing, except an amount: giving it again confirms it.
    """
    o = decision.state
    changes: dict[str, Any] = {}
    for key, value in values.items():
        if key != "name":
            _check_texts({key: value})
        if key == "amount":
            revise_amount(decision, value, on)
        elif key == "close_date":
            if value != o.close_date:
                payload = {"close_date": value.isoformat() if value else None}
                decision.record(ev.CLOSE_DATE_SET, payload, on)
        elif key == "owner":
            if value != o.owner:
                decision.record(ev.OWNER_CHANGED, {"owner": value, "from": o.owner}, on)
        else:
            before = getattr(o, key) if key in _OWN_SLOTS else o.fields.get(key)
            if key == "name":
                value = checked_text(value or "", _("a name"), LONGEST_NAME)
            if value != before:
                changes[key] = list(value) if isinstance(value, tuple) else value
    if changes:
        decision.record(ev.DESCRIBED, {"changes": changes}, on)


def _check_texts(values: Mapping[str, Any]) -> None:
    """Raise InvalidInput where a text is too long or cannot be stored."""
    for key, value in values.items():
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and text:
                checked_text(text, key, LONGEST_FIELD)


_OWN_SLOTS = ("name", "account", "contact", "decision_maker", "source", "tags")


def revise_amount(decision: Decision, amount: tuple[int, str] | None, on: date | None = None) -> None:
    """Change the amount, or confirm it where it is the same; None clears it."""
    o = decision.state
    minor, currency = amount if amount else (None, o.currency)
    if minor is not None and (minor, currency) == (o.amount, o.currency):
        decision.record(ev.AMOUNT_CONFIRMED, {"amount": minor, "currency": currency}, on)
    elif (minor, currency) != (o.amount, o.currency):
        payload = {"amount": minor, "currency": currency, "was": o.amount, "was_currency": o.currency}
        decision.record(ev.AMOUNT_REVISED, payload, on)


def adjust_probability(decision: Decision, percent: int, reason: str, on: date | None = None) -> None:
    """Set the opportunity's own probability within the bounds of its stage; the stage's default takes it back."""
    decision.require_open()
    stage = decision.pipeline.stage(decision.state.stage)
    if percent == stage.probability:
        adjusted = None
    elif stage.probability_min <= percent <= stage.probability_max:
        adjusted = percent
    elif stage.probability_min == stage.probability_max:
        raise InvalidInput(
            _("the probability of {stage} is fixed at {percent} %").format(
                stage=stage.name, percent=stage.probability
            )
        )
    else:
        raise InvalidInput(
            _("the probability of {stage} is between {low} and {high} %").format(
                stage=stage.name, low=stage.probability_min, high=stage.probability_max
            )
        )
    if adjusted == decision.state.probability:
        return
    text = reason_given(reason, _("a probability set by hand"))
    decision.record(ev.PROBABILITY_ADJUSTED, {"probability": adjusted}, on, text)


def set_next_action(decision: Decision, text: str, due: date) -> None:
    """Set the next action; one that was not done is replaced and its first due date still counts for staleness."""
    decision.require_open()
    words = checked_text(text, _("a next action"), LONGEST_NAME * 5)
    if due < decision.today:
        raise InvalidInput(
            _("a next action cannot be due in the past: {day}; write today, +3d or fri").format(day=due)
        )
    decision.record(ev.NEXT_ACTION_SET, {"due": due.isoformat()}, text=words)


def finish_next_action(decision: Decision, on: date | None = None) -> None:
    """Close the next action as done; raises Conflict where there is none."""
    decision.require_open()
    o = decision.state
    if o.next_action is None:
        if o.imported:  # came in without one, so that there is nothing to close yet
            return
        raise Conflict(_("{ref} {name} has no next action to close").format(ref=o.number, name=o.name))
    decision.record(ev.NEXT_ACTION_DONE, {}, on)


def snooze(decision: Decision, due: date) -> None:
    """Put the next action off to a later day."""
    decision.require_open()
    if due < decision.today:
        raise InvalidInput(
            _("{day} is in the past: a next action can be put off to a later day, such as +3d or mon").format(
                day=due
            )
        )
    decision.require_next_action()
    decision.record(ev.NEXT_ACTION_SNOOZED, {"due": due.isoformat()})


def log_exchange(
    decision: Decision,
    kind: str,
    text: str,
    on: date | None = None,
    message: str | None = None,
    proposed_by: str = "",
) -> Event:
    """Record a call, mail, meeting or note, open or closed; its id is the event's sequence number.

    `message` is what the message or meeting is known by that it was taken from, `proposed_by` who wrote it where a
    person accepted a proposal.
    """
    if kind not in EXCHANGE_KINDS:
        raise InvalidInput(
            _('"{kind}" is not a kind of exchange; the kinds are: {kinds}').format(
                kind=kind, kinds=", ".join(EXCHANGE_KINDS)
            )
        )
    words = checked_text(text, _("what was said"), LONGEST_TEXT)
    given = {"kind": kind, "message": message, "proposed_by": proposed_by}
    payload = {key: value for key, value in given.items() if value}
    return decision.record(ev.EXCHANGE_LOGGED, payload, on, words)


def reason_given(text: str | None, what: str) -> str:
    """The reason, trimmed; raises Required where there is none."""
    words = (text or "").strip()
    if not words:
        raise Required(_("{what} needs a reason: add --reason TEXT").format(what=what), missing=["reason"])
    return checked_text(words, _("a reason"), LONGEST_TEXT)


def checked_text(text: str, what: str, longest: int) -> str:
    """The text, trimmed; raises InvalidInput where it is empty, too long, or cannot be stored."""
    words = text.strip()
    if not words:
        raise InvalidInput(_("{what} cannot be empty").format(what=what))
    if len(words) > longest:
        raise InvalidInput(
            _("{what} has {length} characters; {longest} are the most").format(
                what=what, length=len(words), longest=longest
            )
        )
    if "\x00" in words or not (words.isascii() or all(c < "\ud800" or c > "\udfff" for c in words)):
        raise InvalidInput(_("{what} has characters that are not text").format(what=what))
    return words
