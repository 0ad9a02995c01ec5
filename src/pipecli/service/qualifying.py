"""Reading an opportunity's exchanges for what could be written down: evidence, amount, close date, who decides, what
comes next. By rules, or by a model; either way the finds are proposals, and a person accepts them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.domain import proposing, understanding
from pipecli.domain.dates import order_of
from pipecli.domain.gate import Judge
from pipecli.domain.ground import Ground
from pipecli.domain.hearing import is_ours
from pipecli.domain.money import major
from pipecli.domain.pipeline import SETTABLE_FIELDS, WON, Criterion
from pipecli.domain.plain import cleaned
from pipecli.domain.proposing import Suggestion
from pipecli.domain.wording import kind_name
from pipecli.errors import AssistError

from .assistance import Assistance, ask, model_of
from .proposing import Made, make
from .records import amounts_of
from .show import Entry, Shown, show
from .workspace import Workspace

if TYPE_CHECKING:
    from pipecli.assist.request import Request
    from pipecli.config import Settings

RULES = "rules"
NEWEST = 200
"""Exchanges that are read, the newest."""
_TOKENS = 1_500
_QUALIFY = """
You read a salesperson's notes and mails about one deal and find what they prove. Answer with:
- "proofs": for each criterion in the record that an entry clearly meets, its key, the number of the entry, and the \
sentence that proves it, copied word for word;
- "updates": what an entry says of a field in the record that differs from the value there (amount, close_date as \
YYYY-MM-DD, decision_maker, or another field listed), with the entry, the words copied that say the value, and why;
- "next": the one thing to do next that was promised or asked for, as a short instruction, its day as YYYY-MM-DD, the \
entry, the words copied that ask for it, and why; null where there is none or no day is known.
Leave out whatever is not said. A quote that is not word for word in its entry is thrown away."""
_SHAPE: Mapping[str, Any] = {
    "proofs": [{"criterion": "key", "entry": 0, "quote": "words of the entry"}],
    "updates": [{"field": "key", "value": "text", "entry": 0, "quote": "words of the entry", "why?": "text"}],
    "next?": {
        "text": "what to do",
        "due?": "YYYY-MM-DD",
        "entry": 0,
        "quote?": "words of the entry",
        "why?": "text",
    },
}


class Qualified(NamedTuple):
    """What an opportunity's exchanges gave: the proposals made, how many exchanges were read, by whom.

    `unhinted` are the unmet criteria for which the rules have no words to look for. `is_open` says whether anything
    could be proposed; `made` is None where nothing was read or a dry run showed the request.
    """

    shown: Shown
    made: Made | None
    read: int
    source: str
    unhinted: tuple[str, ...] = ()
    fault: AssistError | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything can be proposed."""
        return self.shown.state.is_open


def qualify(workspace: Workspace, ref: str, how: Assistance) -> Qualified:
    """Read the exchanges and propose what they say; where the model fails, what the rules find, with its fault."""
    shown = show(workspace, ref)
    heard = [entry for entry in shown.exchanges[:NEWEST] if entry.text.strip()]
    settings = model_of(workspace, how)
    source = settings.name if settings else RULES
    if not shown.state.is_open or not heard:
        return Qualified(shown, None, len(heard), source)
    fault = None
    if settings:
        try:
            found = _by_model(workspace, shown, heard, how)
        except AssistError as error:
            fault, source = error, RULES
        else:
            if found is None:
                return Qualified(shown, None, len(heard), source)
            return Qualified(shown, _made(workspace, shown, found, source), len(heard), source)
    wanted = missing(shown)
    found = list(_by_rules(shown, heard, wanted, workspace.settings))
    unhinted = tuple(c.key for c in wanted if not c.hints)
    return Qualified(shown, _made(workspace, shown, found, source), len(heard), source, unhinted, fault)


def _made(workspace: Workspace, shown: Shown, found: list[Suggestion], source: str) -> Made:
    return make(workspace, str(shown.record["id"]), found, source, name="qualify")


def missing(shown: Shown) -> tuple[Criterion, ...]:
    """The criteria on the way to a win that evidence would meet and none does."""
    gate = Judge(shown.state, shown.pipeline, shown.today, shown.names).gate(WON)
    return tuple(v.criterion for v in gate.unmet if {"evidence", "expired"} & set(v.missing))


def ground_of(
    shown: Shown, wanted: tuple[Criterion, ...], settings: Settings, entry: Entry | None = None
) -> Ground:
    """What a text is read against; the days of an exchange are meant from its own day on."""
    from datetime import date

    return Ground(
        wanted,
        tuple(person.name for person in shown.people if person.name),
        shown.state.currency,
        date.fromisoformat(entry.at) if entry else shown.today,
        settings.get("decimal").value,
        order_of(settings.get("date_order").value),
        str(shown.record["account"] or ""),
    )


