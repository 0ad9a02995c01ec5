"""The gate: what an opportunity must prove to move, judged here and nowhere else.

A move is judged on the exit criteria of the stage it leaves and of every stage it skips, on the entry criteria
of every stage it enters, and on those of the passage into its present stage that no longer hold. A `when` that
cannot be answered (a blank amount, a currency without a rate) applies. Criteria with a `when` stay with the
opportunity as it moves on, so that a change past a threshold two stages later is still asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from .condition import evaluate, is_set, reads
from .facts import CALENDAR_FIELDS, Names, facts
from .opportunity import Approval, Evidence, Opportunity
from .pipeline import WON, Criterion, Pipeline, Stage


class Verdict(NamedTuple):
    """The judgement of one criterion.

    `missing` names what is not met: waiting (approval asked), refused, approval, amount, exchange, next_action,
    field, comparison, evidence, expired. `basis` is what it rests on where it is met, as stored in StageAdvanced.
    """

    criterion: Criterion
    applies: bool
    missing: tuple[str, ...]
    basis: Mapping[str, Any]

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


class Gate(NamedTuple):
    """All the judgements between two stages, in the order in which they are asked."""

    source: str
    target: str
    verdicts: tuple[Verdict, ...]

    @property
    def unmet(self) -> tuple[Verdict, ...]:
        """Those that still need something."""
        return tuple(v for v in self.verdicts if v.applies and not v.met)

    @property
    def met(self) -> tuple[Verdict, ...]:
        """Those that apply and hold."""
        return tuple(v for v in self.verdicts if v.applies and v.met)

    @property
    def inapplicable(self) -> tuple[str, ...]:
        """The criteria whose `when` does not hold now."""
        return tuple(v.criterion.key for v in self.verdicts if not v.applies)


class Judge:
    """Judges one opportunity on one day under one version of the pipeline."""

    def __init__(self, opportunity: Opportunity, pipeline: Pipeline, today: date, names: Names) -> None:
        self.opportunity = opportunity
        self.pipeline = pipeline
        self.today = today
        self.facts = facts(opportunity, pipeline, today, names)

    def gate(self, target: str) -> Gate:
        """The gate from the present stage to an open stage further on, or to `won`."""
        verdicts: dict[str, Verdict] = {}
        for verdict in self._verdicts(target):
            verdicts.setdefault(verdict.criterion.key, verdict)
        return Gate(self.opportunity.stage, target, tuple(verdicts.values()))

    def lapsed(self) -> tuple[Verdict, ...]:
        """What the present stage rests on that does not hold (any more): the stage is unproven while it lists any."""
        return tuple(v for v in self._passage() if v.applies and not v.met)

    def unproven(self) -> bool:
        """Whether nothing, or not enough, proves that the opportunity is in its stage."""
        visit = self.opportunity.visit
        passage = list(self._passage())
        if visit.how in ("imported", "moved") and not any(v.applies for v in passage):
            return True
        return any(v.applies and not v.met for v in passage)

    def proof_until(self) -> date | None:
        """The last day on which everything that proves the present stage is still valid; None without an end."""
        ends = (end for v in self._passage() if v.applies and v.met for end in self._ends(v))
        return min(ends, default=None)

    def _ends(self, verdict: Verdict) -> Iterator[date]:
        criterion, basis, o = verdict.criterion, verdict.basis, self.opportunity
        if criterion.valid_for is None:
            return
        if "evidence" in basis and (proof := self._proof(criterion)):
            yield proof.on + timedelta(criterion.valid_for)
        if "approval" in basis and (word := o.approvals.get(criterion.key)):
            yield word.on + timedelta(criterion.valid_for)

    def _verdicts(self, target: str) -> Iterator[Verdict]:
        here = self.pipeline.index(self.opportunity.stage)
        present = self.pipeline.stage(self.opportunity.stage)
        for verdict in self._passage():
            lasts = self._passed_by_gate() and (verdict.criterion.when is not None or not verdict.met)
            if lasts or verdict.criterion in present.entry:
                yield verdict
        for criterion in present.exit:
            yield self.judge(criterion)
        for stage in self._between(here, target):
            for criterion in stage.entry:
                yield self.judge(criterion)
            if stage.key != target:
                for criterion in stage.exit:
                    yield self.judge(criterion)

    def _between(self, here: int, target: str) -> tuple[Stage, ...]:
        if target == WON:
            return (*self.pipeline.stages[here + 1 :], self.pipeline.won)
        return self.pipeline.stages[here + 1 : self.pipeline.index(target) + 1]

    def _passed_by_gate(self) -> bool:
        visit = self.opportunity.visit
        return bool(visit.met or visit.inapplicable)

    def _passage(self) -> Iterator[Verdict]:
        """The criteria of the way into the present stage, judged for whether they still hold."""
        visit = self.opportunity.visit
        own = self.pipeline.stage(visit.stage).entry
        if self._passed_by_gate():
            keys = {*visit.met, *visit.inapplicable}
            passed = [c for c in self.pipeline.way_into(visit.stage) if c.key in keys or c in own]
        else:
            here = self.pipeline.index(visit.stage)
            before = self.pipeline.stages[here - 1].exit if here > 0 else ()
            passed = [*before, *own]
        for criterion in passed:
            yield self._retained(criterion)

    def _retained(self, criterion: Criterion) -> Verdict:
        """Whether what was met at the gate still holds: what happened then stays so unless what it reads changed."""
        visit = self.opportunity.visit
        basis = visit.met.get(criterion.key)
        if basis and "waiver" in basis and visit.how == "advanced":
            return Verdict(criterion, True, (), basis)
        verdict = self.judge(criterion)
        changed = self.opportunity.changed_since(watched(criterion), visit.judged_seq)
        if basis is None or "waiver" in basis or changed:
            return verdict
        stands = {"amount", "exchange", "next_action", "comparison"}
        missing = tuple(m for m in verdict.missing if m not in stands)
        return verdict._replace(missing=missing, basis={**basis, **verdict.basis})

    def judge(self, criterion: Criterion) -> Verdict:
        """One criterion, as things stand."""
        if criterion.when is not None and evaluate(criterion.when, self.facts, self.today) is False:
            return Verdict(criterion, False, (), {})
        waiver = self._waiver(criterion)
        if waiver is not None:
            return Verdict(criterion, True, (), {"waiver": waiver})
        missing: list[str] = []
        basis: dict[str, Any] = {}
        for need, test in _TESTS.items():
            if getattr(criterion, need):
                lack, found = test(self, criterion)
                basis |= found
                if lack:
                    missing.append(lack)
        return Verdict(criterion, True, tuple(missing), basis)

    def _waiver(self, criterion: Criterion) -> int | None:
        visit = self.opportunity.visit.n
        return next(
            (w.seq for w in self.opportunity.waivers if w.criterion == criterion.key and w.visit == visit),
            None,
        )

    def _field(self, criterion: Criterion) -> tuple[str, dict[str, Any]]:
        name = criterion.field or ""
        return ("", {"field": name}) if is_set(self.facts.get(name)) else ("field", {})

    def _compare(self, criterion: Criterion) -> tuple[str, dict[str, Any]]:
        holds = evaluate(criterion.compare or [], self.facts, self.today) is True
        return ("", {"comparison": True}) if holds else ("comparison", {})

    def _evidence(self, criterion: Criterion) -> tuple[str, dict[str, Any]]:
        proof = self._proof(criterion)
        if proof is None:
            return "evidence", {}
        if self._expired(criterion, proof.on):
            return "expired", {}
        return "", {"evidence": proof.seq}

    def _exchange(self, criterion: Criterion) -> tuple[str, dict[str, Any]]:
        since = self.today - timedelta(criterion.within) if criterion.within else date.min
        fits = [
            x.seq
            for x in self.opportunity.exchanges
            if criterion.exchange in ("any", x.kind) and since <= x.on <= self.today
        ]
        return (
            ("", {"exchanges": fits[-criterion.count :]})
            if len(fits) >= criterion.count
            else ("exchange", {})
        )

    def _next_action(self, criterion: Criterion) -> tuple[str, dict[str, Any]]:
        action = self.opportunity.next_action
        dated = action is not None and action.due >= self.today
        return ("", {"next_action": action.seq}) if action and dated else ("next_action", {})

    def _amount_review(self, criterion: Criterion) -> tuple[str, dict[str, Any]]:
        o = self.opportunity
        reviewed = o.amount is not None and o.amount_reviewed > o.visit.entered_seq
        if not reviewed or o.changed_since(watched(criterion), o.amount_reviewed):
            return "amount", {}
        return "", {"amount": o.amount_reviewed}

    def _approval(self, criterion: Criterion) -> tuple[str, dict[str, Any]]:
        word = self.opportunity.approvals.get(criterion.key)
        if word is not None and word.status == "asked":  # a change overtakes an answer, not a request
            return "waiting", {}
        if word is None or self.opportunity.changed_since(watched(criterion), self._stood_until(word)):
            return "approval", {}
        if word.status == "refused":
            return "refused", {}
        if self._expired(criterion, word.on):
            return "approval", {}
        return "", {"approval": word.seq}

    def _stood_until(self, word: Approval) -> int:
        """The event up to which a change cannot matter: the gate that accepted the word, else the word itself."""
        visit = self.opportunity.visit
        accepted = visit.met.get(word.criterion, {}).get("approval") == word.seq
        return visit.judged_seq if accepted else word.seq

    def _proof(self, criterion: Criterion) -> Evidence | None:
        return self.opportunity.proof(criterion.key, criterion.evidence or "note")

    def _expired(self, criterion: Criterion, on: date) -> bool:
        return criterion.valid_for is not None and on + timedelta(criterion.valid_for) < self.today


def watched(criterion: Criterion) -> tuple[str, ...]:
    """The fields a criterion's conditions read, whose change makes what rested on them lapse."""
    names = {
        *(reads(criterion.when) if criterion.when else ()),
        *(reads(criterion.compare) if criterion.compare else ()),
    }
    return tuple(names - CALENDAR_FIELDS)


# In the order in which a person is asked.
_TESTS = {
    "field": Judge._field,
    "compare": Judge._compare,
    "evidence": Judge._evidence,
    "exchange": Judge._exchange,
    "next_action": Judge._next_action,
    "amount_review": Judge._amount_review,
    "approval": Judge._approval,
}
