"""What a model may say of an opportunity: asked with its exchanges only, held against them, statement by statement.

The facts (where it stands, the gate, what is planned) stay the rules'. A statement of a model is let through as soon
as it is whole: it has to name entries of this opportunity that were sent, quote nothing that is not in them word for
word, and say no number that was not given. What does not is dropped and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.domain.figures import not_given
from pipecli.domain.language import LANGUAGES, language_of
from pipecli.domain.plain import cleaned
from pipecli.domain.statements import (
    ASK,
    PEOPLE,
    SAID,
    SECTIONS,
    TOLD,
    Grounded,
    Statement,
    quotes_hold,
    rests_on_entries,
)
from pipecli.domain.wording import kind_name
from pipecli.errors import AssistError
from pipecli.text import _, language

from .assistance import Assistance, ask, model_of
from .briefing import Brief
from .records import amounts_of
from .workspace import Workspace

if TYPE_CHECKING:
    from pipecli.assist.request import Part, Request

RULES = """
You prepare a salesperson for a meeting. From the exchanges below write short statements, the most important first:
- "said": what was said, promised, agreed or asked, by whom and when: at most six;
- "people": who decides, who else is involved and where each of them stands: at most four;
- "ask": exactly three questions to ask in the meeting: what is still needed, open or contradictory.
Write one JSON object on each line and nothing else, first all of "said", then "people", then "ask":
{"section": "said", "text": "one sentence", "entries": [12, 15]}
"entries" are the numbers of the entries that a statement rests on. A statement without one is thrown away, and so is
one with a number or a quote that stands in none of the entries it names. Compute nothing.
Write the statements in LANGUAGE."""
_TOKENS = 3_000
MOST = {SAID: 6, PEOPLE: 4, ASK: 3}
"""Statements of a model in each section."""
_NO_NUMBERS = ("one", "neuf")
"""Words that are numbers and, more often, something else: one of them, un camion neuf."""

OnStatement = Callable[[Statement], None]


class _Sent(NamedTuple):
    """What the model is shown: the request, the texts a quote is held against, by entry, and what a number is held
    against: those with their labels, and the facts.
    """

    request: Request
    texts: Mapping[int, str]
    entries: Mapping[int, str]
    facts: str


def told(
    workspace: Workspace, found: Brief, how: Assistance, on_statement: OnStatement | None = None
) -> Brief | None:
    """The summary with what the model says instead of the rules; None where a dry run showed the request.

    Where no model is configured it is the summary by rules. `on_statement` is given each statement of the model as it
    becomes whole. Raises AssistError; the summary by rules stands then.
    """
    settings = model_of(workspace, how)
    if settings is None:
        return found
    sent = _sent(found)
    if not sent.texts:  # there is nothing to tell of
        return found
    hearing = _Hearing(found, sent, on_statement)
    answer = ask(workspace, sent.request, how, on_text=hearing.add)
    if answer is None:
        return None
    statements = hearing.end(answer.model)
    return found._replace(found=Grounded(_together(found, statements), hearing.dropped), source=answer.model)


def _together(found: Brief, statements: list[Statement]) -> tuple[Statement, ...]:
    """What was heard, in its sections; the rules' in those of which nothing was."""
    own = {statement.section for statement in statements}
    kept = [statement for statement in found.found.statements if statement.section not in own]
    return tuple(sorted([*kept, *statements], key=lambda one: SECTIONS.index(one.section)))


def _sent(found: Brief) -> _Sent:
    from pipecli.assist.request import Request

    parts = tuple(_parts(found))
    facts = "\n".join(_facts(found))
    texts = {part.number: cleaned(part.text) for part in parts}
    entries = {part.number: f"{cleaned(part.label)}\n{texts[part.number]}" for part in parts}
    rules = RULES.replace("LANGUAGE", LANGUAGES[language()])
    amounts = amounts_of(found.record, found.matter.pipeline)
    request = Request("summary", rules, parts, facts, amounts=amounts, in_json=True, answer_tokens=_TOKENS)
    return _Sent(request, texts, entries, cleaned(facts))


