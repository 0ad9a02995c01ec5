"""The projection: rows computed from an opportunity's state, and nothing else, kept in step by writing differences.

Because rows are a pure function of state, an undo, a rebuild and `doctor`'s comparison need no code of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pipecli.domain.fold import fold
from pipecli.domain.gate import Judge

from .layout import COLUMNS, KEYS, SHARED

if TYPE_CHECKING:
    from pipecli.domain.facts import Names
    from pipecli.domain.opportunity import Opportunity
    from pipecli.domain.pipeline import Pipeline

    from .driver import Driver

_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode

Rows = dict[str, list[tuple[Any, ...]]]
Differences = tuple[Rows, Rows]


def rows(state: Opportunity | None, pipeline: Pipeline, names: Names) -> Rows:
    """Every projected row of one opportunity, by table; no rows at all where its opening was undone.

    Of one that was merged nothing counts but where it went.
    """
    out: Rows = {table: [] for table in COLUMNS}
    if state is None:
        return out
    o = state
    if o.is_merged:
        people = (o.account, o.contact, o.decision_maker)
        out["merged"] = [(o.number, o.uid, o.merged_into, *(o.external or (None, None)), *people)]
        return out
    out["opportunity"] = [_opportunity_row(o, pipeline, names)]
    out["span"] = [
        (o.number, n, s.from_day.isoformat(), _iso(s.to_day), *s[2:7], _iso(s.close_date), s.owner)
        for n, s in enumerate(o.spans, 1)
    ]
    out["visit"] = [
        (
            o.number,
            v.n,
            v.stage,
            v.definition,
            v.entered_on.isoformat(),
            _iso(v.left_on),
            v.outcome,
            v.amount,
            v.how,
        )
        for v in o.visits
    ]
    out["evidence"] = [
        (e.seq, o.number, e.criterion, e.form, e.on.isoformat(), e.actor, e.exchange) for e in o.evidence
    ]
    out["exchange"] = [(x.seq, o.number, x.kind, x.on.isoformat(), x.actor) for x in o.exchanges]
    closed = [(c.action, c.closed_on.isoformat(), c.outcome) for c in o.closed_actions]
    current = [(o.next_action, None, None)] if o.next_action else []
    out["next_action"] = [
        (a.seq, o.number, a.text, a.due.isoformat(), a.shield.isoformat(), a.set_on.isoformat(), on, outcome)
        for a, on, outcome in [*closed, *current]
    ]
    out["waiver"] = [(w.seq, o.number, w.criterion, w.visit, w.on.isoformat(), w.actor) for w in o.waivers]
    out["approval"] = [
        (a.seq, o.number, a.criterion, a.role, a.status, a.on.isoformat(), a.actor, a.asked_by)
        for a in o.approvals.values()
    ]
    out["proposal"] = [
        (
            p.seq,
            o.number,
            p.what,
            p.target,
            p.exchange,
            p.on.isoformat(),
            p.source,
            "overtaken" if p.status == "open" and o.overtaken(p) else p.status,
            _iso(p.decided_on),
            p.decided_by or None,
        )
        for p in o.proposals
    ]
    return out


def _opportunity_row(o: Opportunity, pipeline: Pipeline, names: Names) -> tuple[Any, ...]:
    action = o.next_action
    entered, talked = o.visit.entered_on, o.last_exchange_on
    unproven, proof_until = 0, None
    if o.is_open:
        judge = Judge(o, pipeline, _judged_on(o, pipeline), names)
        unproven, proof_until = int(judge.unproven()), judge.proof_until()
    return (
        o.number, o.uid, o.version, o.name, o.account, o.contact, o.decision_maker, o.owner, fold(o.owner),
        o.stage, o.status, o.amount, o.currency, o.probability, _iso(o.close_date),
        action.text if action else None, action.due.isoformat() if action else None,
        action.shield.isoformat() if action else None, max(entered, talked or entered).isoformat(),
        entered.isoformat(), _iso(talked), o.source,
        _JSON(list(o.tags)) if o.tags else "[]", tags_key(o.tags), _JSON(dict(o.fields)) if o.fields else "{}",
        o.loss_reason, o.outcome_reason,
        o.created_on.isoformat(), _iso(o.closed_on), *(o.external or (None, None)), int(o.imported), unproven,
        _iso(proof_until), _iso(o.described_on),
        fold(f"{o.name} {names.get(o.account) or ''}" if o.account is not None else o.name),
    )  # fmt: skip


def _judged_on(o: Opportunity, pipeline: Pipeline) -> date:
    """The day when what the rules read of it last changed: that of its last event, or of its currency's last rate."""
    return max(o.last_on, pipeline.rates.newest(o.currency) or o.last_on)


def tags_key(tags: Iterable[str]) -> str:
    """Tags folded between bars, so that one of them is found with `like '%|tag|%'`."""
    return "|" + "|".join(fold(tag) for tag in tags) + "|" if tags else ""


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def write_differences(driver: Driver, pairs: Iterable[tuple[Rows, Rows]]) -> None:
    """Bring the tables from the rows before to the rows after, for any number of opportunities."""
    write(driver, [differences(before, after) for before, after in pairs])


def differences(before: Rows, after: Rows) -> Differences:
    """What leads from the rows before to the rows after: by table, the keys of those gone, and those that are new."""
    if not any(before.values()):
        return {}, {table: added for table, added in after.items() if added}
    gone, new = {}, {}
    for table in COLUMNS:
        width = len(KEYS[table])
        old = {row[:width]: row for row in before[table]}
        # The opportunity's own row is written whole: what a new definition changed in it is not in `before`.
        if changed := [r for r in after[table] if table == "opportunity" or old.get(r[:width]) != r]:
            new[table] = changed
        kept = {row[:width] for row in after[table]}
        if lost := [k for k in old if k not in kept]:
            gone[table] = lost
    return gone, new


def write(driver: Driver, found: Sequence[Differences]) -> None:
    """Write differences, those of each table together."""
    for table in COLUMNS:
        if keys := [key for gone, _new in found for key in gone.get(table, ())]:
            where = " and ".join(f"{column} = ?" for column in KEYS[table])
            driver.run_many(f"delete from {table} where {where}", keys)
    for table in COLUMNS:
        if added := [row for _gone, new in found for row in new.get(table, ())]:
            driver.run_many(upsert(table), added)


def upsert(table: str) -> str:
    """The statement that inserts a projected row, or replaces the one with its key."""
    columns = COLUMNS[table]
    marks = ", ".join("?" * len(columns))
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in KEYS[table])
    return (
        f"insert into {table} ({', '.join(columns)}) values ({marks}) "
        f"on conflict ({', '.join(KEYS[table])}) do update set {sets}"
    )


def clear(driver: Driver) -> None:
    """Remove every projected row, accounts, contacts and rates too."""
    for table in (*COLUMNS, *SHARED):
        driver.run(f"delete from {table}")


def projected(driver: Driver, table: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Every row of a projected table by its key."""
    width = len(KEYS[table])
    sql = f"select {', '.join(COLUMNS[table])} from {table}"
    return {tuple(row[:width]): tuple(row) for row in driver.stream(sql)}


def empty_rows() -> Rows:
    """The rows of an opportunity that does not exist yet."""
    return {table: [] for table in COLUMNS}