def _by_rules(
    shown: Shown, heard: list[Entry], wanted: tuple[Criterion, ...], settings: Settings
) -> Iterator[Suggestion]:
    """What the rules find, the newest exchange first: of each criterion and field only the newest word counts."""
    taken: set[tuple[str, str]] = set()
    # Who wrote anything down here is one of us, as is who owns it.
    ours = {shown.state.owner, settings.actor, *(entry.actor for entry in shown.entries)}
    theirs = [word for person in shown.people for word in (person.name, person.mail) if word]
    for n, entry in enumerate(heard):
        own = entry.detail["kind"] == "mail" and is_ours(entry.text, ours, theirs)
        ground = ground_of(shown, wanted, settings, entry)
        for found in understanding.in_exchange(cleaned(entry.text), entry.seq, ground, ours=own):
            if found.what == proposing.NEXT_ACTION and (n or found.due < shown.today.isoformat()):
                continue  # what was promised before the last exchange may well be done
            if found.target == "close_date" and found.value < shown.today.isoformat():
                continue
            if (found.what, found.target) not in taken:
                taken.add((found.what, found.target))
                yield found


def _by_model(
    workspace: Workspace, shown: Shown, heard: list[Entry], how: Assistance
) -> list[Suggestion] | None:
    answer = ask(workspace, request_of(shown, heard), how)
    if answer is None:
        return None
    entries = {entry.seq: entry for entry in heard}
    return [
        s if _stands(shown, s, workspace.settings, entries.get(s.exchange or 0)) else s._replace(quote="?")
        for s in suggestions_of(answer.value)
    ]


def _stands(shown: Shown, s: Suggestion, settings: Settings, entry: Entry | None) -> bool:
    """Whether what a model would write in a field is in the words it quotes."""
    if s.what != proposing.VALUE:
        return True
    return value_is_quoted(shown, s, ground_of(shown, (), settings, entry))


def value_is_quoted(shown: Shown, s: Suggestion, ground: Ground) -> bool:
    """Whether the quote of a value has that value, read as the field's type says."""
    own = shown.pipeline.fields.get(s.target)
    type_ = own.type if own else {"amount": "money", "close_date": "date"}.get(s.target, "text")
    return understanding.says(s.quote, s, type_, ground)


def request_of(shown: Shown, heard: list[Entry], purpose: str = "qualify") -> Request:
    """What a model is asked: the criteria and fields of this opportunity as facts, its exchanges as texts."""
    from pipecli.assist.request import Part, Request

    parts = tuple(
        Part(e.seq, e.text, f"{kind_name(e.detail['kind'])}, {e.at}, {e.actor}") for e in reversed(heard)
    )
    amounts = amounts_of(shown.record, shown.pipeline)
    return Request(purpose, _QUALIFY, parts, _facts(shown), _SHAPE, amounts=amounts, answer_tokens=_TOKENS)


def _facts(shown: Shown) -> str:
    state, pipeline = shown.state, shown.pipeline
    names = {key: shown.record.get(key) for key in ("account", "contact", "decision_maker")}
    now = {key: names.get(key, getattr(state, key, None)) for key in SETTABLE_FIELDS if key != "tags"}
    now["amount"] = (
        None if state.amount is None else f"{major(state.amount, state.currency)} {state.currency}"
    )
    own = {key: state.fields.get(key) for key in pipeline.fields}
    record = {
        "today": shown.today.isoformat(),
        "opportunity": now | own,
        "next_action": state.next_action and [state.next_action.text, state.next_action.due.isoformat()],
        "criteria": {c.key: c.ask for c in missing(shown) if c.evidence in ("note", "exchange")},
    }
    return json.dumps(record, ensure_ascii=False, default=str)


def suggestions_of(value: Mapping[str, Any]) -> Iterator[Suggestion]:
    """A model's answer as suggestions; what is without a quote where one is due fails its check later."""
    for item in value["proofs"]:
        yield Suggestion(
            proposing.PROOF, item["criterion"], exchange=item["entry"], quote=item["quote"] or "?"
        )
    for item in value["updates"]:
        yield Suggestion(
            proposing.VALUE,
            item["field"],
            item["value"],
            exchange=item["entry"],
            quote=item["quote"] or "?",
            why=item["why"] or "",
        )
    step = value["next"]
    if step:
        yield Suggestion(
            proposing.NEXT_ACTION,
            "",
            step["text"],
            step["due"] or "",
            step["entry"],
            step["quote"] or "?",
            step["why"] or "",
        )