def _parts(found: Brief) -> Iterator[Part]:
    """The exchanges and the proofs of this opportunity, the oldest first; the program's own words stay facts."""
    from pipecli.assist.request import Part

    matter = found.matter
    heard = [
        (x.on, Part(x.seq, x.text, f"{kind_name(x.kind)}, {x.on.isoformat()}, {x.actor}"))
        for x in matter.heard
        if x.text
    ]
    proofs = [
        (e.on, Part(e.seq, matter.texts[e.seq], f"proof of {e.criterion}, {e.on.isoformat()}, {e.actor}"))
        for e in matter.state.evidence
        if matter.texts.get(e.seq)
    ]
    for _day, part in sorted([*heard, *proofs], key=lambda one: (one[0], one[1].number)):
        yield part


def _facts(found: Brief) -> Iterator[str]:
    """What the program knows, in its own words: where it stands, what the gate needs, what is planned, who is in it."""
    record = found.record
    yield f"{record['account']} · {record['name']}" if record["account"] else str(record["name"])
    for statement in found.found.statements:
        if statement.section not in TOLD:
            yield statement.text
    if record["decision_maker"]:
        yield f"decision-maker: {record['decision_maker']}"
    if found.matter.people:
        yield "contacts: " + ", ".join(person.name for person in found.matter.people)


class _Hearing:
    """Takes an answer as it arrives, hands on the statements that hold, counts those that do not.

    Of each section no more is taken than was asked for. Who decides by the record is said by the rules before anything
    of the model's, and where it asks less than three questions the rules' follow.
    """

    def __init__(self, found: Brief, sent: _Sent, on_statement: OnStatement | None) -> None:
        from pipecli.assist.objects import Objects

        self._rules = found.found.statements
        self._sent = sent
        self._on_statement = on_statement
        self._objects = Objects()
        self._kept: list[Statement] = []
        self._shown: list[Statement] = []
        self.dropped = 0

    def add(self, piece: str) -> None:
        """One more piece of the answer."""
        for found in self._objects.add(piece):
            statement = _statement(found)
            if statement is None or not self._holds(statement):
                self.dropped += 1
                continue
            if self._n(statement.section) < MOST[statement.section]:
                if statement.section == PEOPLE and not self._n(PEOPLE):
                    self._show(*self._of_rules(PEOPLE)[:1])
                self._kept.append(statement)
                self._show(statement)

    def _n(self, section: str) -> int:
        return sum(one.section == section for one in self._kept)

    def _of_rules(self, section: str) -> list[Statement]:
        return [one for one in self._rules if one.section == section]

    def _show(self, *statements: Statement) -> None:
        for statement in statements:
            self._shown.append(statement)
            if self._on_statement:
                self._on_statement(statement)

    def _holds(self, statement: Statement) -> bool:
        texts = self._sent.texts
        return (
            rests_on_entries(statement, texts)
            and quotes_hold(statement, texts)
            and not self._odd_numbers(statement)
        )

    def _odd_numbers(self, statement: Statement) -> list[str]:
        """The numbers of a statement that stand neither in an entry it names nor among the facts."""
        given = "\n".join([self._sent.facts, *(self._sent.entries[seq] for seq in statement.seqs)])
        return [number for number in not_given(statement.text, given) if number.lower() not in _NO_NUMBERS]

    def end(self, model: str) -> list[Statement]:
        """The statements that hold, with those of the rules that go with them; raises AssistError where none holds, or
        they are in another language.
        """
        if not self._kept and not self.dropped:
            raise AssistError(_("{model} did not answer in the form it was asked for").format(model=model))
        if not self._kept:
            line = _("nothing that {model} said rests on an entry of this opportunity; left out: {n}")
            raise AssistError(line.format(model=model, n=self.dropped))
        spoken = language_of(" ".join(statement.text for statement in self._kept))
        if spoken not in (None, language()):
            raise AssistError(
                _("{model} answered in another language than it was asked for").format(model=model)
            )
        if asked := self._n(ASK):
            told = {statement.text for statement in self._kept}
            more = [one for one in self._of_rules(ASK) if one.text not in told]
            self._show(*more[: MOST[ASK] - asked])
        return self._shown


def _statement(found: Mapping[str, Any]) -> Statement | None:
    """A statement as a model wrote it; None where it has not the form."""
    section, text, entries = found.get("section"), found.get("text"), found.get("entries")
    if section not in TOLD or not isinstance(text, str) or not isinstance(entries, list):
        return None
    if not all(isinstance(entry, int) and not isinstance(entry, bool) for entry in entries):
        return None
    return Statement(str(section), " ".join(cleaned(text).split()), tuple(dict.fromkeys(entries)))
