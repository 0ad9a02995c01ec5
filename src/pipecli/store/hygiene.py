"""What an audit counts: open opportunities as they stand and stood, closings, delays, moves, proofs in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain import events as ev
from pipecli.domain.hygiene import Proof, Standing

from .driver import quoted
from .lists import rank_sql

if TYPE_CHECKING:
    from pipecli.domain.pipeline import Pipeline

    from .driver import Driver, Row

# What happens outside and is told later; plans and figures are made as they are typed.
_HAPPENINGS = (
    ev.OPENED, ev.EXCHANGE_LOGGED, ev.EVIDENCE_RECORDED, ev.NEXT_ACTION_DONE, ev.STAGE_ADVANCED, ev.STAGE_RETURNED,
    ev.WON, ev.LOST, ev.REOPENED,
)  # fmt: skip
_NUMBER = "case when substr(e.stream, 1, 1) = 'o' then cast(substr(e.stream, 2) as bigint) end"


class Subject(NamedTuple):
    """What an opportunity is listed with; `rank` is its amount, to order by."""

    name: str
    account: str | None
    rank: float


class Stood(NamedTuple):
    """How many of an owner's were open at the end of a day, and of them dated, proven and on shared rules."""

    day: str
    owner: str
    open: int
    dated: int
    proven: int
    by_rules: int


class Closed(NamedTuple):
    """How many of an owner's were won or lost on a day, and of the lost how many have a reason."""

    day: str
    owner: str
    won: int
    lost: int
    documented: int


class Undocumented(NamedTuple):
    """A loss without a reason, and whether it was imported."""

    number: int
    owner: str
    imported: bool
    subject: Subject


class Recorded(NamedTuple):
    """How many events of one day were recorded in one minute (UTC), of an owner's opportunities."""

    owner: str
    happened: str
    minute: str
    n: int


_OPEN = """
select o.number, o.owner, o.stage, o.next_due, o.probability is not null, o.unproven, o.proof_until, v.how,
  exists (select 1 from waiver w where w.opportunity = o.number and w.visit = v.n),
  o.name, a.name, coalesce({rank}, 0)
from opportunity o
join visit v on v.opportunity = o.number
  and v.n = (select max(l.n) from visit l where l.opportunity = o.number)
left join account a on a.id = o.account_id
where o.status = 'open' order by o.number
"""


def read_open(driver: Driver, pipeline: Pipeline, today: date) -> list[tuple[Standing, Subject]]:
    """Every open opportunity as it stands."""
    sql = _OPEN.format(rank=rank_sql(pipeline, today))
    return [(_standing(row), Subject(row[9], row[10], float(row[11]))) for row in driver.rows(sql)]


def _standing(row: Row) -> Standing:
    number, owner, stage, due, by_hand, unproven, until, how, waived = row[:9]
    return Standing(number, owner, stage, due, bool(by_hand), bool(unproven), until, how, bool(waived))


# Whether a stage was proven is kept for today only. What came in without a gate was unproven until something was
# recorded to prove it, or until it left; what has expired since was proven until then; what has lapsed is taken to
# have done so when the opportunity last changed.
_STOOD = """
select d.day, s.owner, count(*),
  sum(case when exists (
    select 1 from next_action n where n.opportunity = s.opportunity and n.set_on <= d.day
    and (n.closed_on is null or n.closed_on > d.day)) then 1 else 0 end),
  sum(case
    when v.how in ('imported', 'moved') and v.left_day is null and o.unproven = 1 then 0
    when v.how in ('imported', 'moved') and not exists (
      select 1 from evidence e where e.opportunity = s.opportunity and e.on_day <= d.day)
      and (v.left_day is not null or exists (select 1 from evidence e where e.opportunity = s.opportunity)) then 0
    when v.left_day is not null or o.status <> 'open' then 1
    when o.proof_until < d.day then 0
    when o.unproven = 1 and s.to_day is null and (o.described_on is null or o.described_on <= d.day) then 0
    else 1 end),
  sum(case when s.probability is null then 1 else 0 end)
from (
  select * from span where status = 'open' and from_day <= {last} and (to_day is null or to_day > {first})
) s
cross join ({days}) d
join opportunity o on o.number = s.opportunity
join event b on b.stream = 'o' || cast(s.opportunity as text) and b.version = 1
  and substr(b.recorded_at, 1, 10) <= d.day
join visit v on v.opportunity = s.opportunity and v.n = (
  select max(w.n) from visit w where w.opportunity = s.opportunity and w.entered_day <= d.day)
where s.from_day <= d.day and (s.to_day is null or s.to_day > d.day)
group by d.day, s.owner
"""


