"""Promises that hold whatever people do, in whatever order: over the real service and a real SQLite file.

Three people work on a few opportunities under a pipeline with every kind of criterion, commands that are refused
included. The gate is checked against the journal alone, by the second reading.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from second_reading import B2B, EVERY_KIND, unearned

from pipecli import clock
from pipecli.config import Settings
from pipecli.domain.proofs import Proof
from pipecli.errors import PipeError
from pipecli.service import creating, doctor, gates, merging, opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.why import why
from pipecli.service.workspace import Reading, Workspace
from pipecli.store import journal, projection
from pipecli.store.sqlite import SqliteDriver

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TABLES = (*projection.COLUMNS, "account", "contact")
AT_ONCE = 4  # every fourth command is undone and done again at once
ACTORS = st.sampled_from(["lea", "ann", "eve"])
NUMBERS = st.integers(0, 40)
AMOUNTS = st.sampled_from(["5000", "19999", "20000", "75000", "USD 30", ""])
AGO = st.sampled_from([0, 0, 1, 15, 45])
SETS = st.sampled_from(
    [
        ("effort_days=5",), ("effort_days=50",), ("effort_days=",), ("contact=Zoe",), ("contact=",), ("tags=big",),
        ("decision_maker=Zoe",), ("decision_maker=Max", "account=Initech"), ("account=Acme",), ("account=New {}",),
        ("contact=Max {}",), ("close=+10d",), ("close=+90d", "source=fair"), ("source=",), ("name=Rollout",),
        ("owner=eve",), ("quote_valid_until=+30d",),
    ]
)  # fmt: skip
# What somebody does: a method of People, and what it takes beside who does it and to which opportunity.
FIGURES = st.tuples(st.just("price"), AMOUNTS) | st.tuples(st.just("edit"), SETS, AGO)
WORDS = st.tuples(
    st.sampled_from(["approve", "approve", "refuse", "waive", "prove", "unprove"]), NUMBERS, AGO
)
MOVES = st.one_of(
    st.tuples(st.just("go_on"), st.integers(0, 9), AMOUNTS, st.booleans()),
    st.tuples(st.just("advance"), st.integers(0, 3), st.none() | AMOUNTS, st.booleans(), AGO),
    st.tuples(st.just("back"), st.none() | st.integers(0, 2), AGO),
    st.tuples(st.just("close"), st.sampled_from(["win", "lose", "reopen"])),
)
PLANS = st.one_of(
    st.tuples(st.just("plan"), st.integers(-2, 20), st.booleans()),
    st.tuples(st.just("done"), st.none() | NUMBERS, st.sampled_from(["", "need", "agreed"]), st.booleans()),
    st.tuples(st.just("log"), st.sampled_from(["call", "meeting", "fax"]), AGO),
)
TAKEN = st.sampled_from(
    [(), ("amount",), ("owner", "account"), ("contact",), ("next_action", "close"), ("name",)]
)
OTHERS = st.one_of(
    st.tuples(
        st.just("add"), st.none() | AMOUNTS, st.none() | NUMBERS, st.sampled_from(["", "Acme", "Initech"])
    ),
    st.tuples(st.just("adjust"), st.sampled_from([5, 10, 30, 90])),
    st.tuples(st.just("hand_over"), ACTORS),
    st.tuples(st.just("merge"), NUMBERS, TAKEN),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 11, 25])),
)
UNDOING = st.tuples(st.just("take_back"), st.booleans())
ACTS = st.one_of(FIGURES, WORDS, MOVES, PLANS, UNDOING, MOVES, OTHERS)
# What gets into the way of each other: stakes, those who judge them, moves, and people of accounts.
STAKES = st.sampled_from(["5000", "20000", "75000"])
NEW_PEOPLE = st.sampled_from(
    [("account=New {}",), ("contact=Max {}",), ("contact=Zoe",), ("decision_maker=Zoe",)]
)
ENTANGLED = st.one_of(
    st.tuples(st.just("price"), STAKES),
    st.tuples(st.sampled_from(["approve", "waive"]), NUMBERS, st.just(0)),
    MOVES,
    st.tuples(st.just("edit"), NEW_PEOPLE, st.just(0)),
    st.tuples(st.just("merge"), NUMBERS, TAKEN),
)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What survives a power cut is not asked here."""
    run = SqliteDriver.run
    monkeypatch.setattr(
        SqliteDriver, "run", lambda self, sql, p=None: run(self, sql.replace("=full", "=off"), p)
    )


