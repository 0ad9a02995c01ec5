"""Suggestions for what is late or went quiet: the next action, why, and a draft; by rules, or by a model for one.

Each becomes a proposal, so that accepting it makes it the next action like any other. Nothing here sends a message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.domain import proposing, suggesting
from pipecli.domain.condition_parser import parse
from pipecli.domain.dates import order_of
from pipecli.domain.fold import fold
from pipecli.domain.ground import Ground
from pipecli.domain.hearing import sender
from pipecli.domain.language import LANGUAGES, is_written_in, language_of
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.proposing import LONGEST_ACTION, Suggestion
from pipecli.domain.suggesting import Said, Standing
from pipecli.domain.wording import kind_name
from pipecli.errors import AssistError
from pipecli.store.lists import Filter
from pipecli.text import _, language

from . import lists
from .assistance import Assistance, ask, model_of
from .proposals import Listed
from .proposing import make_first
from .records import Record, amounts_of
from .show import Entry, Shown, of_reading, show
from .workspace import Reading, Workspace

if TYPE_CHECKING:
    from pipecli.assist.request import Request

RULES = "rules"
NEWEST = 20
"""Exchanges of an opportunity that are read, the newest."""
_TOKENS = 1_000
_SUGGEST = """
You help a salesperson whose deal is late or went quiet. From the record and the exchanges say:
- "text": the one next action that is most likely to bring the deal on, as a short instruction to the salesperson;
- "due": its day as YYYY-MM-DD, not before today;
- "why": the reason in one sentence, in SCREEN;
- "entry": the number of the entry it rests on, or null;
- "draft": a short message to the customer for it, in DRAFT, signed with the name of the owner. Promise nothing that \
is not in the record, name no price.
Write "text" in SCREEN."""
_SHAPE = {"text": "what to do", "due": "YYYY-MM-DD", "why": "text", "entry?": 0, "draft": "the message"}


class Suggested(NamedTuple):
    """A suggestion: the opportunity as it stands, and the proposal it became."""

    record: Record
    proposal: Listed


class Suggestions(NamedTuple):
    """What is suggested, the most at stake first; `n` are late or quiet in all. `fault` is why a model said nothing."""

    found: list[Suggested]
    n: int
    fault: AssistError | None = None


def pressing(workspace: Workspace, limit: int, *, mine: bool = False) -> Suggestions:
    """Suggestions by the rules for the opportunities that are late, quiet or without a next action.

    `limit` is how many, ranked by what is at stake.
    """
    with workspace.read() as reading:
        records, n = _ranked(reading, limit, reading.actor if mine else None)
        looks = [reading.soon(of_reading, reading, int(record["id"])) for record in records]
        found = [look() for look in looks]
    choices = [(shown, tuple(suggesting.ways(standing(shown, workspace)))) for shown in found]
    made = make_first(workspace, choices, RULES, name="suggest")
    by_number = {shown.state.number: shown.record for shown in found}
    return Suggestions([Suggested(by_number[p.ref], p) for p in made], n)


def _ranked(reading: Reading, limit: int, owner: str | None) -> tuple[list[Record], int]:
    """The records that ask for something, by weighted amount, and how many there are; none of them twice."""
    unplanned = parse("not has next_action", reading.pipeline.field_types())
    filters = (
        Filter(due_before=reading.today, owner=owner, sort="-weighted"),
        Filter(where=unplanned, owner=owner, sort="-weighted"),
        Filter(stale=True, due_after=reading.today, owner=owner, sort="-weighted"),
        Filter(stale=True, due_on=reading.today, owner=owner, sort="-weighted"),
    )
    asked = [reading.soon(lists.filtered, reading, one, limit) for one in filters]
    listings = [one() for one in asked]
    found = {record["id"]: record for listing in listings for record in listing.records}
    ranked = sorted(found.values(), key=lambda r: (-_stake(r, reading), r["id"]))
    return ranked[:limit] if limit else ranked, sum(listing.n for listing in listings)


def _stake(record: Record, reading: Reading) -> float:
    """What is at stake in the pipeline's currency; without a rate, the bare number."""
    from pipecli.domain.money import from_major
    from pipecli.domain.rates import day_of_rate

    if record["weighted"] is None:
        return 0
    minor = from_major(record["weighted"], record["currency"])
    if record["currency"] == reading.pipeline.currency:
        return minor
    converted = reading.rates.convert(minor, record["currency"], day_of_rate(None, reading.today))
    return minor if converted is None else converted


def one(workspace: Workspace, ref: str, how: Assistance) -> tuple[Shown, Suggestions | None]:
    """The suggestion for one opportunity, late or not; by the model where there is one, else by the rules.

    None in place of suggestions where it is closed, or a dry run showed the request.
    """
    shown = show(workspace, ref)
    if not shown.state.is_open:
        return shown, None
    fault, source = None, RULES
    choices: Sequence[Suggestion] = ()
    settings = model_of(workspace, how)
    if settings:
        try:
            told = _by_model(workspace, shown, how)
        except AssistError as error:
            fault = error
        else:
            if told is None:
                return shown, None
            source, choices = settings.name, (told,)
    rules = tuple(suggesting.ways(standing(shown, workspace)))
    made = make_first(workspace, [(shown, choices)], source, name="suggest") if choices else []
    made = made or make_first(workspace, [(shown, rules)], RULES, name="suggest")
    found = [Suggested(shown.record, p) for p in made]
    return shown, Suggestions(found, 1, fault)


