"""Cash by month and load by week on screen: what is won, what is open and weighted, then what belongs to neither."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain.money import format_number
from pipecli.domain.pipeline import Payment
from pipecli.domain.schedules import delivery_words, payment_words
from pipecli.service.cash import Report
from pipecli.service.cash import as_json as cash_document
from pipecli.service.load import FieldLoad
from pipecli.service.load import as_json as load_document
from pipecli.text import _, language, ngettext

from .console import literal
from .forecast import figures, period_label
from .table import print_table
from .views import NEVER_CUT, Column, Record, View, amount, short_day


def cash_view(currency: str) -> View:
    """Money to come by month."""
    return View(
        (
            Column("label", "", lambda r: period_label(r["key"], r["label"]), least=8, grows=True),
            _figure("won_unpaid", _("won, unpaid"), _money(currency), lambda r: "green"),
            _figure("weighted", _("weighted"), _about(currency)),
            _figure("total", _("total"), _about(currency), lambda r: "bold"),
            *_from_history(figures({"currency": currency})[1], "won_unpaid"),
        )
    )


def load_view(currency: str | None) -> View:
    """Work to come by week, in the field's own unit, or in a currency where the field is money."""
    text = _money(currency) if currency else _count
    return View(
        (
            Column("label", _("week of"), _week, least=8, grows=True),
            _figure("won", _("won"), text, lambda r: "green"),
            _figure("weighted", _("weighted"), text),
            _figure("total", _("total"), text, lambda r: "bold"),
            *_from_history(_money(currency) if currency else _count, "won"),
        )
    )


def _from_history(text: Callable[[float], str], won: str) -> list[Column]:
    """What is won with what history expects from wins yet to come; several periods have no range together."""

    def shown(key: str) -> Callable[[Record], str]:
        def figure(record: Record) -> str:
            if "history" not in record:
                return ""
            value = record[won] + record["history"]["total"][key]
            return text(value) if value else "–"

        return figure

    return [Column(k, k.upper(), shown(k), right=True, least=NEVER_CUT) for k in ("p10", "p50", "p90")]


def _figure(
    key: str, title: str, text: Callable[[float], str], style: Callable[[Record], str] | None = None
) -> Column:
    """A column of numbers, `–` for nothing."""

    def shown(record: Record) -> str:
        return text(record[key]) if record[key] else "–"

    return Column(key, title, shown, right=True, least=NEVER_CUT, style=style)


def _money(currency: str) -> Callable[[float], str]:
    return lambda value: amount(value, currency)


def _about(currency: str) -> Callable[[float], str]:
    """An amount that nobody will pay to the cent."""
    return lambda value: amount(round(value), currency)


def _count(value: float) -> str:
    """A quantity with one decimal, so that the decimals of a column stand below each other."""
    whole, tenth = divmod(round(value * 10), 10)
    mark = format_number(0.1, language())[1]
    return f"{format_number(whole, language())}{mark}{tenth}"


def _week(record: Record) -> str:
    return short_day(record["key"]) if "until" in record else str(record["label"])


def print_cash(console: Console, report: Report) -> None:
    """The terms, money to come by month with its total, and what the figures leave out."""
    document, found = cash_document(report), report.found
    _print_head(console, _("Cash: {terms}").format(terms=payment_words([*map(_shown, found.terms)])))
    total = {**document, "key": "", "label": _("Total")}
    print_table(console, cash_view(found.currency), [*document["groups"], total])
    _print_notes(console, [_history_note(), *cash_notes(document)])


def _history_note() -> str:
    return _(
        "P10 to P90: what is won with what history expects of wins yet to come, business not opened yet included"
    )


def _shown(payment: Payment) -> Payment:
    return payment._replace(label=literal(payment.label))


def print_load(console: Console, found: FieldLoad) -> None:
    """What is counted and how it is delivered, the work to come by week with its total, and what is left out."""
    document = load_document(found)
    words = delivery_words(found.work.delivery)
    _print_head(console, _("{name}: {words}").format(name=literal(found.field.label), words=words))
    total = {key: document[key] for key in ("won", "weighted", "total")}
    rows = [*_up_to_the_last(document["groups"]), {**total, "key": "", "label": _("Total")}]
    print_table(console, load_view(found.currency), rows)
    _print_notes(console, [_history_note(), *load_notes(document)])


def _up_to_the_last(groups: Sequence[Record]) -> Sequence[Record]:
    """The weeks without those at the end in which there is nothing to do."""
    busy = [n for n, group in enumerate(groups, 1) if group["total"]]
    return groups[: max(busy, default=0)]


def _print_head(console: Console, line: str) -> None:
    console.print(Text(line), overflow="fold")
    console.print()


def _print_notes(console: Console, lines: Sequence[str]) -> None:
    for line in ["", *lines] if lines else []:
        console.print(Text(line, style="dim"), overflow="fold")


def cash_notes(document: dict[str, Any]) -> list[str]:
    """What the months of `forecast --cash` leave out, one line each."""
    currency = document["currency"]
    lines = []
    if document["paid"]:
        line = _("{amount} of what is won fell due since {day}: it counts as paid")
        lines.append(line.format(amount=amount(document["paid"], currency), day=short_day(document["from"])))
    lines += _later(document, _money(currency), "won_unpaid")
    unpriced, undated = document["unpriced"]["count"], document["undated"]
    if unpriced:
        lines.append(
            ngettext(
                "{n} opportunity has no amount: counted, not priced",
                "{n} opportunities have no amount: counted, not priced",
                unpriced,
            ).format(n=unpriced)
        )
    lines += _undated(undated["count"], undated["amount"], _money(currency))
    return lines + [_apart(other) for other in document["other_currencies"]]


def load_notes(document: dict[str, Any]) -> list[str]:
    """What the weeks of `forecast --load` leave out, one line each."""
    text = _money(document["currency"]) if document["currency"] else _count
    lines = _later(document, text, "won")
    unknown, undated = document["unknown"]["count"], document["undated"]
    if unknown:
        lines.append(
            ngettext(
                "{n} opportunity has no {field}: counted nowhere",
                "{n} opportunities have no {field}: counted nowhere",
                unknown,
            ).format(n=unknown, field=document["field"])
        )
    return lines + _undated(undated["count"], undated["quantity"], text)


def _later(document: dict[str, Any], text: Callable[[float], str], won: str) -> list[str]:
    later = document["later"]
    parts = ((_("{n} of what is won"), later[won]), (_("{n} weighted"), later["weighted"]))
    words = [words.format(n=text(value)) for words, value in parts if value]
    if not words:
        return []
    return [_("after {day}: {parts}").format(day=short_day(document["until"]), parts=", ".join(words))]


def _undated(count: int, quantity: float, text: Callable[[float], str]) -> list[str]:
    if not count:
        return []
    line = ngettext(
        "{n} open opportunity has no close date, or a past one: in no period",
        "{n} open opportunities have no close date, or a past one: in no period",
        count,
    ).format(n=count)
    return [f"{line} ({text(quantity)})" if quantity else line]


def _apart(other: dict[str, Any]) -> str:
    """What another currency brings: it is never added to the workspace's own."""
    figures = (
        (_("won, unpaid {amount}"), other["won_unpaid"]),
        (_("weighted {amount}"), other["weighted"]),
        (_("{amount} in no period"), other["undated"]["amount"]),
    )
    words = [words.format(amount=amount(value, other["currency"])) for words, value in figures if value]
    return _("{currency} stands apart: {figures}").format(
        currency=other["currency"], figures=", ".join(words) or _("nothing priced")
    )
