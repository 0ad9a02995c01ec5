"""Two people at one opportunity: what one saw, then another's command, then the first one's answers to what was seen.

Each race is run in the order that hurts: Lea looks, Marc writes, Lea saves. What she answers is refused only where
Marc changed what she answers to.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipecli import clock
from pipecli.config import Settings
from pipecli.domain.seen import Seen
from pipecli.errors import Conflict
from pipecli.service import creating, doctor, gates, opportunities, rates, show, stages, undoing, why
from pipecli.service.answers import Answers
from pipecli.service.opportunities import Happened
from pipecli.service.workspace import Workspace

DEFINITION = """\
name = "Small"
currency = "EUR"
timezone = "Europe/Paris"
loss_reasons = ["price"]
[roles]
boss = ["lea", "marc"]
[[field]]
key = "site"
type = "text"
[[field]]
key = "effort"
type = "number"
"""
STAGE = """\
[[stage]]
key = "{key}"
name = "{name}"
probability = {probability}
  [[stage.exit]]
  key = "owner-{key}"
  ask = "Who owns it?"
  field = "owner"
  [[stage.exit]]
  key = "dear-{key}"
  ask = "May we?"
  approval = "boss"
  when = "amount >= 100000"
  waivable_by = "boss"
  [[stage.exit]]
  key = "why-{key}"
  ask = "Why?"
  evidence = "note"
  when = "amount >= 100000"