class People:
    """Everybody's commands on one workspace, whose promises are checked after each."""

    def __init__(self, folder: Path, toml: str) -> None:
        self.folder = folder
        self.file = folder / "signed.pdf"
        self.file.write_bytes(b"signed")
        self.now = START
        clock.freeze(self.now)
        creating.init(self.place("ann").settings, toml)
        with self.place("ann").read() as reading:
            self.pipeline = reading.pipeline
        self.keys = [c.key for c in self.pipeline.criteria()]
        self.look()

    def place(self, actor: str) -> Workspace:
        nowhere = str(self.folder / "config.toml")
        environ = {"PIPE_DB": str(self.folder / "pipe.db"), "PIPE_ME": actor, "PIPE_CONFIG": nowhere}
        return Workspace(Settings(environ=environ))

    def look(self) -> None:
        with self.place("ann").read() as reading:
            self.head = reading.header.head
            self.numbers = [
                n for (n,) in reading.driver.rows("select number from opportunity order by number")
            ]

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every projected row but for the stream's version, which an undo moves on."""
        with self.place("ann").read() as reading:
            found = {t: sorted(reading.driver.rows(f"select * from {t}"), key=repr) for t in TABLES}
        at = projection.COLUMNS["opportunity"].index("version")
        found["opportunity"] = [(*row[:at], *row[at + 1 :]) for row in found["opportunity"]]
        return found

    def attempt(self, actor: str, command: Callable[[Workspace], Any], *, undoable: bool = True) -> None:
        """Run a command; one that is refused changes nothing, one that is not can be undone and done again."""
        at_once = undoable and self.head % AT_ONCE == 0
        head, before = self.head, self.rows() if at_once else {}
        try:
            command(self.place(actor))
        except PipeError:
            self.look()
            assert self.head == head
            return
        self.look()
        if at_once and self.head > head:
            after = self.rows()
            undoing.undo(self.place(actor))
            assert self.rows() == before
            undoing.undo(self.place(actor), redo=True)
            assert self.rows() == after
            self.look()

    def do(self, actor: str, n: int, act: tuple[Any, ...]) -> None:
        """One act, then every promise."""
        head = self.head
        ref = str(self.numbers[n % len(self.numbers)]) if self.numbers else "1"
        getattr(self, act[0])(actor, ref, *act[1:])
        if self.head != head:
            self.check()

    def check(self) -> None:
        assert doctor.doctor(self.place("ann")).faults == [], "replay equals projection"
        with self.place("ann").read() as reading:
            for stream, events in journal.load_streams(reading.driver, "o"):
                assert unearned(events, self.pipeline) == [], stream
            only_what_is_open_has_a_next_action_and_always(reading)
            whoever_is_referred_to_is_there(reading)

    def day(self, ahead: int) -> str:
        return (self.now.date() + timedelta(ahead)).isoformat()

    def criterion(self, n: int) -> str:
        return self.keys[n % len(self.keys)]

    def wait(self, _actor: str, _ref: str, days: int) -> None:
        self.now += timedelta(days=days, minutes=7)
        clock.freeze(self.now)

    def add(self, actor: str, _ref: str, amount: str | None, due: int | None, account: str) -> None:
        sets = (f"account={account}", "contact=Zoe <zoe@acme.example>") if account else ()
        planned = {} if due is None else {"next": "call", "due": self.day(due)}
        answers = Answers(sets=sets, amount=amount or None, **planned)
        self.attempt(actor, lambda w: opportunities.add(w, "Rollout", answers))

    def edit(self, actor: str, ref: str, sets: tuple[str, ...], ago: int) -> None:
        answers = Answers(sets=tuple(s.format(self.head) for s in sets), on=self.day(-ago))
        self.attempt(actor, lambda w: opportunities.edit(w, ref, answers))

    def price(self, actor: str, ref: str, amount: str) -> None:
        self.attempt(actor, lambda w: opportunities.edit(w, ref, Answers(sets=(f"amount={amount}",))))

    def adjust(self, actor: str, ref: str, percent: int) -> None:
        self.attempt(
            actor, lambda w: opportunities.edit(w, ref, Answers(), probability=percent, reason="felt so")
        )

    def plan(self, actor: str, ref: str, ahead: int, again: bool) -> None:
        if again:
            self.attempt(actor, lambda w: opportunities.snooze(w, [ref], self.day(ahead)))
        else:
            self.attempt(actor, lambda w: opportunities.set_next(w, ref, "write", self.day(ahead)))

    def log(self, actor: str, ref: str, kind: str, ago: int) -> None:
        answers = Answers(on=self.day(-ago))
        self.attempt(actor, lambda w: opportunities.log(w, ref, kind, "we spoke", answers))

    def done(self, actor: str, ref: str, due: int | None, proof: str, move: bool) -> None:
        planned = {} if due is None else {"next": "call", "due": self.day(due)}
        answers = Answers(proofs=(proof,) if proof else (), **planned)  # type: ignore[arg-type]
        self.attempt(
            actor, lambda w: opportunities.done(w, ref, opportunities.Happened("told"), answers, advance=move)
        )

    def prove(self, actor: str, ref: str, n: int, ago: int) -> None:
        self.attempt(actor, lambda w: self.prove_it(w, ref, self.criterion(n), self.day(-ago)))

    def unprove(self, actor: str, ref: str, n: int, _ago: int) -> None:
        self.attempt(actor, lambda w: gates.unprove(w, ref, self.criterion(n)))

    def waive(self, _actor: str, ref: str, n: int, _ago: int) -> None:
        waivable = [c.key for c in self.pipeline.criteria() if c.waivable_by]
        self.attempt("ann", lambda w: gates.waive(w, ref, waivable[n % len(waivable)], "known to us"))

    def approve(self, _actor: str, ref: str, n: int, _ago: int, *, refuse: bool = False) -> None:
        asked = [c for c in self.pipeline.criteria() if c.approval]
        criterion = asked[n % len(asked)]
        who = self.pipeline.roles[criterion.approval or ""][0]
        self.attempt(who, lambda w: gates.approve(w, ref, criterion.key, refuse=refuse, reason="hm"))

    def refuse(self, actor: str, ref: str, n: int, ago: int) -> None:
        self.approve(actor, ref, n, ago, refuse=True)

    def go_on(self, actor: str, ref: str, most: int, amount: str, move: bool) -> None:
        """Do what `why` says for some of what is missing, then try to move."""
        try:
            report = why(self.place("lea"), ref).report
        except PipeError:
            return
        for item in report["unmet"][:most]:
            self.meet(ref, item["criterion"], item["kind"], amount)
        if move and report["to"] == "won":
            self.attempt(actor, lambda w: gates.win(w, ref, "the price", Answers()))
        elif move:
            self.attempt(actor, lambda w: gates.advance(w, ref, Answers()))

    def meet(self, ref: str, key: str, kind: str, amount: str) -> None:
        values = {"contact": "contact=Zoe", "decision-maker": "decision_maker=Zoe", "effort": "effort_days=5"}
        values |= {"quote-date": "quote_valid_until=+30d", "signing-date": "close=+30d"}
        if key in values:
            self.edit("lea", ref, (values[key],), 0)
        if kind == "approval":
            self.approve("eve", ref, [c.key for c in self.pipeline.criteria() if c.approval].index(key), 0)
        elif kind == "exchange":
            for _ in range(2):
                self.log("lea", ref, "meeting", 0)
        elif kind == "amount":
            self.price("lea", ref, amount)
        elif kind == "next_action":
            self.plan("lea", ref, 9, False)
        elif kind == "evidence" or key == "decision-maker":
            self.prove("lea", ref, self.keys.index(key), 0)

    def prove_it(self, place: Workspace, ref: str, key: str, on: str) -> None:
        wanted = self.pipeline.criterion(key).evidence
        if wanted == "exchange":
            opportunities.log(place, ref, "call", "agreed", Answers(proofs=(key,), on=on))
        elif wanted == "file":
            gates.prove(place, ref, key, Proof(path=str(self.file), sha256="ab"), Answers(on=on))
        else:
            gates.prove(place, ref, key, Proof(text="https://acme.example/it"), Answers(on=on))

    def advance(self, actor: str, ref: str, to: int, amount: str | None, ask: bool, ago: int) -> None:
        target = None if to == 0 else self.pipeline.stages[min(to, len(self.pipeline.stages) - 1)].key
        answers = Answers(amount=amount, on=self.day(-ago))
        self.attempt(actor, lambda w: gates.advance(w, ref, answers, to=target, ask=ask))

    def back(self, actor: str, ref: str, to: int | None, ago: int) -> None:
        target = None if to is None else self.pipeline.stages[to].key
        answers = Answers(on=self.day(-ago))
        self.attempt(actor, lambda w: gates.back(w, ref, "new scope", answers, to=target))

    def close(self, actor: str, ref: str, how: str) -> None:
        planned = Answers(next="call", due=self.day(4))
        if how == "win":
            self.attempt(actor, lambda w: gates.win(w, ref, "the price", Answers()))
        elif how == "lose":
            self.attempt(actor, lambda w: gates.lose(w, ref, "price", ""))
        else:
            self.attempt(actor, lambda w: gates.reopen(w, ref, "they called", planned))

    def hand_over(self, actor: str, _ref: str, taker: str) -> None:
        self.attempt("ann", lambda w: opportunities.handover(w, actor, taker))

    def merge(self, actor: str, ref: str, n: int, take: tuple[str, ...]) -> None:
        other = str(self.numbers[n % len(self.numbers)]) if self.numbers else "1"
        self.attempt(actor, lambda w: merging.merge(w, ref, other, take))

    def take_back(self, actor: str, _ref: str, redo: bool) -> None:
        self.attempt(actor, lambda w: undoing.undo(w, redo=redo), undoable=False)


