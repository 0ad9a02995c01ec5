"""A summary of one opportunity by rules: what was said and promised, who decides, and what to ask.

Every sentence is quoted word for word from the exchange it stands in. Which ones are worth it is decided by signs
(`hearing.py`) and by how recent they are; what they mean is for the reader.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from pipecli.text import _, language, ngettext

from .briefing import Contact, Heard, Matter, quoted, rests_on
from .gate import Verdict
from .hearing import LONGEST_TEXT, PROMISE, QUESTION, Sentence, comparable, sender, sentences, shortened
from .money import format_number
from .statements import ASK, PEOPLE, SAID, Statement
from .wording import kind_name

LISTENED = 60
"""How many exchanges are listened to at most, the newest first."""
_LISTENED_TEXT = 40_000
"""And how many characters of them."""
MOST_SAID, MOST_OF_ONE, FEWEST_SAID = 6, 2, 3
MOST_PEOPLE = 4
QUESTIONS = 3
_AGING = 0.25
"""What each newer exchange takes off the weight of a sentence."""
_ASKABLE = frozenset(("field", "comparison", "evidence", "expired", "exchange", "amount"))
"""What a client can answer: approvals and next actions are one's own business."""
_SHORTEST_WORD = 4


Talk = Sequence[tuple[Heard, list[Sentence]]]


class Line(NamedTuple):
    """A sentence in its exchange; `place` counts the exchanges from the newest."""

    heard: Heard
    place: int
    sentence: Sentence
    weight: float


def listened(matter: Matter) -> Talk:
    """The newest exchanges with what each says, the newest one in any case."""
    found: list[tuple[Heard, list[Sentence]]] = []
    left = _LISTENED_TEXT
    for heard in matter.heard[:LISTENED]:
        if left <= 0:
            break
        text = (heard.text or "")[:LONGEST_TEXT]
        found.append((heard, sentences(text)))
        left -= len(text)
    return found


def _told(matter: Matter, talk: Talk) -> list[Line]:
    return _chosen(_lines(matter, talk))


def said(matter: Matter, talk: Talk) -> Iterator[Statement]:
    """What was said and promised: the sentences that carry something, and the last word in any case."""
    if not matter.heard:
        words = _("No exchange is recorded since it was opened on {day}").format(
            day=matter.day(matter.state.created_on)
        )
        yield Statement(SAID, words, (matter.opened_seq,))
        return
    chosen = _told(matter, talk)
    for line in chosen:
        words = _("{head}: {text}").format(
            head=_head(matter, line.heard), text=quoted(shortened(line.sentence.text))
        )
        yield Statement(SAID, words, (line.heard.seq,))
    newest = matter.heard[0]
    if all(line.heard.seq != newest.seq for line in chosen):
        words = _("{head}: nothing to quote") if newest.text else _("{head}: its text was erased")
        yield Statement(SAID, words.format(head=_head(matter, newest)), (newest.seq,))
    if len(matter.heard) > len(talk):
        oldest = talk[-1][0]
        words = _("{n} exchanges in all; these lines are from the newest {m}").format(
            n=format_number(len(matter.heard), language()), m=len(talk)
        )
        yield Statement(SAID, words, (newest.seq, oldest.seq))


def _head(matter: Matter, heard: Heard) -> str:
    """`Fri 20 Nov, mail from Jeanne Martin`, or who wrote it down."""
    wrote = sender(heard.text or "") if heard.kind == "mail" else ""
    who = re.sub(r"\s*<[^>]*>", "", wrote).strip('" ') or wrote
    line = _("{day}, {kind} from {who}") if who else _("{day}, {kind}, {actor}")
    return line.format(
        day=matter.day(heard.on), kind=kind_name(heard.kind), who=shortened(who, 60), actor=heard.actor
    )


def _lines(matter: Matter, talk: Talk) -> list[Line]:
    names = [word for person in matter.people for word in _names(person)]
    found = []
    for place, (heard, said_) in enumerate(talk):
        for sentence in said_:
            named = sentence.weight and any(name in comparable(sentence.text).split() for name in names)
            weight = sentence.weight + (1 if named else 0) - _AGING * place if sentence.weight else 0.0
            found.append(Line(heard, place, sentence, weight))
    return found


