"""The periodic report as a use case: every figure a founder opens on Monday, of one moment, as JSON.

It adds nothing up that another use case does: it asks each over one open workspace, and says what is to be settled
first. Lists are whole; a page shows as much of them as it has room for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pipecli.domain import report as rules
from pipecli.domain.fold import fold
from pipecli.domain.money import major
from pipecli.domain.pipeline import LOST, WON
from pipecli.domain.rates import day_of_rate
from pipecli.errors import InvalidInput
from pipecli.store.lists import Filter, Row, asked_approvals, list_rows
from pipecli.text import _

from . import audit, changes, merges, waivers
from . import forecast as forecasts
from .journeys import Asked, Past, read_past
from .periods import Period
from .records import Record, record
from .statistics import flow_rows
from .workspace import Reading, Workspace

_TOLD = ("id", "name", "account", "owner", "stage", "stage_name", "amount", "currency")


def report(workspace: Workspace, period: str = rules.WEEKLY) -> Record:
    """The report of the week or month that ends today, as JSON; raises InvalidInput for another period."""
    if period not in rules.PERIODS:
        raise InvalidInput(
            _('no report "{text}"; the reports are: {names}').format(
                text=period, names=", ".join(rules.PERIODS)
            )
        )
    with workspace.read() as reading:
        return of_reading(reading, period)


def of_reading(reading: Reading, period: str) -> Record:
    """The report over an open workspace."""
    today = reading.today
    after = rules.day_before(period, today)
    start = after + timedelta(1)
    rows = reading.soon(list_rows, reading.driver, Filter(sort="number"), reading.pipeline, today)
    foreseen = reading.soon(forecasts.of_reading, reading, Period(), usual_lines=True)
    explained = reading.soon(changes.of_reading, reading, Period(), since=after)
    audited = reading.soon(audit.of_reading, reading)
    asked = reading.soon(asked_approvals, reading.driver, tuple(reading.pipeline.roles))
    past = reading.soon(read_past, reading, Asked())
    won, lost = (reading.soon(_closed, reading, status, start) for status in (WON, LOST))
    waived = reading.soon(waivers.in_force, reading)
    merged = reading.soon(merges.records, reading, after)
    found = [_Open(row, record(row, reading.pipeline, today), reading) for row in rows()]
    ahead, moved, checked = foreseen(), explained(), audited()
    return {
        "period": period,
        "from": start.isoformat(),
        "as_of": today.isoformat(),
        "pipeline": reading.pipeline.name,
        "definition": reading.pipeline.version,
        "currency": reading.pipeline.currency,
        "forecast": forecasts.as_json(ahead),
        "track": forecasts.track_json(ahead),
        "track_days": ahead.history.horizon,
        "months": forecasts.months_json(ahead),
        "changes": changes.as_json(moved),
        "open": _pile(found, reading),
        "settle": _settle(found, asked(), reading),
        "stages": _stages(found, past(), reading),
        "owners": _owners(found, reading, checked["owners"]),
        "won": won(),
        "lost": lost(),
        "hygiene": {
            key: checked[key] for key in ("hygiene", "eight_weeks_ago", "weeks", "points", "stability")
        },
        "waivers": waived(),
        "merges": merged(),
    }


class _Open(NamedTuple):
    """An open opportunity, and how the report sees it."""

    row: Row
    record: Record
    reading: Reading

    @property
    def worth(self) -> int | None:
        """The amount in minor units of the workspace's currency; None without one, or without a rate for it."""
        return _worth(self.row, self.reading)

    @property
    def section(self) -> str | None:
        """What it is to be settled for."""
        due = date.fromisoformat(self.row.next_due) if self.row.next_due else None
        return rules.section_of(due, self.reading.today, stale=self.record["stale"])


def _worth(row: Row, reading: Reading) -> int | None:
    if row.amount is None:
        return None
    closed = date.fromisoformat(row.closed_on) if row.closed_on else None
    return reading.pipeline.rates.convert(row.amount, row.currency, day_of_rate(closed, reading.today))


def _pile(found: Iterable[_Open], reading: Reading) -> Record:
    """How many these are, and what they are worth in the workspace's currency."""
    worths = [one.worth for one in found]
    return {
        "count": len(worths),
        "amount": major(sum(worth or 0 for worth in worths), reading.pipeline.currency),
        "unpriced": sum(worth is None for worth in worths),
    }


def _troubles(found: Sequence[_Open], reading: Reading) -> Record:
    """What of these is late, has no next action, or went quiet: each alone, and together."""
    return {
        "overdue": _pile([one for one in found if one.record["overdue_days"]], reading),
        "unplanned": _pile([one for one in found if one.section == rules.UNPLANNED], reading),
        "stale": _pile([one for one in found if one.record["stale"]], reading),
        "troubled": _pile([one for one in found if one.section], reading),
    }


