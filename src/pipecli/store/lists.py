"""The lists people live in: one query each over the projected opportunities, answered from an index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.domain.fold import fold
from pipecli.domain.money import exponent
from pipecli.domain.rates import day_of_rate

from .condition_sql import Abroad, Column, Unsupported, to_sql
from .driver import quoted
from .layout import COLUMNS
from .rates import factor

if TYPE_CHECKING:
    from pipecli.domain.pipeline import Pipeline

    from .driver import Driver


class Row(NamedTuple):
    """A projected opportunity as stored (days and JSON as text), with the names it refers to."""

    number: int
    uid: str
    version: int
    name: str
    account_id: int | None
    contact_id: int | None
    decision_maker_id: int | None
    owner: str
    owner_key: str
    stage: str
    status: str
    amount: int | None
    currency: str
    probability: int | None
    close_date: str | None
    next_action: str | None
    next_due: str | None
    shield_until: str | None
    quiet_since: str
    stage_entered_on: str
    last_exchange_on: str | None
    source: str | None
    tags: str
    tags_key: str
    fields: str
    loss_reason: str | None
    outcome_reason: str | None
    created_on: str
    closed_on: str | None
    source_system: str | None
    external_id: str | None
    imported: int
    unproven: int
    proof_until: str | None
    described_on: str | None
    search: str
    account: str | None
    contact: str | None
    decision_maker: str | None


class Filter(NamedTuple):
    """What a list shows; `where` is a parsed condition, `fragment` a part of a name or account."""

    status: tuple[str, ...] = ("open",)
    stage: str | None = None
    owner: str | None = None
    account: str | None = None
    tag: str | None = None
    where: Sequence[Any] | None = None
    fragment: str | None = None
    numbers: tuple[int, ...] | None = None
    due_before: date | None = None
    due_on: date | None = None
    due_after: date | None = None
    closed_from: date | None = None
    closed_until: date | None = None
    stale: bool = False
    sort: str = "due"


class Total(NamedTuple):
    """How many rows a list has in one currency, and their amount in minor units.

    In another currency than the pipeline's, closed ones stand apart by `closed_on`, the day whose rate they take.
    """

    currency: str
    n: int
    amount: int
    closed_on: str | None = None

    def key(self) -> tuple[str, str]:
        """What totals are told apart and ordered by."""
        return self.currency, self.closed_on or ""


_SELECT = (
    "select "
    + ", ".join(f"o.{c}" for c in COLUMNS["opportunity"])
    + ", a.name, p.name, d.name from opportunity o "
    "left join account a on a.id = o.account_id left join person p on p.id = o.contact_id "
    "left join person d on d.id = o.decision_maker_id "
)
_ORDERS = {
    "due": "o.next_due {dir} nulls last, o.number",
    "amount": "{amount} {dir} nulls last, o.number",
    "weighted": "{weighted} {dir} nulls last, o.number",
    "close": "o.close_date {dir} nulls last, o.number",
    "created": "o.created_on {dir}, o.number",
    "closed": "o.closed_on {dir} nulls last, o.number",
    "name": "o.search {dir}, o.number",
    "owner": "o.owner_key {dir}, o.next_due nulls last, o.number",
    "stage": "{stage} {dir}, o.next_due nulls last, o.number",
    "quiet": "o.quiet_since {dir}, o.number",
    "number": "o.number {dir}",
}
SORTS = tuple(_ORDERS)


def probability_sql(pipeline: Pipeline) -> str:
    """SQL for `metrics.probability_of`."""
    cases = " ".join(f"when '{s.key}' then {s.probability}" for s in pipeline.stages)
    own = f"coalesce(o.probability, case o.stage {cases} else 0 end)"
    return f"case o.status when 'won' then 100 when 'lost' then 0 else {own} end"


def rank_sql(pipeline: Pipeline, today: date) -> str:
    """SQL for an amount to rank by: that in another currency converted, without a rate its number as it stands.

    The rates are looked up by the query itself, and only for rows in another currency.
    """
    own = quoted(pipeline.currency)
    return (
        f"case when o.currency = {own} then 1 else coalesce((select r.factor from rate r where r.base = {own} "
        f"and r.currency = o.currency and r.on_day <= coalesce(o.closed_on, {quoted(today.isoformat())}) "
        "order by r.on_day desc limit 1), 1) end * o.amount"
    )


def rank(row: Row, pipeline: Pipeline, today: date) -> float | None:
    """The same in Python, to the last bit."""
    if row.amount is None or row.currency == pipeline.currency:
        return row.amount
    closed_on = date.fromisoformat(row.closed_on) if row.closed_on else None
    rate = pipeline.rates.rate(row.currency, day_of_rate(closed_on, today))
    return row.amount if rate is None else factor(pipeline.currency, row.currency, rate) * row.amount


def weight_sql(pipeline: Pipeline, today: date) -> str:
    """SQL for amount times probability in percent, to rank by."""
    return f"{rank_sql(pipeline, today)} * ({probability_sql(pipeline)})"


def _order(sort: str, pipeline: Pipeline, today: date) -> str:
    key, direction = (sort[1:], "desc") if sort.startswith("-") else (sort, "asc")
    stages = " ".join(f"when '{s.key}' then {n}" for n, s in enumerate(pipeline.stages))
    return _ORDERS[key].format(
        dir=direction,
        amount=rank_sql(pipeline, today),
        weighted=weight_sql(pipeline, today),
        stage=f"case o.stage {stages} else -1 end",
    )


def stale_sql(driver: Driver, pipeline: Pipeline, today: date) -> tuple[str, dict[str, Any]]:
    """SQL for `metrics.is_stale`; raises Unsupported where a `stale_when` cannot be said.

    Each stage says for itself that it wants open ones, so that an index answers each.
    """
    terms, parameters = [], {"stale_today": today.isoformat()}
    for n, stage in enumerate(pipeline.stages):
        parameters[f"stale_stage{n}"] = stage.key
        if stage.stale_after is not None:
            parameters[f"stale_since{n}"] = (today - timedelta(stage.stale_after)).isoformat()
            terms.append(
                f"(o.status = 'open' and o.stage = :stale_stage{n} and o.quiet_since < :stale_since{n} "
                "and (o.shield_until is null or o.shield_until < :stale_today))"
            )
        if stage.stale_when is not None:
            sql, values = to_sql(list(stage.stale_when), columns(driver, pipeline, today), today)
            for name, value in values.items():
                sql = sql.replace(f":{name}", f":stale{n}{name}")
                parameters[f"stale{n}{name}"] = value  # type: ignore[assignment]
            terms.append(f"(o.status = 'open' and o.stage = :stale_stage{n} and {sql})")
    return "(" + (" or ".join(terms) or "1 = 0") + ")", parameters


def columns(driver: Driver, pipeline: Pipeline, today: date) -> dict[str, Column]:
    """Where each field of a condition lives. What is not stored folded is missing here, so that Python judges it."""
    scale = 10 ** exponent(pipeline.currency)
    own = f"case when o.currency = {quoted(pipeline.currency)} then o.amount end"
    found = {
        "owner": Column("o.owner_key", "text", folded=True),
        # In another currency without a rate it is there, but cannot be compared.
        "amount": Column(
            own,
            "money",
            scale=scale,
            there="o.amount is not null",
            abroad=Abroad("o.currency", "o.amount", lambda: pipeline.rates.least_amounts(today)),
        ),
        "probability": Column(f"({probability_sql(pipeline)})", "number"),
        "close_date": Column("o.close_date", "date"),
        "next_due": Column("o.next_due", "date"),
        "created_on": Column("o.created_on", "date"),
        "closed_on": Column("o.closed_on", "date"),
        "stage_entered_on": Column("o.stage_entered_on", "date"),
        "last_exchange_on": Column("o.last_exchange_on", "date"),
        "tags": Column("o.tags_key", "tags"),
        "unproven": Column(
            f"(case when o.unproven = 1 or o.proof_until < '{today.isoformat()}' then 1 else 0 end)", "bool"
        ),
    }
    for key, field in pipeline.fields.items():
        if field.type == "date":
            found[key] = Column(driver.json_text("o.fields", key), "date")
        elif field.type == "number":
            found[key] = Column(driver.json_number("o.fields", key), "number")
    return found


def _clauses(driver: Driver, filter_: Filter, pipeline: Pipeline, today: date) -> tuple[str, dict[str, Any]]:
    f = filter_
    where: list[str] = []
    values: dict[str, Any] = {}
    if f.numbers is None:
        # Written out, so that the planner sees that the index of open, or of closed ones answers it.
        where.append(
            "o.status in (" + ", ".join(f"'{s}'" for s in f.status) + ")"
            if len(f.status) > 1
            else f"o.status = '{f.status[0]}'"
        )
        if "open" not in f.status:
            where.append("o.closed_on is not null")
    else:
        values |= {f"n{i}": number for i, number in enumerate(f.numbers)}
        where.append("o.number in (" + ", ".join(f":n{i}" for i in range(len(f.numbers))) + ")")
    for column, name, value in (
        ("o.stage =", "stage", f.stage),
        ("o.owner_key =", "owner", fold(f.owner) if f.owner else None),
        ("o.next_due <", "due_before", f.due_before and f.due_before.isoformat()),
        ("o.next_due =", "due_on", f.due_on and f.due_on.isoformat()),
        ("o.next_due >", "due_after", f.due_after and f.due_after.isoformat()),
        ("o.closed_on >=", "closed_from", f.closed_from and f.closed_from.isoformat()),
        ("o.closed_on <=", "closed_until", f.closed_until and f.closed_until.isoformat()),
    ):
        if value is not None:
            where.append(f"{column} :{name}")
            values[name] = value
    for column, name, text in (("a.search", "account", f.account), ("o.search", "fragment", f.fragment)):
        if text:
            where.append(f"{column} like :{name} escape '!'")
            values[name] = f"%{_escaped(fold(text))}%"
    if f.tag:
        where.append("o.tags_key like :tag escape '!'")
        values["tag"] = f"%|{_escaped(fold(f.tag))}|%"
    if f.stale:
        sql, more = stale_sql(driver, pipeline, today)
        where.append(sql)
        values |= more
    if f.where is not None:
        sql, parameters = to_sql(list(f.where), columns(driver, pipeline, today), today)
        where.append(sql)
        values |= parameters
    return " and ".join(where), values


def _escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def list_sql(
    driver: Driver, filter_: Filter, pipeline: Pipeline, today: date, limit: int = 0
) -> tuple[str, dict[str, Any]]:
    """The query of a list and its values; raises Unsupported where its condition cannot be said in SQL."""
    where, values = _clauses(driver, filter_, pipeline, today)
    sql = f"{_SELECT}where {where} order by {_order(filter_.sort, pipeline, today)}"
    if limit:
        sql += " limit :most"
        values["most"] = limit
    return sql, values


def list_rows(driver: Driver, filter_: Filter, pipeline: Pipeline, today: date, limit: int = 0) -> list[Row]:
    """The rows of a list; raises Unsupported where its condition cannot be said in SQL."""
    return [Row(*r) for r in driver.rows(*list_sql(driver, filter_, pipeline, today, limit))]


def list_totals(driver: Driver, filter_: Filter, pipeline: Pipeline, today: date) -> list[Total]:
    """Count and amount of a whole list, by currency, in the order of `Total.key`."""
    rows = driver.rows(*_totals_sql(driver, filter_, pipeline, today))
    return sorted((Total(*row) for row in rows), key=Total.key)


def expect_totals(driver: Driver, filter_: Filter, pipeline: Pipeline, today: date) -> None:
    """The totals of a whole list will be asked for."""
    driver.ahead(*_totals_sql(driver, filter_, pipeline, today))


def _totals_sql(
    driver: Driver, filter_: Filter, pipeline: Pipeline, today: date
) -> tuple[str, dict[str, Any]]:
    where, values = _clauses(driver, filter_, pipeline, today)
    join = "left join account a on a.id = o.account_id " if filter_.account else ""
    # The day stands in no index of open ones: it is named only where something closed is counted.
    closed_on, days = "", ""
    if filter_.status != ("open",):
        closed_on = f", case when o.currency <> {quoted(pipeline.currency)} then o.closed_on end"
        days = ", 4"
    sql = (
        f"select o.currency, count(*), coalesce(cast(sum(o.amount) as bigint), 0){closed_on} "
        f"from opportunity o {join}where {where} group by 1{days}"
    )
    return sql, values


def rows_of(driver: Driver, numbers: Sequence[int], pipeline: Pipeline, today: date) -> list[Row]:
    """These opportunities, whatever their status."""
    if not numbers:
        return []
    return list_rows(driver, Filter(numbers=tuple(numbers), sort="number"), pipeline, today)


def every_row(driver: Driver) -> Iterator[Row]:
    """Every opportunity by number, whatever its status, in constant memory."""
    for row in driver.stream(_SELECT + "order by o.number"):
        yield Row(*row)


def asked_approvals(driver: Driver, roles: Sequence[str]) -> list[tuple[int, str, str, str]]:
    """The approvals that these roles are asked for: number, criterion, who asked, since when."""
    if not roles:
        return []
    values = {f"r{n}": role for n, role in enumerate(roles)}
    sql = (
        "select x.opportunity, x.criterion, x.asked_by, x.on_day from approval x "
        "join opportunity o on o.number = x.opportunity and o.status = 'open' "
        f"where x.status = 'asked' and x.role in ({', '.join(f':{name}' for name in values)}) "
        "order by x.on_day, x.opportunity"
    )
    return [(n, c, by, on) for n, c, by, on in driver.rows(sql, values)]


__all__ = [
    "SORTS",
    "Filter",
    "Row",
    "Total",
    "Unsupported",
    "asked_approvals",
    "every_row",
    "expect_totals",
    "list_rows",
    "list_sql",
    "list_totals",
    "rank",
    "rows_of",
    "stale_sql",
]
