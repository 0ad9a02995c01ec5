"""Views: what columns a list has, declared once, for every format that writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.domain.money import format_amount, from_major
from pipecli.domain.wording import action_words
from pipecli.text import _, language, ngettext

from .console import literal

if TYPE_CHECKING:
    from pipecli.service.lists import Worth

Record = Mapping[str, Any]


NEVER_CUT = 1_000


class Column(NamedTuple):
    """A column: its key in the record, its title in a table, how its value reads, and how it is set.

    `style` gives a rich style for a record; `least` is the width below which it is never squeezed; `grows` says
    that it gives way first where room is short, `drops` that it is left out before others are cut to their least.
    """

    key: str
    title: str
    text: Callable[[Record], str]
    right: bool = False
    style: Callable[[Record], str] | None = None
    least: int = 4
    grows: bool = False
    drops: bool = False


class View(NamedTuple):
    """A list's columns for tables, and its keys for machines (None: all of the record's)."""

    columns: tuple[Column, ...]
    keys: tuple[str, ...] | None = None


def amount(value: float | int | None, currency: str) -> str:
    """An amount as a person reads it, `–` where there is none."""
    return "–" if value is None else format_amount(from_major(value, currency), currency, language())


def plain(key: str) -> Callable[[Record], str]:
    """The value as text, empty where there is none."""
    return lambda record: "" if record.get(key) is None else str(record[key])


def subject(record: Record) -> str:
    """`Acme · ERP rollout`: account and name."""
    account = record.get("account")
    return f"{account} · {record['name']}" if account else str(record["name"])


def title(record: Record) -> str:
    """`12 Acme · ERP rollout`, fit for one line."""
    return f"{record['id']} {literal(subject(record))}"


def owner_or_everybody(record: Record) -> str:
    """Whose line it is; without an owner everybody's."""
    return _("everybody") if record["owner"] is None else str(record["owner"])


def everybody_style(record: Record) -> str:
    """What is everybody's stands back."""
    return "dim" if record["owner"] is None else ""


def subject_of(state: Any, names: Mapping[int, str | None]) -> Record:
    """What `subject` reads, of a state whose account is an id."""
    return {"name": state.name, "account": names.get(state.account) if state.account is not None else None}


def action(record: Record) -> str:
    """The next action, that its text was erased, or nothing where there is none."""
    there = record["next_action"] or record.get("next_due")
    return action_words(record["next_action"]) if there else ""


def lateness(record: Record) -> str:
    """`2 d late`, `today`, or the day it is due; in words, so that colour is never the only sign."""
    late = record.get("overdue_days") or 0
    if late:
        return _("{n} d late").format(n=late)
    return short_day(record.get("next_due"))


def short_day(iso: str | None) -> str:
    """A day as lists show it: `Fri 27 Nov`, with its year where it is not this one's."""
    if not iso:
        return "–"
    from datetime import date

    from pipecli import clock
    from pipecli.domain.dates import format_day

    return format_day(date.fromisoformat(iso), language(), clock.now().date())


def day_and_month(iso: str) -> str:
    """`31 Mar`: a day without its weekday or year."""
    from datetime import date

    from pipecli.domain.dates import format_day

    day = date.fromisoformat(iso)
    return format_day(day, language(), day).split(" ", 1)[1]


def totals_line(n: int, worth: Worth) -> str:
    """`44 opportunities, €640,000 ($15,000 converted), CHF 500 without a rate`."""
    words = ngettext("{n} opportunity", "{n} opportunities", n).format(n=n)
    return ", ".join([words, *worth_words(worth), *unpriced_words(worth)])


def worth_words(worth: Worth) -> list[str]:
    """What amounts are worth in the pipeline's currency, and what was converted for it; no words for nothing."""
    total = format_amount(worth.amount, worth.currency, language())
    if not worth.converted:
        return [total] if worth.amount else []
    return [_("{total} ({others} converted)").format(total=total, others=" + ".join(_each(worth.converted)))]


def unpriced_words(worth: Worth) -> list[str]:
    """What no rate prices, by currency."""
    return [_("{amount} without a rate").format(amount=amount) for amount in _each(worth.unpriced)]


def _each(amounts: Mapping[str, int]) -> list[str]:
    return [format_amount(amount, currency, language()) for currency, amount in sorted(amounts.items())]


def late_style(record: Record) -> str:
    """Red where late."""
    return "red" if record.get("overdue_days") else ""


