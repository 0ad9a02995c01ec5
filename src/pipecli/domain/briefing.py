"""A summary of one opportunity by rules: where it stands, what its gate still needs, what is planned.

What was said, who decides and what to ask is in `briefing_talk.py`. Each statement carries the journal entries it
rests on: what is not there rests on the entry that left it out, which is the opening where nothing came since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from pipecli.text import _, language, ngettext

from .dates import format_age, format_day
from .facts import Names
from .gate import Gate, Verdict
from .guidance import exchange_need
from .money import format_amount
from .opportunity import Opportunity, Span
from .pipeline import WON, Pipeline
from .statements import GATE, NEXT, STANDING, Statement
from .survival import Dwell
from .wording import action_words

_ASKS = 2
"""How many questions are written out of those that leave a stage unproven."""


class Heard(NamedTuple):
    """An exchange with its text, None where that was erased."""

    seq: int
    kind: str
    on: date
    actor: str
    text: str | None


class Contact(NamedTuple):
    """A person the opportunity or its account names; `id` is the entry that added them."""

    id: int
    name: str
    mail: str | None


class Matter(NamedTuple):
    """All that a summary is made of.

    `heard` are the exchanges, the newest first; `texts` what other entries say; `closed_seq` the entry that closed it
    (0 where it is open); `usual` how long stays in its stage last; `gate` None where it is closed.
    """

    state: Opportunity
    pipeline: Pipeline
    today: date
    names: Names
    gate: Gate | None
    lapsed: tuple[Verdict, ...]
    is_stale: bool
    people: tuple[Contact, ...]
    heard: tuple[Heard, ...]
    texts: Mapping[int, str]
    closed_seq: int
    usual: Dwell

    @property
    def opened_seq(self) -> int:
        """The entry that opened it."""
        return self.state.visits[0].entered_seq

    def wrote(self, field: str) -> int:
        """The entry that last wrote a field."""
        return self.state.changed.get(field, self.opened_seq)

    def day(self, day: date) -> str:
        """A day in words, with its year where it is not this one."""
        return format_day(day, language(), self.today)


def quoted(text: str) -> str:
    """Words between the quotation marks of the language in use."""
    return _("“{text}”").format(text=text)


def standing(matter: Matter) -> Iterator[Statement]:
    """Where it stands: stage and for how long, amount and probability, close date, what is wrong with it."""
    state = matter.state
    if not state.is_open:
        yield _closing(matter)
    else:
        yield _said_of(_stage_words(matter), state.visit.entered_seq)
    yield _worth(matter)
    if state.is_open:
        yield _close_date(matter)
        yield from _faults(matter)


def _said_of(text: str, *seqs: int) -> Statement:
    return Statement(STANDING, text, tuple(dict.fromkeys(seqs)))


def _stage_words(matter: Matter) -> str:
    visit = matter.state.visit
    days = (matter.today - visit.entered_on).days
    stage, age = matter.pipeline.stage(visit.stage).name, format_age(days, language())
    if not days:
        return _("{stage} since today").format(stage=stage)
    median, slow = matter.usual.median.days, matter.usual.p90.days
    if median is None:
        return _("{stage} for {age}, since {day}").format(
            stage=stage, age=age, day=matter.day(visit.entered_on)
        )
    if slow is not None and days > slow:
        line = _("{stage} for {age}, longer than nine in ten: half of {n} stays there took {usual} at most")
    elif days > median:
        line = _("{stage} for {age}, longer than usual: half of {n} stays there took {usual} at most")
    else:
        line = _("{stage} for {age}, no longer than usual: half of {n} stays there took {usual} at most")
    return line.format(stage=stage, age=age, n=matter.usual.n, usual=format_age(median, language()))


def _closing(matter: Matter) -> Statement:
    state = matter.state
    day = matter.day(state.closed_on) if state.closed_on else "?"
    line = _("Won on {day}") if state.status == WON else _("Lost on {day}")
    words = line.format(day=day)
    if state.loss_reason:
        words += " (" + matter.pipeline.loss_reasons.get(state.loss_reason, state.loss_reason) + ")"
    elif not state.outcome_reason:
        words += ", " + _("for no reason on record")
    if state.outcome_reason:
        words += _(": {text}").format(text=quoted(state.outcome_reason))
    return _said_of(words, matter.closed_seq)


def _worth(matter: Matter) -> Statement:
    state, seqs = matter.state, [matter.wrote("amount")]
    if state.amount is None:
        words = _("No amount yet") if state.is_open else _("No amount on record")
    else:
        words = format_amount(state.amount, state.currency, language())
        if before := _amount_before(state):
            was = format_amount(before.amount or 0, before.currency, language())
            words = _("{now} (was {was})").format(now=words, was=was)
    if state.is_open:
        percent = matter.pipeline.probability(state.stage, state.probability)
        line = _("{worth}, {percent} % set by hand") if state.probability is not None else None
        line = line or _("{worth}, {percent} % as its stage gives")
        words = line.format(worth=words, percent=percent)
        seqs.append(matter.wrote("probability") if state.probability is not None else state.visit.entered_seq)
    return _said_of(words, *seqs)


def _amount_before(state: Opportunity) -> Span | None:
    """The last span in which it had another amount."""
    now = (state.amount, state.currency)
    return next(
        (s for s in reversed(state.spans) if s.amount is not None and (s.amount, s.currency) != now), None
    )


def _close_date(matter: Matter) -> Statement:
    state = matter.state
    if state.close_date is None:
        words = _("No close date yet")
    elif state.close_date < matter.today:
        age = format_age((matter.today - state.close_date).days, language())
        words = _("It was to close on {day}, {age} ago").format(day=matter.day(state.close_date), age=age)
    else:
        words = _("To close on {day}").format(day=matter.day(state.close_date))
    return _said_of(words, matter.wrote("close_date"))


def _faults(matter: Matter) -> Iterator[Statement]:
    state = matter.state
    if matter.is_stale:
        last = max(state.exchanges, key=lambda x: (x.on, x.seq), default=None)
        seq = last.seq if last and last.on >= state.visit.entered_on else state.visit.entered_seq
        since = max(state.visit.entered_on, state.last_exchange_on or date.min)
        yield _said_of(_("Stale: nothing since {day}").format(day=matter.day(since)), seq)
    if matter.lapsed:
        asks = [verdict.criterion.ask for verdict in matter.lapsed]
        more = _("and {n} more").format(n=len(asks) - _ASKS)
        words = _("Its stage is not proven: {asks}").format(
            asks=" ".join([*asks[:_ASKS], *([more] if len(asks) > _ASKS else [])])
        )
        yield _said_of(words, *(rests_on(verdict, matter) for verdict in matter.lapsed))


def gate(matter: Matter) -> Iterator[Statement]:
    """What the gate to the next stage still needs, as the judge says; nothing where it is closed."""
    if matter.gate is None:
        return
    found, state = matter.gate, matter.state
    met, unmet = found.met, found.unmet
    way = f"{matter.pipeline.stage(found.source).name} → {matter.pipeline.stage(found.target).name}"
    basis = sorted({seq for verdict in met for seq in entries_of(verdict, matter)})
    if unmet:
        line = ngettext("{way}: {met} of {n} proven", "{way}: {met} of {n} proven", len(met))
    elif found.target == WON:
        line = _('{way}: all proven; why did they say yes: pipe win {ref} "…"')
    else:
        line = _("{way}: all proven: pipe advance {ref}")
    words = line.format(way=way, met=len(met), n=len(met) + len(unmet), ref=state.number)
    yield Statement(GATE, words, tuple(basis) or (state.visit.entered_seq,))
    for verdict in unmet:
        yield Statement(GATE, _needed(verdict, matter), (rests_on(verdict, matter),))


def _needed(verdict: Verdict, matter: Matter) -> str:
    criterion = verdict.criterion
    word = matter.state.approvals.get(criterion.key)
    people = ", ".join(matter.pipeline.roles.get(criterion.approval or "", ())) or _("nobody")
    notes = []
    if "waiting" in verdict.missing and word:
        notes.append(_("asked of {people} on {day}").format(people=people, day=matter.day(word.on)))
    if "refused" in verdict.missing and word:
        notes.append(_("refused by {who} on {day}").format(who=word.actor, day=matter.day(word.on)))
    if "approval" in verdict.missing:
        notes.append(_("to be approved by {people}").format(people=people))
    if "expired" in verdict.missing:
        notes.append(_("the proof has expired"))
    if "exchange" in verdict.missing:
        notes.append(exchange_need(criterion))
    return " – ".join(["✗ " + criterion.ask, *notes])


def entries_of(verdict: Verdict, matter: Matter) -> Iterator[int]:
    """The entries that a verdict rests on: those it names, and the one that wrote its field."""
    for key, value in verdict.basis.items():
        if key == "exchanges":
            yield from value
        elif key == "field":
            yield matter.wrote(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            yield value


def rests_on(verdict: Verdict, matter: Matter) -> int:
    """The entry that what is missing rests on: the last word on it, else the move from which on it is asked."""
    state, criterion = matter.state, verdict.criterion
    word = state.approvals.get(criterion.key)
    if word and {"waiting", "refused", "approval"} & set(verdict.missing):
        return word.seq
    if "expired" in verdict.missing and (proof := state.proof(criterion.key)):
        return proof.seq
    if "next_action" in verdict.missing and state.next_action:
        return state.next_action.seq
    if "amount" in verdict.missing:
        return max(matter.wrote("amount"), state.visit.entered_seq)
    return max(entries_of(verdict, matter), default=state.visit.entered_seq)


def planned(matter: Matter) -> Iterator[Statement]:
    """The next action and when it is due; of a closed one nothing."""
    state, action = matter.state, matter.state.next_action
    if not state.is_open:
        return
    if action is None:
        words = _("No next action: pipe next {ref}").format(ref=state.number)
        yield Statement(NEXT, words, (_last_word_on_action(matter),))
        return
    late = (matter.today - action.due).days
    line = _("{text}, due {day}")
    if late > 0:
        line = ngettext("{text}, due {day}: {n} day late", "{text}, due {day}: {n} days late", late)
    elif late == 0:
        line = _("{text}, due today")
    text = action_words(action.text)
    yield Statement(NEXT, line.format(text=text, day=matter.day(action.due), n=late), (action.seq,))


def _last_word_on_action(matter: Matter) -> int:
    closed = [done.action.seq for done in matter.state.closed_actions]
    return max(closed, default=matter.opened_seq)
