"""What statistics are made of: every opportunity as it stood at the end of a day, its visits and exchanges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from .history import visit_columns

if TYPE_CHECKING:
    from .driver import Driver

Visit = tuple[str, str, str | None, str | None]
"""Stage, day entered, day left, outcome."""

# Why it was lost and where it came from are kept as they are today: the journal tells what they were that day, where
# it was described since, or closed again after it had been reopened.
_STOOD = """
select s.opportunity, s.owner, s.amount, s.currency, o.source,
  case when s.status = 'lost' then coalesce(o.loss_reason, o.outcome_reason) end,
  coalesce(x.n, 0),
  case when o.described_on > :day
    or (s.status = 'lost' and (o.status <> 'lost' or o.closed_on > :day)) then 1 else 0 end
from span s
join opportunity o on o.number = s.opportunity
left join (select opportunity, count(*) as n from exchange where on_day <= :day group by opportunity) x
  on x.opportunity = s.opportunity
where s.from_day <= :day and (s.to_day is null or s.to_day > :day)
order by s.opportunity
"""


class Stood(NamedTuple):
    """An opportunity at the end of a day: amount in minor units, the exchanges it had by then, its visits in order.

    Visits that ended later are here as they ended. `retold`: only the journal tells what source and loss reason
    were that day.
    """

    number: int
    owner: str
    amount: int | None
    currency: str
    source: str | None
    loss_reason: str | None
    exchanges: int
    retold: bool
    visits: tuple[Visit, ...]


def read_stood(driver: Driver, day: date) -> Iterator[Stood]:
    """Every opportunity there was at the end of a day, by number; one opened while this reads is left out."""
    visits = chain.from_iterable(zip(*columns, strict=True) for columns in visit_columns(driver, day))
    stood = {row[0]: row for row in driver.rows(_STOOD, {"day": day.isoformat()})}
    for number, rows in groupby(visits, key=itemgetter(0)):
        if number in stood:
            *values, retold = stood[number]
            yield Stood._make((*values, bool(retold), tuple(row[1:5] for row in rows)))


def definition_stages(driver: Driver) -> list[tuple[str, ...]]:
    """The stage keys of every definition, the oldest first."""
    return [
        tuple(stage["key"] for stage in json.loads(compiled)["stages"])
        for (compiled,) in driver.rows("select compiled_json from definition order by version")
    ]
