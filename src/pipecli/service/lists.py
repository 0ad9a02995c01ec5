"""Lists: `today`, `overdue`, `stale`, `list`, today's or as of a past day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from pipecli.domain.condition import evaluate, reads
from pipecli.domain.metrics import probability_of
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.rates import day_of_rate
from pipecli.errors import InvalidInput
from pipecli.store import lists, proposals
from pipecli.store.lists import Filter, Row, Total
from pipecli.text import _

from .records import Record, record, row_facts, stale
from .workspace import Reading, Workspace


class Worth(NamedTuple):
    """A list's amounts in the pipeline's currency, in minor units.

    `converted` are the amounts in other currencies that it includes, `unpriced` those that no rate could, each in
    its own currency.
    """

    currency: str
    amount: int
    converted: dict[str, int]
    unpriced: dict[str, int]


class Listing(NamedTuple):
    """A list as shown: its records, how many there are in all, their amounts by currency, what all are worth."""

    records: list[Record]
    n: int
    totals: list[Total]
    today: date
    worth: Worth


class Approval(NamedTuple):
    """An approval somebody waits for."""

    ref: int
    criterion: str
    ask: str
    asked_by: str
    asked_on: str
    record: Record


class Today(NamedTuple):
    """What an actor does now: late, due today, approvals asked of them, and what went quiet.

    `coming` is what falls due in the days after, None where nobody asked for them; `proposals` counts those that wait.
    """

    actor: str
    today: date
    overdue: Listing
    due: Listing
    approvals: list[Approval]
    stale: Listing
    stale_limits: dict[str, int | None]
    open_count: int
    coming: Listing | None = None
    proposals: int = 0


class Wanted(NamedTuple):
    """What a list is asked for, as typed."""

    status: str = "open"
    stage: str | None = None
    owner: str | None = None
    account: str | None = None
    tag: str | None = None
    where: str | None = None
    fragment: str | None = None
    sort: str = "due"


STATUSES = ("open", "won", "lost")


def listing(
    workspace: Workspace, wanted: Wanted, limit: int, *, as_of: date | None = None, mine: bool = False
) -> Listing:
    """A list of the workspace; `limit` 0 shows all, `mine` keeps the actor's own.

    Raises InvalidInput for a status, sort key or condition that cannot be read, NotFound for an unknown stage.
    """
    with workspace.read(as_of=as_of) as reading:
        filter_ = _filter(wanted, reading.pipeline, reading.actor if mine else None)
        return filtered(reading, filter_, limit) if as_of is None else _listing_as_of(reading, filter_, limit)


def _filter(wanted: Wanted, pipeline: Pipeline, mine: str | None) -> Filter:
    if wanted.sort.removeprefix("-") not in lists.SORTS:
        raise InvalidInput(
            _('no order "{key}"; the orders are: {keys}').format(key=wanted.sort, keys=", ".join(lists.SORTS))
        )
    where = None
    if wanted.where is not None:
        from pipecli.domain.condition_parser import parse

        where = parse(wanted.where, pipeline.field_types())
    return Filter(
        status=_statuses(wanted.status),
        stage=pipeline.find_stage(wanted.stage).key if wanted.stage else None,
        owner=mine or wanted.owner,
        account=wanted.account,
        tag=wanted.tag,
        where=where,
        fragment=wanted.fragment,
        sort=wanted.sort,
    )


def _statuses(text: str) -> tuple[str, ...]:
    words = [word.strip().casefold() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in (*STATUSES, "all")]
    if unknown or not words:
        raise InvalidInput(_('"{text}" is not a status; write open, won, lost or all').format(text=text))
    return STATUSES if "all" in words else tuple(s for s in STATUSES if s in words)


def day(workspace: Workspace, text: str | None, *, ahead: bool = False) -> date | None:
    """The day that `--as-of`, `--since` or (`ahead`) `--until` names, seen from the report's; None if not given."""
    if text is None:
        return None
    from pipecli import clock
    from pipecli.domain.dates import order_of, parse_date

    settings = workspace.settings
    today = settings.report_day() or clock.now().date()
    order = order_of(settings.get("date_order").value)
    return parse_date(text, today, prefer="future" if ahead else "past", order=order)


def first(workspace: Workspace) -> Record | None:
    """The first thing to do of the actor's: the most valuable late one, else the next one due."""
    with workspace.read() as reading:
        late = Filter(owner=reading.actor, due_before=reading.today, sort="-weighted")
        found = [
            reading.soon(lists.list_rows, reading.driver, filter_, reading.pipeline, reading.today, 1)
            for filter_ in (late, Filter(owner=reading.actor, sort="due"))
        ]
        row = next((rows[0] for one in found if (rows := one())), None)
        return None if row is None else record(row, reading.pipeline, reading.today)