def _chosen(lines: Sequence[Line]) -> list[Line]:
    """The weightiest lines, few of one exchange; the newest exchange is there, and three lines where there are."""
    chosen: list[Line] = []
    own: dict[int, int] = {}
    told: set[str] = set()
    for line in sorted(lines, key=lambda one: -one.weight):
        fits = line.sentence.weight and own.get(line.place, 0) < MOST_OF_ONE and len(chosen) < MOST_SAID
        if fits and line.sentence.text not in told:
            chosen.append(line)
            told.add(line.sentence.text)
            own[line.place] = own.get(line.place, 0) + 1
    if chosen and lines[0].place not in own:
        chosen[MOST_SAID - 1 :] = [lines[0]]
        own[lines[0].place] = 1
    for line in lines:
        if len(chosen) >= FEWEST_SAID:
            break
        if line.place not in own:
            chosen.append(line)
            own[line.place] = 1
    order = {id(line): n for n, line in enumerate(lines)}
    return sorted(chosen, key=lambda one: order[id(one)])


def people(matter: Matter, talk: Talk) -> Iterator[Statement]:
    """Who decides and how that is known, then who else is in it and what they last said."""
    state = matter.state
    maker = next((p for p in matter.people if p.id == state.decision_maker), None)
    if maker is not None:
        line = _("{name} decides") if state.is_open else _("{name} decided")
        yield Statement(PEOPLE, line.format(name=maker.name), (matter.wrote("decision_maker"),))
        yield from _known_by(matter)
    elif state.decision_maker is not None:
        words = _("The decision-maker's name was erased")
        yield Statement(PEOPLE, words, (matter.wrote("decision_maker"),))
    else:
        words = _("No decision-maker is named")
        yield Statement(PEOPLE, words, (matter.wrote("decision_maker"),))
    spoke = sorted(
        ((_last_of(person, talk), person) for person in matter.people),
        key=lambda one: one[0].place if one[0] else LISTENED,
    )
    told = {(line.heard.seq, line.sentence.text) for line in _told(matter, talk)}
    for last, person in spoke[:MOST_PEOPLE]:
        yield _last_words(matter, person, last, told)
    if (more := len(spoke) - MOST_PEOPLE) > 0:
        words = ngettext("and {n} more contact", "and {n} more contacts", more).format(n=more)
        yield Statement(PEOPLE, words, tuple(person.id for _line, person in spoke[MOST_PEOPLE:]))


def _known_by(matter: Matter) -> Iterator[Statement]:
    """What was recorded as proof of who decides."""
    keys = {c.key for c in matter.pipeline.criteria() if c.field == "decision_maker"}
    proofs = [proof for proof in matter.state.evidence if proof.criterion in keys]
    if proofs and (text := matter.texts.get(proofs[-1].seq)):
        words = _("How we know: {text}").format(text=quoted(shortened(text)))
        yield Statement(PEOPLE, words, (proofs[-1].seq,))


def _last_words(
    matter: Matter, person: Contact, line: Line | None, told: Container[tuple[int, str]]
) -> Statement:
    """What a person last said, quoted where it is not among what was `told` already."""
    if line is None:
        words = _("{name}: in no exchange so far").format(name=person.name)
        return Statement(PEOPLE, words, (person.id,))
    wrote = _is_sender(person, line.heard)
    if (line.heard.seq, line.sentence.text) in told:
        pattern = _("{name} last wrote on {day}") if wrote else _("{name} was last named on {day}")
    else:
        pattern = _("{name} wrote on {day}: {text}") if wrote else _("{name}, last named on {day}: {text}")
    words = pattern.format(
        name=person.name, day=matter.day(line.heard.on), text=quoted(shortened(line.sentence.text, 160))
    )
    return Statement(PEOPLE, words, (line.heard.seq,))


def _last_of(person: Contact, talk: Talk) -> Line | None:
    """The newest sentence of a person: of a mail they wrote the weightiest, else one that names them."""
    names = _names(person)
    for place, (heard, said_) in enumerate(talk):
        own = said_ if _is_sender(person, heard) else []
        naming = own or [s for s in said_ if any(name in _words(s.text) for name in names)]
        if naming:
            return Line(heard, place, max(naming, key=lambda one: one.weight), 0)
    return None