def standing(shown: Shown, workspace: Workspace) -> Standing:
    """The opportunity as the rules of suggestions see it."""
    state, record = shown.state, shown.record
    stage = shown.pipeline.stage(state.stage)
    settings = workspace.settings
    ground = Ground(
        (),
        (),
        state.currency,
        shown.today,
        settings.get("decimal").value,
        order_of(settings.get("date_order").value),
    )
    return Standing(
        state.name,
        record["contact"] or record["decision_maker"] or "",
        record["owner"],
        record["next_action"],
        record["overdue_days"] or 0,
        (shown.today - _quiet_since(state)).days,
        stage.stale_after,
        bool(record["stale"]),
        _asks(shown),
        [
            Said(e.seq, e.detail["kind"], date.fromisoformat(e.at), e.text, _is_theirs(e, shown))
            for e in shown.exchanges[:NEWEST]
        ],
        ground,
        language(),
        state.stage,
        state.next_action.seq if state.next_action else 0,
    )


def _is_theirs(entry: Entry, shown: Shown) -> bool:
    """Whether a mail is from one of the contacts, by its head."""
    head = fold(sender(entry.text)) if entry.detail["kind"] == "mail" else ""
    known = (word for person in shown.people for word in (person.name, person.mail) if word)
    return bool(head) and any(fold(word) in head for word in known)


def _quiet_since(state: Opportunity) -> date:
    return max(filter(None, (state.visit.entered_on, state.last_exchange_on)))


def _asks(shown: Shown) -> list[tuple[str, str]]:
    """The questions of the gate ahead that a talk with the customer may answer: no approval, no figure of our own."""
    if shown.why is None:
        return []
    kinds = ("evidence", "exchange", "field")
    unmet = [item for item in shown.why.report["unmet"] if item["kind"] in kinds]
    return [(item["criterion"], item["ask"]) for item in unmet]


def _by_model(workspace: Workspace, shown: Shown, how: Assistance) -> Suggestion | None:
    spoken = _spoken(shown)
    request = replace(request_of(shown, spoken), amounts=amounts_of(shown.record, shown.pipeline))
    answer = ask(workspace, request, how)
    if answer is None:
        return None
    value: dict[str, Any] = answer.value
    if len(value["text"]) > LONGEST_ACTION:
        raise AssistError(_("{model} suggested more than a next action can hold").format(model=answer.model))
    due = value["due"]
    if not is_written_in(value["draft"], spoken):
        raise AssistError(
            _("{model} answered in another language than it was asked for").format(model=answer.model)
        )
    if not _is_day_to_come(due, shown.today) or not value["text"].strip():
        raise AssistError(_("{model} did not answer in the form it was asked for").format(model=answer.model))
    seqs = {entry.seq for entry in shown.exchanges}
    entry = value["entry"] if value["entry"] in seqs else None
    return Suggestion(
        proposing.NEXT_ACTION, "", value["text"], due, entry, why=value["why"], draft=value["draft"]
    )


def _is_day_to_come(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text) >= today
    except ValueError:
        return False


def _spoken(shown: Shown) -> str:
    """The language of the last exchange, else that of the screen."""
    return (language_of(shown.exchanges[0].text) if shown.exchanges else None) or language()


def request_of(shown: Shown, spoken: str) -> Request:
    """What a model is asked: where the opportunity stands, and its newest exchanges."""
    from pipecli.assist.request import Part, Request

    rules = _SUGGEST.replace("SCREEN", LANGUAGES[language()]).replace("DRAFT", LANGUAGES[spoken])
    heard: Iterable[Any] = reversed([e for e in shown.exchanges[:NEWEST] if e.text.strip()])
    parts = tuple(Part(e.seq, e.text, f"{kind_name(e.detail['kind'])}, {e.at}, {e.actor}") for e in heard)
    return Request("suggest", rules, parts, _facts(shown), _SHAPE, answer_tokens=_TOKENS)


def _facts(shown: Shown) -> str:
    record = shown.record
    kept = (
        "name", "account", "contact", "decision_maker", "owner", "stage_name", "amount", "currency", "close_date",
        "next_action", "next_due", "overdue_days", "days_in_stage", "last_exchange_on", "stale",
    )  # fmt: skip
    facts = {"today": shown.today.isoformat()} | {key: record[key] for key in kept}
    if record["amount"] is not None:
        facts["amount"] = (
            f"{record['amount']} {record['currency']}"  # with its currency, so that it can be masked
        )
    return json.dumps(
        facts | {"still_to_find_out": [ask for _key, ask in _asks(shown)]}, ensure_ascii=False, default=str
    )
