"""The state as of a past day, read from spans, visits, exchanges and next actions instead of folding the journal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from .lists import Row

if TYPE_CHECKING:
    from .driver import Driver

# What a span, a visit, an exchange or a next action tells about the day replaces what the row says of today.
_SQL = """
select o.number, o.uid, o.version, o.name, o.account_id, o.contact_id, o.decision_maker_id, s.owner, o.owner_key,
  s.stage, s.status, s.amount, s.currency, s.probability, s.close_day,
  n.text, n.due, n.shield, v.entered_day, v.entered_day, x.last_day, o.source, o.tags, o.tags_key, o.fields,
  case when s.status = 'lost' then o.loss_reason end,
  case when s.status <> 'open' then o.outcome_reason end, o.created_on,
  case when s.status <> 'open' then v.left_day end, o.source_system, o.external_id, o.imported, o.unproven,
  o.proof_until, o.described_on, o.search, a.name, p.name, d.name,
  case when o.described_on > :day
    or (s.status <> 'open' and exists (
      select 1 from visit w where w.opportunity = s.opportunity and w.n > v.n))
    or (n.id is not null and exists (
      select 1 from event e where e.kind = 'NextActionSnoozed'
      and e.stream = 'o' || cast(s.opportunity as text) and e.occurred_on > :day))
  then 1 else 0 end
from span s
join opportunity o on o.number = s.opportunity
join visit v on v.opportunity = s.opportunity and v.n = (
  select max(w.n) from visit w where w.opportunity = s.opportunity and w.entered_day <= :day)
left join next_action n on n.opportunity = s.opportunity and s.status = 'open' and n.set_on <= :day
  and (n.closed_on is null or n.closed_on > :day)
left join (select opportunity, max(on_day) as last_day from exchange where on_day <= :day group by opportunity) x
  on x.opportunity = s.opportunity
left join account a on a.id = o.account_id
left join person p on p.id = o.contact_id
left join person d on d.id = o.decision_maker_id
where s.from_day <= :day and (s.to_day is null or s.to_day > :day)
order by o.number
"""


def read_past(driver: Driver, day: date) -> list[tuple[Row, bool]]:
    """Every opportunity there was at the end of a day, as it stood then, and whether only the journal tells it.

    What is not kept from day to day is today's: name, account, tags, the company's own fields, the reason of a
    closing that was reopened, the day a next action was put off from. The caller folds the journal of those where
    it changed since. `unproven` is always today's.
    """
    return [(_row(r[:-1]), bool(r[-1])) for r in driver.rows(_SQL, {"day": day.isoformat()})]


def _row(values: tuple[Any, ...]) -> Row:
    row = Row(*values)
    quiet = max(row.stage_entered_on, row.last_exchange_on or "")
    return row._replace(quiet_since=quiet)
