"""One opportunity of the sample, from its opening to today: each step a command that the domain decides on its day.

Nothing is faked: proofs are recorded, approvals are asked and given by those who hold the role, and every move
passes the real gate, so that what a stage rests on is what the journal holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from pipecli.domain import decide, moves, proofs
from pipecli.domain.decide import Decision
from pipecli.domain.events import Event, opportunity_stream
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.proofs import Proof
from pipecli.domain.wording import exchange_kind

from . import demo_texts as texts
from .demo_definition import ENGINEERING_STAKE, ENGINEERS, FOUNDER_STAKE
from .demo_people import LATE_RECORDER
from .demo_plan import DAY, MINUTE, Fate, instant, workday
from .demo_texts import SERVICES, TOUR_SERVICE

if TYPE_CHECKING:
    from .demo_story import World

# Steps that leave the next action as it is.
ASIDE = ("approved", "terms", "waived")
ASKED_BEFORE = {"approved": "feasible", "terms": "terms"}


class Life:
    """The steps of one fate, and the opportunity as they leave it."""

    state: Opportunity

    def __init__(self, world: World, number: int, fate: Fate) -> None:
        self._world = world
        self._ledger = world.ledger
        self._rng = world.rng
        self._fate = fate
        self._number = number
        self._stream = opportunity_stream(number)
        tour = fate.quirk == "tour"
        self._service = TOUR_SERVICE if tour else self._rng.choice(SERVICES)
        self._currency = "USD" if fate.abroad else world.pipeline.currency
        self._asked, self._agreed = self._amounts()
        self._steps = list(self._planned())
        self._at: list[int] = []
        self._n = 0
        self._before = 0
        self._words: dict[str, str] = {"service": _in_a_sentence(self._service.name)}

    # What is planned

    def _amounts(self) -> tuple[int | None, int]:
        """What is first thought of (None where nobody knows yet) and what is offered, in minor units."""
        rng, fate = self._rng, self._fate
        if fate.quirk == "tour":
            return 45_000_00, 48_000_00
        service = self._service
        first = rng.triangular(service.low, service.high, service.low * 1.3)
        offered = first * (rng.uniform(0.8, 1.35) if rng.random() < 0.35 else 1)
        if fate.quirk == "asked":
            offered += (FOUNDER_STAKE if fate.reach == 3 else ENGINEERING_STAKE) / 100
        unknown = rng.random() < (0.25 if fate.reach == 0 else 0.1) and not fate.abroad
        return None if unknown else _rounded(first), _rounded(offered)

    def _above(self, stake: int) -> bool:
        return self._agreed >= stake or self._currency != self._world.pipeline.currency

    def _planned(self) -> Iterator[str]:
        """The names of the steps, in order."""
        fate, rng = self._fate, self._rng
        yield "open"
        if fate.quirk == "tour":
            yield from ("talk", "qualify", "talk", "groundwork")
            return
        yield from self._talks()
        if fate.reach >= 1:
            yield "qualify"
            if fate.reach >= 2 or fate.quirk in ("asked", "returned") or rng.random() < 0.6:
                yield from self._talks()
                yield "problem"
                if fate.quirk != "asked" or fate.reach == 3:
                    yield from self._to_offer()
        if fate.reach >= 3:
            yield from self._talks()
            yield "answer"
            if fate.outcome == "won" or fate.quirk == "asked" or rng.random() < 0.5:
                yield "settle"
                if self._above(FOUNDER_STAKE) and fate.quirk != "asked":
                    yield "terms"
        yield from self._ending()

    def _talks(self) -> Iterator[str]:
        return iter(("talk",) if self._rng.random() < self._world.chatter else ())

    def _to_offer(self) -> Iterator[str]:
        fate = self._fate
        if self._above(ENGINEERING_STAKE):
            yield "approved"
        if fate.reach >= 2 or fate.quirk == "returned":
            if fate.quirk == "waived":
                yield "waived"
            yield "offer"
        if fate.quirk == "returned":
            yield "returned"

    def _ending(self) -> Iterator[str]:
        fate = self._fate
        if fate.outcome != "open":
            yield "win" if fate.outcome == "won" else "lose"
        if fate.quirk == "reopened":
            yield from ("lose", "reopened")
        if fate.quirk == "stale":
            yield "snoozed"

    def _instants(self) -> list[int]:
        """When each step is taken: spread over the days up to the last one, later than the one before."""
        fate, rng = self._fate, self._rng
        first = fate.opened // DAY
        end = max(first, fate.quiet or fate.last)
        if fate.quirk == "tour":
            days = [first + (end - first) // 4, end - 33, end - 14, end]
        else:
            spread = len(self._steps) - (2 if fate.quiet else 1)
            parts = [*sorted(rng.random() for _ in range(spread - 1)), 1.0][:spread]
            days = [first + int((end - first) * part) for part in parts]
        out = [fate.opened]
        for day in [*days, *([fate.last] if fate.quiet else [])]:
            out.append(
                max(instant(workday(max(day, first)), rng), out[-1] + rng.randint(4 * MINUTE, 40 * MINUTE))
            )
        return out

    # Running

    def run(self) -> Iterator[int]:
        """Yield the instant of each step before taking it."""
        self._at = self._instants()
        for n, (at, step) in enumerate(zip(self._at, self._steps, strict=True)):
            yield at
            self._n = n
            getattr(self, f"_{step}")()
            self._before = at // DAY

    def _decision(self, name: str, actor: str | None = None) -> Decision:
        """The decision of a command that begins now."""
        who = actor or self._fate.owner
        day = self._ledger.begin(who, name, self._at[self._n])
        return Decision(
            self.state if self._n else None,
            pipeline=self._world.pipeline,
            today=day,
            actor=who,
            names=self._ledger.names,
            number_events=self._ledger.number_events,
        )

    def _write(self, decision: Decision) -> None:
        self.state = decision.state
        self._ledger.add(self._stream, decision.events)

    def _happened(self, today: date) -> date:
        """The day it happened: mostly the day it is recorded; never before the step before."""
        rng, owner = self._rng, self._fate.owner
        late = owner == LATE_RECORDER
        if self._fate.quirk == "tour" or rng.random() > (0.6 if late else 0.1):
            return today
        days = rng.randint(2, 5) if late else rng.randint(1, 3)
        return date.fromordinal(max(workday(today.toordinal() - days), self._before))

    def _told(self, sentences: tuple[str, ...], **more: str) -> str:
        return self._rng.choice(sentences).format(**self._words, **more)

    def _next(self, today: date) -> tuple[str, date]:
        """The next action that the step after this one closes, and when it is due."""
        rng, fate = self._rng, self._fate
        after = next((n for n in range(self._n + 1, len(self._steps)) if self._steps[n] not in ASIDE), None)
        if after is None:
            kind = ("qualify", "offer" if "problem" in self._steps else "problem", "answer", "win")[
                fate.reach
            ]
            due = fate.due
        else:
            kind = self._steps[after]
            day = self._at[after] // DAY
            due = workday(
                day + (-rng.randint(1, 4) if kind == "snoozed" else rng.choice((-2, -1, 0, 0, 0, 0, 1, 2)))
            )
        due = max(due, today.toordinal())
        return self._told(texts.ANNOUNCED.get(kind) or texts.ANNOUNCED["talk"]), date.fromordinal(due)

    def _say(self, decision: Decision, on: date, sentence: str, kind: str | None = None) -> Event:
        """Close the next action and log what was said."""
        action = decision.state.next_action
        decide.finish_next_action(decision, on)
        how = kind or exchange_kind(action.text if action and action.text else "")
        return decide.log_exchange(decision, how, sentence, on)

    # The steps

    def _open(self) -> None:
        fate, rng = self._fate, self._rng
        decision = self._decision("add")
        client = self._world.client(tour=fate.quirk == "tour")
        self._client = client
        self._contact, somebody = self._world.contact(client)
        self._words |= {"first": somebody.first, "account": client.name}
        close = (
            date.fromordinal(fate.close) if rng.random() < 0.75 or fate.close < self._world.today else None
        )
        decide.open_opportunity(
            decision,
            number=self._number,
            name="ERP rollout" if fate.quirk == "tour" else self._service.name,
            owner=fate.owner,
            on=decision.today,
            amount=None if self._asked is None else (self._asked, self._currency),
            close_date=close,
            values={
                "account": client.account,
                "contact": self._contact if fate.reach or rng.random() < 0.85 else None,
                "source": rng.choice(texts.SOURCES),
                "tags": (rng.choice(texts.TAGS),) if rng.random() < 0.2 else (),
            },
            next_action=self._next(decision.today),
            uid=self._ledger.identifier(),
        )
        self._write(decision)

    def _talk(self) -> None:
        decision = self._decision("done")
        self._say(decision, self._happened(decision.today), self._told(texts.SAID["talk"]))
        decide.set_next_action(decision, *self._next(decision.today))
        self._write(decision)

    def _qualify(self) -> None:
        decision = self._decision("done")
        on = self._happened(decision.today)
        self._prove_by_talking(decision, on, "need", self._rng.choice(self._service.needs), "qualify")
        decide.set_next_action(decision, *self._next(decision.today))
        moves.advance(decision, None, on)
        self._write(decision)

    def _prove_by_talking(self, decision: Decision, on: date, criterion: str, quote: str, said: str) -> None:
        event = self._say(decision, on, self._told(texts.SAID[said], quote=f'"{quote}"'))
        proofs.prove(decision, criterion, Proof(exchange=event.seq, quote=quote), on)

    def _problem(self) -> None:
        decision = self._decision("done")
        on = self._happened(decision.today)
        self._prove_by_talking(decision, on, "problem", self._rng.choice(self._service.problems), "problem")
        if decision.state.amount != self._agreed:
            decide.revise_amount(decision, (self._agreed, self._currency), on)
        self._ask_if_needed(decision, "feasible")
        decide.set_next_action(decision, *self._next(decision.today))
        self._write(decision)

    def _ask_if_needed(self, decision: Decision, criterion: str) -> None:
        """Ask those who hold the role, where the answer is the next step or is still awaited today."""
        last = self._n + 1 == len(self._steps)
        following = "" if last else self._steps[self._n + 1]
        if ASKED_BEFORE.get(following) == criterion or (last and self._fate.quirk in ("asked", "tour")):
            proofs.ask_approval(decision, decision.judge.judge(decision.pipeline.criterion(criterion)))

    def _groundwork(self) -> None:
        """The tour's own step: the gate lacks only who signs and what engineering says."""
        decision = self._decision("done")
        on = decision.today
        said = self._say(decision, on, "Half a day on site: counts, orders, who decides what.", "meeting")
        proofs.prove(decision, "problem", Proof(exchange=said.seq, quote=self._service.problems[0]), on)
        draft = Proof(text="Draft offer with scope, three milestones and what we assume")
        proofs.prove(decision, "offer", draft, on)
        valid = date.fromordinal(self._world.today + 45)
        decide.set_values(decision, {"quote_valid_until": valid.isoformat(), "effort_days": 62}, on)
        decide.revise_amount(decision, (self._agreed, self._currency), on)
        self._ask_if_needed(decision, "feasible")
        decide.set_next_action(decision, "call Jeanne about who signs", date.fromordinal(self._fate.due))
        self._write(decision)

    def _approved(self) -> None:
        decision = self._decision("approve", self._rng.choice(ENGINEERS))
        proofs.approve(decision, "feasible", reason=self._rng.choice(texts.FEASIBLE))
        self._write(decision)

    def _terms(self) -> None:
        decision = self._decision("approve", self._rng.choice(self._world.founders))
        proofs.approve(decision, "terms", reason=self._rng.choice(texts.TERMS))
        self._write(decision)

    def _waived(self) -> None:
        decision = self._decision("waive", self._rng.choice(self._world.founders))
        proofs.waive(decision, "meeting", self._told(texts.WAIVED))
        self._write(decision)

    def _offer(self) -> None:
        decision = self._decision("done")
        on = self._happened(decision.today)
        waived = self._fate.quirk == "waived"
        self._say(decision, on, self._told(texts.SAID["offer"]), "mail" if waived else "meeting")
        signer = self._contact if self._rng.random() < 0.7 else self._world.contact(self._client)[0]
        changes = {
            "decision_maker": signer,
            "quote_valid_until": self._valid_until(decision.today).isoformat(),
            "effort_days": max(2, self._agreed // 800_00),
            "close_date": date.fromordinal(self._fate.close),
            "amount": (self._agreed, self._currency),
        }
        decide.set_values(decision, changes, on)
        proofs.prove(decision, "decision-maker", Proof(text=self._told(texts.DECIDES)), on)
        proofs.prove(decision, "offer", Proof(text=self._told(texts.OFFERS)), on)
        decide.set_next_action(decision, *self._next(decision.today))
        moves.advance(decision, None, on)
        self._write(decision)

    def _valid_until(self, today: date) -> date:
        now, day = self._world.today, today.toordinal()
        if self._fate.quirk == "lapsed":
            return date.fromordinal(max(day + 1, now - self._rng.randint(2, 7)))
        least = now + 8 if self._fate.outcome == "open" else 0
        return date.fromordinal(workday(max(day + 45, least)))

    def _answer(self) -> None:
        decision = self._decision("done")
        on = self._happened(decision.today)
        self._prove_by_talking(decision, on, "answer", self._rng.choice(texts.ANSWERS), "answer")
        decide.set_next_action(decision, *self._next(decision.today))
        moves.advance(decision, None, on)
        self._write(decision)

    def _settle(self) -> None:
        decision = self._decision("done")
        on = self._happened(decision.today)
        self._say(decision, on, self._told(texts.SAID["settle"]))
        proofs.prove(decision, "objections", Proof(text=self._told(texts.OBJECTIONS)), on)
        if not self._above(ENGINEERING_STAKE) and self._rng.random() < 0.4:
            less = _rounded(self._agreed / 100 * self._rng.uniform(0.85, 0.97))
            decide.revise_amount(decision, (less, self._currency), on)
        self._ask_if_needed(decision, "terms")
        decide.set_next_action(decision, *self._next(decision.today))
        self._write(decision)

    def _win(self) -> None:
        decision = self._decision("win")
        on = decision.today
        decide.log_exchange(decision, "mail", self._told(texts.SAID["win"]), on)
        proofs.prove(
            decision,
            "order",
            Proof(text=self._told(texts.ORDERS, number=str(20_000 + self._number * 7 % 70_000))),
            on,
        )
        if decision.state.close_date is None or decision.state.close_date < on:
            decide.set_values(decision, {"close_date": on}, on)
        moves.win(decision, self._told(texts.WIN_REASONS), on)
        self._write(decision)

    def _lose(self) -> None:
        decision = self._decision("lose")
        reason, note = self._rng.choice(texts.LOSSES)
        moves.lose(decision, reason, note, self._happened(decision.today))
        self._write(decision)

    def _returned(self) -> None:
        decision = self._decision("back")
        decide.log_exchange(decision, "call", self._told(texts.SAID["returned"]))
        moves.back(decision, None, self._told(texts.RETURNED))
        decide.set_next_action(decision, *self._next(decision.today))
        self._write(decision)

    def _reopened(self) -> None:
        decision = self._decision("reopen")
        decide.log_exchange(decision, "call", self._told(texts.SAID["reopened"]))
        moves.reopen(decision, self._told(texts.REOPENED), self._next(decision.today))
        self._write(decision)

    def _snoozed(self) -> None:
        decision = self._decision("snooze")
        decide.snooze(decision, date.fromordinal(self._fate.due))
        self._write(decision)


def _in_a_sentence(name: str) -> str:
    return name if name[1].isupper() else name[0].lower() + name[1:]


def _rounded(amount: float) -> int:
    """Major units to minor ones, as round as offers are."""
    step = 500 if amount >= 10_000 else 100
    return max(step, round(amount / step) * step) * 100
