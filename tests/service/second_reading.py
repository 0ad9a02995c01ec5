"""A second reading of the gate's rules, from the journal alone, that shares no code with the first.

With the definitions it is for: one of few stages with every kind of criterion, and the b2b template.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipecli import templates
from pipecli.domain import events as ev
from pipecli.domain.events import Event
from pipecli.domain.pipeline import Criterion, Pipeline

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
  { key = "need", ask = "What do they need?", evidence = "note", valid_for = "20d", waivable_by = "founder" },
  { key = "contact", ask = "Who do we talk to?", field = "contact" },
  { key = "feasible", ask = "Can we?", approval = "engineering", when = "amount >= 20000", waivable_by = "founder" },
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

# What these definitions say in their conditions, once more.
Facts = dict[str, Any]
CONDITIONS: dict[str, Callable[[Facts], bool]] = {
    "feasible": lambda f: f["euros"] is None or f["euros"] >= 20_000,
    "stake": lambda f: f["amount"] is not None and (f["euros"] is None or f["euros"] >= 50_000),
    "effort": lambda f: f["effort_days"] is not None and f["effort_days"] <= 20,
    "signing-date": lambda f: f["close_date"] is not None and f["close_date"] >= f["today"],
}


def told(events: Sequence[Event]) -> Facts:
    """The facts that these events leave behind."""
    facts: Facts = dict.fromkeys(("effort_days", "contact", "decision_maker", "close_date", "amount"))
    for event in events:
        p = event.payload
        if event.kind == ev.OPENED:
            facts |= {k: p.get(k) for k in facts} | p["fields"] | {"currency": p["currency"]}
        elif event.kind == ev.DESCRIBED:
            facts |= p["changes"]
        elif event.kind == ev.AMOUNT_REVISED:
            facts |= {"amount": p["amount"], "currency": p["currency"]}
        elif event.kind == ev.CLOSE_DATE_SET:
            facts["close_date"] = p["close_date"]
    comparable = facts["amount"] is not None and facts["currency"] == "EUR"
    close = facts["close_date"]
    return facts | {
        "euros": facts["amount"] / 100 if comparable else None,
        "close_date": date.fromisoformat(close) if close else None,
    }


class Passage:
    """What the journal of one opportunity had said before a move: `before` without what was undone."""

    def __init__(self, history: list[Event], before: list[Event], move: Event, pipeline: Pipeline) -> None:
        self.history = history
        self.before = before
        self.today = datetime.fromisoformat(move.recorded_at).astimezone(ZoneInfo(pipeline.timezone)).date()
        self.entered = max(e.seq for e in before if e.kind in (ev.OPENED, *ev.TRANSITIONS))
        self.facts = told(before) | {"today": self.today}

    def allows(self, criterion: Criterion, *, waived_since: int) -> bool:
        """Whether a criterion does not apply, was waived no earlier than an event, or has all that it takes."""
        condition = CONDITIONS.get(criterion.key)
        if criterion.when and condition and not condition(self.facts):
            return True
        if any(e.seq > waived_since for e in self._of(criterion, ev.CRITERION_WAIVED)):
            return True
        return all(
            [
                not criterion.field or self.facts.get(criterion.field) is not None,
                not criterion.compare or (condition is not None and condition(self.facts)),
                not criterion.evidence or self._proven(criterion),
                not criterion.exchange or self._talked(criterion),
                not criterion.amount_review or self._reviewed(),
                not criterion.approval or self._approved(criterion),
                not criterion.next_action or self._planned(),
            ]
        )

    def _of(self, criterion: Criterion, *kinds: str) -> list[Event]:
        return [e for e in self.before if e.kind in kinds and e.payload["criterion"] == criterion.key]

    def _recent(self, event: Event, days: int | None) -> bool:
        return days is None or event.occurred_on + timedelta(days) >= self.today

    def _proven(self, criterion: Criterion) -> bool:
        withdrawn = max((e.seq for e in self._of(criterion, ev.EVIDENCE_WITHDRAWN)), default=0)
        return any(
            e.seq > withdrawn
            and criterion.evidence in ("note", e.payload["form"])
            and self._recent(e, criterion.valid_for)
            for e in self._of(criterion, ev.EVIDENCE_RECORDED)
        )

    def _talked(self, criterion: Criterion) -> bool:
        said = [
            e
            for e in self.before
            if e.kind == ev.EXCHANGE_LOGGED and criterion.exchange in ("any", e.payload["kind"])
        ]
        return sum(self._recent(e, criterion.within) for e in said) >= criterion.count

    def _reviewed(self) -> bool:
        kinds = (ev.AMOUNT_REVISED, ev.AMOUNT_CONFIRMED)
        reviewed = any(e.kind in kinds and e.seq > self.entered for e in self.before)
        return reviewed and self.facts["amount"] is not None

    def _approved(self, criterion: Criterion) -> bool:
        """The last word is a yes, the amount is the one it was said to, and was never another in between."""
        words = self._of(criterion, ev.APPROVAL_REQUESTED, ev.APPROVAL_GIVEN, ev.APPROVAL_REFUSED)
        if not words or words[-1].kind != ev.APPROVAL_GIVEN:
            return False
        seen = told(ev.live(e for e in self.history if e.version < words[-1].version))
        changed = max((e.seq for e in self.before if e.kind == ev.AMOUNT_REVISED), default=0)
        same = all(seen[name] == self.facts[name] for name in ("amount", "currency"))
        return same and words[-1].seq > changed

    def _planned(self) -> bool:
        due: date | None = None
        for event in self.before:
            if event.kind in (ev.NEXT_ACTION_SET, ev.NEXT_ACTION_SNOOZED):
                due = date.fromisoformat(event.payload["due"])
            elif event.kind in (ev.NEXT_ACTION_DONE, ev.WON, ev.LOST):
                due = None
        return due is not None and due >= self.today


def with_absorbed(history: list[Event]) -> list[Event]:
    """A stream in which what a merge brought stands behind it, as if it had been said then."""
    out = []
    for event in history:
        out.append(event)
        if event.kind == ev.ABSORBED:
            for kind, brought in (("evidence", ev.EVIDENCE_RECORDED), ("exchanges", ev.EXCHANGE_LOGGED)):
                out += [
                    event._replace(kind=brought, occurred_on=date.fromisoformat(one["on"]), payload=one)
                    for one in event.payload[kind]
                ]
    return out


def unearned(history: list[Event], pipeline: Pipeline) -> list[str]:
    """The criteria that some move in one opportunity's journal passed without anything that allowed it."""
    found = []
    history = with_absorbed(history)
    events = ev.live(history)
    stages = (*pipeline.stages, pipeline.won)
    order = [stage.key for stage in stages]
    for n, move in enumerate(events):
        if move.kind not in (ev.STAGE_ADVANCED, ev.WON):
            continue
        passage = Passage(history, events[:n], move, pipeline)
        source, target = order.index(move.payload["from"]), order.index(move.payload.get("to", "won"))
        crossed = [c for s in stages[source:target] for c in s.exit]
        crossed += [c for s in stages[source + 1 : target + 1] for c in s.entry]
        found += [c.key for c in crossed if not passage.allows(c, waived_since=passage.entered)]
        # Proof of the present stage may not have gone since, and a threshold passed late is asked about late.
        lasting = [c for c in stages[source].entry if c.evidence]
        lasting += [c for s in stages[:source] for c in (*s.entry, *s.exit) if c.when]
        found += [c.key for c in lasting if not passage.allows(c, waived_since=0)]
    return found
