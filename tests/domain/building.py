"""Small pipelines and opportunities to test the rules on: what is not said is the plainest there is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any

from pipecli.domain import decide, moves, proofs
from pipecli.domain.condition_parser import parse
from pipecli.domain.decide import Decision
from pipecli.domain.events import Event
from pipecli.domain.gate import Gate, Judge
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import BUILT_IN_FIELDS, Criterion, Field, Pipeline, Stage
from pipecli.domain.proofs import Proof
from pipecli.domain.rates import Rates

TODAY = date(2026, 3, 2)
FIELDS = {
    key: Field(key, kind, key, choices)
    for key, kind, choices in (
        ("effort_days", "number", ()),
        ("site", "text", ()),
        ("go_live", "date", ()),
        ("budget", "money", ()),
        ("urgent", "bool", ()),
        ("region", "choice", ("north", "south")),
    )
}
TYPES = BUILT_IN_FIELDS | {key: field.type for key, field in FIELDS.items()}


def criterion(key: str, **needs: Any) -> Criterion:
    """A criterion; `compare` and `when` as text. Its side and stage are those of where it is put."""
    for name in ("compare", "when"):
        if name in needs:
            needs[name] = parse(needs[name], TYPES)
    return Criterion(key=key, ask=f"What about {key}?", side="", stage="", **needs)


def stage(
    key: str,
    *,
    entry: tuple[Criterion, ...] = (),
    exit: tuple[Criterion, ...] = (),
    probability: int = 50,
    bounds: tuple[int, int] | None = None,
    stale_after: int | None = None,
    stale_when: str | None = None,
) -> Stage:
    """A stage whose name is its key with a capital."""
    low, high = bounds or (probability, probability)
    return Stage(
        key=key,
        name=key.capitalize(),
        proves="",
        probability=probability,
        probability_min=low,
        probability_max=high,
        stale_after=stale_after,
        stale_when=parse(stale_when, TYPES) if stale_when else None,
        entry=tuple(_placed(c, "entry", key) for c in entry),
        exit=tuple(_placed(c, "exit", key) for c in exit),
    )


def _placed(needed: Criterion, side: str, at: str) -> Criterion:
    values = {name: getattr(needed, name) for name in Criterion.__slots__}
    return Criterion(**(values | {"side": side, "stage": at}))


def pipeline(*stages: Stage, won: tuple[Criterion, ...] = ()) -> Pipeline:
    """A pipeline of these stages, where ann is boss, and eve and bob are the desk."""
    return Pipeline(
        version=1,
        name="Small",
        currency="EUR",
        timezone="Europe/Paris",
        stages=stages,
        won=stage("won", entry=won, probability=100),
        lost_name="Lost",
        loss_reasons={"price": "Too dear", "no-budget": "no budget", "other": "other"},
        roles={"boss": ("ann",), "desk": ("eve", "bob"), "empty": ()},
        fields=FIELDS,
        rates=Rates("EUR"),
    )


def leaving(*criteria: Criterion) -> Pipeline:
    """Stages alpha, beta and gamma, where leaving alpha takes these criteria and nothing else takes any."""
    return pipeline(stage("alpha", exit=criteria), stage("beta"), stage("gamma"))


class Case:
    """One opportunity and what people do with it, each decided as the product would, day by day."""

    def __init__(
        self, rules: Pipeline, *, names: Mapping[int, str | None] | None = None, **opened: Any
    ) -> None:
        number = count(1)
        self.decision = Decision(
            None,
            pipeline=rules,
            today=TODAY,
            actor="lea",
            names=names or {},
            number_events=lambda: next(number),
        )
        given = {
            "number": 1,
            "name": "Rollout",
            "owner": "lea",
            "on": TODAY,
            "next_action": ("call", date(2026, 3, 9)),
        }
        decide.open_opportunity(self.decision, **(given | opened))

    @property
    def state(self) -> Opportunity:
        return self.decision.state

    @property
    def events(self) -> list[Event]:
        return self.decision.events

    @property
    def judge(self) -> Judge:
        return self.decision.judge

    def on(self, day: date) -> Case:
        self.decision.today = day
        return self

    def by(self, actor: str) -> Case:
        self.decision.actor = actor
        return self

    def under(self, rules: Pipeline) -> Case:
        self.decision.pipeline = rules
        return self

    def gate(self, to: str = "beta") -> Gate:
        return self.judge.gate(to)

    def unmet(self, to: str = "beta") -> dict[str, tuple[str, ...]]:
        """What each unmet criterion of the gate is missing."""
        return {v.criterion.key: v.missing for v in self.gate(to).unmet}

    def lapsed(self) -> list[str]:
        """What the present stage rests on that does not hold."""
        return [v.criterion.key for v in self.judge.lapsed()]

    def proves(self, key: str, *, text: str = "they said so", on: date | None = None, **proof: Any) -> Event:
        given = Proof(**proof) if proof else Proof(text=text)
        return proofs.prove(self.decision, key, given, on)

    def logs(self, kind: str = "call", on: date | None = None) -> Event:
        return decide.log_exchange(self.decision, kind, "what was said", on)

    def sets(self, **values: Any) -> None:
        decide.set_values(self.decision, values)

    def prices(self, euros: int | None, currency: str = "EUR") -> None:
        self.sets(amount=None if euros is None else (euros * 100, currency))

    def plans(self, due: date) -> None:
        decide.set_next_action(self.decision, "call", due)

    def waives(self, key: str, who: str = "ann") -> Event:
        self.by(who)
        event = proofs.waive(self.decision, key, "the customer is known")
        self.by("lea")
        return event

    def approves(self, key: str, who: str = "eve", **how: Any) -> Event:
        self.by(who)
        event = proofs.approve(self.decision, key, **how)
        self.by("lea")
        return event

    def advances(self, to: str | None = None) -> Event:
        return moves.advance(self.decision, to)

    def returns(self, to: str | None = None) -> Event:
        return moves.back(self.decision, to, "they asked for another offer")
