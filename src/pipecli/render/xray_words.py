"""The words and figures of `pipe xray`: what fields and faults are called, and how amounts and days read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rich.text import Text

from pipecli.domain import xray as rules
from pipecli.domain.date_words import SHOWN_MONTHS
from pipecli.domain.money import format_number
from pipecli.text import _, language, ngettext

from .console import literal
from .views import NEVER_CUT, Column, Record, View, amount

INDENT = 2

Block = list[Text]
"""Lines that stand together."""


def title(words: str) -> Text:
    """What a block is headed by."""
    return Text(words, style="bold")


def count(n: int) -> str:
    """A number, grouped."""
    return format_number(n, language())


def money(value: float, found: Record) -> str:
    """An amount in the file's currency, a bare number where it names none."""
    if found["currency"] is None:
        return format_number(round(value), language())
    return amount(round(value), found["currency"])


def share_text(share: float) -> str:
    """A share in whole percent; only what is whole is 100 %, only what is nothing 0 %."""
    whole = int(100 * share + 0.5)
    if whole == 100 and share < 1:
        whole = 99
    return _("{n} %").format(n=max(whole, 1) if share else whole)


def bare_percent(portion: Record) -> str:
    """The share of a portion, nothing where it has too few cases for one."""
    return "" if portion["rate"] is None else share_text(portion["k"] / portion["n"])


def weight(portion: Record, found: Record) -> str:
    """`, 81 % of the open amount`, else of the opportunities; nothing of few."""
    if portion["of_amount"]:
        share = share_text(portion["amount"] / portion["of_amount"])
        return _(", {share} of the open amount ({amount}),").format(
            share=share, amount=money(portion["amount"], found)
        )
    return "" if portion["rate"] is None else _(" ({share})").format(share=bare_percent(portion))


def days_text(n: int) -> str:
    """`138 days`."""
    return ngettext("{n} day", "{n} days", n).format(n=count(n))


def day_text(iso: str) -> str:
    """`31 Dec 2017`."""
    day = date.fromisoformat(iso)
    spoken = language() if language() in SHOWN_MONTHS else "en"
    number = "1er" if spoken == "fr" and day.day == 1 else str(day.day)
    return f"{number} {SHOWN_MONTHS[spoken][day.month - 1]} {day.year}"


def month_text(iso: str) -> str:
    """`Jan 2018`; of a month that has begun, from which day on."""
    day = date.fromisoformat(iso)
    spoken = language() if language() in SHOWN_MONTHS else "en"
    month = f"{SHOWN_MONTHS[spoken][day.month - 1]} {day.year}"
    return month if day.day == 1 else _("{month}, from the {day}").format(month=month, day=day.day)


def stage_title(standing: Record) -> str:
    """A stage as the file calls it."""
    return literal(standing["stage_name"] or "") or _("Open")


def fault_names(span: Record | None) -> Mapping[str, str]:
    """What is wrong with an opportunity, in words that follow its number."""
    limit = span["longest"] if span else 0
    return {
        rules.OLDER: ngettext(
            "open longer than any win took ({n} day)", "open longer than any win took ({n} days)", limit
        ).format(n=count(limit)),
        rules.LATE: _("open, their close date is past"),
        rules.UNDATED: _("open without a close date"),
        rules.UNPRICED: _("open without an amount"),
        rules.IDLE: _("open without a next action"),
        rules.UNEXPLAINED: _("lost, without a reason"),
        rules.UNOWNED: _("open without an owner"),
        rules.BEGINLESS: _("open without the day they were opened"),
        rules.ENDLESS: _("closed, how long it took is unknown"),
        rules.AT_ONCE: _("closed on the day they were opened"),
    }


def field_names() -> Mapping[str, str]:
    """What the fields of a file are called."""
    return {
        "id": _("identifier"),
        "name": _("name"),
        "account": _("account"),
        "contact": _("contact"),
        "owner": _("owner"),
        "amount": _("amount"),
        "currency": _("currency"),
        "stage": _("stage"),
        "status": _("status"),
        "created": _("day of opening"),
        "closed": _("day of closing"),
        "close_date": _("close date"),
        "loss_reason": _("loss reason"),
        "outcome_reason": _("reason of the outcome"),
        "source": _("source"),
        "tags": _("tags"),
        "decision_maker": _("decision-maker"),
        "next_action": _("next action"),
        "next_due": _("next action due"),
        "at": _("days of the history"),
        "history": _("history"),
        "row": _("whole row"),
    }


def faults_view(found: Record) -> View:
    """What is wrong with how many of how many, and what these are worth."""
    names = fault_names(found["days_to_win"])
    return View(
        (
            Column("k", _("Cases"), lambda r: count(r["k"]), right=True, least=NEVER_CUT),
            Column("n", "", lambda r: _("of {n}").format(n=count(r["n"])), right=True, least=NEVER_CUT),
            Column("rate", "%", bare_percent, right=True, least=NEVER_CUT, style=bad_style),
            Column("fault", _("What is wrong"), lambda r: names[r["fault"]], least=20, grows=True),
            Column(
                "amount",
                _("Amount"),
                lambda r: money(r["amount"], found) if r["amount"] else "",
                right=True,
                least=NEVER_CUT,
                drops=True,
            ),
        )
    )


def bad_style(portion: Record) -> str:
    """Red where it is half of the cases, yellow where it is many."""
    rate = portion["k"] / portion["n"]
    return "red" if rate >= 0.5 else "yellow" if rate >= 0.1 else ""
