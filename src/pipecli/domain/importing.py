"""What an imported row becomes: an opportunity with a past, unproven where it stands, and what changes later.

Nothing here is judged by a gate, and nothing is said to have met one. An amount of 0 stays 0, as the file
says. With a history the opportunity is opened on the earlier of its own date and the first row's; where the
file's stage and the end of its history disagree, it stands where the history says and the difference is
reported.

A later import writes only what differs from what the row said before (`importing_digests`), so that an unchanged file
never takes back what a person changed here since. What was exported here differs from what stands here now.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from pipecli.errors import InvalidInput
from pipecli.text import _

from . import events as ev
from .decide import Decision, revise_amount, set_values
from .erased_rows import apart, left_out, without_people
from .importing_digests import digests
from .importing_steps import CLOSED, Step, with_new_beginnings
from .opportunity import OPEN, Opportunity
from .pipeline import LOST, WON, Pipeline

_WHERE = frozenset({"stage", "status", "closed", "steps"})


class Row(NamedTuple):
    """A row as it was read. `values` has the fields that the file fills, those of the company's own in `own`.

    `external` is the system and the identifier there; `steps` are in the order in which they happened. `uid` is what an
    opportunity that was exported here goes by everywhere, `foreign` the identifier it had before it came here.
    """

    line: int
    external: tuple[str, str]
    values: Mapping[str, Any]
    own: Mapping[str, Any]
    steps: tuple[Step, ...] = ()
    uid: str | None = None
    foreign: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the file says that it is neither won nor lost."""
        return bool(self.values["status"] == OPEN)

    @property
    def place(self) -> str | None:
        """Where the file says that it stands: `won`, `lost` or a stage; None where it does not say."""
        return self.values.get("stage") if self.is_open else self.values["status"]


class People(NamedTuple):
    """The ids of those whom a row names."""

    account: int | None = None
    contact: int | None = None
    decision_maker: int | None = None


class Difference(NamedTuple):
    """What the file says and the workspace does not, left as it is here."""

    line: int
    ref: int
    field: str
    here: str
    file: str


class Course(NamedTuple):
    """How an opportunity came to where it stands: opened in a stage, then its steps."""

    opened_on: date
    stage: str
    amount: int | None
    steps: tuple[Step, ...]

    @property
    def place(self) -> str:
        """Where it ends."""
        return self.steps[-1].place if self.steps else self.stage


def course(row: Row, pipeline: Pipeline, today: date) -> Course:
    """The past that a row and its history tell; raises InvalidInput where it cannot have been so."""
    return _told(row, pipeline) if row.steps else _summed_up(row, pipeline, today)


def _first_stage(row: Row, pipeline: Pipeline) -> str:
    return row.values.get("stage") or pipeline.stages[0].key


def _summed_up(row: Row, pipeline: Pipeline, today: date) -> Course:
    """Without a history: opened and, if it is over, closed; a missing day is the other one, or today."""
    created: date | None = row.values.get("created")
    amount = row.values.get("amount")
    if row.is_open:
        return _entered(Course(created or today, _first_stage(row, pipeline), amount, ()), row, pipeline)
    ended = closing_day(row, today) or created or today
    opened = created or ended
    if ended < opened:
        raise InvalidInput(
            _("it was closed on {closed}, before it was opened on {opened}").format(
                closed=ended, opened=opened
            )
        )
    way = Course(opened, _first_stage(row, pipeline), amount, (Step(row.values["status"], ended, None),))
    return _entered(way, row, pipeline)


def _entered(way: Course, row: Row, pipeline: Pipeline) -> Course:
    """The same where the row says when its stage was entered: it began in the first stage, whatever lay between."""
    entered, first = row.values.get("entered"), pipeline.stages[0].key
    ended = way.steps[-1].on if way.steps else entered
    if not entered or way.stage == first or not way.opened_on < entered <= ended:
        return way
    return way._replace(stage=first, steps=(Step(way.stage, entered, None), *way.steps))


def closing_day(row: Row, today: date) -> date | None:
    """The day a row was closed: its own, else a close date that lies in the past and after its opening."""
    closed: date | None = row.values.get("closed")
    expected: date | None = row.values.get("close_date")
    if closed is None and expected and (row.values.get("created") or date.min) <= expected <= today:
        return expected
    return closed


def _told(row: Row, pipeline: Pipeline) -> Course:
    first, steps = row.steps[0], list(row.steps)
    opened = min(row.values.get("created") or first.on, first.on)
    stage = _first_stage(row, pipeline)
    if first.place not in CLOSED:
        stage = steps.pop(0).place
    steps = with_new_beginnings(stage, steps)
    last = steps[-1] if steps else Step(stage, opened, None)
    if not row.is_open and last.place not in CLOSED:
        steps.append(Step(row.values["status"], _end_of(row, last), None))
    priced = any(step.amount is not None for step in row.steps)
    amount = first.amount if priced else row.values.get("amount")
    final = row.values.get("amount")
    if priced and final is not None and steps:
        steps[-1] = steps[-1]._replace(amount=final)
    elif priced and final is not None:
        amount = final
    return Course(opened, stage, amount, tuple(steps))


