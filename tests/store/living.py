"""A small pipeline, and lives lived through it: random histories of what people do, refused or allowed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pipecli.config import Settings
from pipecli.domain.proofs import Proof
from pipecli.domain.proposing import Suggestion
from pipecli.errors import PipeError
from pipecli.service import gates, merging, opportunities, proposals, proposing, rates, undoing
from pipecli.service.answers import Answers
from pipecli.service.unit import Unit
from pipecli.service.workspace import Reading, Workspace
from pipecli.store.driver import Driver
from pipecli.store.header import read_header
from pipecli.store.opening import database_user

TODAY, START = date(2026, 3, 2), date(2026, 1, 5)
LIVED = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large,
    ],
)  # fmt: skip

DEFINITION = """
name = "Small"
currency = "EUR"
timezone = "Europe/Paris"
loss_reasons = ["price", "timing", "other"]

[roles]
engineering = ["lea", "postgres"]
founder = ["lea", "postgres"]

[[field]]
key = "effort_days"
type = "number"
label = "Days of work"

[[field]]
key = "valid_until"
type = "date"
label = "Quote valid until"

[[field]]
key = "region"
type = "choice"
label = "Region"
choices = ["north", "south"]

[[stage]]
key = "lead"
name = "Qualified lead"
probability = 10
stale_after = "14d"
proves = "They have a need."

  [[stage.exit]]
  key = "need"
  ask = "What do they need?"
  evidence = "note"
  valid_for = "20d"

[[stage]]
key = "discovery"
name = "Scope agreed"
probability = { default = 25, min = 10, max = 40 }
stale_after = "7d"
proves = "The scope is agreed."

  [[stage.exit]]
  key = "feasible"
  ask = "Has engineering confirmed it?"
  approval = "engineering"
  when = "amount >= 20000"
  waivable_by = "founder"

[[stage]]
key = "proposal"
name = "Proposal sent"
probability = 50
stale_when = "valid_until < today or unproven"
proves = "They hold an offer."

  [[stage.entry]]
  key = "met"
  ask = "Did we meet them?"
  exchange = "meeting"
  within = "30d"
  waivable_by = "founder"

[[stage]]
key = "negotiation"
name = "Terms discussed"
probability = 75
stale_after = "10d"
proves = "They answered the offer."

  [[stage.exit]]
  key = "date"
  ask = "When will they sign?"
  field = "close_date"

[[stage]]
key = "signature"
name = "Contract at their desk"
probability = 90
stale_after = "5d"
proves = "They have the contract."

  [[stage.entry]]
  key = "contract"
  ask = "Which contract?"
  evidence = "note"
"""


class Held(Workspace):
    """A workspace whose every use case runs in one open transaction, for a test to take back."""

    def __init__(self, settings: Settings, driver: Driver) -> None:
        super().__init__(settings)
        self.driver = driver

    @contextmanager
    def read(
        self, expect: Callable[[Driver], None] | None = None, *, as_of: date | None = None
    ) -> Iterator[Reading]:
        reading = Reading(self.driver, read_header(self.driver, write=False), self.settings)
        if as_of is not None:
            reading.as_of(as_of)
        yield reading

    @contextmanager
    def commit(
        self,
        name: str,
        expect: Callable[[Driver], None] | None = None,
        *,
        dry_run: bool = False,
        agent: str | None = None,
        origin: str = "cli",
    ) -> Iterator[Unit]:
        actor = database_user(self.driver) or self.settings.actor
        header = read_header(self.driver, write=True)
        unit = Unit(self.driver, header, actor=actor, name=name, origin=origin, agent=agent)
        yield unit
        if not dry_run:
            unit.write()


def settings_for(address: str, folder: Path, me: str = "lea") -> Settings:
    """Settings that name one database and one person, and read nothing of the machine's."""
    return Settings(
        environ={"PIPE_DB": address, "PIPE_ME": me, "PIPE_CONFIG": str(folder / "no-config.toml")}
    )