def only_what_is_open_has_a_next_action_and_always(reading: Reading) -> None:
    for status, text, due in reading.driver.rows("select status, next_action, next_due from opportunity"):
        assert (status == "open") == (text is not None) == (due is not None)


def whoever_is_referred_to_is_there(reading: Reading) -> None:
    rows = reading.driver.rows
    accounts = {i for (i,) in rows("select id from account")} | {None}
    contacts = dict(rows("select id, account_id from contact")) | {None: None}
    for table in ("opportunity", "merged"):
        for account, contact, maker in rows(f"select account_id, contact_id, decision_maker_id from {table}"):
            assert account in accounts
            assert {contact, maker} <= contacts.keys()
    assert set(contacts.values()) <= accounts


@contextmanager
def people(toml: str, amount: str | None, far: int) -> Iterator[People]:
    """At work in a workspace of one opportunity that has come some stages far, as everything was done for it."""
    folder = Path(tempfile.mkdtemp(prefix="pipe-"))
    try:
        found = People(folder, toml)
        found.add("lea", "", amount, 30, "")
        for _ in range(far):
            found.do("lea", 0, ("go_on", 9, "30000", True))
        yield found
    finally:
        clock.freeze(None)
        shutil.rmtree(folder)


# An example is a whole history here: a share of the profile's examples says as much.
LONG = settings(
    deadline=None, max_examples=settings().max_examples // 3, suppress_health_check=list(HealthCheck)
)
DEFINITIONS = pytest.mark.parametrize("toml", [EVERY_KIND, B2B], ids=["every-kind", "b2b"])
STEP = st.tuples(ACTORS, NUMBERS, ACTS)