def _end_of(row: Row, last: Step) -> date:
    closed: date | None = row.values.get("closed")
    if closed and closed < last.on:
        line = _("it was closed on {closed}, before the {last} of its history")
        raise InvalidInput(line.format(closed=closed, last=last.on))
    return closed or last.on


def land(
    decision: Decision, number: int, row: Row, way: Course, people: People, owner: str
) -> list[Difference]:
    """Open an opportunity with its past; `owner` is meant where the row names none."""
    values, pipeline = row.values, decision.pipeline
    close_date: date | None = values.get("close_date")
    payload = {
        "number": number,
        "uid": row.uid or uuid.uuid4().hex,
        "name": values["name"],
        "owner": values.get("owner") or owner,
        "stage": way.stage,
        "definition": pipeline.version,
        "amount": way.amount,
        "currency": values["currency"],
        "close_date": close_date.isoformat() if close_date else None,
        "fields": {key: value for key, value in row.own.items() if value is not None},
        "imported": True,
        "external": _external(row),
        "row": digests(row),
    }
    optional = {**people._asdict(), "source": values.get("source"), "tags": list(values.get("tags") or ())}
    payload |= {key: value for key, value in optional.items() if value}
    decision.record(ev.OPENED, payload, way.opened_on)
    for step in way.steps:
        _follow(decision, step, row, final=step is way.steps[-1])
    _plan_next(decision, row)
    _adjust(decision, row)
    told = row.place
    return [] if told in (None, way.place) else [_misplaced(decision.state, row)]


def _external(row: Row) -> list[str] | None:
    """Whose identifier it goes by, and which; one that was exported here goes by its uid."""
    if row.uid is None:
        return list(row.external)
    return [row.external[0], row.foreign] if row.foreign else None


def _adjust(decision: Decision, row: Row) -> None:
    """A probability of its own, where its stage allows it."""
    percent, o = row.values.get("probability"), decision.state
    if percent is None or not o.is_open:
        return
    stage = decision.pipeline.stage(o.stage)
    if percent != stage.probability and stage.probability_min <= percent <= stage.probability_max:
        decision.record(ev.PROBABILITY_ADJUSTED, {"probability": percent})


def _follow(decision: Decision, step: Step, row: Row, *, final: bool) -> None:
    """One step of the past: a change of amount, of stage, an end or a new beginning."""
    if step.amount is not None and step.amount != decision.state.amount:
        revise_amount(decision, (step.amount, row.values["currency"]), step.on)
    o = decision.state
    if step.place == _place(o):
        return
    if step.place in CLOSED:
        _close(decision, step, row if final else None)
        return
    payload = {
        "from": o.stage if o.is_open else o.status,
        "to": step.place,
        "definition": decision.pipeline.version,
    }
    decision.record(ev.STAGE_IMPORTED if o.is_open else ev.REOPENED, payload, step.on)


def _place(o: Opportunity) -> str:
    return o.stage if o.is_open else o.status


def _close(decision: Decision, step: Step, row: Row | None) -> None:
    """Won or lost, with the reason where the row has one: of the definition's list, or in its own words."""
    payload: dict[str, Any] = {"from": decision.state.stage, "definition": decision.pipeline.version}
    text = row.values.get("outcome_reason") if row else None
    if step.place == LOST:
        reason = row.values.get("loss_reason") if row else None
        key = loss_key(reason, decision.pipeline)
        payload["reason"] = key
        if reason and key is None:
            text = f"{reason}: {text}" if text else reason
    decision.record(ev.WON if step.place == WON else ev.LOST, payload, step.on, text)


def loss_key(reason: str | None, pipeline: Pipeline) -> str | None:
    """The definition's own loss reason that a text means, None where it means none of them."""
    try:
        return pipeline.loss_reason(reason) if reason else None
    except InvalidInput:
        return None


def _plan_next(decision: Decision, row: Row) -> None:
    text, due = row.values.get("next_action"), row.values.get("next_due")
    if decision.state.is_open and text and due:
        decision.record(ev.NEXT_ACTION_SET, {"due": due.isoformat()}, text=text)


def _misplaced(o: Opportunity, row: Row) -> Difference:
    return Difference(row.line, o.number, "stage", _place(o), row.place or "")