def read_stood(driver: Driver, days: Sequence[date]) -> list[Stood]:
    """How those stood that were open, and known of, at the end of each of some days, by owner then."""
    texts = [quoted(day.isoformat()) for day in sorted(days)]
    each = " union all ".join(f"select {text} as day" for text in texts)
    sql = _STOOD.format(days=each, first=texts[0], last=texts[-1])
    return [Stood(*row[:2], *map(int, row[2:])) for row in driver.rows(sql)]


# An imported one counts from the day it came in: until then nobody could know of it here.
_CLOSED = """
select case when day <= {first} then {first} else day end, owner, sum(won), sum(lost), sum(documented) from (
  select owner, case when known > closed_on then known else closed_on end as day,
    case when status = 'won' then 1 else 0 end as won, case when status = 'lost' then 1 else 0 end as lost,
    case when status = 'lost' and coalesce(loss_reason, outcome_reason) is not null then 1 else 0 end as documented
  from (
    select o.owner, o.status, o.closed_on, o.loss_reason, o.outcome_reason,
      case when o.imported = 1 then (
        select substr(b.recorded_at, 1, 10) from event b
        where b.stream = 'o' || cast(o.number as text) and b.version = 1) end as known
    from opportunity o where o.status in ('won', 'lost')
  ) x
) y group by 1, 2
"""


def read_closed(driver: Driver, first: date) -> list[Closed]:
    """The closings by owner and day; those up to the first day are taken together."""
    rows = driver.rows(_CLOSED.format(first=quoted(first.isoformat())))
    return [Closed(*row[:2], *map(int, row[2:])) for row in rows]


def read_undocumented(driver: Driver, pipeline: Pipeline, today: date) -> list[Undocumented]:
    """The losses without a reason, by number."""
    rows = driver.rows(
        f"select o.number, o.owner, o.imported, o.name, a.name, coalesce({rank_sql(pipeline, today)}, 0) "
        "from opportunity o left join account a on a.id = o.account_id "
        "where o.status = 'lost' and o.loss_reason is null and o.outcome_reason is null order by o.number"
    )
    return [
        Undocumented(row[0], row[1], bool(row[2]), Subject(row[3], row[4], float(row[5]))) for row in rows
    ]


def read_recorded(driver: Driver, since: str) -> list[Recorded]:
    """What was recorded by people since an instant: no import, and nothing that was taken back."""
    kinds = ", ".join(map(quoted, _HAPPENINGS))
    undoes = "select u.undoes from command u where u.undoes is not null"
    return [
        Recorded(*row)
        for row in driver.rows(
            "select o.owner, e.occurred_on, substr(c.at, 1, 16), count(*) "
            "from command c join event e on e.command = c.id "
            f"join opportunity o on o.number = {_NUMBER} "
            "where c.at >= :since and c.name not in ('import', 'restore') "
            f"and c.id not in ({undoes} and u.id not in ({undoes.replace('u.', 'w.').replace(' u ', ' w ')})) "
            f"and e.kind in ({kinds}) group by 1, 2, 3",
            {"since": since},
        )
    ]


def first_command(driver: Driver) -> str | None:
    """The instant (UTC) of the first command there is."""
    rows = driver.rows("select at from command order by id limit 1")
    return rows[0][0] if rows else None


def read_moves(driver: Driver, after: date) -> list[tuple[str, int, int]]:
    """By owner, how many stays ended by a move back and by a move on after a day."""
    rows = driver.rows(
        "select o.owner, sum(case when v.outcome = 'returned' then 1 else 0 end), "
        "sum(case when v.outcome = 'advanced' then 1 else 0 end) "
        "from visit v join opportunity o on o.number = v.opportunity "
        "where v.left_day > :after and v.outcome in ('returned', 'advanced') group by o.owner",
        {"after": after.isoformat()},
    )
    return [(owner, int(back), int(on)) for owner, back, on in rows]


def read_proofs(driver: Driver) -> list[Proof]:
    """The words that prove the criteria of open opportunities: the newest of each, or those of the exchange cited."""
    rows = driver.rows(
        "select e.opportunity, e.criterion, coalesce(e.exchange, e.id), c.body, x.body from evidence e "
        "join opportunity o on o.number = e.opportunity and o.status = 'open' "
        "left join content c on c.id = e.id left join content x on x.id = e.exchange "
        "where e.form in ('note', 'exchange') order by e.id"
    )
    newest = {(row[0], row[1]): row for row in rows}
    found = []
    for number, criterion, source, body, said in newest.values():
        words = json.loads(body) if body else {}
        text = words.get("text") or words.get("quote") or said
        if text and text.strip():
            found.append(Proof(number, criterion, source, text.strip()))
    return found
