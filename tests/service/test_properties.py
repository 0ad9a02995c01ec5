"""Promises that hold whatever people do, in whatever order: over the real service and a real SQLite file.

Three people work on a few opportunities under a pipeline with every kind of criterion, commands that are refused
included. The gate is checked against the journal alone, by the second reading.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from second_reading import unearned

from pipecli import clock, templates
from pipecli.config import Settings
from pipecli.domain import events as ev
from pipecli.domain.proofs import Proof
from pipecli.errors import PipeError
from pipecli.service import creating, doctor, gates, opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.workspace import Reading, Workspace
from pipecli.store import journal, projection
from pipecli.store.sqlite import SqliteDriver

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EVERY_KIND = """
name = "Every kind"
currency = "EUR"
timezone = "Europe/Paris"
loss_reasons = ["price", "timing", "other"]

[roles]
founder = ["ann"]
engineering = ["eve", "ann"]

[[field]]
key = "effort_days"
type = "number"

[[stage]]
key = "lead"
name = "Qualified lead"
probability = { default = 10, min = 5, max = 30 }
stale_after = "14d"
proves = "They have a need."
exit = [
  { key = "need", ask = "What do they need?", evidence = "note", valid_for = "60d", waivable_by = "founder" },
  { key = "contact", ask = "Who do we talk to?", field = "contact" },
]

[[stage]]
key = "study"
name = "Study"
probability = 40
stale_after = "14d"
proves = "We know what it takes."
entry = [
  { key = "talks", ask = "Twice?", exchange = "any", count = 2, within = "30d", waivable_by = "engineering" },
]
exit = [
  { key = "decision-maker", ask = "Who signs?", field = "decision_maker", evidence = "note" },
  { key = "feasible", ask = "Can we?", approval = "engineering", when = "amount >= 20000", waivable_by = "founder" },
  { key = "effort", ask = "Is it small?", condition = "effort_days <= 20" },
]

[[stage]]
key = "offer"
name = "Offer sent"
probability = 60
stale_after = "10d"
proves = "They hold an offer."
amount_review = true
entry = [
  { key = "sent", ask = "Where is it?", evidence = "link" },
  { key = "agreed", ask = "When did they agree on the scope?", evidence = "exchange" },
  { key = "planned", ask = "What is next?", next_action = true },
]
exit = [
  { key = "signed", ask = "Where is the signed offer?", evidence = "file", waivable_by = "founder" },
]

[won]
entry = [
  { key = "order", ask = "What shows it?", evidence = "note" },
  { key = "stake", ask = "Does the founder agree?", approval = "founder", when = "has amount and amount >= 50000" },
]
"""
B2B = templates.read("b2b").replace('engineering = ["@me"]', 'engineering = ["eve"]').replace("@me", "ann")

TABLES = (*projection.COLUMNS, "account", "contact")
ACTORS = st.sampled_from(["lea", "ann", "eve"])
DAYS = st.integers(0, 40)
AMOUNTS = st.sampled_from(["5000", "19999", "20000", "75000", "USD 30", "0"])
SETS = st.sampled_from(
    [
        ("effort_days=5",), ("effort_days=50",), ("effort_days=",), ("amount=",), ("amount=25000",), ("contact=Zoe",),
        ("contact=",), ("decision_maker=Zoe",), ("decision_maker=Max", "account=Initech"), ("account=Acme",),
        ("close=+10d",), ("close=+90d", "source=fair"), ("source=",), ("tags=big new",), ("name=Rollout",),
        ("owner=eve",), ("quote_valid_until=+30d",),
    ]
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What survives a power cut is not asked here."""
    run = SqliteDriver.run
    monkeypatch.setattr(
        SqliteDriver, "run", lambda self, sql, p=None: run(self, sql.replace("=full", "=off"), p)
    )


def nothing_is_in_a_gated_stage_unearned(reading: Reading) -> None:
    for stream, events in journal.load_streams(reading.driver, "o"):
        assert unearned(ev.live(events), reading.pipeline) == [], stream


def only_what_is_open_has_a_next_action_and_always(reading: Reading) -> None:
    for status, text, due in reading.driver.rows("select status, next_action, next_due from opportunity"):
        assert (status == "open") == (text is not None) == (due is not None)