def update(
    decision: Decision, row: Row, before: Mapping[str, str], people: Callable[[Row], People]
) -> list[Difference]:
    """Write what a row says anew; `before` are the digests of its last import, `people` finds whom it names.

    A stage or an end is taken over only while nobody has proven or moved the opportunity here, and never what named
    somebody who was erased; what is not taken over is reported, now and at every later import until the two agree.
    """
    after = digests(row)
    gone = left_out(decision.state, decision.names, row, before)
    changed = {key for key, digest in after.items() if before.get(key) != digest} - gone
    steps, differences = _steps_since(decision, row, changed)
    closing = steps.pop() if steps and steps[-1].place in CLOSED else None
    for step in steps:
        _follow(decision, step, row, final=False)
    on = closing.on if closing else None
    said = without_people(decision.state, decision.names, row, gone)
    set_values(decision, _changed_values(decision.state, said, changed, people), on)
    if closing:
        _follow(decision, closing, row, final=True)
    elif changed & {"next_action", "next_due"}:
        _plan_next(decision, row)
    if not closing:
        differences += _facts_apart(decision, row, changed)
    kept = gone | {key for d in differences for key in (_WHERE if d.field == "stage" else {d.field})}
    differences += [
        Difference(row.line, decision.state.number, key, _("(erased)") if here is None else here, file)
        for key, here, file in apart(decision.state, decision.names, row, gone)
    ]
    digest = {**before, **{key: value for key, value in after.items() if key not in kept}}
    if row.uid is None and digest != dict(before):
        decision.record(ev.ROW_IMPORTED, {"row": digest})
    return differences


def _steps_since(decision: Decision, row: Row, changed: set[str]) -> tuple[list[Step], list[Difference]]:
    """The steps from where the opportunity stands to where the row says it does, if they may be followed."""
    o = decision.state
    here = {**row.values, "entered": None}  # said of the stage it was in
    if o.is_open and not row.is_open and not here.get("closed"):
        # An end without a day of its own, or a close date that came with it, is news of today.
        said = closing_day(row, decision.today) if "close_date" in changed else None
        here["closed"] = said or decision.today
    way = course(row._replace(values=here), decision.pipeline, decision.today)
    target = way.place if row.steps else row.place
    if target is None or target == _place(o) or not changed & _WHERE:
        return [], []
    if not _still_as_imported(decision):
        return [], [_misplaced(o, row._replace(values={**row.values, **_standing(target)}))]
    last = o.last_state.occurred_on if o.last_state else date.min
    known = [n for n, s in enumerate(way.steps) if s.place == o.stage and s.on <= last]
    fresh = way.steps[known[-1] + 1 :] if known else tuple(s for s in way.steps if s.on > last)
    if not row.steps or not fresh:
        fresh = (Step(target, way.steps[-1].on if way.steps else decision.today, None),)
    return [s._replace(on=max(s.on, last)) for s in fresh], []


def _standing(place: str) -> dict[str, str]:
    return {"status": place} if place in CLOSED else {"status": OPEN, "stage": place}


def _still_as_imported(decision: Decision) -> bool:
    o = decision.state
    untouched = o.visit.how in ("imported", "moved") and all(v.how != "advanced" for v in o.visits)
    return o.is_open and untouched and decision.judge.unproven()


def _changed_values(
    o: Opportunity, row: Row, changed: set[str], people: Callable[[Row], People]
) -> dict[str, Any]:
    """What `set_values` is to write: each changed value that is not what stands here already."""
    values: dict[str, Any] = {k: row.values[k] for k in ("name", "close_date", "source") if k in changed}
    if "owner" in changed and row.values["owner"]:
        values["owner"] = row.values["owner"]
    if "tags" in changed:
        values["tags"] = tuple(row.values["tags"] or ())
    if "amount" in changed:
        minor = row.values["amount"]
        worth = None if minor is None else (minor, row.values["currency"])
        if worth != (None if o.amount is None else (o.amount, o.currency)):
            values["amount"] = worth
    named = changed & {"account", "contact", "decision_maker"}
    if named:
        ids = people(row)
        values |= {key: getattr(ids, key) for key in sorted(named)}
    return values | {key: value for key, value in row.own.items() if f"fields.{key}" in changed}


def _facts_apart(decision: Decision, row: Row, changed: set[str]) -> list[Difference]:
    """What is past and cannot be written again: the day it was opened and, once closed, when and why."""
    o = decision.state
    apart: list[tuple[str, Any, Any]] = [("created", o.created_on, row.values.get("created"))]
    if o.is_open:
        percent = decision.pipeline.probability(o.stage, o.probability)
        apart.append(("probability", percent, row.values.get("probability")))
    if not o.is_open and row.place == o.status:
        apart.append(("closed", o.closed_on, row.values.get("closed")))
        if o.status == LOST:
            reason = row.values.get("loss_reason")
            apart.append(
                (
                    "loss_reason",
                    o.loss_reason or o.outcome_reason,
                    loss_key(reason, decision.pipeline) or reason,
                )
            )
        else:
            apart.append(("outcome_reason", o.outcome_reason, row.values.get("outcome_reason")))
    return [
        Difference(row.line, o.number, key, str(here or ""), str(file))
        for key, here, file in apart
        if key in changed and file and file != here
    ]