def money_column(key: str, title: str) -> Column:
    """A column of amounts in the record's own currency."""
    return Column(key, title, lambda r: amount(r.get(key), r["currency"]), right=True, least=NEVER_CUT)


def number_column() -> Column:
    """The opportunity's number."""
    return Column("id", "", lambda r: str(r["id"]), right=True, least=NEVER_CUT, style=lambda r: "bold")


def opportunities(*, owner: bool = True, closed: bool = False) -> View:
    """The list of opportunities."""
    columns = [
        number_column(),
        Column("name", _("Opportunity"), subject, least=16, grows=True),
        money_column("amount", _("Amount")),
        Column("stage", _("Stage"), lambda r: stage_or_outcome(r), least=10, style=outcome_style),
        Column("probability", "%", lambda r: str(r["probability"]), right=True, least=3, drops=True),
    ]
    if closed:
        columns.append(Column("closed_on", _("Closed"), lambda r: short_day(r["closed_on"]), least=12))
        columns.append(Column("loss_reason", _("Reason"), _reason, least=8))
    else:
        columns.append(
            Column("next_action", _("Next action"), lambda r: action(r) or _("none"), least=10, grows=True)
        )
        columns.append(Column("next_due", _("Due"), lateness, least=12, style=late_style))
        columns.append(
            Column("stale", "", lambda r: _("stale") if r["stale"] else "", least=5, style=lambda r: "yellow")
        )
    if owner:
        columns.append(Column("owner", _("Owner"), plain("owner"), least=6, drops=True))
    return View(tuple(columns))


def _reason(record: Record) -> str:
    if record["status"] == "lost" and not record["loss_reason"]:
        return _("undocumented")
    return str(record["loss_reason"] or record["outcome_reason"] or "")


def stage_or_outcome(record: Record) -> str:
    """The stage of an open opportunity; of a closed one its outcome."""
    outcomes = {"won": _("won"), "lost": _("lost")}
    return outcomes.get(record["status"]) or str(record["stage_name"])


def outcome_style(record: Record) -> str:
    """Green where won, dim where lost."""
    return {"won": "green", "lost": "dim"}.get(record["status"], "")


def overdue() -> View:
    """The list of late next actions."""
    return View(
        (
            number_column(),
            Column("name", _("Opportunity"), subject, least=16, grows=True),
            money_column("amount", _("Amount")),
            Column("stage", _("Stage"), plain("stage_name"), least=10),
            Column("next_action", _("Next action"), action, least=10, grows=True),
            Column("overdue_days", _("Late"), lateness, least=8, style=late_style),
            Column("owner", _("Owner"), plain("owner"), least=6, drops=True),
        )
    )


def stale(limits: Mapping[str, int | None]) -> View:
    """The list of quiet opportunities, each with the days its stage allows."""
    return View(
        (
            number_column(),
            Column("name", _("Opportunity"), subject, least=16, grows=True),
            money_column("amount", _("Amount")),
            Column("stage", _("Stage"), plain("stage_name"), least=10),
            Column(
                "quiet",
                _("Quiet since"),
                lambda r: short_day(quiet_day(r)),
                least=9,
                style=lambda r: "yellow",
            ),
            Column("allowed", _("Allowed"), lambda r: allowed(limits.get(r["stage"])), least=7),
            Column("owner", _("Owner"), plain("owner"), least=6, drops=True),
        )
    )


def quiet_day(record: Record) -> str:
    """The day since which nothing happened: stage entry or last exchange."""
    return str(max(record["stage_entered_on"], record["last_exchange_on"] or ""))


def allowed(days: int | None) -> str:
    """How long a stage may be quiet."""
    return "–" if days is None else _("{n} days").format(n=days)


def journal(*, with_stream: bool) -> View:
    """Journal entries."""
    columns = [
        Column("seq", "", plain("seq"), right=True, least=NEVER_CUT, style=lambda r: "dim"),
        Column("at", _("Day"), lambda r: short_day(r["at"]), least=12),
        Column("actor", _("Who"), plain("actor"), least=4),
        Column(
            "summary",
            _("What"),
            lambda r: r["summary"] + ("" if r.get("live", True) else _(" (undone)")),
            least=20,
            grows=True,
        ),
    ]
    if with_stream:
        columns.insert(2, Column("ref", _("Ref"), plain("ref"), right=True, least=NEVER_CUT))
    return View(
        tuple(columns), keys=("seq", "at", "recorded_at", "actor", "kind", "summary", "detail", "ref")
    )