def filtered(reading: Reading, filter_: Filter, limit: int) -> Listing:
    """The list of what fits a filter; `limit` 0 is all of it."""
    pipeline, today = reading.pipeline, reading.today
    try:
        if limit:
            lists.expect_totals(reading.driver, filter_, pipeline, today)
        rows = lists.list_rows(reading.driver, filter_, pipeline, today, limit)
        full = limit and len(rows) == limit
        totals = (
            lists.list_totals(reading.driver, filter_, pipeline, today) if full else totals_of(rows, pipeline)
        )
    except lists.Unsupported:
        bare = filter_._replace(where=None, stale=False)
        rows = lists.list_rows(reading.driver, bare, pipeline, today)
        rows = [row for row in rows if _fits(row, filter_, reading)]
        totals = totals_of(rows, pipeline)
        rows = rows[:limit] if limit else rows
    return _listed(rows, totals, pipeline, today)


def _listed(rows: list[Row], totals: list[Total], pipeline: Pipeline, today: date) -> Listing:
    records = [record(row, pipeline, today) for row in rows]
    return Listing(records, sum(t.n for t in totals), totals, today, worth_of(totals, pipeline, today))


def _fits(row: Row, filter_: Filter, reading: Reading) -> bool:
    if filter_.stale and not stale(row, reading.pipeline, reading.today):
        return False
    if filter_.where is None:
        return True
    facts = row_facts(row, reading.pipeline, reading.today)
    return evaluate(list(filter_.where), facts, reading.today) is True


def totals_of(rows: list[Row], pipeline: Pipeline) -> list[Total]:
    """Count and amount of these rows, by currency, as the database gives them."""
    sums: dict[tuple[str, str | None], list[int]] = {}
    for row in rows:
        closed_on = None if row.currency == pipeline.currency else row.closed_on
        entry = sums.setdefault((row.currency, closed_on), [0, 0])
        entry[0] += 1
        entry[1] += row.amount or 0
    totals = [Total(currency, n, amount, on) for (currency, on), (n, amount) in sums.items()]
    return sorted(totals, key=Total.key)


def worth_of(totals: list[Total], pipeline: Pipeline, today: date) -> Worth:
    """What these amounts are worth together: open ones at the rate of the day, closed ones at that of their closing."""
    amount = 0
    converted: dict[str, int] = {}
    unpriced: dict[str, int] = {}
    for total in totals:
        closed_on = date.fromisoformat(total.closed_on) if total.closed_on else None
        worth = pipeline.rates.convert(total.amount, total.currency, day_of_rate(closed_on, today))
        amount += worth or 0
        if total.currency != pipeline.currency and total.amount:
            apart = unpriced if worth is None else converted
            apart[total.currency] = apart.get(total.currency, 0) + total.amount
    return Worth(pipeline.currency, amount, converted, unpriced)


def _listing_as_of(reading: Reading, filter_: Filter, limit: int) -> Listing:
    from .past import rows_as_of

    pipeline, day = reading.pipeline, reading.today
    conditions = [filter_.where, *(stage.stale_when for stage in pipeline.stages)]
    judged = any("unproven" in reads(list(c)) for c in conditions if c is not None)
    rows = [row for row in rows_as_of(reading, day, judged=judged) if _fits_past(row, filter_, reading)]
    rows = _sorted(rows, filter_.sort, pipeline, day)
    return _listed(rows[:limit] if limit else rows, totals_of(rows, pipeline), pipeline, day)


def _fits_past(row: Row, filter_: Filter, reading: Reading) -> bool:
    from pipecli.domain.fold import fold

    f = filter_
    return (
        row.status in f.status
        and (f.stage is None or row.stage == f.stage)
        and (f.owner is None or row.owner_key == fold(f.owner))
        and (not f.account or fold(f.account) in fold(row.account or ""))
        and (not f.fragment or fold(f.fragment) in row.search)
        and (not f.tag or f"|{fold(f.tag)}|" in row.tags_key)
        and (f.due_before is None or (row.next_due or "9") < f.due_before.isoformat())
        and _fits(row, f, reading)
    )