@DEFINITIONS
@LONG
@given(amount=st.none() | AMOUNTS, far=st.integers(0, 4), story=st.lists(STEP, min_size=5, max_size=20))
def test_whatever_is_done(toml: str, amount: str | None, far: int, story: list[Any]) -> None:
    with people(toml, amount or None, far) as everybody:
        for actor, n, act in story:
            everybody.do(actor, n, act)


@DEFINITIONS
@LONG
@given(
    amount=STAKES,
    far=st.integers(0, 3),
    mine=ENTANGLED,
    theirs=st.lists(ENTANGLED, min_size=1, max_size=2),
    redo=st.booleans(),
    after=st.none() | MOVES | UNDOING,
)
def test_whatever_others_do_before_it_is_undone_or_done_again(
    toml: str, amount: str, far: int, mine: Any, theirs: list[Any], redo: bool, after: Any
) -> None:
    with people(toml, amount, far) as everybody:
        everybody.do("lea", 0, mine)
        if redo:
            everybody.do("lea", 0, ("take_back", False))
        for act in theirs:
            everybody.do("eve", 0, act)
        everybody.do("lea", 0, ("take_back", redo))
        if after:
            everybody.do("eve", 0, after)
        everybody.do("ann", 0, ("go_on", 9, "20000", True))
