"""Statistics of owners and sources on screen: side by side, all together at the end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from pipecli.domain.money import format_number
from pipecli.service.performance import PER
from pipecli.service.statistics import Table
from pipecli.text import _, language, ngettext

from .statistics import (
    count_column,
    median_text,
    percent,
    print_counts,
    print_notes,
    rate_column,
    rate_notes,
    rates_of,
    unpriced_notes,
)
from .table import print_table
from .views import NEVER_CUT, Column, Record, View, amount, everybody_style, money_column, owner_or_everybody


def owners_view() -> View:
    """What each owner won and holds."""
    return View(
        (
            _owner_column(),
            count_column("won", _("won")),
            rate_column("win_rate", _("win rate")),
            money_column("won_amount", _("amount won")),
            count_column("open", _("open")),
            money_column("open_amount", _("amount open")),
            Column("open_share", _("share"), _share, right=True, least=NEVER_CUT, drops=True),
        )
    )


def _owner_column() -> Column:
    return Column("owner", _("Owner"), owner_or_everybody, least=9, grows=True, style=everybody_style)


def _share(record: Record) -> str:
    """The share of the open amount, else of the count; under ten open ones the count alone."""
    share = record["open_share"]
    part = share["count"] if share["amount"] is None else share["amount"]
    if part is not None:
        return f"{percent(part)} %"
    return _("{k} of {n}").format(k=share["k"], n=share["n"]) if share["n"] else "–"


def print_owners(console: Console, table: Table) -> None:
    """What each owner won and holds, what rests on one of them, and all of them in each stage."""
    print_counts(console, table)
    print_table(console, owners_view(), _with_total(table))
    holder = max(table.rows, key=lambda row: (row["open_amount"], row["open"]))
    if holder["open"]:
        console.print()
        console.print(Text(holding_line(holder, table.total)), overflow="fold")
    lines = _side_by_side(table)
    if lines:
        console.print()
        print_table(console, _sides_view(), lines)
    rates = rates_of(_with_total(table), "win_rate") + rates_of([r for r in lines if r["to_win"]], "to_win")
    print_notes(console, [*rate_notes(table, rates), *unpriced_notes(table)])


def holding_line(row: Record, total: Record) -> str:
    """`Léa holds 18 of 44 open opportunities (41 %) and €320,000 of €640,000 (50 %).`"""
    share = row["open_share"]
    words = ngettext(
        "{owner} holds {k} of {n} open opportunity", "{owner} holds {k} of {n} open opportunities", share["n"]
    ).format(owner=row["owner"], k=share["k"], n=share["n"])
    if share["count"] is not None:
        words += f" ({percent(share['count'])} %)"
    if total["open_amount"]:
        words += _(" and {part} of {all}").format(
            part=amount(row["open_amount"], row["currency"]),
            all=amount(total["open_amount"], row["currency"]),
        )
    if share["amount"] is not None:
        words += f" ({percent(share['amount'])} %)"
    return words + "."


def _side_by_side(table: Table) -> list[Record]:
    """For each stage its name, then every owner in it and everybody; nothing where there is only one owner."""
    if len(table.rows) < 2:
        return []
    lines: list[Record] = []
    for every in table.total["stages"]:
        lines.append({"owner": None, "stage_name": every["stage_name"], "to_win": None})
        lines += [
            {"owner": row["owner"], **stage}
            for row in table.rows
            for stage in row["stages"]
            if stage["stage"] == every["stage"]
        ]
        lines.append({"owner": None, **every})
    return lines


def _sides_view() -> View:
    def filled(column: Column) -> Column:
        return column._replace(text=lambda r: column.text(r) if r["to_win"] else "")

    lead = Column("owner", _("Side by side"), _owner_in_stage, least=8, grows=True, style=_weight_in_stage)
    return View((lead, *(filled(column) for column in stage_view().columns[1:])))


def _owner_in_stage(record: Record) -> str:
    return f"  {owner_or_everybody(record)}" if record["to_win"] else str(record["stage_name"])


def _weight_in_stage(record: Record) -> str:
    return everybody_style(record) if record["to_win"] else "bold"


def stage_view() -> View:
    """Owners in one stage."""
    return View(
        (
            _owner_column(),
            count_column("entered", _("in")),
            rate_column("to_win", _("is won")),
            count_column("n", _("stays")),
            Column("median_days", _("median days"), median_text, right=True, least=NEVER_CUT),
            count_column("still_there", _("still there"), drops=True),
        )
    )


def print_stage(console: Console, table: Table) -> None:
    """Owners in one stage, everybody at the end."""
    console.print(Text(str(table.rows[0]["stage_name"]), style="bold"))
    console.print()
    print_table(console, stage_view(), _with_total(table))
    print_notes(console, rate_notes(table, rates_of(_with_total(table), "to_win")))


def _with_total(table: Table) -> Sequence[Record]:
    return [*table.rows, table.total] if len(table.rows) > 1 else table.rows


def sources_view(currency: str) -> View:
    """What each source brought and took."""
    return View(
        (
            Column("source", _("Source"), _source, least=8, grows=True),
            count_column("won", _("won")),
            rate_column("win_rate", _("win rate")),
            money_column("won_amount", _("amount won")),
            count_column("exchanges", _("exchanges")),
            Column(
                "exchanges_per_win",
                _("per win"),
                lambda r: _number(r["exchanges_per_win"]),
                right=True,
                least=NEVER_CUT,
            ),
            Column(
                "exchanges_per_won_1000",
                _("per {amount}").format(amount=amount(PER, currency)),
                lambda r: _number(r["exchanges_per_won_1000"]),
                right=True,
                least=NEVER_CUT,
            ),
        )
    )


def _source(record: Record) -> str:
    if "is_total" in record:
        return _("all")
    return str(record["source"] or _("none"))


def _number(value: float | None) -> str:
    return "–" if value is None else format_number(round(value, 1), language())


def print_sources(console: Console, table: Table) -> None:
    """What each source brought and took, all at the end."""
    print_counts(console, table)
    lines = table.rows
    if len(lines) > 1:
        lines = [*lines, {**table.total, "is_total": True}]
    print_table(console, sources_view(table.currency), lines)
    notes = [
        *rate_notes(table, rates_of(_with_total(table), "win_rate")),
        _(
            "Exchanges count on every opportunity of the source, lost and open ones too; per win from 10 wins on."
        ),
    ]
    print_notes(console, [*notes, *unpriced_notes(table)])