def _sorted(rows: list[Row], sort: str, pipeline: Pipeline, today: date) -> list[Row]:
    """Rows in order of number sorted as the database sorts: what is unset last either way, ties by number."""
    name = sort.removeprefix("-")
    key = _sort_keys(pipeline, today)[name]
    if name in ("owner", "stage"):
        rows = sorted(rows, key=lambda r: r.next_due or "9999")
    known = sorted((r for r in rows if key(r) is not None), key=key, reverse=sort.startswith("-"))
    return known + [r for r in rows if key(r) is None]


def _sort_keys(pipeline: Pipeline, today: date) -> dict[str, Callable[[Row], Any]]:
    def rank(row: Row) -> float | None:
        return lists.rank(row, pipeline, today)

    def weight(row: Row) -> float | None:
        percent = probability_of(row.status, row.stage, row.probability, pipeline)
        return None if (amount := rank(row)) is None else amount * percent

    return {
        "due": lambda r: r.next_due,
        "amount": rank,
        "weighted": weight,
        "close": lambda r: r.close_date,
        "created": lambda r: r.created_on,
        "closed": lambda r: r.closed_on,
        "name": lambda r: r.search,
        "owner": lambda r: r.owner_key,
        "stage": lambda r: pipeline.index(r.stage),
        "quiet": lambda r: r.quiet_since,
        "number": lambda r: r.number,
    }


def overdue(
    workspace: Workspace, limit: int, *, days: int = 0, mine: bool = False, owner: str | None = None
) -> Listing:
    """Open opportunities whose next action is late by more than `days` days, the latest first."""
    with workspace.read() as reading:
        return filtered(reading, late(reading, days, reading.actor if mine else owner), limit)


def late(reading: Reading, days: int, owner: str | None) -> Filter:
    """What is late by more than so many days, the latest first."""
    return Filter(due_before=reading.today - timedelta(days), owner=owner, sort="due")


def stale_list(
    workspace: Workspace, limit: int, *, mine: bool = False, owner: str | None = None
) -> tuple[Listing, dict[str, int | None]]:
    """Open opportunities that went quiet, the longest first, and how many days each stage allows."""
    with workspace.read() as reading:
        found = filtered(reading, quiet(reading.actor if mine else owner), limit)
        return found, stage_limits(reading)


def quiet(owner: str | None) -> Filter:
    """What went quiet, the longest first."""
    return Filter(stale=True, owner=owner, sort="quiet")


def stage_limits(reading: Reading) -> dict[str, int | None]:
    """How many days each stage allows to be quiet."""
    return {stage.key: stage.stale_after for stage in reading.pipeline.stages}


def today(workspace: Workspace, limit: int, *, everybody: bool = False, days: int | None = None) -> Today:
    """What the actor does now: overdue by weighted amount, due today, approvals asked, stale.

    `days` asks for what falls due in so many days after today as well, by its day.
    """
    with workspace.read() as reading:
        actor = reading.actor
        who = None if everybody else actor
        now = reading.today
        overdue_now = Filter(due_before=now, owner=who, sort="-weighted")
        at_once = Filter(due_on=now, owner=who, sort="-weighted")
        overdue = reading.soon(filtered, reading, overdue_now, limit)
        due = reading.soon(filtered, reading, at_once, limit)
        gone_quiet = reading.soon(filtered, reading, quiet(who), limit)
        coming = None if days is None else reading.soon(filtered, reading, _coming(who, now, days), limit)
        asked = reading.soon(approvals_asked, reading, actor)
        totals = reading.soon(lists.list_totals, reading.driver, Filter(owner=who), reading.pipeline, now)
        waiting = reading.soon(proposals.waiting, reading.driver, who)
        return Today(
            actor,
            now,
            overdue(),
            due(),
            asked(),
            gone_quiet(),
            stage_limits(reading),
            sum(t.n for t in totals()),
            coming and coming(),
            waiting(),
        )


def _coming(owner: str | None, today: date, days: int) -> Filter:
    return Filter(due_after=today, due_before=today + timedelta(days + 1), owner=owner, sort="due")


def approvals_asked(reading: Reading, actor: str) -> list[Approval]:
    """The approvals that are asked of somebody, the longest waiting first."""
    asked = lists.asked_approvals(reading.driver, reading.pipeline.roles_of(actor))
    rows = {
        r.number: r
        for r in lists.rows_of(reading.driver, sorted({a[0] for a in asked}), reading.pipeline, reading.today)
    }
    asks = {c.key: c.ask for c in reading.pipeline.criteria()}
    return [
        Approval(n, c, asks.get(c, c), by, on, record(rows[n], reading.pipeline, reading.today))
        for n, c, by, on in asked
        if n in rows
    ]