def noon(day: date) -> datetime:
    """Noon of a day, as an instant."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


Step = tuple[str, int, int]


class Player:
    """Lives through a history: each step goes some days ahead and has somebody do something, allowed or refused."""

    STEPS = (
        "add", "amount", "owner", "close", "describe", "probability", "next", "snooze", "done", "log", "prove",
        "unprove", "waive", "approve", "advance", "advance", "advance", "back", "win", "lose", "reopen", "undo", "redo",
        "rate", "propose", "accept", "reject", "merge",
    )  # fmt: skip

    def __init__(self, held: Held, at: Callable[[date], None]) -> None:
        self.held = held
        self.day = START
        self._at = at
        self.refs: list[int] = []
        self.accepted: list[str] = []

    def play(self, steps: list[Step]) -> "Player":
        """Open two opportunities, then take the steps."""
        for name, ahead, pick in [("add", 0, 0), ("add", 1, 1), *steps]:
            self.day += timedelta(ahead)
            self._at(self.day)
            try:
                self._step(name, pick)
            except PipeError:
                continue
            self.accepted.append(name)
        return self

    def _step(self, name: str, pick: int) -> None:
        w, n = self.held, Answers(next=f"call {pick}", due=f"+{pick % 12}d")
        if name == "add":
            amount = None if pick % 5 == 4 else f"{pick % 40 + 1}k" if pick % 7 else f"USD {pick + 1}"
            account = ("Acmé", "Borelle", "")[pick % 3]
            given = n._replace(sets=(f"account={account}", f"close_date={self._later(pick)}"), amount=amount)
            self.refs.append(opportunities.add(w, f"Deal {pick}", given).ref)
        ref = str(self.refs[pick % len(self.refs)])
        on = (self.day - timedelta(pick % 6)).isoformat() if pick % 2 else None
        dated = Answers(on=on)
        if name == "amount":
            opportunities.edit(w, ref, dated._replace(amount=str((pick + 1) * 700)))
        elif name == "owner":
            opportunities.edit(w, ref, dated._replace(owner=("Zoé", "lea", "bob")[pick % 3]))
        elif name == "close":
            opportunities.edit(w, ref, dated._replace(sets=(f"close_date={self._later(pick)}",)))
        elif name == "describe":
            texts = (
                f"tags=t{pick % 4},été",
                f"valid_until={self._later(pick - 20)}",
                "name=Renamed",
                "source=web",
            )
            more = (f"effort_days={pick / 4}", "region=north", "account=Cérès", "decision_maker=Ana")
            opportunities.edit(w, ref, dated._replace(sets=((texts + more)[pick % 8],)))
        elif name == "probability":
            opportunities.edit(w, ref, dated, probability=10 + pick % 31, reason="felt")
        elif name == "next":
            opportunities.set_next(w, ref, f"mail {pick}", f"+{pick % 9}d")
        elif name == "snooze":
            opportunities.snooze(w, [ref], f"+{pick % 15}d")
        elif name == "done":
            opportunities.done(w, ref, opportunities.Happened("They said so"), n._replace(on=on))
        elif name == "log":
            opportunities.log(w, ref, ("call", "meeting")[pick % 2], "Talked", Answers(on=on))
        elif name == "prove":
            gates.prove(w, ref, ("need", "contract")[pick % 2], Proof(text="They told us"), dated)
        elif name == "unprove":
            gates.unprove(w, ref, "need", on=on)
        elif name == "waive":
            gates.waive(w, ref, ("feasible", "met")[pick % 2], "known from last year")
        elif name == "approve":
            gates.approve(w, ref, "feasible", refuse=pick % 4 == 0, reason="as computed")
        elif name == "advance":
            known = Answers(proofs=("need=told", "contract=here"), said=(("meeting", "Met", ""),), on=on)
            gates.advance(w, ref, dated if pick % 4 == 0 else known, ask=pick % 3 == 0)
        elif name == "back":
            gates.back(w, ref, "they changed their mind", dated)
        elif name == "win":
            gates.win(w, ref, "they trust us", dated)
        elif name == "lose":
            gates.lose(w, ref, ("price", "timing")[pick % 2], "too dear", on=on)
        elif name == "reopen":
            gates.reopen(w, ref, "they called", n._replace(on=on))
        elif name == "rate":
            rates.set_rate(w, ("USD", "CHF")[pick % 4 == 3], f"0.{pick + 1:02d}7", on=on)
        elif name == "propose":
            proposing.make(w, ref, [self._suggestion(pick)], ("rules", "claude")[pick % 2])
        elif name in ("accept", "reject"):
            waiting = proposals.waiting(w, ref)
            if waiting:
                answer = proposals.accept if name == "accept" else proposals.reject
                answer(w, waiting[pick % len(waiting)].id)
        elif name == "merge":
            take = ((), ("amount",), ("owner",), ("next_action",))[pick % 4]
            merging.merge(w, ref, str(self.refs[pick // 7 % len(self.refs)]), take)
        elif name in ("undo", "redo"):
            undoing.undo(w, redo=name == "redo")

    def _suggestion(self, pick: int) -> Suggestion:
        return (
            Suggestion("proof", "need", f"They said {pick}"),
            Suggestion("value", "amount", f"{pick + 1}k"),
            Suggestion("value", "decision_maker", "Ana"),
            Suggestion("next_action", "", f"ring {pick}", self._later(pick)),
            Suggestion("exchange", "call", f"Rang {pick}", self._later(-pick)),
            Suggestion("move", "discovery"),
        )[pick % 6]

    def _later(self, days: int) -> str:
        return (self.day + timedelta(days)).isoformat()


HISTORIES = st.lists(
    st.tuples(st.sampled_from(Player.STEPS), st.integers(0, 6), st.integers(0, 99)), max_size=40
)