def _settle(
    found: Sequence[_Open], approvals: Iterable[tuple[int, str, str, str]], reading: Reading
) -> Record:
    """What is to be settled, section by section, what is at stake first; approvals by how long they wait.

    An opportunity stands in one section; `counts` has how many there are for each reason all the same.
    """
    by_number = {one.row.number: one for one in found}
    asked = [a for a in approvals if a[0] in by_number]
    waiting = {number for number, *_rest in asked}
    lines: list[Record] = [
        {
            "section": rules.APPROVAL,
            **_told(by_number[number].record),
            "criterion": criterion,
            "asked_by": by,
            "asked_on": on,
        }
        for number, criterion, by, on in asked
    ]
    counts = {rules.APPROVAL: len(asked)}
    for section in (rules.OVERDUE, rules.UNPLANNED, rules.STALE):
        own = [one for one in found if one.section == section]
        own.sort(key=_stake)
        counts[section] = len(own)
        lines += [
            {"section": section, **_told(one.record), **_when(one.record)}
            for one in own
            if one.row.number not in waiting
        ]
    pressing = [one for one in found if one.section or one.row.number in waiting]
    return {"counts": counts, "pressing": _pile(pressing, reading), "lines": lines}


def _stake(one: _Open) -> tuple[int, str, int]:
    """What is at stake comes first, of like amounts what waits longest."""
    since = one.row.next_due or one.row.quiet_since
    return -(one.worth or 0) * int(one.record["probability"]), since, one.row.number


def _told(found: Record) -> Record:
    return {key: found[key] for key in _TOLD}


def _when(found: Record) -> Record:
    keys = ("next_action", "next_due", "overdue_days", "stage_entered_on", "last_exchange_on")
    return {key: found[key] for key in keys}


def _stages(found: Sequence[_Open], past: Past, reading: Reading) -> list[Record]:
    """Stage by stage, in their order: what is there, what of it is late or quiet, and how the funnel goes on."""
    flows = {row["stage"]: row for row in flow_rows(past, reading.pipeline)}
    present = {stage.key: stage.name for stage in reading.pipeline.stages}
    out = []
    for key, name in present.items():
        own = [one for one in found if one.row.stage == key]
        out.append(
            {
                "stage": key,
                "stage_name": name,
                "open": _pile(own, reading),
                **_troubles(own, reading),
                "flow": flows.get(key),
            }
        )
    return out


def _owners(found: Sequence[_Open], reading: Reading, checked: Sequence[Record]) -> list[Record]:
    """Owner by owner: what they hold, and what of it is late or quiet; where most is at stake comes first."""
    hygiene = {fold(row["owner"]): row["hygiene"] for row in checked}
    names: dict[str, str] = {}
    for one in found:
        names.setdefault(fold(one.row.owner), one.row.owner)
    out = []
    for key, name in names.items():
        own = [one for one in found if fold(one.row.owner) == key]
        out.append(
            {
                "owner": name,
                "open": _pile(own, reading),
                **_troubles(own, reading),
                "hygiene": hygiene.get(key),
            }
        )
    return sorted(
        out, key=lambda row: (-row["troubled"]["amount"], -row["troubled"]["count"], fold(row["owner"]))
    )


def _closed(reading: Reading, status: str, start: date) -> Record:
    """What was won or lost from a day to the reading's, the largest first, and why."""
    wanted = Filter(status=(status,), closed_from=start, closed_until=reading.today, sort="number")
    rows = list_rows(reading.driver, wanted, reading.pipeline, reading.today)
    worths = {row.number: _worth(row, reading) for row in rows}
    rows.sort(key=lambda row: (-(worths[row.number] or 0), row.number))
    labels, currency = reading.pipeline.loss_reasons, reading.pipeline.currency
    out = {
        "count": len(rows),
        "amount": major(sum(worth or 0 for worth in worths.values()), currency),
        "unpriced": sum(worth is None for worth in worths.values()),
        "listed": [
            {
                **_told(shown := record(row, reading.pipeline, reading.today)),
                "closed_on": shown["closed_on"],
                "reason": shown["loss_reason"],
                "reason_label": shown["loss_reason"]
                and labels.get(shown["loss_reason"], shown["loss_reason"]),
                "note": shown["outcome_reason"],
            }
            for row in rows
        ],
    }
    return out if status == WON else {**out, "reasons": _reasons(rows, worths, reading)}


def _reasons(rows: Sequence[Row], worths: dict[int, int | None], reading: Reading) -> list[Record]:
    """The loss reasons, what cost most first; losses without one are told as such."""
    labels, currency = reading.pipeline.loss_reasons, reading.pipeline.currency
    out = []
    for reason in dict.fromkeys(row.loss_reason for row in rows):
        own = [row for row in rows if row.loss_reason == reason]
        out.append(
            {
                "reason": reason,
                "reason_label": reason and labels.get(reason, reason),
                "count": len(own),
                "amount": major(sum(worths[row.number] or 0 for row in own), currency),
            }
        )
    return sorted(out, key=lambda row: (-row["amount"], -row["count"], row["reason"] or ""))
