"""What a workbook has beside opportunities: accounts, contacts, exchanges, evidence and visits, streamed by number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .driver import Driver

_ACCOUNTS = "select a.id, a.name from account a order by a.id"
_CONTACTS = (
    "select k.id, p.name, p.mail, p.phone, a.name from contact k join person p on p.id = k.id "
    "left join account a on a.id = k.account_id where p.erased_at is null order by k.id"
)
_EXCHANGES = (
    "select x.id, x.opportunity, o.name, x.on_day, x.kind, x.actor, t.body from exchange x "
    "join opportunity o on o.number = x.opportunity left join content t on t.id = x.id order by x.id"
)
_EVIDENCE = (
    "select e.id, e.opportunity, o.name, e.criterion, e.form, e.on_day, e.actor, e.exchange, t.body from evidence e "
    "join opportunity o on o.number = e.opportunity left join content t on t.id = e.id order by e.id"
)
# The amount is that with which a stage was left, in the currency of then.
_VISITS = (
    "select v.opportunity, o.name, v.n, v.stage, v.entered_day, v.left_day, v.outcome, v.how, v.amount, "
    "coalesce((select s.currency from span s where s.opportunity = v.opportunity and s.from_day <= v.left_day "
    "order by s.n desc limit 1), o.currency) from visit v join opportunity o on o.number = v.opportunity "
    "order by v.opportunity, v.n"
)


class AccountLine(NamedTuple):
    """An account."""

    id: int
    name: str


class ContactLine(NamedTuple):
    """A contact whose personal data was not erased, with the name of the account."""

    id: int
    name: str | None
    mail: str | None
    phone: str | None
    account: str | None


class ExchangeLine(NamedTuple):
    """An exchange, with the name of its opportunity; the body is None where it was erased."""

    id: int
    opportunity: int
    name: str
    on: str
    kind: str
    actor: str
    body: str | None


class EvidenceLine(NamedTuple):
    """Evidence, with the name of its opportunity; the body is JSON, None where it was erased."""

    id: int
    opportunity: int
    name: str
    criterion: str
    form: str
    on: str
    actor: str
    exchange: int | None
    body: str | None


class VisitLine(NamedTuple):
    """A stay in a stage, with the name of its opportunity; `amount` in minor units is that with which it ended."""

    opportunity: int
    name: str
    n: int
    stage: str
    entered_on: str
    left_on: str | None
    outcome: str | None
    how: str
    amount: int | None
    currency: str


def accounts(driver: Driver) -> Iterator[AccountLine]:
    """Every account."""
    return (AccountLine(*row) for row in driver.stream(_ACCOUNTS))


def contacts(driver: Driver) -> Iterator[ContactLine]:
    """Every contact that was not forgotten."""
    return (ContactLine(*row) for row in driver.stream(_CONTACTS))


def exchanges(driver: Driver) -> Iterator[ExchangeLine]:
    """Every exchange."""
    return (ExchangeLine(*row) for row in driver.stream(_EXCHANGES))


def evidence(driver: Driver) -> Iterator[EvidenceLine]:
    """Every piece of evidence that was not withdrawn."""
    return (EvidenceLine(*row) for row in driver.stream(_EVIDENCE))


def visits(driver: Driver) -> Iterator[VisitLine]:
    """Every stay in a stage."""
    return (VisitLine(*row) for row in driver.stream(_VISITS))
