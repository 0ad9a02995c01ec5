"""The week as a use case: what came, closed, moved and went quiet, the forecast, the hygiene, what to look at first.

Nothing is computed here that another report does not compute: lists, changes of the forecast, the audit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from pipecli.domain.condition_parser import parse
from pipecli.domain.money import major
from pipecli.domain.report import WEEKLY, day_before
from pipecli.errors import InvalidInput
from pipecli.store import lists as stored
from pipecli.store.lists import Filter
from pipecli.store.week import read_moves
from pipecli.text import _

from . import audit, changes
from .briefing import RULES
from .lists import STATUSES, Listing, filtered
from .records import Record, record
from .workspace import Reading, Workspace

SHOWN = 5
"""How many opportunities of each kind the report names."""


def week(workspace: Workspace, *, since: date | None = None) -> Record:
    """What happened after a day, by default this day a week ago; raises InvalidInput for one that is not past."""
    with workspace.read() as reading:
        since = since or day_before(WEEKLY, reading.today)
        if since >= reading.today:
            raise InvalidInput(
                _("{day} is not before {today}; --since looks back").format(day=since, today=reading.today)
            )
        return _document(reading, since)


def _document(reading: Reading, since: date) -> Record:
    no_action = parse("not has next_action", reading.pipeline.field_types())
    filters = Filter(due_before=reading.today), Filter(stale=True), Filter(where=no_action)
    lists = [reading.soon(filtered, reading, one._replace(sort="-weighted"), SHOWN) for one in filters]
    asked = reading.soon(_waiting, reading)
    new = reading.soon(_between, reading, "created_on", since, STATUSES)
    won = reading.soon(_between, reading, "closed_on", since, ("won",))
    lost = reading.soon(_between, reading, "closed_on", since, ("lost",), limit=0)
    moved = reading.soon(_moved, reading, since)
    forecast = reading.soon(_forecast, reading, since)
    hygiene = reading.soon(audit.trend, reading)
    (late, gone_quiet, unplanned), waiting = (one() for one in lists), asked()
    return {
        "since": since.isoformat(),
        "until": reading.today.isoformat(),
        "currency": reading.pipeline.currency,
        "new": _listed(new()),
        "won": _closed(won()),
        "lost": _lost(reading, lost()),
        "moved": moved(),
        "late": _listed(late),
        "unplanned": _listed(unplanned),
        "stale": _listed(gone_quiet),
        "waiting": waiting,
        "forecast": forecast(),
        "hygiene": hygiene(),
        "first": _first(late.records, unplanned.records, gone_quiet.records, waiting["opportunities"]),
        "written_by": RULES,
    }


def _between(reading: Reading, field: str, since: date, status: Sequence[str], limit: int = SHOWN) -> Listing:
    condition = f"{field} > {since.isoformat()} and {field} <= {reading.today.isoformat()}"
    where = parse(condition, reading.pipeline.field_types())
    return filtered(reading, Filter(status=tuple(status), where=where, sort="-amount"), limit)


def _listed(found: Listing, *more: str) -> Record:
    """How many, what they are worth in the pipeline's currency, how many no rate prices, and the largest of them."""
    keys = ("id", "name", "account", "owner", "amount", "currency", "overdue_days", *more)
    return {
        "count": found.n,
        "amount": major(found.worth.amount, found.worth.currency),
        "other_currencies": {code: major(n, code) for code, n in sorted(found.worth.unpriced.items())},
        "opportunities": [{key: one[key] for key in keys} for one in found.records[:SHOWN]],
    }


def _closed(found: Listing) -> Record:
    return _listed(found, "outcome_reason")


def _lost(reading: Reading, found: Listing) -> Record:
    """What was lost, and how often for which reason: the most frequent first, the undocumented ones as null."""
    reasons = Counter(one["loss_reason"] for one in found.records)
    labels = reading.pipeline.loss_reasons
    return {
        **_listed(found, "loss_reason", "outcome_reason"),
        "reasons": [
            {"reason": key, "label": None if key is None else labels.get(key, key), "count": n}
            for key, n in sorted(reasons.items(), key=lambda one: (-one[1], one[0] or "~"))
        ],
    }


def _moved(reading: Reading, since: date) -> Record:
    moves = read_moves(reading.driver, since=since, until=reading.today)
    count = Counter(move.how for move in moves)
    name = reading.pipeline.stage
    return {
        "on": count["advanced"],
        "back": count["returned"],
        "reopened": count["reopened"],
        "opportunities": [
            {"id": m.number, "name": m.name, "account": m.account, "from": m.source, "to": m.target,
             "to_name": name(m.target).name, "how": m.how}
            for m in reversed(moves)
        ][:SHOWN],
    }  # fmt: skip


def _waiting(reading: Reading) -> Record:
    """The approvals that somebody waits for, the longest first, with whom they are asked of."""
    roles = reading.pipeline.roles
    asked = stored.asked_approvals(reading.driver, tuple(roles))
    of = {c.key: c.approval for c in reading.pipeline.criteria()}
    numbers = sorted({number for number, *_rest in asked[:SHOWN]})
    rows = {
        row.number: record(row, reading.pipeline, reading.today)
        for row in stored.rows_of(reading.driver, numbers, reading.pipeline, reading.today)
    }
    keys = ("id", "name", "account", "owner")
    return {
        "count": len(asked),
        "opportunities": [
            {**{key: rows[number][key] for key in keys}, "criterion": criterion, "on": on,
             "people": list(roles.get(of.get(criterion) or "", ()))}
            for number, criterion, _by, on in asked[:SHOWN]
            if number in rows
        ],
    }  # fmt: skip


def _forecast(reading: Reading, since: date) -> Record:
    """The forecast by rules on either day, and what made the difference."""
    found = changes.of_reading(reading, changes.USUAL, since=since)
    figure = {
        "from": found.start.isoformat(),
        "until": found.until.isoformat(),
        "before": major(found.changes.before, found.currency),
        "after": major(found.changes.after, found.currency),
        "difference": major(found.changes.difference, found.currency),
    }
    return {**figure, "counts": {part.kind: len(part.opportunities) for part in found.changes.parts}}


def _first(
    late: Sequence[Record],
    unplanned: Sequence[Record],
    gone_quiet: Sequence[Record],
    waiting: Sequence[Record],
) -> Record | None:
    """What to look at before all else: what is late, unplanned, quiet or waits for a word, the largest first."""
    order = (("late", late), ("unplanned", unplanned), ("stale", gone_quiet), ("waiting", waiting))
    for why, found in order:
        if found:
            one: dict[str, Any] = {key: found[0][key] for key in ("id", "name", "account", "owner")}
            commands = {"unplanned": f"pipe next {one['id']}"}
            if why == "waiting":
                commands[why] = f"pipe approve {one['id']} {found[0]['criterion']}"
            return {
                **one,
                "why": why,
                "overdue_days": found[0].get("overdue_days") or 0,
                "command": commands.get(why, f"pipe summary {one['id']}"),
            }
    return None
