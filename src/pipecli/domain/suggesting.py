"""What to do next about an opportunity that is late or went quiet: a next action with its reason, by plain rules.

The rules offer ways in order of preference: what was promised and is due, what was asked and not answered, what the
gate still needs, the action that is late, a call. A person took or refused some of them before; the first that is left
is suggested.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pipecli.text import _, ngettext

from .drafting import ASK, REMIND, REPLY, TOUCH, Draft, draft
from .ground import Ground
from .hearing import PROMISE, QUESTION, sentences, shortened
from .language import language_of
from .proposing import NEXT_ACTION, Suggestion
from .understanding import days
from .wording import kind_name

LONGEST_ASK = 90
"""Characters of what is quoted in a next action."""
_SATURDAY = 5


class Said(NamedTuple):
    """An exchange: its number, kind, day and text; `theirs` says that the customer wrote it."""

    seq: int
    kind: str
    on: date
    text: str
    theirs: bool = False


class Standing(NamedTuple):
    """An opportunity as the rules see it. `asks` are the questions of its gate that nothing answers yet.

    They come with the keys of their criteria; `stage` and `action` (the number of the next action) tell the ways apart.
    `quiet` is for how many days nothing happened, `limit` how many its stage allows. `exchanges` come newest first.
    """

    name: str
    person: str
    actor: str
    next_action: str | None
    overdue: int
    quiet: int
    limit: int | None
    stale: bool
    asks: Sequence[tuple[str, str]]
    exchanges: Sequence[Said]
    ground: Ground
    language: str
    stage: str = ""
    action: int = 0


def ways(case: Standing) -> Iterator[Suggestion]:
    """What could be done, the best first; every one has its reason, a day and a draft."""
    due = workday(case.ground.today, 1 if case.overdue else 2)
    last = case.exchanges[0] if case.exchanges else None
    spoken = (language_of(last.text) if last else None) or case.language
    person = case.person

    def way(
        key: str, words: str, why: str, purpose: str, about: str = "", seq: int | None = None
    ) -> Suggestion:
        message = Draft(case.person, case.actor, case.name, last.on if last else None, about, due)
        return Suggestion(
            NEXT_ACTION, key, words, due.isoformat(), seq, why=why, draft=draft(purpose, message, spoken)
        )

    if last:
        for text, day in _promised(last, case.ground):
            if not last.theirs:  # whose promise it was is not known, and our own words are not for them
                words = _('do what was promised, or ask for it: "{text}"').format(text=text)
                why = _("said on {on} for {day}").format(on=last.on, day=day)
                yield way("promise", words, _together(why, reason(case)), TOUCH, seq=last.seq)
                continue
            words = _named(
                _('ask {person} what became of: "{text}"'), _('ask what became of: "{text}"'), person
            )
            words = words.format(person=person, text=text)
            why = _("said on {on} for {day}").format(on=last.on, day=day)
            yield way("promise", words, _together(why, reason(case)), REMIND, text, last.seq)
        for text in _asked(last):
            words = _named(_('answer {person}: "{text}"'), _('answer: "{text}"'), person)
            words = words.format(person=person, text=text)
            why = _("asked on {on}").format(on=last.on)
            yield way("reply", words, _together(why, reason(case)), REPLY, text, last.seq)
    for key, ask in case.asks:
        words = _named(_("find out from {person}: {ask}"), _("find out: {ask}"), person)
        words = words.format(person=person, ask=shortened(ask, LONGEST_ASK))
        yield way(f"gate:{key}", words, _together(_("the gate still needs it"), reason(case)), ASK)
    if case.next_action and case.overdue:
        yield way(f"late:{case.action}", case.next_action, reason(case), TOUCH)
    words = _named(_("call {person} to hear where they stand"), _("call to hear where they stand"), person)
    yield way(f"call:{case.stage}", words.format(person=person), reason(case), TOUCH)
    words = _named(
        _("ask {person} whether {name} is still on; if not: pipe lose"),
        _("ask whether {name} is still on; if not: pipe lose"),
        person,
    )
    yield way(f"alive:{case.stage}", words.format(person=person, name=case.name), reason(case), TOUCH)


def _named(with_name: str, without: str, person: str) -> str:
    """The words for whom there is a name, or for whom there is none."""
    return with_name if person else without


def _promised(last: Said, ground: Ground) -> Iterator[tuple[str, date]]:
    """What was promised for a day that is over by now."""
    here = ground._replace(today=last.on)
    for sentence in sentences(last.text):
        found = days(sentence.text, here)
        day = found[0].value if len(found) == 1 else None
        if PROMISE in sentence.signs and isinstance(day, date) and last.on <= day < ground.today:
            yield shortened(sentence.text, LONGEST_ASK), day


def _asked(last: Said) -> Iterator[str]:
    """The questions of their mail, which wait for an answer; those of a call or meeting were answered there."""
    if last.kind == "mail" and last.theirs:
        for sentence in sentences(last.text):
            if QUESTION in sentence.signs:
                yield shortened(sentence.text, LONGEST_ASK)


def reason(case: Standing) -> str:
    """Why something is to be done: `5 d late; nothing for 24 days, the stage allows 14; last: call, 2026-11-03`."""
    parts = []
    if case.overdue:
        parts.append(_("{n} d late").format(n=case.overdue))
    elif case.next_action is None:
        parts.append(_("no next action"))
    if case.stale and case.limit is not None and case.quiet > case.limit:
        words = ngettext(
            "nothing for {n} day, the stage allows {limit}",
            "nothing for {n} days, the stage allows {limit}",
            case.quiet,
        )
        parts.append(words.format(n=case.quiet, limit=case.limit))
    elif case.stale:
        parts.append(_("stale by the rule of its stage"))
    if case.exchanges:
        last = case.exchanges[0]
        parts.append(_("last: {kind}, {day}").format(kind=kind_name(last.kind), day=last.on))
    else:
        parts.append(_("no exchange on record"))
    return "; ".join(parts)


def _together(*reasons: str) -> str:
    return "; ".join(part for part in reasons if part)


def workday(today: date, ahead: int) -> date:
    """The day so many working days from today; a weekend is none."""
    day = today
    while ahead:
        day += timedelta(1)
        ahead -= day.weekday() < _SATURDAY
    return day