"""
STAGES = (("lead", "Lead", 10), ("talks", "Talks", 30), ("offer", "Offer", 50), ("deal", "Deal", 80))
END = '[won]\nname = "Won"\n[lost]\nname = "Lost"\n'
NEXT = Answers(next="call Jeanne", due="+5d", amount="10k", sets=("contact=Jeanne",))

Act = Callable[[Workspace], object]
Own = Callable[[Workspace, Seen | None], object]


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose gates ask next to nothing, to copy; 1 is Lea's and in talks, where Marc brought it."""
    file = tmp_path_factory.mktemp("begun") / "pipe.db"
    text = DEFINITION + "".join(STAGE.format(key=k, name=n, probability=p) for k, n, p in STAGES) + END
    clock.freeze(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    creating.init(opened(file, "lea").settings)
    stages.adopt(opened(file, "lea"), text, {})
    opportunities.add(opened(file, "lea"), "ERP", NEXT)
    gates.advance(opened(file, "marc"), "1", Answers())
    clock.freeze(None)
    return file


def opened(file: Path, me: str) -> Workspace:
    """The workspace as somebody opens it."""
    config = str(file.with_name("config.toml"))
    return Workspace(Settings(environ={"PIPE_DB": str(file), "PIPE_ME": me, "PIPE_CONFIG": config}))


@pytest.fixture
def lea(begun: Path, tmp_path: Path, frozen_clock: datetime) -> Workspace:
    """The workspace as Lea opens it."""
    file = tmp_path / "pipe.db"
    file.write_bytes(begun.read_bytes())
    file.chmod(0o600)
    return opened(file, "lea")


@pytest.fixture
def marc(lea: Workspace, tmp_path: Path) -> Workspace:
    """The same workspace as Marc opens it, on another machine."""
    return opened(tmp_path / "pipe.db", "marc")


def look(place: Workspace) -> Seen:
    return show.show(place, "1").seen


def written(place: Workspace) -> tuple[int, ...]:
    """How much there is of everything that a command could write."""
    with place.read() as reading:
        tables = ("event", "command", "account", "person", "evidence")
        counts = [int(reading.driver.rows(f"select count(*) from {table}")[0][0]) for table in tables]
        return (reading.header.head, *counts)


# What Lea does with what she saw


def answers(seen: Seen | None, **more: Any) -> Answers:
    return Answers(seen=seen)._replace(**more)


OWN: dict[str, Own] = {
    "advance": lambda place, seen: gates.advance(place, "1", answers(seen)),
    "advance and plan": lambda place, seen: gates.advance(
        place, "1", answers(seen, next="send it", due="+9d")
    ),
    "back": lambda place, seen: gates.back(place, "1", "they asked for less", answers(seen), to="lead"),
    "win": lambda place, seen: gates.win(place, "1", "we were quick", answers(seen)),
    "lose": lambda place, seen: gates.lose(place, "1", "price", "", seen=seen),
    "answer": lambda place, seen: gates.answer(place, "1", answers(seen, sets=("source=fair",))),
    "next": lambda place, seen: opportunities.set_next(place, "1", "send it", "+9d", seen=seen),
    "done": lambda place, seen: opportunities.done(
        place, "1", Happened("We spoke"), answers(seen, next="send it", due="+9d")
    ),
    "done and advance": lambda place, seen: opportunities.done(
        place, "1", Happened("We spoke"), answers(seen, next="send it", due="+9d"), advance=True
    ),
    "edit": lambda place, seen: opportunities.edit(place, "1", answers(seen, sets=("source=fair",))),
}
MOVES = {"advance", "advance and plan", "back", "win", "lose", "answer", "done and advance"}
PLANS = {"advance and plan", "next", "done", "done and advance"}
SOURCES = {"answer", "edit"}
ALL = set(OWN)


# What Marc does meanwhile


def advances(place: Workspace) -> object:
    return gates.advance(place, "1", Answers())


def returns(place: Workspace) -> object:
    return gates.back(place, "1", "too early", Answers())


def there_and_back(place: Workspace) -> None:
    advances(place)
    returns(place)


def takes_back(place: Workspace) -> object:
    return undoing.undo(place)


def plans(place: Workspace) -> object:
    return opportunities.set_next(place, "1", "visit them", "+3d")


def plans_and_takes_back(place: Workspace) -> None:
    plans(place)
    takes_back(place)


def finishes(place: Workspace) -> object:
    return opportunities.done(place, "1", Happened("They called"), Answers(next="visit them", due="+3d"))


def puts_off(place: Workspace) -> object:
    return opportunities.snooze(place, ["1"], "+20d")


def edits(*sets: str, **more: Any) -> Act:
    return lambda place: opportunities.edit(place, "1", Answers(sets=sets, **more))


def logs(place: Workspace) -> object:
    return opportunities.log(place, "1", "call", "They called", Answers())


def proves(place: Workspace) -> object:
    return gates.answer(place, "1", Answers(proofs=("why-talks=They said so",)))


def waives(place: Workspace) -> object:
    return gates.waive(place, "1", "dear-talks", "we know them")


def approves(place: Workspace) -> object:
    return gates.approve(place, "1", "dear-talks")


def hands_over(place: Workspace) -> object:
    return opportunities.handover(place, "lea", "marc")


def loses(place: Workspace) -> object:
    return gates.lose(place, "1", "price", "")


def opens_another(place: Workspace) -> object:
    return opportunities.add(place, "CRM", NEXT)


def sets_a_rate(place: Workspace) -> object:
    return rates.set_rate(place, "USD", "0.92")


def does_nothing(_place: Workspace) -> None:
    """Marc has lunch."""


class Race(NamedTuple):
    """What Marc did before Lea looked, what he does after, and which of her commands that refuses, in which words."""

    since: Act
    refused: set[str]
    words: str = ""
    before: Act = does_nothing


RACES = {
    "nothing": Race(does_nothing, set()),
    "moved on": Race(advances, MOVES, "1 ERP was moved to Offer meanwhile"),
    "moved back": Race(returns, MOVES, "1 ERP was moved to Lead meanwhile"),
    "moved by a move taken back": Race(takes_back, MOVES, "1 ERP was moved to Lead meanwhile"),
    "moved there and back": Race(there_and_back, set()),
    "planned": Race(plans, PLANS, "of 1 ERP was changed meanwhile by marc, it is now: visit them"),
    "planned the same": Race(
        lambda place: opportunities.set_next(place, "1", "call Jeanne", "+5d"),
        PLANS,
        "of 1 ERP was changed meanwhile by marc, it is now: call Jeanne",
    ),
    "done": Race(finishes, PLANS, "of 1 ERP was changed meanwhile by marc, it is now: visit them"),
    "a plan taken back": Race(takes_back, PLANS, "meanwhile by marc, it is now: call Jeanne", before=plans),
    "planned and taken back": Race(plans_and_takes_back, set()),
    "put off": Race(puts_off, set()),
    "source written": Race(edits("source=web"), SOURCES, "source of 1 ERP was changed meanwhile"),
    "source cleared": Race(
        edits("source="), SOURCES, "source of 1 ERP was changed meanwhile", before=edits("source=web")
    ),
    "other fields written": Race(edits("site=Lyon", "tags=key", "close_date=2026-06-01"), set()),
    "amount written": Race(edits(amount="12k"), set()),
    "amount confirmed": Race(edits(amount="10k"), set()),
    "a call logged": Race(logs, set()),
    "proven": Race(proves, set()),
    "waived": Race(waives, set()),
    "approved": Race(approves, set()),
    "handed over": Race(hands_over, set()),
    "closed": Race(loses, ALL - {"edit"}, "1 ERP (is lost since 2026-03-02|.* it is now: none)"),
    "another one opened": Race(opens_another, set()),
    "a rate set": Race(sets_a_rate, set()),
}


@pytest.mark.parametrize("own", OWN)
@pytest.mark.parametrize("race", RACES)
def test_what_was_seen_is_answered_or_refused(lea: Workspace, marc: Workspace, race: str, own: str) -> None:
    happens = RACES[race]
    happens.before(marc)
    seen = look(lea)
    happens.since(marc)
    before = written(lea)

    if own in happens.refused:
        with pytest.raises(Conflict, match=happens.words):
            OWN[own](lea, seen)
        assert written(lea) == before
    else:
        OWN[own](lea, seen)
        assert written(lea)[0] > before[0]
    assert doctor.doctor(lea).faults == []


@pytest.mark.parametrize("own", OWN)
def test_who_looks_again_after_a_refusal_goes_through(lea: Workspace, marc: Workspace, own: str) -> None:
    seen = look(lea)
    advances(marc)
    plans(marc)
    edits("source=web")(marc)
    with pytest.raises(Conflict):
        OWN[own](lea, seen)
    before = written(lea)

    OWN[own](lea, look(lea))
    assert written(lea)[0] > before[0]


@pytest.mark.parametrize("own", OWN)
def test_who_saw_nothing_answers_what_is_there(lea: Workspace, marc: Workspace, own: str) -> None:
    """A command typed in a shell with all its options was not an answer to what was on a screen."""
    advances(marc)
    plans(marc)
    edits("source=web")(marc)
    before = written(lea)

    OWN[own](lea, None)
    assert written(lea)[0] > before[0]


# The words of a refusal, whole


def test_a_refused_move_says_where_it_is_now(lea: Workspace, marc: Workspace) -> None:
    seen = look(lea)
    advances(marc)

    with pytest.raises(Conflict) as refusal:
        gates.advance(lea, "1", answers(seen))
    assert (refusal.value.message, refusal.value.detail) == (
        "1 ERP was moved to Offer meanwhile by marc; nothing was changed, look again: pipe why 1",
        {"ref": 1, "stage": "offer", "by": "marc"},
    )


def test_a_refused_plan_says_what_is_planned_now(lea: Workspace, marc: Workspace) -> None:
    seen = look(lea)
    plans(marc)

    with pytest.raises(Conflict) as refusal:
        opportunities.set_next(lea, "1", "send it", "+9d", seen=seen)
    assert (refusal.value.message, refusal.value.detail) == (
        "the next action of 1 ERP was changed meanwhile by marc, it is now: visit them; nothing was changed",
        {"ref": 1, "by": "marc"},
    )


FIELDS = {
    "name": "ERP 2",
    "account": "Acme",
    "contact": "Ana",
    "decision_maker": "Ida",
    "close_date": "2026-06-01",
    "source": "web",
    "tags": "key",
    "site": "Lyon",
    "effort": "12",
    "amount": "12k",
    "owner": "ida",
}


def editing(field: str, value: str, seen: Seen | None = None) -> Answers:
    """The answers that write a field, as the board gives them."""
    if field in ("amount", "owner"):
        return Answers(seen=seen)._replace(**{field: value})
    return Answers(sets=(f"{field}={value}",), seen=seen)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_a_colleague_wrote_meanwhile_is_not_written_over(
    lea: Workspace, marc: Workspace, field: str
) -> None:
    seen = look(lea)
    opportunities.edit(marc, "1", editing(field, FIELDS[field]))
    before, name = written(lea), "ERP 2" if field == "name" else "ERP"

    with pytest.raises(Conflict) as refusal:
        opportunities.edit(lea, "1", editing(field, "2026-07-07" if field == "close_date" else "7", seen))
    now = "€12,000" if field == "amount" else FIELDS[field]
    label = field.replace("_", " ")
    assert (refusal.value.message, refusal.value.detail) == (
        f"{label} of 1 {name} was changed meanwhile by marc, it is now: {now}; nothing was changed",
        {"ref": 1, "fields": [field], "by": "marc"},
    )
    assert written(lea) == before


@pytest.mark.parametrize("field", FIELDS)
def test_every_other_field_goes_through(lea: Workspace, marc: Workspace, field: str) -> None:
    seen = look(lea)
    opportunities.edit(marc, "1", editing(field, FIELDS[field]))
    others = tuple(f"{key}={value}" for key, value in FIELDS.items() if key not in (field, "owner"))

    changed = opportunities.edit(lea, "1", Answers(sets=others, seen=seen)).record
    assert (changed["source"], changed["amount"], changed["fields"]) == (
        "web",
        12_000,
        {"site": "Lyon", "effort": 12},
    )


def test_one_field_of_several_that_was_written_meanwhile_refuses_them_all(
    lea: Workspace, marc: Workspace
) -> None:
    seen = look(lea)
    edits("site=Lyon", "source=web")(marc)
    before = written(lea)

    with pytest.raises(Conflict) as refusal:
        opportunities.edit(
            lea, "1", answers(seen, sets=("tags=key", "source=fair", "account=New", "site=Nice"))
        )
    assert refusal.value.detail == {"ref": 1, "fields": ["source", "site"], "by": "marc"}
    assert written(lea) == before


def test_an_amount_answered_to_a_gate_is_not_written_over_a_colleagues(
    lea: Workspace, marc: Workspace
) -> None:
    seen = look(lea)
    edits(amount="12k")(marc)

    with pytest.raises(Conflict, match="amount of 1 ERP was changed meanwhile"):
        gates.advance(lea, "1", answers(seen, amount="10k"))
    assert show.show(lea, "1").record["amount"] == 12_000


# While a gate's questions are asked


@pytest.mark.parametrize(("since", "words"), [(advances, "was moved to Offer"), (plans, "it is now: visit")])
def test_a_trial_is_refused_as_the_move_would_be(
    lea: Workspace, marc: Workspace, since: Act, words: str
) -> None:
    given = answers(look(lea), next="send it", due="+9d")
    since(marc)

    with pytest.raises(Conflict, match=words):
        gates.tried(lea, "1", given, None)
    with pytest.raises(Conflict, match=words):
        opportunities.done_tried(lea, "1", Happened("We spoke"), given, None)


def test_every_look_at_it_sees_the_same(lea: Workspace, marc: Workspace) -> None:
    shown = show.show(lea, "1", to="won")
    assert shown.why is not None

    assert shown.why.report["to"] == "won"
    assert shown.seen == shown.why.seen == look(lea) == why.why(lea, "1", "deal").seen
    assert shown.seen == Seen.of(shown.state)


def test_a_trial_sees_the_opportunity_as_it_is_and_not_as_it_would_be(
    lea: Workspace, marc: Workspace
) -> None:
    seen = look(lea)
    given = answers(seen, sets=("source=fair",), next="send it", due="+9d")

    assert gates.tried(lea, "1", given, None).seen == seen
    assert opportunities.done_tried(lea, "1", Happened("We spoke"), given, None).seen == seen


def test_done_with_its_own_next_action_does_not_stand_in_its_own_way(lea: Workspace, marc: Workspace) -> None:
    """The next action is closed and set anew by the very command that answers the one that was seen."""
    given = answers(look(lea), sets=("source=fair",), amount="12k", next="send it", due="+9d")
    found = opportunities.done_tried(lea, "1", Happened("We spoke"), given, None)
    done = opportunities.done(lea, "1", Happened("We spoke"), given._replace(seen=found.seen), advance=True)

    assert [e.kind for e in done.events] == [
        "NextActionDone",
        "ExchangeLogged",
        "AmountRevised",
        "FieldsSet",
        "NextActionSet",
        "StageAdvanced",
    ]
    assert [done.record[key] for key in ("stage", "next_action", "source", "amount")] == [
        "offer",
        "send it",
        "fair",
        12_000,
    ]


# At the same time


@pytest.mark.parametrize("own", ["advance", "next", "done", "edit", "done and advance", "lose"])
def test_of_two_who_save_at_once_one_is_written_and_one_refused(
    lea: Workspace, marc: Workspace, own: str
) -> None:
    seen = look(lea)
    before = written(lea)
    both = threading.Barrier(2)
    ends: dict[str, object] = {}

    def save(place: Workspace, who: str) -> None:
        both.wait()
        try:
            ends[who] = OWN[own](place, seen)
        except Conflict as conflict:
            ends[who] = conflict

    savers = [
        threading.Thread(target=save, args=(place, who)) for place, who in ((lea, "lea"), (marc, "marc"))
    ]
    for saver in savers:
        saver.start()
    for saver in savers:
        saver.join()

    (refused,) = [who for who, end in ends.items() if isinstance(end, Conflict)]
    (through,) = ends.keys() - {refused}
    (journal_line,) = _commands_since(lea, before[0])
    assert journal_line == through
    assert doctor.doctor(lea).faults == []


def _commands_since(place: Workspace, head: int) -> list[str]:
    """Who wrote commands since."""
    with place.read() as reading:
        found = reading.driver.rows("select actor from command where id > :head order by id", {"head": head})
    return [str(actor) for (actor,) in found]