def _is_sender(person: Contact, heard: Heard) -> bool:
    wrote = comparable(sender(heard.text or "")) if heard.kind == "mail" else ""
    return bool(wrote) and (
        comparable(person.name) in wrote or bool(person.mail and comparable(person.mail) in wrote)
    )


def _names(person: Contact) -> list[str]:
    """What a person is called: the words of the name, without the shortest."""
    return [word for word in re.findall(r"\w+", comparable(person.name)) if len(word) > 2]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", comparable(text))


def ask(matter: Matter, talk: Talk) -> Iterator[Statement]:
    """Three questions: what the gate still needs, what was asked and not answered, which facts are missing or old."""
    needed = [_asked(verdict, matter) for verdict in _askable(matter)]
    unanswered = list(_unanswered(matter, talk))
    facts = list(_facts(matter, talk))
    found = [*needed[:2], *unanswered[:1], *facts[:1], *needed[2:], *unanswered[1:], *facts[1:]]
    seen: dict[str, Statement] = {}
    for statement in found:
        seen.setdefault(statement.text, statement)
    yield from list(seen.values())[:QUESTIONS]


def _askable(matter: Matter) -> list[Verdict]:
    unmet = matter.gate.unmet if matter.gate else ()
    return [verdict for verdict in unmet if _ASKABLE & set(verdict.missing)]


def _asked(verdict: Verdict, matter: Matter) -> Statement:
    return Statement(ASK, verdict.criterion.ask, (rests_on(verdict, matter),))


def _unanswered(matter: Matter, talk: Talk) -> Iterator[Statement]:
    """The questions of exchanges whose words no later exchange takes up, the newest first."""
    later: set[str] = set()
    for heard, said_ in talk:
        for sentence in said_:
            words = {word for word in _words(sentence.text) if len(word) >= _SHORTEST_WORD}
            if QUESTION in sentence.signs and len(words & later) * 2 < max(len(words), 1):
                line = _("{text} (asked on {day}, no answer found)").format(
                    text=quoted(shortened(sentence.text, 160)), day=matter.day(heard.on)
                )
                yield Statement(ASK, line, (heard.seq,))
        for sentence in said_:
            later |= set(_words(sentence.text))


def _facts(matter: Matter, talk: Talk) -> Iterator[Statement]:
    """Facts that are missing, then those that are worth confirming; of a closed one how it is documented."""
    state = matter.state
    if not state.is_open:
        if not state.outcome_reason and not state.loss_reason:
            line = _("Why did they say yes?") if state.status == "won" else _("Why did they say no?")
            yield Statement(ASK, line, (matter.closed_seq,))
        return
    maker = matter.names.get(state.decision_maker) if state.decision_maker is not None else None
    wrote = matter.wrote
    missing = (
        (maker is None, "decision_maker", _("Who decides, and how do we know?")),
        (state.amount is None, "amount", _("What is their budget?")),
        (state.close_date is None, "close_date", _("By when do they want to decide?")),
        (
            state.close_date is not None and state.close_date < matter.today,
            "close_date",
            _("The close date is past: by when do they decide now?"),
        ),
    )
    covered = {verdict.criterion.field for verdict in _askable(matter)}
    for is_missing, field, line in missing:
        if is_missing and field not in covered:
            yield Statement(ASK, line, (wrote(field),))
    if promise := _last_promise(matter, talk):
        yield promise
    if maker is not None:
        yield Statement(ASK, _("Does {name} still decide?").format(name=maker), (wrote("decision_maker"),))
    if state.close_date is not None and state.close_date >= matter.today:
        line = _("Is {day} still the day?").format(day=matter.day(state.close_date))
        yield Statement(ASK, line, (wrote("close_date"),))
    if state.amount is not None:
        yield Statement(ASK, _("Is the amount still right?"), (wrote("amount"),))


def _last_promise(matter: Matter, talk: Talk) -> Statement | None:
    """The newest sentence that carries a promise, to ask what became of it."""
    for heard, said_ in talk:
        for sentence in said_:
            if PROMISE in sentence.signs and QUESTION not in sentence.signs:
                line = _("What became of {text} ({day})?").format(
                    text=quoted(shortened(sentence.text, 120)), day=matter.day(heard.on)
                )
                return Statement(ASK, line, (heard.seq,))
    return None