def whoever_is_referred_to_is_there(reading: Reading) -> None:
    rows = reading.driver.rows
    accounts = {i for (i,) in rows("select id from account")} | {None}
    contacts = dict(rows("select id, account_id from contact")) | {None: None}
    for account, contact, maker in rows("select account_id, contact_id, decision_maker_id from opportunity"):
        assert account in accounts
        assert {contact, maker} <= contacts.keys()
    assert set(contacts.values()) <= accounts


class People(RuleBasedStateMachine):
    """Everybody's commands; `toml` is the definition that they work under."""

    toml: ClassVar[str] = EVERY_KIND

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="pipe-"))
        self.proof = self.folder / "signed.pdf"
        self.proof.write_bytes(b"signed")
        self.now = START
        self.head = self.checked = 0
        clock.freeze(self.now)

    def teardown(self) -> None:
        clock.freeze(None)
        shutil.rmtree(self.folder)

    def place(self, actor: str) -> Workspace:
        nowhere = str(self.folder / "config.toml")
        environ = {"PIPE_DB": str(self.folder / "pipe.db"), "PIPE_ME": actor, "PIPE_CONFIG": nowhere}
        return Workspace(Settings(environ=environ))

    @initialize(far=st.lists(st.integers(0, 4), min_size=1, max_size=3), amount=st.none() | AMOUNTS)
    def begin(self, far: list[int], amount: str | None) -> None:
        """A workspace whose opportunities are in all stages, won included."""
        creating.init(self.place("ann").settings, self.toml)
        with self.place("ann").read() as reading:
            self.pipeline = reading.pipeline
        self.rows = self.read_rows()
        for n, steps in enumerate(far):
            self.add("lea", amount, 12, None)
            for _ in range(steps):
                self.go_on(n, 9, True)

    def read_head(self) -> None:
        with self.place("ann").read() as reading:
            self.head = reading.header.head

    def read_rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every projected row but for the stream's version, which an undo moves on."""
        with self.place("ann").read() as reading:
            found = {t: sorted(reading.driver.rows(f"select * from {t}"), key=repr) for t in TABLES}
            self.head = reading.header.head
            self.numbers = [row[0] for row in found["opportunity"]]
        at = projection.COLUMNS["opportunity"].index("version")
        found["opportunity"] = [(*row[:at], *row[at + 1 :]) for row in found["opportunity"]]
        return found

    def attempt(self, actor: str, command: Callable[[Workspace], Any], *, undoable: bool = True) -> bool:
        """Run a command; one that is refused changes nothing, one that is not can be undone and done again."""
        before, head = self.rows, self.head
        try:
            command(self.place(actor))
        except PipeError:
            self.read_head()
            assert self.head == head
            return False
        self.rows = self.read_rows()
        if undoable and self.head > head and self.head % 4 == 0:
            after = self.rows
            undoing.undo(self.place(actor))
            assert self.read_rows() == before
            undoing.undo(self.place(actor), redo=True)
            self.rows = self.read_rows()
            assert self.rows == after
        return True

    def pick(self, n: int) -> str:
        return str(self.numbers[n % len(self.numbers)]) if self.numbers else "1"

    def day(self, ahead: int) -> str:
        return (self.now.date() + timedelta(ahead)).isoformat()

    @rule(days=st.sampled_from([0, 1, 3, 25]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days, minutes=7)
        clock.freeze(self.now)

    @rule(
        actor=ACTORS, amount=st.none() | AMOUNTS, due=DAYS, account=st.sampled_from([None, "Acme", "Initech"])
    )
    def add(self, actor: str, amount: str | None, due: int, account: str | None) -> None:
        sets = (f"account={account}", "contact=Zoe <zoe@acme.example>") if account else ()
        answers = Answers(sets=sets, amount=amount, next="call", due=self.day(due - 3))
        self.attempt(actor, lambda w: opportunities.add(w, "Rollout", answers))

    @rule(actor=ACTORS, n=DAYS, sets=SETS, ago=st.sampled_from([None, 0, 2, 20]))
    def edit(self, actor: str, n: int, sets: tuple[str, ...], ago: int | None) -> None:
        answers = Answers(sets=sets, on=None if ago is None else self.day(-ago))
        self.attempt(actor, lambda w: opportunities.edit(w, self.pick(n), answers))

    @rule(actor=ACTORS, n=DAYS, percent=st.sampled_from([5, 10, 30, 90]))
    def adjust(self, actor: str, n: int, percent: int) -> None:
        self.attempt(
            actor,
            lambda w: opportunities.edit(w, self.pick(n), Answers(), probability=percent, reason="felt so"),
        )

    @rule(actor=ACTORS, n=DAYS, ahead=st.integers(-2, 20), again=st.booleans())
    def plan(self, actor: str, n: int, ahead: int, again: bool) -> None:
        if again:
            self.attempt(actor, lambda w: opportunities.snooze(w, [self.pick(n)], self.day(ahead)))
        else:
            self.attempt(actor, lambda w: opportunities.set_next(w, self.pick(n), "write", self.day(ahead)))

    @rule(
        actor=ACTORS,
        n=DAYS,
        kind=st.sampled_from(["call", "meeting", "fax"]),
        ago=st.sampled_from([0, 5, 45]),
    )
    def log(self, actor: str, n: int, kind: str, ago: int) -> None:
        answers = Answers(on=self.day(-ago))
        self.attempt(actor, lambda w: opportunities.log(w, self.pick(n), kind, "we spoke", answers))

    @rule(
        actor=ACTORS,
        n=DAYS,
        due=st.none() | DAYS,
        proofs=st.sampled_from([(), ("need",), ("agreed",)]),
        on=st.booleans(),
    )
    def done(self, actor: str, n: int, due: int | None, proofs: tuple[str, ...], on: bool) -> None:
        planned = {} if due is None else {"next": "call", "due": self.day(due)}
        answers = Answers(proofs=proofs, **planned)  # type: ignore[arg-type]
        self.attempt(actor, lambda w: opportunities.done(w, self.pick(n), "told", answers, advance=on))

    @rule(actor=ACTORS, n=DAYS, data=st.data(), ago=st.sampled_from([0, 0, 70]), undo=st.booleans())
    def prove(self, actor: str, n: int, data: st.DataObject, ago: int, undo: bool) -> None:
        key = data.draw(st.sampled_from([c.key for c in self.pipeline.criteria()]))
        if undo:
            self.attempt(actor, lambda w: gates.unprove(w, self.pick(n), key))
        else:
            self.attempt(actor, lambda w: self.prove_it(w, self.pick(n), key, self.day(-ago)))

    @rule(actor=ACTORS, n=DAYS, data=st.data(), what=st.sampled_from(["waive", "approve", "refuse"]))
    def allow(self, actor: str, n: int, data: st.DataObject, what: str) -> None:
        key = data.draw(st.sampled_from(["feasible", "stake", "need", "talks", "meeting", "signed"]))
        if what == "waive":
            self.attempt(actor, lambda w: gates.waive(w, self.pick(n), key, "known to us"))
        else:
            refuse = what == "refuse"
            self.attempt(actor, lambda w: gates.approve(w, self.pick(n), key, refuse=refuse, reason="hm"))

    @rule(n=DAYS, most=st.integers(0, 9), move=st.booleans())
    def go_on(self, n: int, most: int, move: bool) -> None:
        """Do what `why` says for some of what is missing, then try to move."""
        ref = self.pick(n)
        try:
            report = gates.why(self.place("lea"), ref).report
        except PipeError:
            return
        for item in report["unmet"][:most]:
            self.meet(ref, item["criterion"], item["kind"])
        if move and report["to"] == "won":
            self.attempt("lea", lambda w: gates.win(w, ref, "the price", Answers()))
        elif move:
            self.attempt("lea", lambda w: gates.advance(w, ref, Answers()))

    def meet(self, ref: str, key: str, kind: str) -> None:
        values = {"contact": "contact=Zoe", "decision-maker": "decision_maker=Zoe", "effort": "effort_days=5"}
        values |= {"quote-date": "quote_valid_until=+30d", "signing-date": "close=+30d"}
        if key in values:
            self.attempt("lea", lambda w: opportunities.edit(w, ref, Answers(sets=(values[key],))))
        if kind == "approval":
            self.attempt("ann" if key == "stake" else "eve", lambda w: gates.approve(w, ref, key))
        elif kind == "exchange":
            for _ in range(2):
                self.attempt("lea", lambda w: opportunities.log(w, ref, "meeting", "we met", Answers()))
        elif kind == "amount":
            self.attempt("lea", lambda w: opportunities.edit(w, ref, Answers(amount="30000")))
        elif kind == "next_action":
            self.attempt("lea", lambda w: opportunities.set_next(w, ref, "call", self.day(9)))
        elif kind == "evidence" or key == "decision-maker":
            self.attempt("lea", lambda w: self.prove_it(w, ref, key, None))

    def prove_it(self, place: Workspace, ref: str, key: str, on: str | None) -> None:
        wanted = next(c.evidence for c in self.pipeline.criteria() if c.key == key)
        if wanted == "exchange":
            opportunities.log(place, ref, "call", "agreed", Answers(proofs=(key,), on=on))
        elif wanted == "file":
            gates.prove(place, ref, key, Proof(path=str(self.proof), sha256="ab"), Answers(on=on))
        else:
            gates.prove(place, ref, key, Proof(text="https://acme.example/it"), Answers(on=on))

    @rule(
        actor=ACTORS,
        n=DAYS,
        to=st.sampled_from([None, None, 1, 2, 3]),
        amount=st.none() | AMOUNTS,
        ask=st.booleans(),
        ago=st.sampled_from([None, 1]),
    )
    def advance(
        self, actor: str, n: int, to: int | None, amount: str | None, ask: bool, ago: int | None
    ) -> None:
        stages = self.pipeline.stages
        target = stages[min(to, len(stages) - 1)].key if to else None
        answers = Answers(amount=amount, on=None if ago is None else self.day(-ago))
        self.attempt(actor, lambda w: gates.advance(w, self.pick(n), answers, to=target, ask=ask))

    @rule(actor=ACTORS, n=DAYS, to=st.sampled_from([None, 0, 1]), ago=st.sampled_from([0, 1]))
    def back(self, actor: str, n: int, to: int | None, ago: int) -> None:
        target = None if to is None else self.pipeline.stages[to].key
        answers = Answers(on=self.day(-ago))
        self.attempt(actor, lambda w: gates.back(w, self.pick(n), "new scope", answers, to=target))

    @rule(actor=ACTORS, n=DAYS, how=st.sampled_from(["win", "win", "lose", "reopen", "reopen"]))
    def close(self, actor: str, n: int, how: str) -> None:
        ref = self.pick(n)
        planned = Answers(next="call", due=self.day(4))
        if how == "win":
            self.attempt(actor, lambda w: gates.win(w, ref, "the price", Answers()))
        elif how == "lose":
            self.attempt(actor, lambda w: gates.lose(w, ref, "price", ""))
        else:
            self.attempt(actor, lambda w: gates.reopen(w, ref, "they called", planned))

    @rule(giver=ACTORS, taker=ACTORS)
    def hand_over(self, giver: str, taker: str) -> None:
        self.attempt("ann", lambda w: opportunities.handover(w, giver, taker))

    @rule(actor=ACTORS, redo=st.booleans())
    def take_back(self, actor: str, redo: bool) -> None:
        self.attempt(actor, lambda w: undoing.undo(w, redo=redo), undoable=False)

    @invariant()
    def every_promise_holds(self) -> None:
        if self.head != self.checked:
            self.checked = self.head
            assert doctor.doctor(self.place("ann")).faults == [], "replay equals projection"
            with self.place("ann").read() as reading:
                nothing_is_in_a_gated_stage_unearned(reading)
                only_what_is_open_has_a_next_action_and_always(reading)
                whoever_is_referred_to_is_there(reading)


class PeopleUnderB2B(People):
    toml = B2B


# An example is a whole history here: a quarter of the profile's examples says as much.
LONG = settings(
    deadline=None,
    max_examples=settings().max_examples // 4,
    stateful_step_count=25,
    suppress_health_check=list(HealthCheck),
)
TestEveryKindOfCriterion = People.TestCase
TestEveryKindOfCriterion.settings = LONG
TestTheTemplate = PeopleUnderB2B.TestCase
TestTheTemplate.settings = LONG
